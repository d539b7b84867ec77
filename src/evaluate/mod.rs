//! Verification: golden trajectories and full logs are run again and held against what stands in the file. Scores: how
//! well a response followed a request, by named definitions.

mod columns;
mod compare;
mod golden;
pub mod regulation;
mod replay;

pub use compare::{Comparison, Miss};
pub use golden::{Golden, GoldenKind};
pub use regulation::{Score, ScoreDefinition};
pub use replay::verify_log;
