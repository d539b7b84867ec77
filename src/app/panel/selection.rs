//! What is selected: one thing in the whole window, whichever tile it was clicked in.

use crate::signal::{EntityId, SignalId};

/// The one selection that scene, one-line, charts, events and signals share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// The selected thing.
    pub entity: Option<EntityId>,
    /// A quantity of it, where one was clicked.
    pub signal: Option<SignalId>,
}

impl Selection {
    /// Whether this thing is selected.
    pub fn is(&self, entity: EntityId) -> bool {
        self.entity == Some(entity)
    }
}
