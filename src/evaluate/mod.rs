//! Verification: golden trajectories and full logs are run again and held against what stands in the file.

mod columns;
mod compare;
mod golden;
mod replay;
mod sustaindc;
mod sustaindc_columns;

pub use compare::{Comparison, Miss};
pub use golden::{Golden, GoldenKind};
pub use replay::verify_log;
pub use sustaindc::{SustainGolden, is_sustaindc_header};
pub use sustaindc_columns::is_whole as is_whole_in_sustaindc;
