//! What can befall the C2G site: ways to move its inputs that have a name.

use crate::plant::{Calendar, Disturbance, Operation, Severity};

use super::params::Params;
use super::signals::Col;

/// Disturbances of the site, those of the grid first.
///
/// Numbers are chosen so that the default day bears each of them with its own controllers; none of them is a forecast.
pub(super) fn disturbances(p: &Params, calendar: &Calendar) -> Vec<Disturbance> {
    use Operation::{Add, Hold, Set};
    use Severity::{Note, Warning};
    let spike = p.site.workload.spike_duty_pct;
    let minutes = |minutes: u64| calendar.ticks_in(minutes * 60);
    let make = |name: &str,
                label: &str,
                input: &str,
                (operation, value, range, unit): (Operation, f64, (f64, f64), &str),
                ticks: u64,
                (severity, signal): (Severity, Col),
                about: &str| Disturbance {
        name: name.to_owned(),
        label: label.to_owned(),
        about: about.to_owned(),
        input: input.to_owned(),
        operation,
        value,
        range,
        unit: unit.to_owned(),
        ticks: Some(ticks),
        severity,
        signal: signal as usize,
    };
    vec![
        make(
            "regd_step",
            "RegD step",
            "regd",
            (Set, 0.9, (-1.0, 1.0), ""),
            minutes(15),
            (Note, Col::Regd),
            "The grid asks for nearly all that is committed and stays there; + = shed load (core 6.4).",
        ),
        make(
            "regd_hold",
            "RegD hold",
            "regd",
            (Hold, 0.0, (0.0, 0.0), ""),
            minutes(5),
            (Note, Col::Regd),
            "The regulation signal freezes where it stands, as when its telemetry is lost (core 6.4).",
        ),
        make(
            "genai_spike",
            "GenAI spike",
            "genai_duty_pct",
            (Set, 40.0_f64.max(spike), (spike, 100.0), "%"),
            minutes(10),
            (Note, Col::PBaseA),
            "Training work takes many GPUs of zone A at once, far above the threshold of a spike (core 2.2).",
        ),
        make(
            "ambient_step",
            "Ambient step",
            "t_ambient_degc",
            (Add, 6.0, (-30.0, 30.0), "K"),
            minutes(60),
            (Note, Col::TAmbient),
            "A front passes: the air outside is warmer from one tick to the next (core 7).",
        ),
        make(
            "pump_fault",
            "Pump fault",
            "pump_factor",
            (Set, 0.5, (0.0, 1.0), ""),
            minutes(15),
            (Warning, Col::TZoneA),
            "Pumps of the liquid loop fail: this share of its conductance is left in zone A (core 4).",
        ),
        make(
            "cooling_fault",
            "Cooling fault",
            "cooling_factor",
            (Set, 0.6, (0.0, 1.0), ""),
            minutes(15),
            (Warning, Col::THottest),
            "Cooling of both zones fails in part: this share of their conductances is left (core 4).",
        ),
        make(
            "battery_outage",
            "Battery outage",
            "bess_available",
            (Set, 0.0, (0.0, 1.0), ""),
            minutes(30),
            (Warning, Col::BessOut),
            "The battery is out of service: this share of its command is carried out (core 5).",
        ),
        make(
            "price_spike",
            "Price spike",
            "lmp_usd_mwh",
            (Set, 300.0, (0.0, 500.0), "$/MWh"),
            minutes(15),
            (Note, Col::Lmp),
            "Energy is scarce in the market's zone: its price jumps (core 6.3).",
        ),
        make(
            "voltage_dip",
            "Voltage dip",
            "v_dip_pu",
            (Set, 0.06, (0.0, 0.5), "pu"),
            3,
            (Warning, Col::VPcc),
            "A short circuit in the neighbourhood lowers the voltage at the grid connection by so much (core 3.2).",
        ),
        make(
            "frequency_dip",
            "Frequency dip",
            "f_offset_hz",
            (Set, -0.2, (-2.0, 2.0), "Hz"),
            1,
            (Warning, Col::FDev),
            "A large unit of the grid trips: the frequency is pushed by so much on each tick and recovers after (core 6.6).",
        ),
    ]
}
