//! Studies of the battery: what a cycle gives back, and how fast it may be.

mod cycle;
mod round_trip;

pub(super) use cycle::Cycle;
pub(super) use round_trip::RoundTrip;
