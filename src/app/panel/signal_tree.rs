//! All columns of a row as a tree: things with their parts, below each its signals, last the commands of every slot.

use std::collections::BTreeSet;

use crate::session::RunView;
use crate::signal::{EntityId, SignalId};

/// A branch of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Branch {
    /// A thing of the plant.
    Entity(EntityId),
    /// Signals that belong to no thing.
    Rest,
    /// What is commanded and applied on the levers of a slot.
    Slot(usize),
}

/// A line of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    /// A branch with the number of signals in it and its parts.
    Branch {
        /// Which one.
        branch: Branch,
        /// How deep it stands.
        depth: usize,
        /// Signals in it and its parts.
        count: usize,
        /// Whether its content is shown.
        open: bool,
    },
    /// A signal.
    Signal {
        /// Which one.
        signal: SignalId,
        /// How deep it stands.
        depth: usize,
    },
}

/// The lines of the tree that a search leaves and that no folded branch hides. While something is searched for,
/// nothing is folded.
pub(super) fn lines(view: &RunView, query: &str, folded: &BTreeSet<Branch>) -> Vec<Leaf> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let signals = &view.schema.signals;
    let hits: Vec<SignalId> = (0..signals.len()).filter(|signal| is_hit(view, *signal, &words)).collect();
    let mut tree =
        Tree { view, hits, folded, searched: !words.is_empty(), out: Vec::with_capacity(signals.len() + 32) };
    for (entity, _) in view.spec.entities.iter().enumerate().filter(|(_, e)| e.parent.is_none()) {
        tree.entity(entity, 0);
    }
    tree.branch(Branch::Rest, 0);
    for slot in 0..view.spec.slots.len() {
        tree.branch(Branch::Slot(slot), 0);
    }
    tree.out
}

/// Where a signal stands in the tree.
pub(super) fn branch_of(view: &RunView, signal: SignalId) -> Branch {
    if signal >= view.schema.plant_signals {
        let is_of = |slot: &Vec<crate::rollout::ActionColumns>| {
            slot.iter().any(|action| action.commanded == signal || action.applied == signal)
        };
        return view.schema.levers.iter().position(is_of).map_or(Branch::Rest, Branch::Slot);
    }
    super::line::entity_of(view, signal).map_or(Branch::Rest, Branch::Entity)
}

/// Words of a branch.
pub(super) fn label(view: &RunView, branch: Branch) -> String {
    match branch {
        Branch::Entity(entity) => view.spec.entities.get(entity).map_or(String::new(), |e| e.label.clone()),
        Branch::Rest => view.spec.title.clone(),
        Branch::Slot(slot) => {
            let slot = view.spec.slots.get(slot).map_or("", |s| s.label.as_str());
            format!("Levers, {}", slot.to_lowercase())
        }
    }
}

/// Whether a signal has all words in its name, label, unit, thing or meaning.
fn is_hit(view: &RunView, signal: SignalId, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let Some(of) = view.schema.signals.get(signal) else { return false };
    let owner = label(view, branch_of(view, signal));
    let text = [&of.name, &of.label, &of.unit, &owner, &of.doc].map(|s| s.to_lowercase()).join("\n");
    words.iter().all(|word| text.contains(word.as_str()))
}

/// The tree while it is written down.
struct Tree<'a> {
    view: &'a RunView,
    hits: Vec<SignalId>,
    folded: &'a BTreeSet<Branch>,
    searched: bool,
    out: Vec<Leaf>,
}

impl Tree<'_> {
    /// Writes a thing, its signals and its parts.
    fn entity(&mut self, entity: EntityId, depth: usize) {
        let at = self.out.len();
        self.branch(Branch::Entity(entity), depth);
        let open = self.is_open(Branch::Entity(entity));
        let own = self.own(Branch::Entity(entity)).len();
        if own == 0 {
            self.out.push(Leaf::Branch { branch: Branch::Entity(entity), depth, count: 0, open });
        }
        let (mut count, inside) = (own, self.out.len());
        // A tree whose parents do not come before their parts would go round in circles.
        let parts = self.view.spec.entities.iter().enumerate().skip(entity + 1);
        let parts: Vec<EntityId> = parts.filter(|(_, e)| e.parent == Some(entity)).map(|(part, _)| part).collect();
        for part in parts {
            let before = self.out.len();
            self.entity(part, depth + 1);
            if let Some(Leaf::Branch { count: of_part, .. }) = self.out.get(before) {
                count += of_part;
            }
        }
        if !open {
            self.out.truncate(inside);
        }
        if count == 0 {
            self.out.truncate(at);
        } else if let Some(Leaf::Branch { count: all, .. }) = self.out.get_mut(at) {
            *all = count;
        }
    }

    /// Writes a branch with its own signals, if it has any.
    fn branch(&mut self, branch: Branch, depth: usize) {
        let own = self.own(branch);
        if own.is_empty() {
            return;
        }
        let open = self.is_open(branch);
        self.out.push(Leaf::Branch { branch, depth, count: own.len(), open });
        if open {
            self.out.extend(own.into_iter().map(|signal| Leaf::Signal { signal, depth: depth + 1 }));
        }
    }

    fn own(&self, branch: Branch) -> Vec<SignalId> {
        self.hits.iter().copied().filter(|signal| branch_of(self.view, *signal) == branch).collect()
    }

    fn is_open(&self, branch: Branch) -> bool {
        self.searched || !self.folded.contains(&branch)
    }
}
