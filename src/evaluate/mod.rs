//! Verification: golden trajectories and full logs are run again and held against what stands in the file.

mod columns;
mod compare;
mod golden;
mod replay;

pub use compare::{Comparison, Miss};
pub use golden::{Golden, GoldenKind};
pub use replay::verify_log;
