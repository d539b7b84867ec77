//! Studies of the power chain: losses, PUE, UPS, voltage.

mod loss_chain;
mod pue;
mod ups;
mod voltage;

pub(super) use loss_chain::LossChain;
pub(super) use pue::Pue;
pub(super) use ups::Ups;
pub(super) use voltage::Voltage;
