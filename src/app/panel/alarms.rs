//! Signals beyond their limits, worst first.

use crate::session::RunView;
use crate::signal::{Alarm, Limits, Signal, SignalId};

/// A signal beyond a limit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    /// Column of the row.
    pub column: SignalId,
    /// How far beyond.
    pub alarm: Alarm,
    /// The limit it is beyond, in the signal's unit.
    pub limit: f64,
    /// Distance to that limit as a share of the signal's range, to rank alarms of one level.
    excess: f64,
}

/// All signals beyond a limit in the current row, worst first.
pub(super) fn standing(view: &RunView) -> Vec<Standing> {
    // Before the first tick a row may hold zeros that nobody measured.
    if view.tick == 0 {
        return Vec::new();
    }
    let mut all: Vec<Standing> = view
        .spec
        .signals
        .iter()
        .enumerate()
        .filter_map(|(column, signal)| judge(column, signal, view.value(column)))
        .collect();
    all.sort_by(|a, b| b.alarm.cmp(&a.alarm).then(b.excess.total_cmp(&a.excess)));
    all
}

fn judge(column: SignalId, signal: &Signal, value: f64) -> Option<Standing> {
    let alarm = signal.limits.judge(value);
    let Limits { warn_low, warn_high, trip_low, trip_high } = signal.limits;
    let (low, high) = match alarm {
        Alarm::Normal => return None,
        Alarm::Warn => (warn_low, warn_high),
        Alarm::Trip => (trip_low, trip_high),
    };
    let limit = high.filter(|l| value > *l).or(low.filter(|l| value < *l))?;
    let range = (signal.range.1 - signal.range.0).abs().max(1e-9);
    Some(Standing { column, alarm, limit, excess: (value - limit).abs() / range })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_signal_tells_which_limit_it_broke() {
        let signal = Signal::new("t", 0, "T", "°C", "")
            .range(15.0, 40.0)
            .limits(Limits { warn_low: Some(18.0), ..Limits::high(33.0, 35.0) });
        assert_eq!(judge(0, &signal, 30.0), None);
        assert_eq!(judge(0, &signal, f64::NAN), None);
        let warm = judge(3, &signal, 34.0).unwrap();
        assert_eq!((warm.column, warm.alarm, warm.limit), (3, Alarm::Warn, 33.0));
        assert_eq!(judge(0, &signal, 36.0).unwrap().limit, 35.0);
        assert_eq!(judge(0, &signal, 10.0).unwrap().limit, 18.0);
    }
}
