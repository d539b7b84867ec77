//! What can befall the C2G site: ways to move its inputs that have a name.

use crate::plant::{Calendar, Disturbance, Operation, Severity};

use super::params::Params;
use super::signals::{Col, Ent};

/// Disturbances of the site, those of the grid first.
///
/// Numbers are chosen so that the default day bears each of them with its own controllers; none of them is a forecast.
pub(super) fn disturbances(p: &Params, calendar: &Calendar) -> Vec<Disturbance> {
    use Operation::{Add, Hold, Set};
    use Severity::{Note, Warning};
    let spike = p.site.workload.spike_duty_pct;
    let minutes = |minutes: u64| calendar.ticks_in(minutes * 60);
    vec![
        Disturbance::new(
            ["regd_step", "RegD step", "regd"],
            (Set, 0.9, (-1.0, 1.0), ""),
            minutes(15),
            (Note, Col::Regd as usize),
            "The grid asks for nearly all that is committed and stays there; + = shed load (core 6.4).",
        ),
        Disturbance::new(
            ["regd_hold", "RegD hold", "regd"],
            (Hold, 0.0, (0.0, 0.0), ""),
            minutes(5),
            (Note, Col::Regd as usize),
            "The regulation signal freezes where it stands, as when its telemetry is lost (core 6.4).",
        ),
        Disturbance::new(
            ["genai_spike", "GenAI spike", "genai_duty_pct"],
            (Set, 40.0_f64.max(spike), (spike, 100.0), "%"),
            minutes(10),
            (Note, Col::PBaseA as usize),
            "Training work takes many GPUs of zone A at once, far above the threshold of a spike (core 2.2).",
        ),
        Disturbance::new(
            ["ambient_step", "Ambient step", "t_ambient_degc"],
            (Add, 6.0, (-30.0, 30.0), "K"),
            minutes(60),
            (Note, Col::TAmbient as usize),
            "A front passes: the air outside is warmer from one tick to the next (core 7).",
        ),
        Disturbance::new(
            ["pump_fault", "Pump fault", "pump_factor"],
            (Set, 0.5, (0.0, 1.0), ""),
            minutes(15),
            (Warning, Col::TZoneA as usize),
            "Pumps of the liquid loop fail: this share of its conductance is left in zone A (core 4).",
        )
        .at_things([Ent::Cdu as usize]),
        Disturbance::new(
            ["cooling_fault", "Cooling fault", "cooling_factor"],
            (Set, 0.6, (0.0, 1.0), ""),
            minutes(15),
            (Warning, Col::THottest as usize),
            "Cooling of both zones fails in part: this share of their conductances is left (core 4).",
        )
        .at_things([Ent::Cdu as usize, Ent::Crah as usize]),
        Disturbance::new(
            ["battery_outage", "Battery outage", "bess_available"],
            (Set, 0.0, (0.0, 1.0), ""),
            minutes(30),
            (Warning, Col::BessOut as usize),
            "The battery is out of service: this share of its command is carried out (core 5).",
        ),
        Disturbance::new(
            ["price_spike", "Price spike", "lmp_usd_mwh"],
            (Set, 300.0, (0.0, 500.0), "$/MWh"),
            minutes(15),
            (Note, Col::Lmp as usize),
            "Energy is scarce in the market's zone: its price jumps (core 6.3).",
        ),
        Disturbance::new(
            ["voltage_dip", "Voltage dip", "v_dip_pu"],
            (Set, 0.06, (0.0, 0.5), "pu"),
            3,
            (Warning, Col::VPcc as usize),
            "A short circuit in the neighbourhood lowers the voltage at the grid connection by so much (core 3.2).",
        ),
        Disturbance::new(
            ["frequency_dip", "Frequency dip", "f_offset_hz"],
            (Set, -0.2, (-2.0, 2.0), "Hz"),
            1,
            (Warning, Col::FDev as usize),
            "A large unit of the grid trips: the frequency is pushed by so much on each tick and recovers after (core 6.6).",
        )
        .at_things([Ent::Pcc as usize]),
    ]
}
