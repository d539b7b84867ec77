//! What was: rows as columns in sealed chunks, and the logs they are written to and read from.

mod chunk;
mod csv_number;
mod full_log;
mod recording;
mod transitions;

pub use chunk::{CHUNK_ROWS, Chunk};
pub use csv_number::{push_number, python_repr};
pub use full_log::{ColumnNote, FullLog, LogHeader, LogWriter, is_full_log, read_full_log};
pub use recording::{Envelope, Recorder, Recording};
pub use transitions::TransitionWriter;
