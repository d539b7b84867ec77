//! What was: rows as columns in sealed chunks, and the logs they are written to and read from.
//!
//! Every row of a run goes in through the [`Recorder`], and whoever wants to know about the past asks a [`Recording`], a
//! picture that never changes:
//!
//! - sixteen rows make a block, in which columns stand side by side and still ones are one number;
//! - sixteen blocks make a chunk, which is sealed, shared, laid out column by column and tells what its quarters come to;
//! - sixty-four chunks make a node of the pyramid, sixty-four nodes the next, and so on. A node tells extremes, first and
//!   last value and sum of each of its parts, column by column.
//!
//! Blocks, chunks and nodes are made on a thread of the recorder's own, so that whoever runs the ticks only hands rows over.
//!
//! Where memory is short old rows go, and what was told about them stays; they come back when somebody makes the same rows
//! again.
//!
//! A question about many rows is therefore answered from few numbers, whether a chart asks for one [`Envelope`] a pixel
//! or a tile for the sum of an episode: a chart of a million rows costs about what one of ten thousand does.

mod block;
mod chunk;
mod csv_number;
mod differ;
mod digest;
mod evaluation;
mod export;
mod full_log;
mod open;
mod parquet_log;
mod pyramid;
mod recorder;
mod recording;
mod recover;
mod replay;
mod run_folder;
mod sealing;
mod shedding;
mod spill;
mod transitions;

pub use chunk::CHUNK_ROWS;
pub use csv_number::{push_number, python_repr};
pub use differ::{Difference, Divergence};
pub use evaluation::{
    COLUMNS as EVALUATION_COLUMNS, Column as EvaluationColumn, EvaluationEpisode, EvaluationLog, EvaluationRow,
    EvaluationWriter, Order as EvaluationOrder, Origin as EvaluationOrigin, as_plant_row as evaluation_as_plant_row,
    column as evaluation_column, header_line as evaluation_header, is_evaluation_log, line as evaluation_line,
    read_evaluation_log,
};
pub use export::Export;
pub use full_log::{ColumnNote, FullLog, LogHeader, LogWriter, is_full_log, read_full_log};
pub use parquet_log::ParquetWriter;
pub use recorder::Recorder;
pub use recording::{Envelope, Recording};
pub use recover::{Compute, Recovery, Saved, may_recover, recover};
pub use replay::{
    BadRows, Change, Found, Item, LogKind, Provenance, ROW_NUMBER, Shelf, TABLE, Tape, TapeHead, TapeOptions,
    TimeColumn, detect, sort_out,
};
pub use run_folder::{ModelFile, ProgressPoint, RunFolder};
pub use shedding::{Refill, shed};
pub use spill::Spill;
pub use transitions::{TransitionNames, TransitionWriter, pin_tags};
