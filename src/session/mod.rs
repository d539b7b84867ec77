//! The live world: a worker thread that owns the run, a clock, a history, events and queries.
//!
//! Panels read a [`RunView`] (cheap to take, never locked while it is read) and send [`Command`]s; the worker applies
//! them between ticks. A recorded log can stand in front of the run: the same pictures, from a file. [`Query`]s are answered by a second worker and dropped when a newer one replaces them.

mod again;
mod beside;
mod clock;
mod command;
pub mod contest;
mod course;
mod events;
// The same in every build: it takes minutes, and is played in that without a window.
#[cfg(all(test, not(feature = "app")))]
mod fuzz;
mod handle;
mod history;
mod inquiries;
mod laid;
mod limits;
mod marks;
mod memory;
mod notices;
mod parts;
mod plan;
mod query;
mod reader;
mod recall;
mod reel;
mod replay;
mod rerun;
mod room;
mod runs;
mod set;
mod shadows;
pub mod tour;
mod until;
mod view;
mod why;
mod worker;

pub use beside::{Beside, Bookmark, Checked, PlannedView, RunEntry, RunKind, ShadowView};
pub use clock::Speed;
pub use command::Command;
pub use handle::{Session, SessionOptions, Wake};
pub use limits::HeadroomNote;
pub use query::{Outlook, Query};
pub use until::{Comparison, Until};
pub use view::{
    DriverView, EventView, LeverView, Notice, NoticeKind, OptionView, ParameterView, PlayState, ReplayView, RunView,
    SlotView, ThinkingView,
};
pub use why::{WhyAsked, WhyView};
