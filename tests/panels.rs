//! The panels without a window: what each control asks for, and what the screen looks like.
#![cfg(feature = "window-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "panels/asking.rs"]
mod asking;
#[path = "panels/beside.rs"]
mod beside;
#[path = "panels/charts.rs"]
mod charts;
#[path = "panels/commands.rs"]
mod commands;
#[path = "panels/control.rs"]
mod control;
#[path = "panels/controls.rs"]
mod controls;
#[path = "panels/desk.rs"]
mod desk;
#[path = "panels/events.rs"]
mod events;
#[path = "panels/explain.rs"]
mod explain;
#[path = "panels/guide.rs"]
mod guide;
#[path = "panels/kinds.rs"]
mod kinds;
#[path = "panels/lab.rs"]
mod lab;
#[path = "panels/levers.rs"]
mod levers;
#[path = "panels/lone.rs"]
mod lone;
#[path = "panels/messages.rs"]
mod messages;
#[path = "panels/one_line.rs"]
mod one_line;
#[path = "panels/parts.rs"]
mod parts;
#[path = "panels/pictures.rs"]
mod pictures;
mod plants;
#[path = "panels/replay.rs"]
mod replay;
#[path = "panels/scoreboard.rs"]
mod scoreboard;
#[path = "panels/site.rs"]
mod site;
#[path = "panels/taking.rs"]
mod taking;
#[path = "panels/tiles.rs"]
mod tiles;
#[path = "panels/tuning.rs"]
mod tuning;
mod until;
#[path = "panels/views.rs"]
mod views;
#[path = "panels/why.rs"]
mod why;
