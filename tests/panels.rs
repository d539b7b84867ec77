//! The panels without a window: what each control asks for, and what the screen looks like.
#![cfg(feature = "window-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "panels/controls.rs"]
mod controls;
#[path = "panels/desk.rs"]
mod desk;
#[path = "panels/pictures.rs"]
mod pictures;
#[path = "panels/site.rs"]
mod site;
#[path = "panels/views.rs"]
mod views;
