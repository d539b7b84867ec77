//! C2G Twin: an interactive digital twin of a grid-interactive hyperscale data centre.
//!
//! Rooms, ground floor first; a room uses only rooms above it in this list (a test holds that):
//! [`config`], [`signal`], [`noise`], [`trace`], [`plant`], [`control`], [`safety`], [`rollout`], [`record`],
//! [`evaluate`], [`session`], `app`, [`cli`].

#[cfg(feature = "app")]
pub mod app;
pub mod cli;
pub mod config;
pub mod control;
pub mod evaluate;
pub mod noise;
pub mod plant;
pub mod record;
pub mod rollout;
pub mod safety;
pub mod session;
pub mod signal;
pub mod trace;
