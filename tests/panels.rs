//! The panels without a window: what each control asks for, and what the screen looks like.
#![cfg(feature = "window-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "panels/controls.rs"]
mod controls;
#[path = "panels/desk.rs"]
mod desk;
#[path = "panels/one_line.rs"]
mod one_line;
#[path = "panels/pictures.rs"]
mod pictures;
mod plants;
#[path = "panels/views.rs"]
mod views;
