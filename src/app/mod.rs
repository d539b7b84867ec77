//! The window: what a person sees of a [`RunView`](crate::session::RunView) and what they ask for with a
//! [`Command`](crate::session::Command).
//!
//! [`theme`] knows colours, sizes and shapes; [`command`] is the one table of everything a key, a menu, a button or the
//! palette can do; [`panel`] draws all tiles with egui alone, so that they run in a test without a graphics engine;
//! [`scene`] is the 3D picture of a plant, [`stage`] what it and the Site tile tell each other; [`board`]
//! reads results, runs benchmarks and looks at policies on threads of its own; [`samples`] are logs that come with the
//! program; [`settings`] is what the
//! window remembers between two starts; [`shell`] puts everything into a window. Only the scene knows plants by name:
//! everything else is made from their tables.

pub mod board;
pub mod command;
mod guard;
pub mod layout_file;
pub mod panel;
pub mod samples;
pub mod scene;
pub mod settings;
pub mod shell;
pub mod stage;
pub mod theme;

/// Name of the product, as title bar and top bar print it.
pub const PRODUCT: &str = "C2G Twin";
