//! Shows how a controller of one's own drives the twin: register a factory, name it in a setup, play an hour.
//!
//! `cargo run --release --no-default-features --example own_controller`

use std::sync::Arc;

use c2g_twin::config::{Error, Result};
use c2g_twin::control::{Controller, ControllerFactory, ControllerRequest, Decision};
use c2g_twin::plant::{PlantSpec, Slot};
use c2g_twin::rollout::{Setup, World};

/// Gives the battery everything that regulation asks for and leaves the rest alone.
struct BatteryOnly;

impl Controller for BatteryOnly {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        let seen = |i: usize| decision.observation.get(i).copied().unwrap_or(0.0);
        let (regd, commitment) = (seen(6), seen(17));
        for (out, value) in action.iter_mut().zip([1.0, 1.0, 0.7, 6.0 * commitment * regd]) {
            *out = value;
        }
    }
}

struct Factory;

impl ControllerFactory for Factory {
    fn name(&self) -> &str {
        "battery_only"
    }

    fn about(&self) -> &str {
        "The battery follows RegD, nothing else moves"
    }

    fn fits(&self, spec: &PlantSpec, slot: &Slot) -> bool {
        spec.name == "c2g" && slot.name == "hardware"
    }

    fn build(&self, _: &ControllerRequest<'_>) -> Result<Box<dyn Controller>> {
        Ok(Box::new(BatteryOnly))
    }
}

fn main() -> std::result::Result<(), Error> {
    let mut world = World::default();
    world.controllers.register(Arc::new(Factory));
    for name in ["rule_based", "battery_only"] {
        let mut setup = Setup { ticks: Some(720), ..Setup::default() };
        setup.policies.insert("hardware".to_owned(), name.to_owned());
        let mut rollout = world.build(&setup)?;
        while rollout.end().is_none() {
            rollout.step()?;
        }
        let rmse = rollout.spec().metrics.iter().position(|m| m.name == "tracking_rmse");
        println!("{name:<13} tracking error {:.0} kW", rmse.map_or(f64::NAN, |m| rollout.metric(m)));
    }
    Ok(())
}
