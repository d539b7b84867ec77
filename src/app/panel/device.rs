//! Device numbers of protection (IEEE C37.2): which acts on a quantity, which stands at a thing, and what they mean.

use crate::plant::{EventKind, PlantSpec, Severity};
use crate::signal::{EntityId, Limits, Signal, SignalId};

/// What a number stands for; a few of IEEE C37.2, those that plants here can have.
fn one(number: &str) -> Option<&'static str> {
    Some(match number {
        "26" => "over-temperature",
        "27" => "undervoltage",
        "49" => "thermal overload",
        "50" => "instantaneous overcurrent",
        "51" => "time overcurrent",
        "52" => "circuit breaker",
        "59" => "overvoltage",
        "81" => "frequency",
        _ => return None,
    })
}

/// What a device is, in words: "undervoltage, overvoltage" of "27/59".
pub(super) fn words(device: &str) -> String {
    device.split('/').filter_map(|number| one(number.trim())).collect::<Vec<_>>().join(", ")
}

fn has_trip(signal: &Signal) -> bool {
    let Limits { trip_low, trip_high, .. } = signal.limits;
    trip_low.is_some() || trip_high.is_some()
}

/// The device that trips on a signal: named by the event that tells its value, else by one that watches a quantity of the
/// same kind for several things (the hottest of all zones).
pub(super) fn of_signal(spec: &PlantSpec, id: SignalId) -> Option<&str> {
    let signal = spec.signals.get(id).filter(|signal| has_trip(signal))?;
    let trips = || spec.events.iter().filter(|e| e.severity == Severity::Trip && e.device.is_some());
    let own = trips().find(|e| e.value == Some(id));
    let alike = |e: &&EventKind| {
        let watched = e.value.and_then(|v| spec.signals.get(v));
        watched.is_some_and(|w| !has_trip(w) && w.unit == signal.unit && w.carrier == signal.carrier)
    };
    own.or_else(|| trips().find(alike))?.device.as_deref()
}

/// All devices at a thing: its own on the one-line, and those that trip on its signals.
pub(super) fn of_entity(spec: &PlantSpec, entity: EntityId) -> Vec<&str> {
    let nodes = spec.topology.nodes.iter().filter(|n| n.entity == entity).filter_map(|n| n.device.as_deref());
    let signals = spec.signals.iter().enumerate().filter(|(_, s)| s.entity == entity);
    let mut all: Vec<&str> = Vec::new();
    for device in nodes.chain(signals.filter_map(|(id, _)| of_signal(spec, id))) {
        if !all.contains(&device) {
            all.push(device);
        }
    }
    all
}

/// An event's label with the device that acted.
pub(super) fn label(kind: Option<&EventKind>, label: &str) -> String {
    match kind.and_then(|kind| kind.device.as_deref()) {
        Some(device) => format!("{label} ({device})"),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    #[test]
    fn trips_of_the_site_have_their_numbers() {
        let rollout = World::default().build(&Setup::default()).unwrap();
        let spec = rollout.spec();
        let of = |name: &str| of_signal(spec, spec.signal(name).unwrap());
        assert_eq!(of("t_zone_a_degc"), Some("26"));
        assert_eq!(of("t_zone_b_degc"), Some("26"));
        assert_eq!(of("f_deviation_hz"), Some("81"));
        assert_eq!(of("v_pcc_pu"), Some("27/59"));
        assert_eq!(of("soc_frac"), None, "it warns and never trips");
        let entity = |name: &str| spec.entities.iter().position(|e| e.name == name).unwrap();
        assert_eq!(of_entity(spec, entity("pcc")), ["52", "27/59"]);
        assert_eq!(of_entity(spec, entity("zone_a")), ["26"]);
        assert!(of_entity(spec, entity("aux")).is_empty());
        assert_eq!(words("27/59"), "undervoltage, overvoltage");
        assert_eq!(words("99"), "");
    }
}
