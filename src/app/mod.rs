//! The window: what a person sees of a [`RunView`](crate::session::RunView) and what they ask for with a
//! [`Command`](crate::session::Command).
//!
//! [`theme`] knows colours, sizes and shapes; [`command`] is the one table of everything a key, a menu, a button or the
//! palette can do; [`panel`] draws all tiles with egui alone, so that they run in a test without a graphics engine;
//! [`settings`] is what the window remembers between two starts; [`stage`] is what the Site tile and the 3D scene tell each other; [`shell`] puts everything into a window. No part knows a plant by name: everything is made from its tables.

pub mod command;
mod guard;
pub mod panel;
pub mod settings;
pub mod shell;
pub mod stage;
pub mod theme;

/// Name of the product, as title bar and top bar print it.
pub const PRODUCT: &str = "C2G Twin";
