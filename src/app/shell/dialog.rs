//! File dialogs: opened from the window's thread, answered on one of their own, so that time goes on behind them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use crate::app::panel::FileWish;
use crate::session::{Command, Session};

/// At most one dialog at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Dialogs {
    open: Arc<AtomicBool>,
}

impl Dialogs {
    /// Asks the person for a file and sends what follows from it to the session. Returns at once.
    ///
    /// The session is held weakly: a dialog that is still open does not keep a closed window's log open.
    pub fn ask(&self, wish: FileWish, session: &Arc<Session>) {
        if self.open.swap(true, Ordering::AcqRel) {
            return;
        }
        // Created here because some systems want dialogs from the window's own thread; awaited elsewhere.
        let dialog = rfd::AsyncFileDialog::new();
        let answer: std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> = match wish {
            FileWish::OpenSetup => {
                Box::pin(dialog.set_title("Open a setup").add_filter("Setup", &["yaml", "yml"]).pick_file())
            }
            FileWish::SaveLog => {
                let dialog = dialog.set_title("Write the full log").add_filter("Full log", &["csv"]);
                Box::pin(dialog.set_file_name("log.csv").save_file())
            }
        };
        let (open, session) = (Arc::clone(&self.open), Arc::downgrade(session));
        let waiting = std::thread::Builder::new().name("c2g-dialog".to_owned()).spawn(move || {
            let path = bevy::tasks::block_on(answer).map(|file| file.path().to_path_buf());
            answered(wish, path, &session);
            open.store(false, Ordering::Release);
        });
        if waiting.is_err() {
            self.open.store(false, Ordering::Release);
        }
    }
}

/// Sends what follows from an answer; a dialog that was put away asks for nothing.
fn answered(wish: FileWish, path: Option<PathBuf>, session: &Weak<Session>) {
    if let (Some(path), Some(session)) = (path, session.upgrade()) {
        session.send(match wish {
            FileWish::OpenSetup => Command::Open(path),
            FileWish::SaveLog => Command::Log(path),
        });
    }
}
