//! The built-in set: a whole `data/processed` expanded from a few kilobytes of seeded description.
//!
//! It stands for measured data and has their statistics, but no measured value is in it. Each table is expanded when
//! it is first asked for and kept for the life of the program. The first day of the workload traces is calm on purpose:
//! the published figures of the reference are those of such a day (control spec 7).

mod energy;
mod inputs;
mod random;
pub(super) mod sustaindc;
mod weather;
mod workload;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::layout::{self, Kind};
use super::sustaindc as hourly;
use super::{Table, TraceSource};
use crate::config::{Error, Place, Result};

/// The built-in synthetic set. Every value of it is the same; there is nothing to configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Embedded;

/// Expanded tables, shared by everything in the process.
static EXPANDED: Mutex<BTreeMap<String, Arc<Table>>> = Mutex::new(BTreeMap::new());

impl TraceSource for Embedded {
    fn table(&self, id: &str) -> Result<Arc<Table>> {
        if let Some((kind, name)) = hourly::HourlyKind::of(id)
            && let Some(path) = hourly::find(None, kind, name)
        {
            // A file that a person named by its path: read, and not kept for the life of the program.
            return Ok(Arc::new(hourly::read(&path, kind, id, super::Origin::Real(path.clone()))?.0));
        }
        if let Some(table) = EXPANDED.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(Arc::clone(table));
        }
        let table = Arc::new(expand(id)?);
        let mut expanded = EXPANDED.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(expanded.entry(id.to_owned()).or_insert(table)))
    }

    fn label(&self) -> String {
        "embedded synthetic set".to_owned()
    }
}

/// Expands one table from its description.
fn expand(id: &str) -> Result<Table> {
    if let Some((kind, name)) = hourly::HourlyKind::of(id) {
        return sustaindc::expand(kind, name, id);
    }
    let (kind, _) = layout::describe(id)?;
    match kind {
        Kind::Workload if id == layout::BATCH => workload::batch(),
        Kind::Workload if id == layout::DLRM => workload::dlrm(),
        Kind::Workload => workload::genai(),
        Kind::Load(key, market) if key == market.load_csv => energy::load(market),
        Kind::Load(key, _) => Err(Error::invalid(
            Place::source(id),
            format!("the embedded set has no load for the NYISO zone {key}"),
            "Choose the zone NYC, or give measured files with `--data DIR`.",
        )),
        Kind::Weather(market) => weather::station(market),
    }
}

#[cfg(test)]
mod targets;
