//! The logs of both agents of one run as one: rows of the hardware agent, and what the macro agent's row of their market
//! interval says, held over it.

use std::collections::VecDeque;
use std::path::Path;

use crate::config::{Error, Place, Result};
use crate::plant::c2g::logged::{CLOSED, OPENED, STRUCK, TOTALS};
use crate::plant::c2g::tables::MACRO;
use crate::rollout::{ActionColumns, World};

use super::lines::Change;
use super::transitions::{Parts, TransitionRows, prepare};
use super::{BadRows, Item, LogKind, Provenance, Rows, TapeHead, detect};

/// Ticks of a market interval (core 9).
const PERIOD: u64 = 180;

/// Quiet looks at both files after which an interval's row is no longer waited for.
const QUIET: u32 = 4;

/// Reads the lines of names of both files and makes the tables.
pub(super) fn open(path: &Path, partner: &Path, world: &World) -> Result<(TapeHead, Box<dyn Rows>)> {
    if detect(partner)? != LogKind::Macro {
        let cure = "Join a log of the hardware agent with the macro agent's log of the same run.";
        return Err(Error::invalid(Place::file(partner), "this is no log of a macro agent", cure));
    }
    let mut lower = prepare(path, LogKind::Hardware, world)?;
    let upper = prepare(partner, LogKind::Macro, world)?;
    let levers: Vec<ActionColumns> = upper.rows.levers.get(MACRO).cloned().unwrap_or_default();
    let columns = OPENED.iter().chain(&STRUCK).chain(&CLOSED).map(|col| *col as usize);
    for at in columns.chain(levers.iter().flat_map(|c| [c.commanded, c.applied])) {
        if let (Some(cell), Some(told)) = (lower.origin.get_mut(at), upper.origin.get(at))
            && *told != Provenance::Absent
        {
            cell.clone_from(told);
        }
    }
    for (known, other) in lower.controllers.iter_mut().zip(&upper.controllers) {
        if known.is_none() {
            known.clone_from(other);
        }
    }
    lower.notes.push(format!("Joined with the macro agent's log {}", partner.display()));
    let period = lower.spec.slots.get(MACRO).map_or(PERIOD, |slot| slot.period_ticks.max(1));
    let Parts { rows, .. } = upper;
    let (head, lower) = lower.finish();
    let columns = head.schema.len();
    let rows = JoinedRows {
        lower,
        upper: rows,
        levers,
        period,
        tick: 0,
        held: vec![f64::NAN; columns],
        before: None,
        have: 0,
        forgone: 0,
        waiting: VecDeque::new(),
        follows: false,
        quiet: 0,
    };
    Ok((head, Box::new(rows)))
}

/// Rows of both.
struct JoinedRows {
    lower: TransitionRows,
    upper: TransitionRows,
    /// Columns of the macro agent's levers.
    levers: Vec<ActionColumns>,
    period: u64,
    /// The tick that is handed out next.
    tick: u64,
    /// The macro agent's row that was read last, of interval `have − 1`.
    held: Vec<f64>,
    /// The one before it.
    before: Option<Vec<f64>>,
    /// Intervals whose rows were read.
    have: u64,
    /// Intervals before this number are not waited for.
    forgone: u64,
    /// Rows of the hardware agent that wait for the macro agent's.
    waiting: VecDeque<(Item, Vec<f64>)>,
    /// The files may still be written.
    follows: bool,
    /// Looks at the files that brought nothing.
    quiet: u32,
}

impl JoinedRows {
    /// Reads the macro agent's log up to an interval; whether its row is there.
    fn reach(&mut self, interval: u64, bad: &mut BadRows) -> bool {
        let mut row = vec![f64::NAN; self.held.len()];
        while self.have <= interval {
            match self.upper.next(&mut row, bad) {
                Ok(Some(Item::Input(_))) => {}
                Ok(Some(Item::Row | Item::Gap)) => {
                    self.before = Some(std::mem::replace(&mut self.held, row.clone()));
                    self.have += 1;
                }
                // Without a macro agent's row the hardware agent's rows are good all the same.
                Ok(None) | Err(_) => return false,
            }
        }
        true
    }

    /// Puts what is held into a row of tick `tick`.
    fn join(&self, tick: u64, row: &mut [f64]) {
        let (interval, first, last) =
            (tick / self.period, tick.is_multiple_of(self.period), (tick + 1).is_multiple_of(self.period));
        let now = if self.have == interval + 1 { Some(&self.held) } else { None };
        // The row of the interval that was closed last.
        let closed = match self.have.checked_sub(interval) {
            Some(1) if last => Some(&self.held),
            Some(1) => self.before.as_ref().filter(|_| interval > 0),
            Some(0) if !last && interval > 0 => Some(&self.held),
            _ => None,
        };
        let at = |of: Option<&Vec<f64>>, column: usize| of.and_then(|r| r.get(column)).copied().unwrap_or(f64::NAN);
        let mut put = |column: usize, value: f64| {
            if let Some(cell) = row.get_mut(column).filter(|_| !value.is_nan()) {
                *cell = value;
            }
        };
        for column in OPENED {
            put(column as usize, at(now, column as usize));
        }
        for column in STRUCK {
            // What happens as the interval opens happens on its first tick only.
            let value = at(now, column as usize);
            put(column as usize, if first || value.is_nan() { value } else { 0.0 });
        }
        for column in CLOSED {
            put(column as usize, at(closed, column as usize));
        }
        if interval == 0 && !last {
            TOTALS.iter().for_each(|total| put(*total as usize, 0.0));
        }
        for columns in &self.levers {
            put(columns.commanded, at(now, columns.commanded));
            put(columns.applied, at(now, columns.applied));
        }
    }
}

impl Rows for JoinedRows {
    fn next(&mut self, row: &mut [f64], bad: &mut BadRows) -> Result<Option<Item>> {
        loop {
            let interval = self.tick / self.period;
            let there = self.have > interval || self.reach(interval, bad);
            if there || self.forgone > interval {
                let item = match self.waiting.pop_front() {
                    Some((item, waited)) => {
                        for (cell, value) in row.iter_mut().zip(waited) {
                            *cell = value;
                        }
                        Some(item)
                    }
                    None => self.lower.next(row, bad)?,
                };
                match &item {
                    Some(Item::Row) => {
                        self.join(self.tick, row);
                        self.tick += 1;
                    }
                    Some(Item::Gap) => self.tick += 1,
                    Some(Item::Input(_)) | None => {}
                }
                return Ok(item);
            }
            match self.lower.next(row, bad)? {
                Some(item @ Item::Input(_)) => return Ok(Some(item)),
                Some(item) => {
                    self.waiting.push_back((item, row.to_vec()));
                    // The interval is over, and the macro agent's log does not tell it.
                    if self.waiting.len() as u64 > self.period {
                        self.forgone = interval + 1;
                    }
                }
                None if self.follows && self.quiet < QUIET => return Ok(None),
                None if self.waiting.is_empty() => return Ok(None),
                None => self.forgone = interval + 1,
            }
        }
    }

    fn progress(&self) -> f64 {
        self.lower.progress()
    }

    fn set_patient(&mut self, patient: bool) {
        self.follows |= patient;
        self.lower.set_patient(patient);
        self.upper.set_patient(patient);
    }

    fn is_half(&self) -> bool {
        self.lower.is_half() || self.upper.is_half()
    }

    fn is_finished(&self) -> bool {
        self.lower.is_finished()
    }

    fn quiet(&mut self) -> bool {
        self.quiet = self.quiet.saturating_add(1);
        self.quiet >= QUIET && !self.waiting.is_empty()
    }

    fn poll(&mut self) -> Change {
        let change = match (self.lower.poll(), self.upper.poll()) {
            (Change::Replaced, _) | (_, Change::Replaced) => Change::Replaced,
            (Change::Same, Change::Same) => Change::Same,
            _ => Change::Grown,
        };
        if change == Change::Grown {
            self.quiet = 0;
        }
        change
    }
}
