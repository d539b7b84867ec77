//! From the quantities of a tick to the columns of its row.

use super::TICK_H;
use super::battery::Drawn;
use super::cooling::Cooling;
use super::hall::{HallState, Rack};
use super::queue::{Ages, Shifted};
use super::rewards::Terms;
use super::signals::{COUNT, Col, RACK_COLUMNS};
use super::twin::{State, Sums, day_of, hour_of};

/// What does not change in a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Constants {
    pub crac_fan_w: f64,
    pub chilled_pump_w: f64,
    pub tower_pump_w: f64,
    pub power_low_kw: f64,
    pub power_high_kw: f64,
    pub capacity_mwh: f64,
    pub queue_max: i64,
}

/// Everything that a tick computed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tick {
    pub workload: f64,
    pub shifted: Shifted,
    pub moved: i64,
    pub ages: Ages,
    pub set_point_move_k: f64,
    pub set_point_moved_k: f64,
    pub hall: HallState,
    pub cooling: Cooling,
    pub drawn: Drawn,
    pub carbon_g_kwh: f64,
    pub carbon_frac: f64,
    pub ambient_degc: f64,
    pub wet_bulb_degc: f64,
    pub pue: f64,
    pub co2_g: f64,
    pub rewards: [f64; 3],
    pub terms: [Terms; 3],
    pub energy_z: f64,
    pub set_point_at_stop: bool,
    pub battery_empty: bool,
    pub no_room: bool,
    pub wrapped: bool,
    pub truncated: bool,
}

/// Outlet above which the source warns, °C.
const HOT_OUTLET_DEGC: f64 = 60.0;

fn flag(on: bool) -> f64 {
    f64::from(u8::from(on))
}

/// The source's count of tasks that ran: utilisation in hundredths, cut off and not rounded (0.29 gives 28).
fn computed_tasks(utilisation: f64) -> f64 {
    (utilisation * 100.0).trunc()
}

/// Columns before the racks, without bounds checks in the loop: a row that is too short is left alone.
fn fixed(row: &mut [f64]) -> Option<&mut [f64; COUNT]> {
    row.first_chunk_mut()
}

/// Writes a tick.
pub(super) fn write_tick(row: &mut [f64], t: &Tick, st: &State, c: &Constants, racks: &[Rack]) {
    let cells = row.get_mut(COUNT..).unwrap_or_default().chunks_exact_mut(RACK_COLUMNS);
    for (cells, rack) in cells.zip(racks) {
        cells.copy_from_slice(&[rack.inlet_degc, rack.outlet_degc, (rack.cpu_w + rack.fan_w) / 1000.0]);
    }
    let Some(row) = fixed(row) else { return };
    let mut put = |col: Col, value: f64| row[col as usize] = value;
    let (h, k, s, b) = (&t.hall, &t.cooling, &t.shifted, &t.drawn);
    let hvac_w = k.compressor_w + k.tower_w;
    put(Col::PGrid, b.with_kwh / TICK_H);
    put(Col::PTotal, (h.it_w + hvac_w) / 1000.0);
    put(Col::PIt, h.it_w / 1000.0);
    put(Col::PCpu, h.cpu_w / 1000.0);
    put(Col::PItFan, h.fan_w / 1000.0);
    put(Col::PHvac, hvac_w / 1000.0);
    put(Col::PCompressor, k.compressor_w / 1000.0);
    put(Col::PTower, k.tower_w / 1000.0);
    put(Col::Pue, t.pue);
    let ratio = |total: f64, it: f64| if it > 0.0 { total / it } else { f64::NAN };
    put(Col::PueEpisode, ratio(st.sums.total_kwh, st.sums.it_kwh));
    put(Col::PueDay, ratio(st.sums.days.total_kwh, st.sums.days.it_kwh));
    put(Col::PueBestDay, st.sums.days.best);
    put(Col::PueWorstDay, st.sums.days.worst);
    put(Col::Workload, t.workload);
    put(Col::Utilisation, s.utilisation);
    put(Col::TasksFixed, s.fixed as f64);
    put(Col::TasksShiftable, s.shiftable as f64);
    put(Col::TasksDeferred, s.deferred as f64);
    put(Col::TasksProcessed, s.processed as f64);
    put(Col::TasksForced, s.forced as f64);
    put(Col::TasksMoved, t.moved as f64);
    put(Col::TasksOverflow, s.overflow as f64);
    put(Col::TasksComputed, computed_tasks(s.utilisation));
    let waiting = st.queue.len();
    put(Col::TasksInQueue, waiting as f64);
    put(Col::QueueFill, waiting as f64 / c.queue_max.max(1) as f64);
    put(Col::TasksOverdue, s.overdue as f64);
    put(Col::OldestAge, t.ages.oldest_h);
    put(Col::AverageAge, t.ages.average_h);
    let [a0, a6, a12, a18, a24] = t.ages.classes;
    put(Col::Age0, a0 as f64);
    put(Col::Age6, a6 as f64);
    put(Col::Age12, a12 as f64);
    put(Col::Age18, a18 as f64);
    put(Col::Age24, a24 as f64);
    put(Col::SetPoint, st.set_point.degc);
    put(Col::SetPointMove, t.set_point_move_k);
    put(Col::SetPointMoved, t.set_point_moved_k);
    put(Col::SetPointRepeats, f64::from(st.set_point.consecutive));
    put(Col::SetPointScale, f64::from(st.set_point.scale));
    put(Col::TRoom, h.room_degc);
    put(Col::TReturn, h.return_degc);
    put(Col::TOutletMin, h.outlet_min_degc);
    put(Col::TOutletMax, h.outlet_max_degc);
    put(Col::QCrac, k.heat_w / 1000.0);
    put(Col::QTower, (k.heat_w + k.compressor_w) / 1000.0);
    put(Col::TowerSpeed, k.tower_speed);
    put(Col::PCracFan, c.crac_fan_w);
    put(Col::PCwPump, c.chilled_pump_w);
    put(Col::PCtPump, c.tower_pump_w);
    put(Col::Water, k.water_l);
    put(Col::WaterTotal, st.sums.water_l / 1000.0);
    put(Col::PowerLow, c.power_low_kw);
    put(Col::PowerHigh, c.power_high_kw);
    put(Col::Stored, st.stored_mwh);
    put(Col::Capacity, c.capacity_mwh);
    put(Col::Soc, st.stored_mwh / c.capacity_mwh);
    put(Col::PBattery, (b.without_kwh - b.with_kwh) / TICK_H);
    put(Col::BatteryHours, b.duration_h);
    put(Col::EWithout, b.without_kwh);
    put(Col::EWith, b.with_kwh);
    put(Col::EGridTotal, st.sums.grid_kwh / 1000.0);
    put(Col::LoadLow, c.power_low_kw * TICK_H);
    put(Col::LoadHigh, c.power_high_kw * TICK_H);
    put(Col::Co2, t.co2_g);
    put(Col::Co2Saved, (b.without_kwh - b.with_kwh) * t.carbon_g_kwh);
    put(Col::Co2Total, st.sums.co2_g / 1000.0);
    put(Col::Ci, t.carbon_g_kwh);
    put(Col::CiScaled, t.carbon_frac);
    put(Col::TAmbient, t.ambient_degc);
    put(Col::TWetBulb, t.wet_bulb_degc);
    let [ls, dc, bat] = t.rewards;
    let [l, d, a] = &t.terms;
    put(Col::RewardLs, ls);
    put(Col::RLsCarbon, l.carbon);
    put(Col::RLsOverdue, l.overdue);
    put(Col::RLsAge, l.age);
    put(Col::RLsOther, l.other);
    put(Col::RLsOthers, l.others);
    put(Col::RewardDc, dc);
    put(Col::RDcCarbon, d.carbon);
    put(Col::RDcOther, d.overdue + d.age + d.other);
    put(Col::RDcOthers, d.others);
    put(Col::RewardBat, bat);
    put(Col::RBatCarbon, a.carbon);
    put(Col::RBatOther, a.overdue + a.age + a.other);
    put(Col::RBatOthers, a.others);
    put(Col::EnergyZ, t.energy_z);
    put(Col::Overflow, flag(s.overflow > 0));
    put(Col::Overdue, flag(s.overdue > 0));
    put(Col::Saturated, flag(k.saturated));
    put(Col::HotOutlet, flag(h.outlet_max_degc > HOT_OUTLET_DEGC));
    put(Col::BatteryIdle, flag(b.charged_mwh == 0.0 && b.discharged_mwh == 0.0));
    put(Col::Empty, flag(t.battery_empty));
    put(Col::AtStop, flag(t.set_point_at_stop));
    put(Col::RoomLacking, flag(t.no_room));
    put(Col::Wrapped, flag(t.wrapped));
    put(Col::Truncated, flag(t.truncated));
}

/// Writes best and worst day again, when the last one is over.
pub(super) fn write_days(row: &mut [f64], sums: &Sums) {
    let Some(row) = fixed(row) else { return };
    row[Col::PueBestDay as usize] = sums.days.best;
    row[Col::PueWorstDay as usize] = sums.days.worst;
}

/// Writes clock and forecast: the tick of the row, and the next one with what it will meet. `carbon` is what the next
/// decision is shown, now and ahead.
pub(super) fn write_outlook(row: &mut [f64], now: u64, next: u64, carbon: &[f64; 9], ambient_degc: f64) {
    let Some(row) = fixed(row) else { return };
    let mut put = |col: Col, value: f64| row[col as usize] = value;
    put(Col::Day, day_of(now) as f64);
    put(Col::Hour, hour_of(now));
    put(Col::DayNext, day_of(next) as f64);
    put(Col::HourNext, hour_of(next));
    put(Col::TNext, ambient_degc);
    let columns = [Col::Ci0, Col::Ci1, Col::Ci2, Col::Ci3, Col::Ci4, Col::Ci5, Col::Ci6, Col::Ci7, Col::Ci8];
    for (col, value) in columns.into_iter().zip(carbon) {
        put(col, *value);
    }
}
