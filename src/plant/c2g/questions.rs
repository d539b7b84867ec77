//! What is worth asking of a day of the site.

use crate::plant::{Asked, Condition, MetricSpec, Question, Side};

use super::signals::Col;
use super::tables::HARDWARE;

/// The site's own questions, most telling first. `metrics` is the plant's table of metrics.
pub(super) fn questions(metrics: &[MetricSpec]) -> Vec<Question> {
    let id = |col: Col| col as usize;
    let metric = |name: &str| metrics.iter().position(|m| m.slot == HARDWARE && m.name == name);
    let above = |col: Col, level: f64| Asked::Time(vec![Condition::new(id(col), Side::Above, level)]);
    let mut all = vec![
        Question::new(
            "worst_tracking",
            "Worst tracking",
            Asked::Highest(id(Col::TrackingError)),
            "Largest distance of delivered from demanded regulation on a tick.",
        ),
        Question::new("lowest_pue", "Lowest PUE", Asked::Lowest(id(Col::Pue)), "Facility over IT power of a tick.")
            .scaled(1.0, "", 3),
        Question::new("highest_pue", "Highest PUE", Asked::Highest(id(Col::Pue)), "Facility over IT power of a tick.")
            .scaled(1.0, "", 3),
        Question::new(
            "hottest_minute_a",
            "Hottest minute, zone A",
            Asked::HighestMean { signal: id(Col::TZoneA), seconds: 60 },
            "Largest mean temperature over a minute of the site's clock.",
        ),
        Question::new(
            "hottest_minute_b",
            "Hottest minute, zone B",
            Asked::HighestMean { signal: id(Col::TZoneB), seconds: 60 },
            "Largest mean temperature over a minute of the site's clock.",
        ),
        Question::new(
            "dearest_hour",
            "Dearest hour, energy",
            Asked::LargestRise { signal: id(Col::EnergyCostTotal), seconds: 3_600 },
            "The hour of the site's clock in which most was paid for energy: price times facility power.",
        ),
        Question::new(
            "bids_accepted",
            "Bids accepted",
            Asked::Share { of: id(Col::BidTaken), among: vec![id(Col::BidTaken), id(Col::BidLost)] },
            "Bids that were taken, of all that were made.",
        ),
        Question::new("earned", "Earned by regulation", Asked::Last(id(Col::RevenueTotal)), "Revenue so far (core 9)."),
    ];
    all.extend(metric("tracking_rmse").map(|m| {
        Question::new("tracking_rmse", "Tracking RMSE", Asked::Metric(m), "Root mean square of the tracking error.")
            .scaled(1e-3, "MW", 2)
    }));
    for (zone, label, col) in [("a", "A", Col::TZoneA), ("b", "B", Col::TZoneB)] {
        all.push(Question::new(
            &format!("time_above_31_{zone}"),
            &format!("Time above 31 °C, zone {label}"),
            above(col, 31.0),
            "Two kelvins below the warning of the default site.",
        ));
    }
    all.push(Question::new(
        "battery_at_limit",
        "Battery at its limit",
        Asked::Time(vec![
            Condition::new(id(Col::BessDispatch), Side::AtLeast, 1.0),
            Condition::new(id(Col::BessDispatch), Side::AtMost, -1.0),
            Condition::flag(id(Col::BessLimited)),
        ]),
        "Full power asked of it either way, or held back by its charge.",
    ));
    all.push(Question::new(
        "longest_backlog",
        "Longest backlog",
        Asked::Highest(id(Col::Backlog)),
        "Most batch work waiting at the end of a tick.",
    ));
    all
}
