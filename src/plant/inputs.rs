//! The one path by which anything exogenous is changed: recorded noise, traces, disturbances, counterfactuals.

use serde::{Deserialize, Serialize};

/// What an override does to the plant's own value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Replaces it.
    Set,
    /// Adds to it.
    Add,
    /// Multiplies it.
    Scale,
    /// Keeps the value it had when the override began.
    Hold,
}

/// An override in force.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// What is done.
    pub operation: Operation,
    /// With which number (ignored by `Hold`, which keeps the number it finds).
    pub value: f64,
}

/// Overrides by input number, with the range each result is clamped to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct InputBus {
    overrides: Vec<Option<Override>>,
    ranges: Vec<(f64, f64)>,
    /// The plant's own value when it last asked: what `Hold` keeps.
    own: Vec<f64>,
    any: bool,
}

impl InputBus {
    /// A bus for a plant's inputs, without overrides. `ranges` are the inputs' ranges in their order.
    pub fn new(ranges: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let ranges: Vec<_> = ranges.into_iter().collect();
        Self { overrides: vec![None; ranges.len()], own: vec![f64::NAN; ranges.len()], ranges, any: false }
    }

    /// Puts an override in force. Unknown numbers are ignored: names are checked where they are read.
    ///
    /// `Hold` takes the value that the plant used last; before the first tick it changes nothing.
    pub fn set(&mut self, input: usize, mut change: Override) {
        if change.operation == Operation::Hold {
            change.value = self.own.get(input).copied().unwrap_or(f64::NAN);
        }
        if let Some(slot) = self.overrides.get_mut(input) {
            *slot = Some(change);
            self.any = true;
        }
    }

    /// Ends an override.
    pub fn clear(&mut self, input: usize) {
        if let Some(slot) = self.overrides.get_mut(input) {
            *slot = None;
        }
        self.any = self.overrides.iter().any(Option::is_some);
    }

    /// The override of an input.
    pub fn get(&self, input: usize) -> Option<Override> {
        self.overrides.get(input).copied().flatten()
    }

    /// Inputs with an override, by number.
    pub fn active(&self) -> impl Iterator<Item = (usize, Override)> + '_ {
        self.overrides.iter().enumerate().filter_map(|(i, o)| o.map(|o| (i, o)))
    }

    /// The value that the plant would use instead of `value`: for what an agent is shown before the tick that uses it.
    pub fn preview(&self, input: usize, value: f64) -> f64 {
        let Some(change) = self.get(input).filter(|_| self.any) else { return value };
        self.changed(input, change, value)
    }

    fn changed(&self, input: usize, change: Override, value: f64) -> f64 {
        let result = match change.operation {
            Operation::Set | Operation::Hold => change.value,
            Operation::Add => value + change.value,
            Operation::Scale => value * change.value,
        };
        match self.ranges.get(input) {
            Some(&(low, high)) if result.is_finite() => result.clamp(low, high),
            _ => value,
        }
    }

    /// The value that the plant uses instead of its own `value`.
    #[inline]
    pub fn apply(&mut self, input: usize, value: f64) -> f64 {
        if let Some(own) = self.own.get_mut(input) {
            *own = value;
        }
        if !self.any {
            return value;
        }
        match self.get(input) {
            Some(change) => self.changed(input, change, value),
            None => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_changes_the_value_and_stays_in_range() {
        let mut bus = InputBus::new([(0.0, 10.0)]);
        assert_eq!(bus.apply(0, 4.0), 4.0);
        for (operation, value, expected) in [
            (Operation::Set, 7.0, 7.0),
            (Operation::Add, 2.0, 6.0),
            (Operation::Scale, 0.5, 2.0),
            (Operation::Hold, 3.0, 4.0),
            (Operation::Add, 100.0, 10.0),
            (Operation::Set, f64::NAN, 4.0),
        ] {
            bus.set(0, Override { operation, value });
            assert_eq!(bus.preview(0, 4.0), expected, "{operation:?}");
            assert_eq!(bus.apply(0, 4.0), expected, "{operation:?}");
        }
        bus.clear(0);
        assert_eq!(bus.apply(0, 4.0), 4.0);
        assert_eq!(bus.active().count(), 0);
    }
}
