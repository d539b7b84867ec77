//! What explains a day of the site: the drivers and outcomes that its actions are held against, its PUE, its battery.

use crate::plant::{Amount, Efficiency, ExplainSpec, StoreStory};

use super::signals::Col;
use super::tables::HARDWARE;

/// Everything that explains a run.
pub(super) fn explain() -> ExplainSpec {
    let ids = |cols: &[Col]| cols.iter().map(|&c| c as usize).collect::<Vec<_>>();
    let amount = |name: &str, label: &str, col: Col, unit: &str| Amount {
        name: name.to_owned(),
        label: label.to_owned(),
        signal: col as usize,
        factor: 1.0,
        unit: unit.to_owned(),
    };
    ExplainSpec {
        drivers: ids(&[
            Col::Regd,
            Col::Committed,
            Col::Lmp,
            Col::TAmbient,
            Col::PItDemand,
            Col::Backlog,
            Col::Soc,
            Col::TZoneA,
            Col::TZoneB,
            Col::FDev,
            Col::Pue,
        ]),
        answers: ids(&[Col::Backlog, Col::Soc, Col::TZoneA, Col::TZoneB, Col::FDev, Col::Pue]),
        outcomes: ids(&[
            Col::PFacility,
            Col::PIt,
            Col::PCooling,
            Col::PBess,
            Col::RegdDelivered,
            Col::TrackingError,
            Col::Pue,
            Col::THottest,
        ]),
        efficiency: Some(Efficiency {
            label: "PUE".to_owned(),
            ratio: Col::Pue as usize,
            above: Col::PFacility as usize,
            below: Col::PIt as usize,
            overhead: Some(Col::PCooling as usize),
            conditions: ids(&[Col::PIt, Col::PCooling, Col::TAmbient, Col::TZoneA, Col::TZoneB, Col::Regd]),
            marks: vec![(1.0, "ideal".to_owned()), (1.2, "very good".to_owned()), (1.5, "usual".to_owned())],
        }),
        totals: vec![amount("reward", "Reward of the hardware agent", Col::Reward, "")],
        asked: Vec::new(),
        queue: None,
        store: Some(StoreStory {
            label: "Battery".to_owned(),
            lever: (HARDWARE, 3),
            soc: Col::Soc as usize,
            capacity: None,
            power: (Col::PBess as usize, 1000.0),
            saves: amount("tracking_error", "Tracking error", Col::TrackingError, "MW·ticks"),
            size: None,
        }),
        pairing: None,
    }
}
