//! What is planned in a run: disturbances that begin and end at ticks to come. Each becomes inputs, which are logged.

use std::sync::Arc;

use crate::plant::{Override, PlantSpec};
use crate::rollout::Intervention;

use super::beside::PlannedView;

/// The disturbances of a run, by time.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    all: Vec<PlannedView>,
}

impl Plan {
    /// Whether nothing is planned.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds one.
    pub fn add(&mut self, planned: PlannedView) {
        self.all.push(planned);
        self.all.sort_by_key(|p| (p.from, p.id));
    }

    /// Takes one away; returns it.
    pub fn remove(&mut self, id: u64) -> Option<PlannedView> {
        let at = self.all.iter().position(|p| p.id == id)?;
        Some(self.all.remove(at))
    }

    /// One by its number.
    pub fn get(&self, id: u64) -> Option<&PlannedView> {
        self.all.iter().find(|p| p.id == id)
    }

    /// What has to be done before a tick is run: what begins, and what ends without another one that goes on.
    pub fn due(&self, tick: u64) -> Vec<Intervention> {
        let touched = self.all.iter().filter(|p| p.from == tick || p.until == Some(tick)).map(|p| p.input.as_str());
        let mut inputs: Vec<&str> = touched.collect();
        inputs.dedup();
        let change = |input: &str| Intervention::Input { input: input.to_owned(), change: self.in_force(input, tick) };
        inputs.into_iter().map(change).collect()
    }

    /// What is planned for an input in a tick: of several the one that began last.
    pub fn in_force(&self, input: &str, tick: u64) -> Option<Override> {
        let working = |p: &&PlannedView| p.input == input && p.from <= tick && p.until.is_none_or(|u| tick < u);
        self.all.iter().rev().find(working).map(|p| p.change)
    }

    /// Hears an input of a recorded run: a disturbance that begins, with its number, or the end of one. Everything else
    /// says nothing of disturbances.
    pub fn hear(&mut self, id: u64, tick: u64, what: &Intervention, spec: &PlantSpec) {
        let Intervention::Input { input, change } = what else { return };
        for open in self.all.iter_mut().filter(|p| p.input == *input && p.until.is_none()) {
            open.until = Some(tick);
        }
        if let Some(change) = *change {
            // Of two disturbances of one input the log does not tell which it was.
            let mut of_input = spec.disturbances.iter().filter(|d| d.input == *input);
            let one = of_input.next().filter(|_| of_input.next().is_none()).map(|d| &d.label);
            let label =
                one.or_else(|| spec.inputs.iter().find(|i| i.name == *input).map(|i| &i.label)).unwrap_or(input);
            self.add(PlannedView { id, label: label.clone(), input: input.clone(), change, from: tick, until: None });
        }
    }

    /// All of them, by time.
    pub fn picture(&self) -> Arc<[PlannedView]> {
        self.all.as_slice().into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::plant::Operation;

    fn planned(id: u64, from: u64, until: Option<u64>, value: f64) -> PlannedView {
        let change = Override { operation: Operation::Set, value };
        PlannedView { id, label: "Heat".to_owned(), input: "t".to_owned(), change, from, until }
    }

    #[test]
    fn what_ends_gives_way_to_what_goes_on() {
        let mut plan = Plan::default();
        plan.add(planned(2, 20, Some(30), 2.0));
        plan.add(planned(1, 10, Some(40), 1.0));
        let value = |tick| match plan.due(tick).as_slice() {
            [Intervention::Input { change, .. }] => change.map(|c| c.value),
            other => panic!("{other:?}"),
        };
        assert_eq!([value(10), value(20), value(30), value(40)], [Some(1.0), Some(2.0), Some(1.0), None]);
        assert!(plan.due(25).is_empty());
        assert_eq!(plan.remove(2).unwrap().from, 20);
        assert!(plan.get(2).is_none() && plan.due(20).is_empty());
    }

    #[test]
    fn what_a_log_says_becomes_disturbances() {
        let rollout = crate::rollout::World::default().build(&crate::rollout::Setup::default_day().unwrap()).unwrap();
        let spec = rollout.spec();
        let fault = spec.disturbance("pump_fault").unwrap();
        let half = Override { operation: Operation::Set, value: 0.5 };
        let input = |change| Intervention::Input { input: fault.input.clone(), change };
        let mut plan = Plan::default();
        plan.hear(1, 5, &Intervention::Controller { slot: "hardware".to_owned(), name: "pid".to_owned() }, spec);
        plan.hear(2, 10, &input(Some(half)), spec);
        assert_eq!(plan.picture()[0].until, None, "it stays until the log ends it");
        plan.hear(3, 20, &input(Some(Override { value: 0.2, ..half })), spec);
        plan.hear(4, 30, &input(None), spec);
        let told: Vec<_> = plan.picture().iter().map(|p| (p.label.clone(), p.from, p.until, p.change.value)).collect();
        let label = fault.label.clone();
        assert_eq!(told, [(label.clone(), 10, Some(20), 0.5), (label, 20, Some(30), 0.2)]);
    }

    #[test]
    fn one_that_follows_at_once_is_not_ended_by_the_one_before() {
        let mut plan = Plan::default();
        plan.add(planned(1, 10, Some(20), 1.0));
        plan.add(planned(2, 20, None, 2.0));
        assert_eq!(plan.due(20).len(), 1);
        assert_eq!(plan.in_force("t", 20).unwrap().value, 2.0);
    }
}
