//! What a controller shows of its inner state.

/// Name of a text that a person should read: clamped actions, inputs that drift.
pub const WARNING: &str = "warning";

/// Inner state worth showing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Insight {
    /// Names and values: latches, integrals, counters.
    pub values: Vec<(String, f64)>,
    /// Names and words: the active rule, a solver's status, a language model's reasons.
    pub texts: Vec<(String, String)>,
    /// What it means to do.
    pub plans: Vec<PlanTrace>,
}

/// A planner's intention for one lever, to be drawn as a ghost behind the lever's curve.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanTrace {
    /// Number of the lever in the slot's actions.
    pub lever: usize,
    /// Tick of the first value.
    pub from_tick: u64,
    /// Ticks between two values.
    pub step_ticks: u64,
    /// Values in the lever's unit, the first of which is being applied.
    pub values: Vec<f64>,
}
