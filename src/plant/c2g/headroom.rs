//! Head-room of the site: shed work, cooling below its baseline and the battery, as tracking counts them (core 8.2).

use crate::plant::{HeadroomLever, HeadroomSpec, Measured};
use crate::signal::format_number;

use super::params::{Params, Tracking};
use super::signals::Col;
use super::tables::HARDWARE;

/// The quarter of an hour that a bid lasts, with zones, battery and voltage inside their warning limits.
pub(super) fn headroom(p: &Params, tick_s: u32) -> HeadroomSpec {
    let thermal = &p.site.thermal;
    let (pump_mw, hvac_mw) =
        (thermal.pump_max_mw * thermal.nominal_pump, thermal.zone_b.hvac_max_mw * thermal.nominal_hvac);
    let lever = |action: usize, part: Measured| HeadroomLever { slot: HARDWARE, action, part };
    let mut levers =
        vec![lever(3, Measured::plain(Col::PBess as usize)), lever(0, Measured::plain(Col::FlexReduction as usize))];
    let counts = p.fidelity.tracking != Tracking::SeedLiteral;
    if counts {
        levers.push(lever(1, Measured::below(Col::PPump as usize, pump_mw)));
        levers.push(lever(2, Measured::below(Col::PHvac as usize, hvac_mw)));
    }
    let warn = p.site.t_warn_a_degc.max(p.site.t_warn_b_degc);
    let from = if counts {
        format!("Against the {} MW cooling baseline", format_number(pump_mw + hvac_mw, 1))
    } else {
        "Cooling does not count at this fidelity".to_owned()
    };
    HeadroomSpec {
        ticks: u64::from(p.handshake.interval_s / tick_s.max(1)).max(1),
        unit: "MW".to_owned(),
        decimals: 1,
        delivered: Measured::plain(Col::RegdDelivered as usize),
        commitment: Some(Col::Committed as usize),
        levers,
        limits: [Col::TZoneA, Col::TZoneB, Col::Soc, Col::VPcc].map(|c| c as usize).to_vec(),
        note: format!("{from}; both zones stay under {} °C.", format_number(warn, 0)),
    }
}
