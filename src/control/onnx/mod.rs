//! Policies as ONNX files, run by ort on the pure-Rust tract backend: no download, no system library. A given
//! `libonnxruntime` can take its place.
//!
//! [`Network`] runs vectors, [`bind`] says how a network drives a slot or why it cannot, [`Policy`] is the controller,
//! [`PolicyCard`] tells a person all of it before anybody lets the network drive.

mod backend;
mod card;
mod contract;
mod header;
mod library;
mod network;
mod policy;
mod scores;

pub use card::{Fit, PolicyCard, Probe};
pub use contract::{Binding, Give, Take, bind, shape};
pub use header::Header;
pub use network::{Network, Port};
pub use policy::{CLAMPED_WARNING, Options, Policy};
pub use scores::{DRIFT, Reference};
