//! Messages to the person that were not dismissed yet.

use crate::config::Error;

use super::view::{Notice, NoticeKind};

/// Most messages kept.
const MOST: usize = 20;

/// The messages, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Notices {
    all: Vec<Notice>,
    next: u64,
}

impl Notices {
    /// Tells what went wrong and what to do.
    pub fn complain(&mut self, error: &Error) {
        self.push(NoticeKind::Error, error.to_string(), error.cure());
    }

    /// Tells something, unless the last message said the same: a lever that is dragged asks many times.
    pub fn tell(&mut self, kind: NoticeKind, text: &str, cure: &str) {
        if self.all.last().is_none_or(|last| last.text != text) {
            self.push(kind, text.to_owned(), cure.to_owned());
        }
    }

    fn push(&mut self, kind: NoticeKind, text: String, cure: String) {
        self.all.push(Notice { id: self.next, kind, text, cure });
        self.next += 1;
        if self.all.len() > MOST {
            self.all.remove(0);
        }
    }

    /// Takes away a message that was read.
    pub fn dismiss(&mut self, id: u64) {
        self.all.retain(|n| n.id != id);
    }

    /// All of them.
    pub fn all(&self) -> Vec<Notice> {
        self.all.clone()
    }
}
