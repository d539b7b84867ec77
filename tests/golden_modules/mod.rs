//! Module vectors of the C2G simulators (core 14).

use std::path::Path;

use c2g_twin::config::Document;
use c2g_twin::plant::PlantFactory;
use c2g_twin::plant::c2g::Factory;
use c2g_twin::plant::c2g::bess::{Battery, State};
use c2g_twin::plant::c2g::data::{Series, demand};
use c2g_twin::plant::c2g::electrical::Chain;
use c2g_twin::plant::c2g::grid::{Offer, RegdLaw, RegdState, Swing, lmp_usd_mwh, median};
use c2g_twin::plant::c2g::params::{Params, Squash, ThermalOverride};
use c2g_twin::plant::c2g::thermal::{Load, Twin};
use c2g_twin::plant::c2g::workload::{Queue, stream_power_kw};
use c2g_twin::trace;

use crate::golden_table::{Table, Tally};

type Verdict = Result<(), String>;

fn params() -> Params {
    let mut document = Document::new();
    for (name, text) in Factory.layers() {
        document.layer_text(&name, &text).unwrap();
    }
    Params::from_document(&document).unwrap()
}

fn inputs(path: &Path) -> Table {
    Table::read(&path.parent().unwrap().join("../env/inputs_traces.csv"))
}

fn chain(p: &Params) -> Chain {
    Chain::new(&p.site.electrical, p.fidelity.rack_a_max_kw, p.fidelity.rack_b_max_kw)
}

pub fn bess(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-12));
    let mut state = State { soc: 0.5, age: 0.0 };
    for (k, row) in Table::read(path).rows().enumerate() {
        let battery = Battery::new(&p.site.bess, row.num("e_nom"), row.num("p_max"), row.num("dt"));
        if row.num("k") == 0.0 {
            state = State { age: row.num("age_init"), ..battery.at(row.num("soc_init")) };
        }
        let report = battery.step(&mut state, row.num("cmd_mw"));
        for (name, value) in [
            ("actual_power_mw", report.actual_mw),
            ("soc_mwh", report.stored_mwh),
            ("soc_fraction", state.soc),
            ("voltage_V", p.site.bess.voltage_v),
            ("current_A", report.current_a),
            ("temperature_C", report.temperature_degc),
            ("heat_dissipated_kw", report.heat_kw),
            ("max_charge_mw", report.max_charge_mw),
            ("max_discharge_mw", report.max_discharge_mw),
            ("age_frac", state.age),
        ] {
            tally.check(k, name, value, row.num(name));
        }
    }
    tally.verdict()
}

pub fn electrical(path: &Path) -> Verdict {
    let (chain, mut tally) = (chain(&params()), Tally::new(1e-9));
    for (k, row) in Table::read(path).rows().enumerate() {
        let flow = chain.from_utilisation(
            row.num("util_A"),
            row.num("util_B"),
            row.num("p_cool_A_mw"),
            row.num("p_cool_B_mw"),
        );
        for (name, value) in [
            ("p_it_A_mw", flow.a.it_mw),
            ("p_it_B_mw", flow.b.it_mw),
            ("p_total_it_mw", flow.it_mw),
            ("p_ups_loss_mw", flow.ups_loss_mw),
            ("p_pdu_loss_mw", flow.pdu_loss_mw),
            ("p_xfmr_loss_mw", flow.xfmr_loss_mw),
            ("p_cooling_mw", flow.cooling_mw),
            ("p_aux_mw", flow.aux_mw),
            ("p_facility_mw", flow.facility_mw),
            ("pue_dynamic", flow.pue),
            ("pf_composite", flow.pf),
            ("q_reactive_mvar", flow.q_mvar),
            ("ups_eta_A", flow.a.ups_eta),
            ("ups_eta_B", flow.b.ups_eta),
            ("v_pcc_pu", flow.v_pcc_pu),
            ("v_drop_pu", flow.v_drop_pu),
        ] {
            tally.check(k, name, value, row.num(name));
        }
    }
    tally.verdict()
}

pub fn pcc_voltage(path: &Path) -> Verdict {
    let p = params();
    let (chain, mut tally) = (chain(&p), Tally::new(1e-9));
    let pcc = p.site.electrical.pcc;
    for (k, row) in Table::read(path).rows().enumerate() {
        let flow = chain.from_utilisation(row.num("util_A"), row.num("util_B"), 0.0, row.num("p_cool_total_mw"));
        let penalty =
            p.reward.voltage * ((pcc.v_low_pu - flow.v_pcc_pu).max(0.0) + (flow.v_pcc_pu - pcc.v_high_pu).max(0.0));
        for (name, value) in [
            ("p_facility_mw", flow.facility_mw),
            ("q_mvar", flow.q_mvar),
            ("v_drop_pu", flow.v_drop_pu),
            ("v_pcc_pu", flow.v_pcc_pu),
            ("volt_pen", penalty),
            ("fault", f64::from(u8::from(flow.v_pcc_pu < pcc.v_trip_pu))),
        ] {
            tally.check(k, name, value, row.num(name));
        }
    }
    tally.verdict()
}

pub fn inverse_rack_util(path: &Path) -> Verdict {
    let (chain, mut tally) = (chain(&params()), Tally::new(1e-9));
    for (k, row) in Table::read(path).rows().enumerate() {
        let (a, b) = chain.utilisations(row.num("p_kw"), row.num("p_kw"));
        tally.check(k, "util_A", a, row.num("util_A"));
        tally.check(k, "util_B", b, row.num("util_B"));
    }
    tally.verdict()
}

pub fn thermal(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    let (mut t_a, mut t_b) = (0.0, 0.0);
    for (k, row) in Table::read(path).rows().enumerate() {
        let over = ThermalOverride {
            T_supply_A: Some(row.num("T_supply_A")),
            T_supply_B: Some(row.num("T_supply_B")),
            ..ThermalOverride::default()
        };
        let twin = Twin::new(&p.site.thermal, &over, row.num("dt"));
        if row.num("k") == 0.0 {
            (t_a, t_b) = (row.num("init_A"), row.num("init_B"));
        }
        let fault = row.num("fault");
        let load = Load {
            p_a_mw: row.num("p_it_A_mw"),
            p_b_mw: row.num("p_it_B_mw"),
            hvac: row.num("hvac"),
            pump: row.num("pump"),
            t_ambient_degc: row.num("T_amb"),
            fault_a: fault,
            fault_b: fault,
        };
        let cooling = twin.step(t_a, t_b, &load);
        (t_a, t_b) = (cooling.t_a_degc, cooling.t_b_degc);
        for (name, value) in [
            ("temp_A", t_a),
            ("temp_B", t_b),
            ("p_cool_A_mw", cooling.p_cool_a_mw),
            ("p_hvac_mw", cooling.p_hvac_mw),
            ("p_pump_mw", cooling.p_pump_mw),
            ("regime", f64::from(cooling.regime as u8)),
            ("cop_air", cooling.cop_air),
            ("cop_liq", cooling.cop_liquid),
        ] {
            tally.check(k, name, value, row.num(name));
        }
    }
    tally.verdict()
}

pub fn workload_power(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    let w = &p.site.workload;
    for (k, row) in Table::read(path).rows().enumerate() {
        let u = row.num("util");
        for (name, stream, max_kw) in [
            ("batch_kw", &w.batch, 75.0),
            ("genai_kw", &w.genai, 75.0),
            ("dlrm_kw", &w.dlrm, 40.0),
            ("batch25_kw", &w.batch, 25.0),
            ("genai25_kw", &w.genai, 25.0),
            ("dlrm16_kw", &w.dlrm, 16.0),
        ] {
            tally.check(k, name, stream_power_kw(stream, max_kw, u), row.num(name));
        }
    }
    tally.verdict()
}

pub fn genai_spike_scale(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    let mut scenario = p.scenarios["default"].clone();
    scenario.genai_spike_scale = 1.8;
    for (k, row) in Table::read(path).rows().enumerate() {
        let d = demand([0.0, row.num("duty"), 0.0], &p, &scenario);
        tally.check(k, "p_base_a_kw_scale1_8", d.base_a_kw, row.num("p_base_a_kw_scale1_8"));
        tally.check(k, "is_spike", f64::from(u8::from(d.is_spike)), row.num("is_spike"));
    }
    tally.verdict()
}

pub fn workload_queue(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    let traces = inputs(path);
    let (batch, dlrm, genai) = (traces.ragged("batch"), traces.ragged("dlrm"), traces.ragged("genai"));
    let n = batch.len().min(dlrm.len());
    let genai = trace::tile(&genai, n);
    let scenario = p.scenarios["default"].clone();
    let demands: Vec<_> = (0..n).map(|i| demand([batch[i], genai[i], dlrm[i]], &p, &scenario)).collect();
    let table = Table::read(path);
    let full = p.site.workload.batch.racks * p.fidelity.rack_a_max_kw;
    let mut queue = Queue::default();
    let (mut tick, mut name) = (0_u64, String::new());
    // Some sequences store every fourth tick only; the throttle between two rows is not stored for all of them.
    for (k, row) in table.rows().enumerate() {
        if row.text("seq") != name {
            name = row.text("seq").to_owned();
            queue = Queue::default();
            tick = 0;
        }
        let t = row.num("t") as u64;
        let mut last = None;
        while tick <= t {
            let throttle = if tick == t {
                row.num("throttle_in")
            } else {
                between(row.text("name"), tick, row.num("throttle_in"))
            };
            let d = demands[(tick / 60) as usize % n];
            last = Some((d, queue.step(tick, tick % 60 == 0, d.arrived_kw, full * throttle.clamp(0.0, 1.0))));
            tick += 1;
        }
        let (d, served) = last.unwrap();
        for (name, value) in [
            ("p_base_kw", d.base_a_kw + d.base_b_kw),
            ("p_base_a_kw", d.base_a_kw),
            ("p_base_b_kw", d.base_b_kw),
            ("p_flex_nom_kw", d.arrived_kw),
            ("p_flex_kw", served.served_kw),
            ("p_total_it_kw", d.base_a_kw + d.base_b_kw + served.served_kw),
            ("is_spike", f64::from(u8::from(d.is_spike))),
            ("idx", ((t / 60) % n as u64) as f64),
            ("backlog_kw", served.backlog_kw),
            ("avg_delay_steps", served.avg_delay_ticks),
        ] {
            tally.check(k, name, value, row.num(name));
        }
    }
    tally.verdict()
}

/// Throttle on a tick that the file leaves out.
fn between(name: &str, tick: u64, next: f64) -> f64 {
    if name == "sine" {
        SINE_MID + SINE_AMP * libm::sin(std::f64::consts::TAU * tick as f64 / SINE_PERIOD)
    } else {
        next
    }
}

const SINE_MID: f64 = 0.5;
const SINE_AMP: f64 = 0.6;
const SINE_PERIOD: f64 = 200.0;

pub fn macro_grid_regd(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-12));
    let mut state = RegdState::default();
    let mut sequence = String::new();
    for (k, row) in Table::read(path).rows().enumerate() {
        let key = format!("{}/{}", row.text("market"), row.text("squash"));
        if key != sequence {
            sequence = key;
            state = RegdState::default();
        }
        let law = RegdLaw {
            regd: p.markets[row.text("market")].regd,
            squash: if row.text("squash") == "tanh" { Squash::Tanh } else { Squash::Clip },
            neutrality: true,
            stress: 1.0,
        };
        let regd = law.step(&mut state, row.num("z"));
        tally.check(k, "ar_state", state.ar, row.num("ar_state"));
        tally.check(k, "buf_len", f64::from(state.window_len), row.num("buf_len"));
        tally.check(k, "regd", regd, row.num("regd"));
    }
    tally.verdict()
}

pub fn swing_frequency(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    let median_load_mw = median(&inputs(path).ragged("load"));
    let mut f = 0.0;
    for (k, row) in Table::read(path).rows().enumerate() {
        let market = &p.markets[row.text("market")];
        if row.num("t") == 0.0 {
            f = market.f_nominal_hz;
        }
        let swing = Swing {
            f_nominal_hz: market.f_nominal_hz,
            median_load_mw,
            clip_hz: row.num("clip_hz"),
            inertia_h_s: p.grid.inertia_h_s,
            damping_d: p.grid.damping_d,
            noise_hz: p.grid.frequency_noise_hz,
            dt_s: 5.0,
        };
        f = swing.step(f, row.num("deficit_mw"), row.num("z"));
        let dev = f - market.f_nominal_hz;
        tally.check(k, "f_hz", f, row.num("f_hz"));
        tally.check(k, "dev_hz", dev, row.num("dev_hz"));
        let fault = f < market.f_nominal_hz - 0.5 || f > market.f_nominal_hz + 0.5;
        tally.check(k, "fault_strict", f64::from(u8::from(fault)), row.num("fault_strict"));
    }
    tally.verdict()
}

pub fn lmp(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-12));
    let load = inputs(path).ragged("load");
    let (middle, most) = (median(&load), load.iter().copied().fold(f64::MIN, f64::max));
    for (k, row) in Table::read(path).rows().enumerate() {
        let mw = row.num("load_mw");
        tally.check(k, "load_norm", mw / most, row.num("load_norm"));
        for (name, market) in &p.markets {
            tally.check(k, name, lmp_usd_mwh(market, &p.grid, mw, middle), row.num(&format!("lmp_{name}")));
        }
    }
    tally.verdict()
}

pub fn rmcp_bid(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    let load = inputs(path).ragged("load");
    let (middle, most) = (median(&load), load.iter().copied().fold(f64::MIN, f64::max));
    for (k, row) in Table::read(path).rows().enumerate() {
        let market = &p.markets[row.text("market")];
        let mw = load[row.num("tick") as usize % load.len()];
        let price = lmp_usd_mwh(market, &p.grid, mw, middle);
        let offer = Offer::draw(market, &p.grid, price, mw / most, row.num("z"));
        let prob = offer.acceptance(&p.handshake, row.num("bid_price"), row.num("bid_mw"));
        let accepted = row.num("u") < prob;
        for (name, value) in [
            ("rmcp_usd", offer.rmcp_usd),
            ("reg_need_mw", offer.need_mw),
            ("residual_mw", offer.residual_mw),
            ("lmp_usd_mwh", price),
            ("load_norm", mw / most),
            ("accepted", f64::from(u8::from(accepted))),
            ("accepted_mw", if accepted { row.num("bid_mw") } else { 0.0 }),
            ("accept_prob", prob),
            ("clearing_price", offer.rmcp_usd),
        ] {
            tally.check(k, name, value, row.num(name));
        }
    }
    tally.verdict()
}

pub fn weather_lookup(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-12));
    let weather = Series::new(inputs(path).ragged("weather"), 720);
    for (k, row) in Table::read(path).rows().enumerate() {
        let t = if row.num("tick") < 0.0 { row.num("temp_c") } else { weather.at(row.num("tick") as u64) };
        tally.check(k, "temp_c", t, row.num("temp_c"));
        for (name, market) in &p.markets {
            tally.check(k, name, market.weather.normalise(t), row.num(&format!("norm_{name}")));
        }
    }
    tally.verdict()
}

pub fn weather_synthetic(path: &Path) -> Verdict {
    let (p, mut tally) = (params(), Tally::new(1e-9));
    for (k, row) in Table::read(path).rows().enumerate() {
        let name = row.text("market");
        let (temp, dew) = trace::synthetic_weather(&trace::layout::market(name).unwrap().climate);
        let hour = row.num("hour") as usize;
        tally.check(k, "temp_c", temp[hour], row.num("temp_c"));
        tally.check(k, "dewpoint_c", dew[hour], row.num("dewpoint_c"));
        tally.check(k, "temp_norm", p.markets[name].weather.normalise(temp[hour]), row.num("temp_norm"));
    }
    tally.verdict()
}

pub fn synthetic_load(path: &Path) -> Verdict {
    let mut tally = Tally::new(1e-9);
    let normals = Table::read(&path.with_file_name("synthetic_load_z.csv"));
    let table = Table::read(path);
    for market in trace::layout::MARKETS.iter() {
        let z = normals.ragged(market.key);
        let load = trace::synthetic_load(&market.load, z.iter().copied(), z.len());
        for (k, row) in table.rows().enumerate().filter(|(_, r)| r.text("market") == market.key) {
            tally.check(k, "load_mw", load[row.num("k") as usize], row.num("load_mw"));
            tally.check(k, "median_of_1000", median(&load), row.num("median_of_1000"));
        }
    }
    tally.verdict()
}
