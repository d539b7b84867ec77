//! Studies of what the site is asked to compute: the three traces as power, and the queue behind the throttle.

mod throttle;
mod traces;

pub(super) use throttle::Throttle;
pub(super) use traces::Traces;

use super::{Parameter, Site, Values, setup};
use crate::config::Result;
use crate::plant::c2g::data::demand;
use crate::plant::c2g::workload::Demand;
use crate::rollout::World;
use crate::trace;

/// Records of a day.
const PER_DAY: usize = 288;

/// The traces as power, in the order in which the plant plays them.
struct Played {
    site: Site,
    /// GenAI duty of each record, %.
    duty_pct: Vec<f64>,
    /// Power of each record.
    demand: Vec<Demand>,
}

impl Played {
    /// Reads the traces and turns them into power.
    fn new(world: &World, values: &Values) -> Result<Self> {
        let mut site = Site::new(world, values)?;
        if values.chosen("racks") == "table" {
            (site.params.fidelity.rack_a_max_kw, site.params.fidelity.rack_b_max_kw) = (25.0, 16.0);
        }
        let traces = trace::workload_arrays(&*world.traces(&setup(values))?)?;
        let records = traces.batch_gpu_milli.iter().zip(&traces.genai_duty_pct).zip(&traces.dlrm_gpu);
        let demand = records
            .map(|((batch, duty), gpus)| demand([*batch, *duty, *gpus], &site.params, &site.chosen.scenario))
            .collect();
        Ok(Self { site, duty_pct: traces.genai_duty_pct, demand })
    }

    /// Batch work that can be served at full throttle, kW.
    fn flexible_kw(&self) -> f64 {
        self.site.params.site.workload.batch.racks * self.site.params.fidelity.rack_a_max_kw
    }

    /// The three streams in MW: batch, GenAI, recommendation.
    fn streams_mw(&self) -> [Vec<f64>; 3] {
        let of = |f: fn(&Demand) -> f64| self.demand.iter().map(|d| f(d) / 1000.0).collect::<Vec<f64>>();
        [of(|d| d.arrived_kw), of(|d| d.base_a_kw), of(|d| d.base_b_kw)]
    }
}

/// What the streams are called, in their order.
const STREAMS: [&str; 3] = ["batch", "GenAI", "recommendation"];

/// How big a rack is (core D-1).
fn racks() -> Parameter {
    let choices = [("plant", "75 and 40 kW (the plant)"), ("table", "25 and 16 kW (the documentation's table)")];
    Parameter::choice("racks", "Full rack of A and B", choices, 0)
        .about("Two sizes are documented; the plant has the first.")
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { f64::NAN } else { values.iter().sum::<f64>() / values.len() as f64 }
}
