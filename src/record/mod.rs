//! What was: rows as columns in sealed chunks, and the logs they are written to and read from.

mod chunk;
mod csv_number;
mod evaluation;
mod full_log;
mod recording;
mod transitions;

pub use chunk::{CHUNK_ROWS, Chunk};
pub use csv_number::{push_number, python_repr};
pub use evaluation::{
    COLUMNS as EVALUATION_COLUMNS, Column as EvaluationColumn, EvaluationEpisode, EvaluationLog, EvaluationRow,
    EvaluationWriter, Order as EvaluationOrder, Origin as EvaluationOrigin, as_plant_row as evaluation_as_plant_row,
    column as evaluation_column, header_line as evaluation_header, is_evaluation_log, line as evaluation_line,
    read_evaluation_log,
};
pub use full_log::{ColumnNote, FullLog, LogHeader, LogWriter, is_full_log, read_full_log};
pub use recording::{Envelope, Recorder, Recording};
pub use transitions::TransitionWriter;
