//! What follows from a line of an evaluation log (sustaindc 9) that the line itself does not hold.
//!
//! Numbers of these files have four decimals, and so has what follows from them. NaN goes through: what follows from a
//! value that is lacking is lacking too. Whether the battery rested does not follow: what it moved may be less than the
//! last decimal. What depends on a configuration that the file does not tell (how long the queue
//! may be) is left alone.

use super::TICK_H;
use super::cooling::SET_POINT_DEGC;
use super::signals::{COUNT, Col};
use super::twin::Days;

/// Signals that follow from the columns of the file.
pub const DERIVED: [Col; 16] = [
    Col::PGrid,
    Col::Pue,
    Col::PueEpisode,
    Col::PueDay,
    Col::PueBestDay,
    Col::PueWorstDay,
    Col::SetPointMoved,
    Col::WaterTotal,
    Col::Stored,
    Col::PBattery,
    Col::EGridTotal,
    Col::Co2Saved,
    Col::Co2Total,
    Col::Day,
    Col::Overflow,
    Col::AtStop,
];

/// What runs along with the rows of an episode, in order.
#[derive(Debug, Clone, Copy)]
pub struct Sums {
    total_kwh: f64,
    it_kwh: f64,
    days: Days,
    grid_kwh: f64,
    co2_g: f64,
    water_l: f64,
    set_degc: f64,
    begun: bool,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            total_kwh: 0.0,
            it_kwh: 0.0,
            days: Days::default(),
            grid_kwh: 0.0,
            co2_g: 0.0,
            water_l: 0.0,
            set_degc: f64::NAN,
            begun: false,
        }
    }
}

/// 1 or 0; NaN where what it depends on is not known.
fn flag(on: bool, of: f64) -> f64 {
    if of.is_nan() { f64::NAN } else { f64::from(u8::from(on)) }
}

impl Sums {
    /// Writes what follows from the recorded columns of a row; the last row of an episode ends its last day.
    pub fn complete(&mut self, out: &mut [f64], last: bool) {
        let Some(row) = out.first_chunk_mut::<COUNT>() else { return };
        let at = |row: &[f64; COUNT], col: Col| row[col as usize];
        let (it, total) = (at(row, Col::PIt), at(row, Col::PTotal));
        let (without, with) = (at(row, Col::EWithout), at(row, Col::EWith));
        let (hour, set) = (at(row, Col::Hour), at(row, Col::SetPoint));
        let dropped = at(row, Col::TasksOverflow);
        let moved = at(row, Col::SetPointMove);
        let ci = at(row, Col::Ci);
        if self.begun && hour == 0.0 {
            self.days.close();
        }
        self.begun = true;
        self.it_kwh += it * TICK_H;
        self.days.it_kwh += it * TICK_H;
        self.total_kwh += without;
        self.days.total_kwh += without;
        self.grid_kwh += with;
        self.co2_g += at(row, Col::Co2);
        self.water_l += at(row, Col::Water);
        // The next tick's day and hour stand in the file; this tick is a quarter of an hour before.
        let day = ((24.0 * at(row, Col::DayNext) + at(row, Col::HourNext) - TICK_H) / 24.0).floor();
        let mut put = |col: Col, value: f64| row[col as usize] = value;
        put(Col::PGrid, with / TICK_H);
        put(Col::Pue, total / it);
        put(Col::PueEpisode, self.total_kwh / self.it_kwh);
        put(Col::PueDay, self.days.total_kwh / self.days.it_kwh);
        if last {
            self.days.close();
        }
        put(Col::PueBestDay, self.days.best);
        put(Col::PueWorstDay, self.days.worst);
        put(Col::SetPointMoved, set - self.set_degc);
        put(Col::WaterTotal, self.water_l / 1000.0);
        put(Col::PBattery, (without - with) / TICK_H);
        put(Col::EGridTotal, self.grid_kwh / 1000.0);
        put(Col::Co2Saved, (without - with) * ci);
        put(Col::Co2Total, self.co2_g / 1000.0);
        put(Col::Day, day);
        put(Col::Overflow, flag(dropped > 0.0, dropped));
        let at_stop = moved != 0.0 && (set <= SET_POINT_DEGC.0 || set >= SET_POINT_DEGC.1);
        put(Col::AtStop, flag(at_stop, moved + set));
        self.set_degc = set;
        let stored = row[Col::Soc as usize] * row[Col::Capacity as usize];
        row[Col::Stored as usize] = stored;
    }
}
