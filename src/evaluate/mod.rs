//! Verification: golden trajectories and full logs are run again and held against what stands in the file. Scores: how
//! well a response followed a request, by named definitions, and what a market would pay. The benchmark: agents times
//! scenarios times seeds, as tables.

pub mod ablation;
pub mod agents;
pub mod analysis;
pub mod arms;
pub mod ask;
mod asked;
pub mod charts;
mod columns;
pub mod compare;
pub mod configurations;
pub mod exhibit;
pub mod explain;
pub mod failure;
pub mod figures;
pub mod film;
mod golden;
pub mod headroom;
pub mod matrix;
pub mod numbers;
pub mod regulation;
mod replay;
pub mod report;
pub mod results;
pub mod settlement;
pub mod statistics;
pub mod study;
mod sustaindc;
mod sustaindc_columns;
pub mod tables;
pub mod tornado;
pub mod trials;

pub use asked::Asked;
pub use compare::{Comparison, Miss};
pub use golden::{Golden, GoldenKind};
pub use regulation::{Score, ScoreDefinition};
pub use replay::{Outcome, Replay, TakenOver, again, compute_rows, replay_log, take_over, verify_log};
pub use sustaindc::{SustainGolden, is_sustaindc_header};
pub use sustaindc_columns::is_whole as is_whole_in_sustaindc;
