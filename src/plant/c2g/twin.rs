//! The site as a plant: the 5-second hardware environment with the 15-minute market around it (core 8 and 9).

mod observe;

use std::sync::Arc;

use crate::config::{Error, Place, Result};
use crate::noise::Noise;
use crate::plant::{InputBus, Outcome, Plant, PlantSpec, SlotActions, StepContext};

use super::bess::Battery;
use super::data::{Choice, SiteData, demand};
use super::derived;
use super::electrical::Chain;
use super::grid::{Offer, RegdLaw, Swing, lmp_usd_mwh};
use super::interval::{Bid, MEAN_OBS, Sums, settle};
use super::params::{ElectricityCost, FirstInnerObs, Params, Tracking};
use super::row::{Tick, write_interval, write_tick};
use super::signals::{COUNT, Col, Row};
use super::state::State;
use super::tables::{HARDWARE, MACRO, input, stream};
use super::thermal::{Load, Twin};
use super::workload::{Demand, Queue};

/// The C2G data centre.
pub struct C2g {
    spec: Arc<PlantSpec>,
    pub(super) params: Arc<Params>,
    pub(super) choice: Arc<Choice>,
    data: Arc<SiteData>,
    chain: Chain,
    twin: Twin,
    battery: Battery,
    law: RegdLaw,
    swing: Swing,
    weather_driven: bool,
    t_static_degc: f64,
    fault_factor: f64,
    fixed_commit_mw: f64,
    interval_ticks: u64,
    p_flex_max_kw: f64,
    baseline_mw: f64,
    /// Recycled observation slot for the first tick of an interval (D-16).
    zeros: bool,
    state: State,
}

impl C2g {
    /// Puts a plant together. `fixed_commit_mw` is the commitment while no macro agent bids.
    pub fn new(
        spec: Arc<PlantSpec>,
        params: Arc<Params>,
        choice: Arc<Choice>,
        data: Arc<SiteData>,
        fixed_commit_mw: f64,
    ) -> Self {
        let (p, s) = (&*params, &choice.scenario);
        let dt_s = f64::from(spec.calendar.tick_s);
        let over = &p.thermal_override;
        let scenario_fault = if s.cooling_fault { s.fault_factor.unwrap_or(0.4) } else { 1.0 };
        let twin = Twin::new(&p.site.thermal, over, dt_s);
        let battery = Battery::new(&p.site.bess, p.fidelity.bess_e_mwh, p.fidelity.bess_p_mw, dt_s);
        let law = RegdLaw::of(p, &choice);
        let swing = Swing {
            f_nominal_hz: choice.grid.f_nominal_hz,
            median_load_mw: data.load_median_mw,
            clip_hz: p.fidelity.freq_clip_hz,
            inertia_h_s: p.grid.inertia_h_s,
            damping_d: p.grid.damping_d,
            noise_hz: p.grid.frequency_noise_hz,
            dt_s,
        };
        let interval_ticks = spec.slots.get(MACRO).map_or(180, |slot| slot.period_ticks);
        let mut plant = Self {
            chain: Chain::new(&p.site.electrical, p.fidelity.rack_a_max_kw, p.fidelity.rack_b_max_kw),
            baseline_mw: twin.baseline_mw(),
            twin,
            law,
            swing,
            weather_driven: s.weather_driven && over.T_amb.is_none(),
            t_static_degc: over.T_amb.unwrap_or(s.t_ambient_degc),
            fault_factor: over.fault_factor.unwrap_or(scenario_fault),
            fixed_commit_mw,
            interval_ticks,
            p_flex_max_kw: p.site.workload.batch.racks * p.fidelity.rack_a_max_kw,
            zeros: p.fidelity.first_inner_obs == FirstInnerObs::Zeros,
            state: State::default(),
            battery,
            spec,
            params,
            choice,
            data,
        };
        plant.begin();
        plant
    }

    /// Workload record at a tick with input overrides applied.
    fn demand_at(&self, tick: u64, inputs: &mut InputBus) -> (Demand, bool) {
        let (index, begins) = self.data.workload_index(tick);
        let table = &self.data.workload;
        let (Some(&raw), Some(&ready)) = (table.raw.get(index), table.demand.get(index)) else {
            return (Demand { base_a_kw: 0.0, base_b_kw: 0.0, arrived_kw: 0.0, is_spike: false }, begins);
        };
        let wanted =
            [inputs.apply(input::BATCH, raw[0]), inputs.apply(input::GENAI, raw[1]), inputs.apply(input::DLRM, raw[2])];
        if wanted == raw { (ready, begins) } else { (demand(wanted, &self.params, &self.choice.scenario), begins) }
    }

    /// Sets the state at the beginning of an episode, before noise is drawn (core 8.1).
    fn begin(&mut self) {
        let (p, s) = (&self.params, &self.choice.scenario);
        let start = (self.t_static_degc + 5.0).min(p.site.t_safe_degc - 1.0);
        let committed = self.fixed_commit_mw.clamp(0.0, s.committed_mw_max);
        let battery = self.battery.at(s.soc_initial);
        let st = &mut self.state;
        let mut queue = std::mem::take(&mut st.queue);
        queue.clear();
        *st = State {
            t_a_degc: start,
            t_b_degc: start,
            t_ambient_degc: self.t_static_degc,
            battery,
            queue,
            f_hz: self.swing.f_nominal_hz,
            committed_base_mw: committed,
            committed_mw: committed,
            rate_usd: s.dr_rate_usd_mwh,
            offer: Offer::initial(&self.choice.grid),
            market_active: st.market_active,
            ..State::default()
        };
    }

    /// Phases 1 to 3 of the handshake, or the baseline commitment when nobody bids (core 9).
    fn open_interval(&mut self, action: Option<&SlotActions>, inputs: &mut InputBus, noise: &mut dyn Noise) -> bool {
        let tick = self.state.tick;
        self.state.interval_start = tick;
        self.state.sums = Sums::default();
        let s = &self.choice.scenario;
        let Some(action) = action.filter(|a| a.active && a.due) else {
            self.state.bid = None;
            self.state.committed_base_mw = self.fixed_commit_mw.clamp(0.0, s.committed_mw_max);
            self.state.rate_usd = s.dr_rate_usd_mwh;
            return false;
        };
        let z = noise.draw(stream::RMCP, self.state.bids);
        let u = noise.draw(stream::ACCEPTANCE, self.state.bids);
        self.state.bids += 1;
        let (load_mw, lmp) = self.price_at(tick, inputs);
        let mut offer = Offer::draw(&self.choice.grid, &self.params.grid, lmp, self.data.load_frac(load_mw), z);
        offer.rmcp_usd = inputs.apply(input::RMCP, offer.rmcp_usd);
        let mw_norm = action.values.first().copied().unwrap_or(0.0);
        let price_norm = action.values.get(1).copied().unwrap_or(0.0);
        let h = &self.params.handshake;
        let (mw, price_usd) = (mw_norm * s.committed_mw_max, price_norm * 2.0 * h.rmcp_max_usd);
        let probability = offer.acceptance(h, price_usd, mw);
        let accepted = u < probability;
        self.state.bid = Some(Bid { mw_norm, price_norm, mw, price_usd, probability, accepted });
        let (committed, rate) = if accepted { (mw, offer.rmcp_usd) } else { (s.dr_baseline_mw, s.dr_rate_usd_mwh) };
        self.state.offer = offer;
        self.state.committed_base_mw = committed.clamp(0.0, s.committed_mw_max);
        self.state.rate_usd = rate;
        true
    }

    /// Zone load and price at a tick, with input overrides.
    fn price_at(&self, tick: u64, inputs: &mut InputBus) -> (f64, f64) {
        let load_mw = inputs.apply(input::LOAD, self.data.load.at(tick));
        let lmp = lmp_usd_mwh(&self.choice.grid, &self.params.grid, load_mw, self.data.load_median_mw);
        (load_mw, inputs.apply(input::LMP, lmp))
    }

    fn sum_up(&mut self, t: &Tick) {
        let obs = self.state.obs;
        let (t_a, t_b) = (self.state.t_a_degc, self.state.t_b_degc);
        let backlog = (self.state.queue.backlog_kw / self.p_flex_max_kw).min(2.0);
        let sums = &mut self.state.sums;
        sums.ticks += 1;
        for (sum, &index) in sums.obs.iter_mut().zip(&MEAN_OBS) {
            *sum += obs.get(index).copied().unwrap_or(0.0);
        }
        sums.regd_abs += obs[6].abs();
        sums.lmp += t.lmp_usd;
        sums.energy_cost_usd += t.energy_cost_usd;
        sums.err_kw += t.err_kw;
        sums.backlog += backlog;
        sums.reward += t.reward;
        sums.t_a_max = sums.t_a_max.max(t_a);
        sums.t_b_max = sums.t_b_max.max(t_b);
        sums.spike |= t.demand.is_spike;
        sums.flex_kw += t.flex_kw;
        sums.bess_kw += t.bess.actual_mw * 1000.0;
        sums.cool_kw += t.cool_delta_kw;
        sums.pump_mw += t.cooling.p_pump_mw;
        sums.hvac_mw += t.cooling.p_hvac_mw;
    }

    /// Writes what holds on every tick.
    fn write(&self, row: &mut Row, t: &Tick) {
        write_tick(row, &self.state, t, self.swing.f_nominal_hz, self.battery.e_mwh);
        derived::write(row, &self.state, t, &self.chain, &self.battery);
    }

    /// Settles the interval that is running and makes the macro observation (core 9).
    fn close_interval(&mut self, row: &mut Row) {
        let (p, st) = (&self.params, &mut self.state);
        let s = &st.sums;
        let bid = st.bid;
        let (mw_norm, price_norm) = bid.map_or((st.prev_bid_norm, 0.5), |b| (b.mw_norm, b.price_norm));
        let churn = if bid.is_some() { (mw_norm - st.prev_bid_norm).abs() } else { 0.0 };
        let scale = match p.fidelity.electricity_cost {
            ElectricityCost::Normalised => 1.0,
            ElectricityCost::Physical => p.site.facility_cap_kw / 1000.0,
        };
        let settlement = settle(s, &p.handshake, st.committed_mw, st.rate_usd, churn, scale);
        let safe = p.site.t_safe_degc;
        let mean = |sum: f64| s.mean(sum);
        let offered = if bid.is_some() {
            (
                st.offer.rmcp_usd / p.handshake.rmcp_max_usd,
                st.offer.residual_mw / self.choice.scenario.committed_mw_max.max(1.0),
            )
        } else {
            (0.0, 0.0)
        };
        let raw = [
            mean(s.obs[0]),
            mean(s.obs[1]),
            st.battery.soc,
            mean(s.obs[2]),
            mean(s.obs[3]),
            mean(s.regd_abs),
            (mean(s.lmp) / 200.0).min(1.0),
            mean(s.obs[4]),
            mean(s.err_kw) / (st.committed_mw * 1000.0).max(1.0),
            f64::from(u8::from(s.spike)),
            ((safe - s.t_a_max) / safe).max(0.0),
            ((safe - s.t_b_max) / safe).max(0.0),
            mw_norm,
            price_norm,
            mean(s.obs[5]),
            mean(s.obs[6]),
            mean(s.backlog),
            offered.0.clamp(0.0, 5.0),
            offered.1.clamp(0.0, 5.0),
        ];
        let f32_obs = p.fidelity.float32_obs;
        st.macro_obs = raw.map(|x| if f32_obs { f64::from(x as f32) } else { x });
        st.prev_bid_norm = mw_norm;
        st.intervals += 1;
        st.revenue_usd += settlement.revenue_usd;
        if bid.is_some() {
            st.macro_reward_sum += settlement.reward;
        }
        st.settlement = Some(settlement);
        write_interval(row, st, &settlement);
    }

    fn is_interval_start(&self) -> bool {
        self.state.tick.is_multiple_of(self.interval_ticks)
    }
}

/// The first `COUNT` entries of a row as a fixed-size array.
fn own(row: &mut [f64]) -> Option<&mut Row> {
    row.first_chunk_mut::<COUNT>()
}

impl Plant for C2g {
    fn spec(&self) -> &Arc<PlantSpec> {
        &self.spec
    }

    fn set_active(&mut self, slot: usize, active: bool) {
        if slot == MACRO {
            self.state.market_active = active;
        }
    }

    /// Peeks one tick ahead as the source does: one RegD draw is consumed, everything else is rewound (core 8.1).
    fn reset(&mut self, inputs: &mut InputBus, noise: &mut dyn Noise, row: &mut [f64]) {
        self.begin();
        let mut peeked = self.state.regd;
        let lawful = self.law.step(&mut peeked, noise.draw(stream::REGD, 0));
        let regd = self.data.regd_at(0).unwrap_or(lawful);
        self.state.regd_shown = inputs.apply(input::REGD, regd);
        let (demand, begins) = self.demand_at(0, inputs);
        let mut queue = Queue::default();
        let served = queue.step(0, begins, demand.arrived_kw, self.p_flex_max_kw);
        let nominal = &self.params.site.thermal;
        let st = &self.state;
        let cooling = self.twin.step(
            st.t_a_degc,
            st.t_b_degc,
            &Load {
                p_a_mw: (demand.base_a_kw + served.served_kw) / 1000.0,
                p_b_mw: demand.base_b_kw / 1000.0,
                hvac: nominal.nominal_hvac,
                pump: nominal.nominal_pump,
                t_ambient_degc: st.t_ambient_degc,
                fault_a: self.fault_factor,
                fault_b: self.fault_factor,
            },
        );
        let flow = self.chain.from_power(
            demand.base_a_kw + served.served_kw,
            demand.base_b_kw,
            cooling.p_cool_a_mw,
            cooling.p_hvac_mw + cooling.p_pump_mw,
        );
        let (load_mw, lmp_usd) = self.price_at(0, inputs);
        let idle = self.battery.step(&mut self.state.battery.clone(), 0.0);
        let tick = Tick {
            throttle: 1.0,
            pump: 1.0,
            hvac: nominal.nominal_hvac,
            dispatch: 0.0,
            demand,
            served: super::workload::Served { backlog_kw: 0.0, avg_delay_ticks: 0.0, oldest_age_ticks: 0.0, ..served },
            cooling,
            flow,
            bess: idle,
            v_pcc_pu: flow.v_pcc_pu,
            load_mw,
            lmp_usd,
            load_frac: self.data.load_frac(load_mw),
            ..Tick::default()
        };
        let mut obs = self.observe_hardware(&tick, inputs);
        // The reset observation shows a nominal grid (core 8.1 step 5).
        obs[14] = 0.0;
        obs[15] = self.seen(1.0);
        obs[16] = 0.0;
        self.state.obs = obs;
        let safe = self.params.site.t_safe_degc;
        let (t_a, t_b) = (self.state.t_a_degc, self.state.t_b_degc);
        let head = |t: f64| ((safe - t) / safe).max(0.0);
        let macro_obs = [
            obs[0],
            obs[1],
            obs[2],
            obs[3],
            obs[5],
            obs[6].abs(),
            obs[7],
            obs[8],
            0.0,
            0.0,
            head(t_a),
            head(t_b),
            0.5,
            0.5,
            0.0,
            1.0,
            0.0,
            0.0,
            0.0,
        ];
        self.state.macro_obs = macro_obs.map(|x| self.seen(x));
        if let Some(row) = own(row) {
            row.fill(0.0);
            self.write(row, &tick);
            super::row::write_unsettled(row);
        }
    }

    fn observe(&self, slot: usize, out: &mut [f64]) {
        let source: &[f64] = match slot {
            MACRO => &self.state.macro_obs,
            _ => &self.state.obs,
        };
        for (o, s) in out.iter_mut().zip(source) {
            *o = *s;
        }
    }

    fn observe_for_decision(&self, slot: usize, out: &mut [f64]) {
        // The documentation-era program hands a zero vector to the inner agent here (D-16).
        if slot == HARDWARE && self.zeros && self.state.market_active && self.is_interval_start() {
            out.fill(0.0);
        } else {
            self.observe(slot, out);
        }
    }

    fn step(&mut self, cx: StepContext<'_>, row: &mut [f64]) -> Outcome {
        let Some(row) = own(row) else { return Outcome { terminated: true, truncated: false } };
        let StepContext { actions, inputs, noise, .. } = cx;
        let opened = self.is_interval_start();
        let bid_made = opened && self.open_interval(actions.get(MACRO), inputs, noise);
        let s = &self.choice.scenario;
        self.state.committed_mw =
            inputs.apply(input::COMMITTED, self.state.committed_base_mw).clamp(0.0, s.committed_mw_max);

        let asked = actions.get(MACRO).map_or(&[][..], |a| &a.values);
        let bid_waits = self.state.bid.map_or([false; 2], |bid| {
            [(0, bid.mw_norm), (1, bid.price_norm)].map(|(i, made)| asked.get(i).is_some_and(|&now| now != made))
        });

        let levers = actions.get(HARDWARE).map_or(&[][..], |a| &a.values);
        let lever = |i: usize, neutral: f64| levers.get(i).copied().unwrap_or(neutral);
        let (throttle, pump, hvac, dispatch) = (lever(0, 1.0), lever(1, 0.7), lever(2, 0.7), lever(3, 0.0));
        let now = self.state.tick;

        let (demand, begins) = self.demand_at(now, inputs);
        let served =
            self.state.queue.step(now, begins, demand.arrived_kw, self.p_flex_max_kw * throttle.clamp(0.0, 1.0));

        let bess_available = inputs.apply(input::BESS, 1.0);
        let command = dispatch * self.battery.p_max_mw * bess_available;
        let bess = self.battery.step(&mut self.state.battery, command);

        let weather = if self.weather_driven { self.data.weather.at(now) } else { self.t_static_degc };
        self.state.t_ambient_degc = inputs.apply(input::AMBIENT, weather);
        let fault = inputs.apply(input::COOLING, self.fault_factor);
        let (fault_a, fault_b) = (fault * inputs.apply(input::PUMP, 1.0), fault);
        let p_a_kw = demand.base_a_kw + served.served_kw;
        let cooling = self.twin.step(
            self.state.t_a_degc,
            self.state.t_b_degc,
            &Load {
                p_a_mw: p_a_kw / 1000.0,
                p_b_mw: demand.base_b_kw / 1000.0,
                hvac,
                pump,
                t_ambient_degc: self.state.t_ambient_degc,
                fault_a,
                fault_b,
            },
        );
        self.state.t_a_degc = cooling.t_a_degc;
        self.state.t_b_degc = cooling.t_b_degc;
        let flow =
            self.chain.from_power(p_a_kw, demand.base_b_kw, cooling.p_cool_a_mw, cooling.p_hvac_mw + cooling.p_pump_mw);
        let v_pcc_pu = (flow.v_pcc_pu - inputs.apply(input::VOLTAGE_DIP, 0.0)).max(0.0);

        let bess_kw = bess.actual_mw * 1000.0;
        let cool_delta_kw = (cooling.p_hvac_mw + cooling.p_pump_mw - self.baseline_mw) * 1000.0;
        let flex_kw = match self.params.fidelity.tracking {
            Tracking::Code => (1.0 - throttle) * demand.arrived_kw,
            Tracking::SeedLiteral => served.served_kw,
            Tracking::Physical => demand.arrived_kw - served.served_kw,
        };
        let delivered_kw = match self.params.fidelity.tracking {
            Tracking::SeedLiteral => flex_kw + bess_kw,
            Tracking::Code | Tracking::Physical => flex_kw + bess_kw - cool_delta_kw,
        };
        let demanded_kw = self.state.committed_mw * 1000.0 * self.state.regd_shown;
        let err_kw = (demanded_kw - delivered_kw).abs();

        let (load_mw, lmp_usd) = self.price_at(now, inputs);
        // The law runs on beneath a recorded signal, so that the streams stay where they are.
        let lawful = self.law.step(&mut self.state.regd, noise.draw(stream::REGD, now + 1));
        let regd = self.data.regd_at(now + 1).unwrap_or(lawful);
        self.state.regd_shown = inputs.apply(input::REGD, regd);
        let z = noise.draw(stream::FREQUENCY, now);
        self.state.f_hz = self.swing.step(self.state.f_hz, (demanded_kw - delivered_kw) / 1000.0, z)
            + inputs.apply(input::FREQUENCY, 0.0);

        let terms = self.reward_terms(throttle, err_kw, v_pcc_pu);
        let reward = terms.iter().sum();
        let site = &self.params.site;
        let deviation_hz = self.state.f_hz - self.swing.f_nominal_hz;
        let trip_hz = self.params.grid.frequency_trip_hz;
        let (f_low, f_high) = (self.swing.f_nominal_hz - trip_hz, self.swing.f_nominal_hz + trip_hz);
        let fault_thermal = self.state.t_a_degc > site.t_safe_degc || self.state.t_b_degc > site.t_safe_degc;
        let fault_frequency = self.state.f_hz < f_low || self.state.f_hz > f_high;
        let fault_voltage = v_pcc_pu < site.electrical.pcc.v_trip_pu;
        let terminated = fault_thermal || fault_frequency || fault_voltage;

        self.state.tick += 1;
        let truncated = self.state.tick >= self.spec.episode_ticks;
        let hours = f64::from(self.spec.calendar.tick_s) / 3600.0;
        self.state.it_mwh += flow.it_mw * hours;
        self.state.facility_mwh += flow.facility_mw * hours;
        let energy_cost_usd = flow.facility_mw * lmp_usd * hours;
        self.state.energy_cost_usd += energy_cost_usd;
        self.state.reward_sum += reward;
        self.state.bess_mwh += bess.actual_mw.abs() * hours;
        let warn = &self.params.reward;
        let tick = Tick {
            throttle,
            pump,
            pump_floor: self.twin.params().pump_min_speed,
            hvac,
            dispatch,
            demand,
            served,
            cooling,
            fault_a,
            fault_b,
            flow,
            bess,
            bess_available,
            v_pcc_pu,
            load_mw,
            lmp_usd,
            energy_cost_usd,
            load_frac: self.data.load_frac(load_mw),
            demanded_kw,
            delivered_kw,
            err_kw,
            flex_kw,
            cool_delta_kw,
            terms,
            reward,
            warm_a: self.state.t_a_degc > site.t_warn_a_degc,
            warm_b: self.state.t_b_degc > site.t_warn_b_degc,
            soc_low: self.state.battery.soc < warn.soc_low,
            frequency_off: deviation_hz.abs() > self.params.grid.frequency_dead_band_hz,
            voltage_off: v_pcc_pu < site.electrical.pcc.v_low_pu || v_pcc_pu > site.electrical.pcc.v_high_pu,
            fault_thermal,
            fault_frequency,
            fault_voltage,
            truncated,
            bid_made,
            bid_waits,
        };
        self.state.obs = self.observe_hardware(&tick, inputs);
        self.sum_up(&tick);
        self.write(row, &tick);
        let ends = self.is_interval_start();
        row[Col::IntervalClosed as usize] = f64::from(u8::from(ends));
        if ends {
            self.close_interval(row);
        }
        Outcome { terminated, truncated }
    }

    fn close(&mut self, row: &mut [f64]) {
        if self.state.sums.ticks > 0
            && !self.is_interval_start()
            && let Some(row) = own(row)
        {
            row[Col::IntervalClosed as usize] = 1.0;
            self.close_interval(row);
        }
    }

    fn chance(&self, slot: usize, price: f64, quantity: Option<f64>) -> Option<f64> {
        self.state.bid.filter(|_| slot == MACRO)?;
        let (h, offer) = (&self.params.handshake, &self.state.offer);
        Some(quantity.map_or_else(|| offer.acceptance_by_price(h, price), |mw| offer.acceptance(h, price, mw)))
    }

    fn save(&self) -> Vec<u8> {
        // Serialising plain numbers into memory cannot fail; an empty state is refused by `restore`.
        postcard::to_stdvec(&self.state).unwrap_or_default()
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.state = postcard::from_bytes(state).map_err(|e| {
            Error::invalid(
                Place::source("snapshot of plant c2g"),
                e.to_string(),
                "Restore only states of the same plant and version.",
            )
        })?;
        Ok(())
    }
}
