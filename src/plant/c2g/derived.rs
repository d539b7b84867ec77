//! Columns that follow from the quantities of a tick: for people and drawings, nothing in the plant reads them.

use super::bess::Battery;
use super::electrical::Chain;
use super::row::{Tick, flag};
use super::signals::{Col, Row};
use super::state::State;
use super::thermal::Regime;

/// Horizon of the battery's energy within reach, h: a quarter of an hour.
const REACH_H: f64 = 0.25;

/// Minutes of an hour: megawatt-hours to megawatt-minutes.
const MIN_PER_H: f64 = 60.0;

/// Power below which the battery counts as idle, MW.
const IDLE_MW: f64 = 1e-6;

/// States of the battery, as [`Col::BessState`] numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Storage {
    Idle = 0,
    Charging = 1,
    Discharging = 2,
    HeldBack = 3,
    OutOfService = 4,
}

impl Storage {
    fn of(t: &Tick) -> Self {
        let power_mw = t.bess.actual_mw;
        if t.bess_available <= 0.0 {
            Self::OutOfService
        } else if power_mw > IDLE_MW {
            Self::Discharging
        } else if power_mw < -IDLE_MW {
            Self::Charging
        } else if t.bess.command_mw.abs() > IDLE_MW {
            Self::HeldBack
        } else {
            Self::Idle
        }
    }
}

/// Part over whole; 1 where there is no whole.
fn efficiency(out: f64, input: f64) -> f64 {
    if input > 0.0 { out / input } else { 1.0 }
}

/// Writes them. Columns of closed intervals are written with the interval.
pub(super) fn write(row: &mut Row, st: &State, t: &Tick, chain: &Chain, battery: &Battery) {
    let mut put = |col: Col, value: f64| row[col as usize] = value;
    put(Col::SocPct, 100.0 * st.battery.soc);
    put(Col::TrackingErrorSigned, (t.delivered_kw - t.demanded_kw) / 1000.0);
    put(Col::RewardTotal, st.reward_sum);
    put(Col::MacroRewardTotal, st.macro_reward_sum);

    let (up_mwh, down_mwh) = battery.reach(&st.battery, battery.p_max_mw * t.bess_available.clamp(0.0, 1.0), REACH_H);
    put(Col::BessState, f64::from(Storage::of(t) as u8));
    put(Col::BessCycles, st.bess_mwh / (2.0 * battery.e_mwh));
    put(Col::BessUp15, up_mwh * MIN_PER_H);
    put(Col::BessDown15, down_mwh * MIN_PER_H);
    put(Col::BessFade, battery.fade(&st.battery));

    let (f, c) = (&t.flow, &t.cooling);
    let s_mva = (f.facility_mw * f.facility_mw + f.q_mvar * f.q_mvar).sqrt();
    put(Col::SPcc, s_mva);
    put(Col::XfmrLoading, 100.0 * s_mva / chain.rating_mva());
    put(Col::XfmrEta, efficiency(f.facility_mw - f.xfmr_loss_mw, f.facility_mw));
    put(Col::PduEtaA, efficiency(f.a.it_mw, f.a.it_mw + f.a.pdu_loss_mw));
    put(Col::PduEtaB, efficiency(f.b.it_mw, f.b.it_mw + f.b.pdu_loss_mw));
    let q = chain.reactive(f);
    put(Col::QItA, q.it_a_mvar);
    put(Col::QItB, q.it_b_mvar);
    put(Col::QChillerA, c.p_cool_a_mw * q.cooling_per_mw);
    put(Col::QPump, c.p_pump_mw * q.cooling_per_mw);
    put(Col::QHvac, c.p_hvac_mw * q.cooling_per_mw);
    put(Col::QAux, q.aux_mvar);

    put(Col::HvacIdle, flag(t.hvac > 0.0 && c.regime == Regime::BelowSupply));
    put(Col::HvacCapacity, flag(t.hvac > 0.0 && c.regime == Regime::Capacity));
    put(Col::BidVoid, flag(st.bid.is_some_and(|b| !b.accepted)));
    put(Col::ImpairedA, flag(t.fault_a < 1.0));
    put(Col::ImpairedB, flag(t.fault_b < 1.0));
    put(Col::BidSizeWaits, flag(t.bid_waits[0]));
    put(Col::BidPriceWaits, flag(t.bid_waits[1]));
    put(Col::BessOut, flag(t.bess_available < 1.0));
}
