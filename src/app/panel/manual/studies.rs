//! Pages of the manual about studies: what to see in each, and what to try.

/// Names of studies with their pages, in the order of the list.
pub(super) const PAGES: &[(&str, &str)] = &[
    ("acceptance", include_str!("../../../../docs/manual/study_acceptance.md")),
    ("workload", include_str!("../../../../docs/manual/study_workload.md")),
    ("throttle", include_str!("../../../../docs/manual/study_throttle.md")),
    ("step-response", include_str!("../../../../docs/manual/study_step_response.md")),
    ("steady-state", include_str!("../../../../docs/manual/study_steady_state.md")),
    ("cop", include_str!("../../../../docs/manual/study_cop.md")),
    ("hvac", include_str!("../../../../docs/manual/study_hvac.md")),
    ("pump-fault", include_str!("../../../../docs/manual/study_pump_fault.md")),
    ("thermal-constants", include_str!("../../../../docs/manual/study_thermal_constants.md")),
    ("loss-chain", include_str!("../../../../docs/manual/study_loss_chain.md")),
    ("pue", include_str!("../../../../docs/manual/study_pue.md")),
    ("ups", include_str!("../../../../docs/manual/study_ups.md")),
    ("battery-cycle", include_str!("../../../../docs/manual/study_battery_cycle.md")),
    ("round-trip", include_str!("../../../../docs/manual/study_round_trip.md")),
    ("frequency", include_str!("../../../../docs/manual/study_frequency.md")),
    ("voltage", include_str!("../../../../docs/manual/study_voltage.md")),
    ("weather", include_str!("../../../../docs/manual/study_weather.md")),
    ("implied-cop", include_str!("../../../../docs/manual/study_implied_cop.md")),
    ("regd", include_str!("../../../../docs/manual/study_regd.md")),
    ("prices", include_str!("../../../../docs/manual/study_prices.md")),
    ("scenarios", include_str!("../../../../docs/manual/study_scenarios.md")),
    ("scenario-traces", include_str!("../../../../docs/manual/study_scenario_traces.md")),
    ("scenario-grid", include_str!("../../../../docs/manual/study_scenario_grid.md")),
    ("scenario-risk", include_str!("../../../../docs/manual/study_scenario_risk.md")),
    ("failures", include_str!("../../../../docs/manual/study_failures.md")),
    ("ablation", include_str!("../../../../docs/manual/study_ablation.md")),
    ("tornado", include_str!("../../../../docs/manual/study_tornado.md")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::study;

    #[test]
    fn every_study_has_a_page_that_says_what_to_see_and_what_to_try() {
        for study in study::ALL {
            let page = PAGES.iter().find(|(name, _)| *name == study.name()).map_or("", |(_, text)| *text);
            assert!(
                page.starts_with(&format!("# Study: {}\n", study.card().title)),
                "{} has no page of its title",
                study.name()
            );
            for part in ["\n## What to see\n", "\n## What to try\n"] {
                assert!(page.contains(part), "{}: {part}", study.name());
            }
        }
    }
}
