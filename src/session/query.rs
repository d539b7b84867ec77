//! Questions about present and past, answered beside the clock by a second worker.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Result;
use crate::rollout::{LoggedIntervention, Rollout, Snapshot, Step};

use super::why::WhyAsked;

/// A question. A newer one replaces an older one that has not been answered.
#[derive(Debug, Clone)]
pub enum Query {
    /// What happens if everything goes on as it does for so many ticks?
    Outlook {
        /// The present.
        from: Arc<Snapshot>,
        /// How far to look.
        ticks: u64,
        /// Number of the run it belongs to.
        run: u64,
    },
    /// What were the rows of these ticks? They are run again; the answer comes in several parts.
    Rows {
        /// The ticks, whole chunks of a recording.
        ticks: Range<u64>,
        /// The nearest instant that is known.
        snapshot: Arc<Snapshot>,
        /// What was done from there on.
        interventions: Vec<LoggedIntervention>,
        /// Number of the run it belongs to.
        run: u64,
    },
    /// Why did a tick come as it did?
    Why(Box<WhyAsked>),
    /// The same of a tick of a full log.
    WhyLog {
        /// The file.
        path: PathBuf,
        /// The tick.
        tick: u64,
    },
    /// How much could the site give from here on?
    Headroom {
        /// The present.
        from: Arc<Snapshot>,
        /// Number of the run it belongs to.
        run: u64,
    },
}

/// What would happen if everything went on as it does: same controllers, same levers, same noise.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Ticks run at the instant it starts from.
    pub tick: u64,
    /// How far it looks, ticks.
    pub ticks: u64,
    /// Rows that the future would have, every few ticks; first entry is the tick.
    pub rows: Vec<(u64, Vec<f64>)>,
    /// Ticks until a trip, if one comes.
    pub ticks_to_trip: Option<u64>,
    /// Cause of the trip.
    pub trip: Option<String>,
}

/// Rows that an outlook keeps.
const KEPT_ROWS: u64 = 60;

/// Looks ahead on a rollout of the same setup. `stale` is asked now and then and stops the work.
pub(super) fn look_ahead(
    rollout: &mut Rollout,
    from: &Snapshot,
    ticks: u64,
    stale: &dyn Fn() -> bool,
) -> Result<Option<Outlook>> {
    rollout.restore(from)?;
    let every = (ticks / KEPT_ROWS).max(1);
    let mut outlook = Outlook { tick: from.tick, ticks, rows: Vec::new(), ticks_to_trip: None, trip: None };
    for k in 1..=ticks {
        if k % 64 == 0 && stale() {
            return Ok(None);
        }
        if rollout.step()? == Step::Ended {
            break;
        }
        if k % every == 0 || rollout.end().is_some() {
            outlook.rows.push((from.tick + k, rollout.row().to_vec()));
        }
        if let Some(end) = rollout.end() {
            if end.kind == crate::rollout::EndKind::Trip {
                outlook.ticks_to_trip = Some(k);
                outlook.trip = Some(end.cause.clone());
            }
            break;
        }
    }
    Ok(Some(outlook))
}
