//! What can befall SustainDC: ways to move its inputs that have a name.

use crate::plant::{Calendar, Disturbance, Operation, Severity};

use super::signals::Col;

/// Disturbances of the data centre, those from outside first.
pub(super) fn disturbances(calendar: &Calendar) -> Vec<Disturbance> {
    use Operation::{Add, Set};
    use Severity::{Note, Warning};
    let hours = |hours: u64| calendar.ticks_in(hours * 3600);
    vec![
        Disturbance::new(
            ["heat_wave", "Heat wave", "t_ambient_degc"],
            (Add, 8.0, (-20.0, 20.0), "K"),
            hours(12),
            (Note, Col::TAmbient as usize),
            "The air outside is warmer than the weather file says; its moisture stays (sustaindc 2.5).",
        ),
        Disturbance::new(
            ["carbon_spike", "Carbon spike", "ci_g_kwh"],
            (Add, 300.0, (-600.0, 600.0), "g/kWh"),
            hours(6),
            (Note, Col::Ci as usize),
            "Old power stations fill a gap: every kilowatt-hour of the grid carries more carbon (sustaindc 2.6).",
        ),
        Disturbance::new(
            ["workload_surge", "Workload surge", "workload_frac"],
            (Add, 0.3, (-1.0, 1.0), ""),
            hours(3),
            (Note, Col::Workload as usize),
            "More load arrives than was recorded, as a share of the data centre (sustaindc 2.4).",
        ),
        Disturbance::new(
            ["tower_fan_fault", "Tower fan fault", "tower_air_factor"],
            (Set, 0.3, (0.05, 1.0), ""),
            hours(4),
            (Warning, Col::PTower as usize),
            "The fan of the cooling tower moves only this share of its air (sustaindc 4.3).",
        ),
        Disturbance::new(
            ["battery_outage", "Battery outage", "battery_available"],
            (Set, 0.0, (0.0, 1.0), ""),
            hours(4),
            (Warning, Col::PBattery as usize),
            "The battery rests whatever it is told (sustaindc 5).",
        ),
        Disturbance::new(
            ["set_point_stuck", "Set point stuck", "set_point_follows"],
            (Set, 0.0, (0.0, 1.0), ""),
            hours(4),
            (Warning, Col::SetPoint as usize),
            "The supply air stays where it is whatever is commanded (sustaindc 4.5).",
        ),
    ]
}
