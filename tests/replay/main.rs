//! Recorded logs played again: what a log holds and what follows from it is what the live run had; what it lacks is no
//! value; broken files say where and what to do; a session plays, steps and jumps over a log and refuses to change it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../recorded/mod.rs"]
mod recorded;

mod broken;
mod following;
mod session;
mod tables;
mod tiles;
#[path = "../unreadable/mod.rs"]
mod unreadable;
#[path = "../until/mod.rs"]
mod until;
mod values;

pub use recorded::{Recorded, c2g, read, record, sustaindc};
