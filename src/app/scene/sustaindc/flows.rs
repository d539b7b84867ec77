//! What flows where: power from grid and battery, heat from the hall to the tower, waiting work to the door.

use crate::app::scene::flow::{Flow, Path};
use crate::session::RunView;
use crate::signal::{Carrier, SignalId};

use super::Signals;

/// Middle of the door that waiting tasks come in by.
pub(super) const DOOR_X: f32 = 59.0;

/// Power below which nothing moves, and with which dashes are fastest, kW.
const SPAN_KW: (f64, f64) = (0.5, 1_500.0);

/// The same for waiting tasks that come in.
const SPAN_TASKS: (f64, f64) = (0.5, 30.0);

/// Width of a kilowatt, of a task.
const PER_KW: f64 = 0.000_65;
const PER_TASK: f64 = 0.05;

const TIE: Path = &[(-10.0, 36.0), (-10.0, 24.0), (8.2, 24.0)];
const TO_HALL: Path = &[(17.6, 22.0), (25.4, 22.0)];
const TO_COOLING: Path = &[(13.0, 17.2), (13.0, -4.6), (71.0, -4.6), (71.0, 16.2)];
const TO_CHILLER: Path = &[(71.0, 16.2), (73.0, 16.2)];
const TO_TOWER: Path = &[(71.0, 16.2), (71.0, 34.0), (73.2, 34.0)];
const FROM_BATTERY: Path = &[(0.3, 8.2), (0.3, 20.5), (8.2, 20.5)];
const HEAT_TO_CHILLER: Path = &[(64.6, 27.6), (68.4, 27.6), (68.4, 23.4), (76.5, 23.4), (76.5, 20.4)];
const HEAT_TO_TOWER: Path = &[(82.0, 20.4), (82.0, 27.6)];
const WORK: Path = &[(DOOR_X, -7.6), (DOOR_X, -1.6)];

/// What flows where now.
pub(super) fn flows(s: &Signals, view: &RunView) -> Vec<Flow> {
    let power = |points: Path, carrier: Carrier, signal: SignalId, scale: f64| {
        Flow::of(points, carrier, view.value(signal) * scale, SPAN_KW, PER_KW)
    };
    let taken: f64 = s.taken.iter().map(|signal| view.value(*signal)).filter(|tasks| tasks.is_finite()).sum();
    vec![
        power(TIE, Carrier::Grid, s.grid, 1.0),
        power(TO_HALL, Carrier::It, s.it, 1.0),
        power(TO_COOLING, Carrier::Grid, s.hvac, 1.0),
        power(TO_TOWER, Carrier::Grid, s.tower, 1.0),
        power(TO_CHILLER, Carrier::Grid, s.compressor, 1.0),
        power(FROM_BATTERY, Carrier::Battery, s.battery, 3.0),
        power(HEAT_TO_CHILLER, Carrier::Cooling, s.heat_hall, 1.0),
        power(HEAT_TO_TOWER, Carrier::Cooling, s.heat_tower, 1.0),
        Flow::of(WORK, Carrier::It, taken, SPAN_TASKS, PER_TASK),
    ]
}
