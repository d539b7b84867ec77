//! File dialogs: opened from the window's thread, answered on one of their own, so that time goes on behind them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use crate::app::board::{Ask, Post};
use crate::app::panel::FileWish;
use crate::session::{Command, Session};

/// At most one dialog at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Dialogs {
    open: Arc<AtomicBool>,
}

impl Dialogs {
    /// Asks the person for files and sends what follows from it to the session or to the office. Returns at once.
    ///
    /// The session is held weakly: a dialog that is still open does not keep a closed window's log open.
    pub fn ask(&self, wish: FileWish, session: &Arc<Session>, office: Option<Post>) {
        if self.open.swap(true, Ordering::AcqRel) {
            return;
        }
        // Created here because some systems want dialogs from the window's own thread; awaited elsewhere.
        let dialog = rfd::AsyncFileDialog::new();
        let one = |file: Option<rfd::FileHandle>| file.into_iter().collect::<Vec<_>>();
        let answer: std::pin::Pin<Box<dyn Future<Output = Vec<rfd::FileHandle>> + Send>> = match wish {
            FileWish::OpenSetup => {
                let dialog = dialog.set_title("Open a setup").add_filter("Setup", &["yaml", "yml"]);
                let file = dialog.pick_file();
                Box::pin(async move { one(file.await) })
            }
            FileWish::Replay => {
                let dialog =
                    dialog.set_title("Replay logs").add_filter("Logs", &["csv"]).add_filter("Any file", &["*"]);
                let files = dialog.pick_files();
                Box::pin(async move { files.await.unwrap_or_default() })
            }
            FileWish::Lay => {
                let dialog =
                    dialog.set_title("Lay logs beside").add_filter("Logs", &["csv"]).add_filter("Any file", &["*"]);
                let files = dialog.pick_files();
                Box::pin(async move { files.await.unwrap_or_default() })
            }
            FileWish::Export => {
                let dialog = dialog.set_title("Export signals").add_filter("CSV", &["csv"]);
                let file = dialog.set_file_name("signals.csv").save_file();
                Box::pin(async move { one(file.await) })
            }
            FileWish::Results => {
                let dialog = dialog.set_title("Open results").add_filter("Results", &["csv"]);
                let files = dialog.pick_files();
                Box::pin(async move { files.await.unwrap_or_default() })
            }
            FileWish::Policy => {
                let dialog = dialog.set_title("Look at a policy").add_filter("ONNX", &["onnx"]);
                let file = dialog.pick_file();
                Box::pin(async move { one(file.await) })
            }
            FileWish::Svg | FileWish::Report | FileWish::Picture | FileWish::Gif | FileWish::Film => {
                let (title, filter, ends, name): (_, _, &[&str], _) = match wish {
                    FileWish::Svg => ("Save the chart", "SVG", &["svg"], "chart.svg"),
                    FileWish::Report => ("Save the report", "Page", &["html"], "report.html"),
                    FileWish::Picture => ("Save the picture", "PNG", &["png"], "picture.png"),
                    FileWish::Gif => ("Save the GIF", "GIF", &["gif"], "film.gif"),
                    _ if cfg!(feature = "h264") => ("Save the film", "Film", &["y4m", "mp4"], "film.y4m"),
                    _ => ("Save the film", "Film", &["y4m"], "film.y4m"),
                };
                let dialog = dialog.set_title(title).add_filter(filter, ends);
                let file = dialog.set_file_name(name).save_file();
                Box::pin(async move { one(file.await) })
            }
            FileWish::SaveLayout => {
                let dialog = dialog.set_title("Save the layout").add_filter("Layout", &["yaml", "yml"]);
                let file = dialog.set_file_name("layout.yaml").save_file();
                Box::pin(async move { one(file.await) })
            }
            FileWish::OpenLayout => {
                let dialog = dialog.set_title("Open a layout").add_filter("Layout", &["yaml", "yml"]);
                let file = dialog.pick_file();
                Box::pin(async move { one(file.await) })
            }
            FileWish::SaveLog => {
                let dialog = dialog.set_title("Write the full log").add_filter("Full log", &["csv"]);
                let file = dialog.set_file_name("log.csv").save_file();
                Box::pin(async move { one(file.await) })
            }
        };
        let (open, session) = (Arc::clone(&self.open), Arc::downgrade(session));
        let waiting = std::thread::Builder::new().name("c2g-dialog".to_owned()).spawn(move || {
            let files = bevy::tasks::block_on(answer);
            answered(wish, files.iter().map(|file| file.path().to_path_buf()).collect(), &session, office.as_ref());
            open.store(false, Ordering::Release);
        });
        if waiting.is_err() {
            self.open.store(false, Ordering::Release);
        }
    }
}

/// Sends what follows from an answer; a dialog that was put away asks for nothing.
fn answered(wish: FileWish, mut paths: Vec<PathBuf>, session: &Weak<Session>, office: Option<&Post>) {
    let Some(session) = session.upgrade() else { return };
    if paths.is_empty() {
        return;
    }
    let post = |ask| {
        if let Some(post) = office {
            post(ask);
        }
    };
    match wish {
        FileWish::OpenSetup => session.send(Command::Open(paths.swap_remove(0))),
        FileWish::SaveLog => session.send(Command::Log(paths.swap_remove(0))),
        FileWish::Replay => session.send(Command::Replay(paths)),
        FileWish::Lay => session.send(Command::Lay(paths)),
        FileWish::Export => post(Ask::Export(paths.swap_remove(0))),
        FileWish::Svg
        | FileWish::Report
        | FileWish::Picture
        | FileWish::Gif
        | FileWish::Film
        | FileWish::SaveLayout => post(Ask::Take(paths.swap_remove(0))),
        FileWish::OpenLayout => post(Ask::Layout(paths.swap_remove(0))),
        FileWish::Results => post(Ask::Read(paths)),
        FileWish::Policy => post(Ask::Check(paths.swap_remove(0))),
    }
}
