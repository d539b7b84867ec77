//! The three workload traces as the plant plays them (core spec 2.1).
#![deny(clippy::indexing_slicing)]

use super::layout;
use super::{Table, TraceSource};
use crate::config::{Error, Result};

/// The used columns of the three traces, all of the same length: the shorter of batch and DLRM.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// Batch arrivals of each record in thousandths of a GPU; 12,620 is full utilisation.
    pub batch_gpu_milli: Vec<f64>,
    /// Active DLRM GPUs of each record; 227 is full utilisation. Fractions occur.
    pub dlrm_gpu: Vec<f64>,
    /// GenAI duty cycle of each record in percent; above 12.19 is a spike.
    pub genai_duty_pct: Vec<f64>,
}

impl Workload {
    /// Number of five-minute records.
    pub fn len(&self) -> usize {
        self.batch_gpu_milli.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.batch_gpu_milli.is_empty()
    }
}

/// Reads the three traces: batch re-indexed with 0 for missing records, DLRM with its last record, GenAI repeated.
///
/// # Errors
/// When a trace is missing (there is no synthetic fallback), has no rows, or names a record twice.
pub fn workload_arrays(source: &dyn TraceSource) -> Result<Workload> {
    let batch = source.table(layout::BATCH)?;
    let dlrm = source.table(layout::DLRM)?;
    let genai = source.table(layout::GENAI)?;
    for table in [&batch, &dlrm, &genai] {
        check_ticks(table)?;
    }
    let n = batch.rows().min(dlrm.rows());
    Ok(Workload {
        batch_gpu_milli: reindex_or_zero(batch.ticks()?, batch.column("gpu_milli_request")?, n),
        dlrm_gpu: reindex_or_last(dlrm.ticks()?, dlrm.column("active_gpu_count")?, n),
        genai_duty_pct: tile(genai.column("avg_gpu_duty_cycle")?, n),
    })
}

/// Values by record number 0 to n − 1, with 0 where a record is missing. Record numbers ascend.
pub fn reindex_or_zero(ticks: &[i64], values: &[f64], n: usize) -> Vec<f64> {
    reindex(ticks, values, n, 0.0)
}

/// Values by record number 0 to n − 1, with the last record's value where one is missing. Record numbers ascend.
pub fn reindex_or_last(ticks: &[i64], values: &[f64], n: usize) -> Vec<f64> {
    reindex(ticks, values, n, values.last().copied().unwrap_or(0.0))
}

fn reindex(ticks: &[i64], values: &[f64], n: usize, missing: f64) -> Vec<f64> {
    let mut out = vec![missing; n];
    for (tick, value) in ticks.iter().zip(values) {
        if let Some(slot) = usize::try_from(*tick).ok().and_then(|record| out.get_mut(record)) {
            *slot = *value;
        }
    }
    out
}

/// Values repeated and cut to n; empty where there are none.
pub fn tile(values: &[f64], n: usize) -> Vec<f64> {
    values.iter().copied().cycle().take(if values.is_empty() { 0 } else { n }).collect()
}

/// A trace must have rows, and no record number twice: the reference cannot re-index such a file either.
fn check_ticks(table: &Table) -> Result<()> {
    let ticks = table.ticks()?;
    if ticks.is_empty() {
        return Err(Error::invalid(table.place(), "the trace has no rows", "Give the complete file."));
    }
    for pair in ticks.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            return Err(Error::invalid(
                table.place(),
                format!("the record `tick` = {a} occurs twice"),
                "Keep one of the two rows.",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::{Column, Origin, TimeAxis};
    use super::*;
    use std::sync::Arc;

    struct Three([Table; 3]);

    impl TraceSource for Three {
        fn table(&self, id: &str) -> Result<Arc<Table>> {
            Ok(Arc::new(self.0.iter().find(|table| table.id == id).unwrap().clone()))
        }
        fn label(&self) -> String {
            "three".to_owned()
        }
    }

    fn table(id: &str, column: &str, ticks: &[i64], values: &[f64]) -> Table {
        Table {
            id: id.to_owned(),
            origin: Origin::Synthetic("test".to_owned()),
            time: TimeAxis::Tick(ticks.to_vec()),
            columns: vec![Column { name: column.to_owned(), values: values.to_vec() }],
        }
    }

    fn three(batch: &[i64], dlrm: &[i64]) -> Three {
        let values: Vec<f64> = (0..10).map(|k| f64::from(k) + 0.5).collect();
        Three([
            table(layout::BATCH, "gpu_milli_request", batch, &values[..batch.len()]),
            table(layout::DLRM, "active_gpu_count", dlrm, &values[..dlrm.len()]),
            table(layout::GENAI, "avg_gpu_duty_cycle", &[0, 1], &[1.0, 2.0]),
        ])
    }

    #[test]
    fn missing_records_become_zero_in_batch_and_the_last_value_in_dlrm() {
        let workload = workload_arrays(&three(&[0, 2, 3, 9], &[0, 1, 4, 5, 6])).unwrap();
        assert_eq!(workload.len(), 4);
        assert_eq!(workload.batch_gpu_milli, [0.5, 0.0, 1.5, 2.5]);
        assert_eq!(workload.dlrm_gpu, [0.5, 1.5, 4.5, 4.5]);
        assert_eq!(workload.genai_duty_pct, [1.0, 2.0, 1.0, 2.0]);
    }

    #[test]
    fn a_record_that_occurs_twice_is_an_error() {
        let error = workload_arrays(&three(&[0, 1, 1], &[0, 1, 2])).unwrap_err();
        assert!(error.to_string().contains("`tick` = 1 occurs twice"), "{error}");
        assert!(workload_arrays(&three(&[], &[0])).is_err());
    }

    #[test]
    fn tiling_nothing_gives_nothing() {
        assert!(tile(&[], 5).is_empty());
        assert_eq!(tile(&[1.0, 2.0, 3.0], 5), [1.0, 2.0, 3.0, 1.0, 2.0]);
    }
}
