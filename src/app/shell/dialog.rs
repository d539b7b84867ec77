//! File dialogs: opened from the window's thread, answered on one of their own, so that time goes on behind them. A
//! system without dialogs answers at once with nothing; then the window asks for the path itself.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::app::board::{Ask, Post};
use crate::app::panel::FileWish;
use crate::session::{Command, Session};

/// Nobody puts a dialog away that fast: it was never open.
const AT_ONCE: Duration = Duration::from_millis(400);

/// At most one dialog at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Dialogs {
    open: Arc<AtomicBool>,
    /// What no dialog could be opened for.
    refused: Arc<Mutex<Option<FileWish>>>,
}

impl Dialogs {
    /// Asks the person for files and sends what follows from it to the session or to the office. Returns at once; `wake`
    /// is called when no dialog could be opened.
    ///
    /// The session is held weakly: a dialog that is still open does not keep a closed window's log open.
    pub fn ask(&self, wish: FileWish, session: &Arc<Session>, office: Option<Post>, wake: impl Fn() + Send + 'static) {
        if self.open.swap(true, Ordering::AcqRel) {
            return;
        }
        let asked = Instant::now();
        // Created here because some systems want dialogs from the window's own thread; awaited elsewhere.
        let (words, ends) = wish.filter();
        let mut dialog = rfd::AsyncFileDialog::new().set_title(wish.title()).add_filter(words, ends);
        if wish.takes_any() {
            dialog = dialog.add_filter("Any file", &["*"]);
        }
        type Answer = std::pin::Pin<Box<dyn Future<Output = Vec<rfd::FileHandle>> + Send>>;
        let one = |file: Option<rfd::FileHandle>| file.into_iter().collect::<Vec<_>>();
        let answer: Answer = match wish.saves() {
            Some(name) => {
                let file = dialog.set_file_name(name).save_file();
                Box::pin(async move { one(file.await) })
            }
            None if wish.takes_several() => {
                let files = dialog.pick_files();
                Box::pin(async move { files.await.unwrap_or_default() })
            }
            None => {
                let file = dialog.pick_file();
                Box::pin(async move { one(file.await) })
            }
        };
        let (own, session) = (self.clone(), Arc::downgrade(session));
        let waiting = std::thread::Builder::new().name("c2g-dialog".to_owned()).spawn(move || {
            let files = bevy::tasks::block_on(answer);
            if files.is_empty() && asked.elapsed() < AT_ONCE {
                *own.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish);
                wake();
            }
            let paths = files.iter().map(|file| file.path().to_path_buf()).collect();
            if let Some(session) = Weak::upgrade(&session) {
                answered(wish, paths, &session, office.as_ref());
            }
            own.open.store(false, Ordering::Release);
        });
        if waiting.is_err() {
            self.open.store(false, Ordering::Release);
        }
    }

    /// What no dialog could be opened for, once.
    pub fn take_refused(&self) -> Option<FileWish> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Sends what follows from an answer; a dialog that was put away asks for nothing.
pub(super) fn answered(wish: FileWish, mut paths: Vec<PathBuf>, session: &Session, office: Option<&Post>) {
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
