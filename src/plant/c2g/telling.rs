//! What the plant says of itself when somebody asks why: reward terms in words (core 8.4, 9), observations in physical
//! terms (core 8.3), what is asked for and given (core 8.2), the bid and its settlement (core 6.7, 9).
//!
//! Normal ranges are those of configuration where it has them (warning temperatures, bands); the others are where the
//! default day lies on nine of ten ticks, rounded.

use crate::plant::{Deal, Factor, SeenTelling, Service, Share, SlotTelling, Telling, TermTelling};
use crate::signal::{Carrier, format_number};

use super::data::Choice;
use super::params::{Params, ThermalPenalty, Tracking};
use super::signals::Col;

/// A number with no more digits than it needs.
fn short(value: f64) -> String {
    let text = format_number(value, 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn hardware_terms(p: &Params, c: &Choice) -> Vec<TermTelling> {
    let (w, site, grid) = (&p.reward, &p.site, &p.grid);
    let weight = |w: f64| short(-w);
    let (warn_a, warn_b) = (short(site.t_warn_a_degc), short(site.t_warn_b_degc));
    let warn =
        if warn_a == warn_b { format!("both at or below {warn_a}") } else { format!("limits {warn_a} and {warn_b}") };
    let heat = match p.fidelity.thermal_penalty {
        ThermalPenalty::Seed => format!("{} per K above {warn_a} °C", weight(w.thermal)),
        ThermalPenalty::Code => {
            format!("{} × share of {warn_a} to {} °C", weight(w.thermal), short(site.t_safe_degc))
        }
    };
    let low = short(100.0 * w.soc_low);
    let (band, nominal) = (short(grid.frequency_dead_band_hz), short(c.grid.f_nominal_hz));
    let pcc = &site.electrical.pcc;
    let (v_low, v_high) = (format_number(pcc.v_low_pu, 2), format_number(pcc.v_high_pu, 2));
    let flex_max_mw = site.workload.batch.racks * p.fidelity.rack_a_max_kw / 1000.0;
    vec![
        TermTelling::new(
            format!("+{} × throttle", short(w.throughput)),
            "throttle {throttle}: that share of the batch racks may run",
            "no batch rack may run",
        ),
        TermTelling::new(
            format!("{} × error / commitment", weight(w.tracking)),
            "{p_tracking_error_mw} off, against {p_committed_mw} promised",
            "",
        ),
        TermTelling::new(
            heat,
            "zone A {t_zone_a_degc}, zone B {t_zone_b_degc}",
            format!("zone A {{t_zone_a_degc}}, zone B {{t_zone_b_degc}}, {warn}"),
        ),
        TermTelling::new(
            format!("{} below {low} %", weight(w.soc_penalty)),
            format!("{{soc_pct}}, below {low} %"),
            format!("{{soc_pct}}, not below {low} %"),
        ),
        TermTelling::new(
            format!("{} per Hz beyond {band}", weight(w.frequency)),
            format!("{{f_grid_hz}}, further than {band} Hz from {nominal}"),
            format!("{{f_grid_hz}}, within {band} Hz of {nominal}"),
        ),
        TermTelling::new(
            format!("{} per pu outside the band", weight(w.voltage)),
            format!("{{v_pcc_pu}}, outside {v_low} to {v_high}"),
            format!("{{v_pcc_pu}}, within {v_low} to {v_high}"),
        ),
        TermTelling::new(
            format!("{} × backlog / {} MW", weight(w.backlog), short(flex_max_mw)),
            "{p_backlog_mw} of work is waiting",
            "no work is waiting",
        ),
    ]
}

fn macro_terms(p: &Params) -> Vec<TermTelling> {
    let h = &p.handshake;
    vec![
        TermTelling::new(
            format!("+{} × revenue / 1000 $", short(h.lambda_revenue)),
            "{revenue_interval_usd} earned with {p_committed_interval_mw}",
            "nothing earned",
        ),
        TermTelling::new("mean hardware reward", "mean of {interval_ticks} ticks", ""),
        TermTelling::new(
            format!("{} × energy term / 1000 $", short(-h.lambda_electricity)),
            "{electricity_cost_interval_usd} at a mean price of {lmp_mean_usd_mwh}",
            "",
        ),
        TermTelling::new(
            format!("{} × change of the bid", short(-h.lambda_churn)),
            "the bid moved by {commit_churn_frac} of its range",
            "the bid did not move",
        ),
    ]
}

/// Factor and offset that undo the observation of the ambient (core 7).
fn ambient(c: &Choice) -> (f64, f64) {
    let weather = &c.weather.weather;
    (weather.norm_max_degc - weather.norm_min_degc, weather.norm_min_degc)
}

fn hardware_seen(p: &Params, c: &Choice) -> Vec<SeenTelling> {
    let seen = SeenTelling::new;
    let (t, pcc) = (&p.site.thermal, &p.site.electrical.pcc);
    let band_mhz = 1000.0 * p.grid.frequency_dead_band_hz;
    let max = c.scenario.committed_mw_max;
    let (factor, offset) = ambient(c);
    vec![
        seen("Zone A temperature", 1, (t.zone_a.t_supply_degc, p.site.t_warn_a_degc)),
        seen("Zone B temperature", 1, (t.zone_b.t_supply_degc, p.site.t_warn_b_degc)),
        seen("State of charge", 0, (30.0, 85.0)).scaled(100.0, 0.0, "%"),
        seen("Rigid IT power", 1, (32.0, 70.0)),
        seen("Batch arriving", 1, (9.0, 45.0)),
        seen("Facility power", 1, (91.0, 170.0)),
        seen("RegD signal", 3, (-0.4, 0.4)),
        seen("Energy price (LMP)", 1, (28.0, 115.0)),
        seen("Grid load", 0, (50.0, 100.0)).scaled(100.0, 0.0, "% of max"),
        seen("GenAI spike", 0, (0.0, 0.0)).labels(&["No", "Yes"]),
        seen("Throttle before", 2, (0.95, 1.0)),
        seen("Pump before", 2, (0.65, 0.8)),
        seen("Power usage (PUE)", 3, (1.4, 2.2)),
        seen("Outside temperature", 1, (10.0, 36.0)).scaled(factor, offset, "°C"),
        seen("Frequency deviation", 0, (-band_mhz, band_mhz)).scaled(500.0, 0.0, "mHz"),
        seen("PCC voltage", 3, (pcc.v_low_pu, pcc.v_high_pu)),
        seen("Backlog", 1, (0.0, 0.0)),
        seen("Commitment", 1, (0.0, max)),
    ]
}

fn macro_seen(p: &Params, c: &Choice) -> Vec<SeenTelling> {
    let seen = SeenTelling::new;
    let (t, pcc) = (&p.site.thermal, &p.site.electrical.pcc);
    let band_mhz = 1000.0 * p.grid.frequency_dead_band_hz;
    let max = c.scenario.committed_mw_max;
    let room = |supply: f64, warn: f64| (p.site.t_safe_degc - warn, p.site.t_safe_degc - supply);
    vec![
        seen("Zone A, mean", 1, (t.zone_a.t_supply_degc, p.site.t_warn_a_degc)),
        seen("Zone B, mean", 1, (t.zone_b.t_supply_degc, p.site.t_warn_b_degc)),
        seen("State of charge", 0, (30.0, 85.0)).scaled(100.0, 0.0, "%"),
        seen("Rigid IT power, mean", 1, (32.0, 70.0)),
        seen("Facility power, mean", 1, (91.0, 170.0)),
        seen("Size of RegD, mean", 3, (0.0, 0.3)),
        seen("Energy price, mean", 1, (28.0, 115.0)),
        seen("Grid load, mean", 0, (50.0, 100.0)).scaled(100.0, 0.0, "% of max"),
        seen("Tracking error", 1, (0.0, 10.0)).scaled(100.0, 0.0, "% of bid"),
        seen("Any GenAI spike", 0, (0.0, 0.0)).labels(&["No", "Yes"]),
        seen("Zone A head-room", 1, room(t.zone_a.t_supply_degc, p.site.t_warn_a_degc)),
        seen("Zone B head-room", 1, room(t.zone_b.t_supply_degc, p.site.t_warn_b_degc)),
        seen("Bid before", 1, (0.0, max)),
        seen("Bid price before", 1, (0.0, 50.0)),
        seen("Frequency, mean", 0, (-band_mhz, band_mhz)).scaled(500.0, 0.0, "mHz"),
        seen("PCC voltage, mean", 3, (pcc.v_low_pu, pcc.v_high_pu)),
        seen("Backlog, mean", 1, (0.0, 0.0)).scaled(
            p.site.workload.batch.racks * p.fidelity.rack_a_max_kw / 1000.0,
            0.0,
            "MW",
        ),
        seen("Regulation price", 2, (20.0, 54.0)),
        seen("Need left open", 1, (14.0, 18.0)),
    ]
}

/// What is asked for and given in a tick (core 8.2).
fn service(p: &Params) -> Service {
    let share = |label: &str, col: Col, factor: f64, carrier: Carrier| Share {
        label: label.to_owned(),
        signal: col as usize,
        factor,
        carrier,
    };
    let mut shares =
        vec![share("battery", Col::PBess, 1.0, Carrier::Battery), share("batch", Col::FlexReduction, 1.0, Carrier::It)];
    if p.fidelity.tracking != Tracking::SeedLiteral {
        shares.push(share("cooling", Col::CoolDelta, -1.0, Carrier::Cooling));
    }
    Service { asked: Some(Col::RegdDemanded as usize), given: Col::RegdDelivered as usize, shares }
}

/// The bid of an interval (core 6.7) and its settlement: rate × commitment × score × hours (core 9).
fn deal(p: &Params) -> Deal {
    let h = &p.handshake;
    Deal {
        label: "Bid".to_owned(),
        quantity: Col::BidMw as usize,
        price: Col::BidPrice as usize,
        wanted: Col::Residual as usize,
        chance: Col::AcceptProb as usize,
        taken: Col::BidAccepted as usize,
        cleared: Col::Rmcp as usize,
        score: Col::Perf as usize,
        paid: Col::Revenue as usize,
        factors: vec![
            Factor::Signal(Col::Rate as usize),
            Factor::Signal(Col::IntervalCommitted as usize),
            Factor::Signal(Col::Perf as usize),
            Factor::Constant(f64::from(h.interval_s) / 3600.0, "h".to_owned()),
        ],
        prices: (0.0, 2.0 * h.rmcp_max_usd),
    }
}

/// Words of both slots.
pub(super) fn telling(p: &Params, c: &Choice) -> Telling {
    let revenue = Service { asked: None, given: Col::Revenue as usize, shares: Vec::new() };
    Telling {
        slots: vec![
            SlotTelling {
                terms: macro_terms(p),
                seen: macro_seen(p, c),
                steps: vec![0.05, 0.02],
                service: Some(revenue),
                deal: Some(deal(p)),
            },
            SlotTelling {
                terms: hardware_terms(p, c),
                seen: hardware_seen(p, c),
                steps: vec![0.1, 0.1, 0.05, 0.2],
                service: Some(service(p)),
                deal: None,
            },
        ],
    }
}
