//! Colours, sizes and names. The ground, lines and letters are those of the window's light theme; agents have the
//! reference's colours (control 5.6).

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

const fn hex(value: u32) -> Colour {
    Colour((value >> 16) as u8, (value >> 8) as u8, value as u8)
}

/// Paper.
pub(in crate::evaluate) const SURFACE: Colour = hex(0xFF_FF_FF);
/// Ground of a plot.
pub(in crate::evaluate) const SUNKEN: Colour = hex(0xF8_FA_FB);
/// Hairlines.
pub(in crate::evaluate) const LINE: Colour = hex(0xD3_DA_E0);
/// Axes.
pub(in crate::evaluate) const LINE_STRONG: Colour = hex(0x89_97_A4);
/// Titles and values.
pub(in crate::evaluate) const TEXT: Colour = hex(0x12_18_1E);
/// Labels.
pub(in crate::evaluate) const TEXT2: Colour = hex(0x3D_49_55);
/// Ticks and hints.
pub(in crate::evaluate) const TEXT3: Colour = hex(0x5A_66_71);
/// Colours of what has none of its own.
pub(in crate::evaluate) const SERIES: [Colour; 8] = [
    hex(0x00_72_B2),
    hex(0xA8_50_8A),
    hex(0x00_79_5A),
    hex(0x7A_72_00),
    hex(0x54_51_C9),
    hex(0x3A_3A_3A),
    hex(0x85_59_3A),
    hex(0x5F_74_86),
];
/// States in traces (control 5.4).
pub(in crate::evaluate) const STATE: Colour = hex(0x1F_77_B4);
/// Rewards in traces (control 5.4).
pub(in crate::evaluate) const REWARD: Colour = hex(0xD6_27_28);
/// Opacity of a band (control 5.4).
pub(in crate::evaluate) const BAND: f64 = 0.25;

/// Height of a title's line, points.
pub(in crate::evaluate) const TITLE: f64 = 19.0;
/// Of a panel's title.
pub(in crate::evaluate) const LABEL: f64 = 14.5;
/// Of ticks and notes.
pub(in crate::evaluate) const SMALL: f64 = 12.5;

/// Agents' colours in the reference (control 5.6). Its keys lack the `_ppo` of its own tables, so that it draws those
/// agents in dark grey; here the name is found without the suffix.
const AGENTS: [(&str, Colour); 14] = [
    ("simplex", hex(0x2C_A0_2C)),
    ("cbf", hex(0x17_BE_CF)),
    ("hj", hex(0x1F_77_B4)),
    ("mpcsf", hex(0x94_67_BD)),
    ("ppo_lag", hex(0xFF_7F_0E)),
    ("cpo", hex(0xD6_27_28)),
    ("reward_shaping", hex(0xE3_77_C2)),
    ("ha_c2g", hex(0xBC_BD_22)),
    ("ppo", hex(0x7F_7F_7F)),
    ("sac", hex(0xAE_C7_E8)),
    ("random", hex(0xC7_C7_C7)),
    ("rule_based", hex(0x8C_56_4B)),
    ("bang_bang", hex(0xC4_9C_94)),
    ("pid", hex(0xF7_B6_D2)),
];

/// The reference's colour of an agent; a combination has that of its hardware agent.
fn own_colour(agent: &str) -> Option<Colour> {
    let agent = agent.rsplit('+').next().unwrap_or(agent);
    let name = match agent.strip_suffix("_ppo") {
        Some(shield) => shield,
        None if agent == "ppo_lagrangian" => "ppo_lag",
        None => agent,
    };
    AGENTS.iter().find(|(known, _)| *known == name).map(|(_, colour)| *colour)
}

/// A colour for each agent, no two alike while there are enough.
pub(in crate::evaluate) fn agent_colours(agents: &[String]) -> Vec<Colour> {
    let mut taken: Vec<Colour> = Vec::new();
    for agent in agents {
        let own = own_colour(agent).filter(|c| !taken.contains(c));
        let next = own.or_else(|| SERIES.into_iter().find(|c| !taken.contains(c)));
        taken.push(next.unwrap_or(LINE_STRONG));
    }
    taken
}

/// Names of scenarios for people (control 5.5).
pub fn scenario_label(scenario: &str) -> &str {
    match scenario {
        "default" => "Default",
        "scenario_a" => "GenAI Crisis",
        "scenario_b" => "Thermal Squeeze",
        "scenario_c" => "Battery Drain",
        other => other,
    }
}

/// A metric in words, with its unit.
pub(in crate::evaluate) fn metric_label(metric: &str) -> &str {
    match metric {
        "mean_reward" => "Mean step reward",
        "total_reward" => "Total reward",
        "tracking_rmse" => "Tracking RMSE, kW",
        "thermal_viol_rate" => "Thermal violations, share",
        "throughput_ratio" => "Throughput, ratio",
        "survival_rate" => "Survival, share",
        "bess_degradation" => "Battery wear, 1/10⁴",
        "hard_violation_rate" => "Hard violations, share",
        "shield_intervention_rate" => "Shield interventions, share",
        "constraint_margin" => "Constraint margin",
        "worst_case_margin" => "Worst-case margin",
        "computational_overhead_ms" => "Shield time per step, ms",
        "bid_acceptance_rate" => "Bids accepted, share",
        "total_reg_revenue" => "Regulation revenue, $",
        "mean_perf_score" => "Performance score",
        other => other,
    }
}

/// Red over yellow to green (control 5.5), at a place from 0 to 1.
pub(in crate::evaluate) fn red_yellow_green(place: f64) -> Colour {
    const STOPS: [(u8, u8, u8); 11] = [
        (165, 0, 38),
        (215, 48, 39),
        (244, 109, 67),
        (253, 174, 97),
        (254, 224, 139),
        (255, 255, 191),
        (217, 239, 139),
        (166, 217, 106),
        (102, 189, 99),
        (26, 152, 80),
        (0, 104, 55),
    ];
    let along = place.clamp(0.0, 1.0) * 10.0;
    let at = |k: usize| STOPS.get(k.min(10)).copied().unwrap_or_default();
    let (a, b, t) = (at(along as usize), at(along as usize + 1), along.fract());
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
    Colour(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Black or white, whichever is easier to read on a ground.
pub(in crate::evaluate) fn ink_on(ground: Colour) -> Colour {
    let light = 0.299 * f64::from(ground.0) + 0.587 * f64::from(ground.1) + 0.114 * f64::from(ground.2);
    if light > 130.0 { TEXT } else { SURFACE }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_ground_is_that_of_the_light_theme() {
        let tokens = include_str!("../../../assets/tokens.yaml");
        let light = tokens.split("\n  light:").nth(1).unwrap().split("\n  operator:").next().unwrap();
        for (name, Colour(r, g, b)) in [
            ("surface", SURFACE),
            ("sunken", SUNKEN),
            ("line", LINE),
            ("line_strong", LINE_STRONG),
            ("text", TEXT),
            ("text2", TEXT2),
            ("text3", TEXT3),
        ] {
            let line = format!("    {name}: \"#{r:02X}{g:02X}{b:02X}\"");
            assert!(light.contains(&line), "{line}");
        }
        let series = SERIES.map(|Colour(r, g, b)| format!("\"#{r:02X}{g:02X}{b:02X}\"")).join(", ");
        assert!(light.contains(&series), "{series}");
    }

    #[test]
    fn agents_have_the_references_colours_and_no_two_are_alike() {
        assert_eq!(own_colour("simplex_ppo"), Some(hex(0x2CA02C)));
        assert_eq!(own_colour("ppo_lagrangian"), Some(hex(0xFF7F0E)));
        assert_eq!(own_colour("ppo"), Some(hex(0x7F7F7F)));
        assert_eq!(own_colour("rule_macro+pid"), Some(hex(0xF7B6D2)));
        let agents = ["pid", "rule_macro+pid", "mpc_fast", "milp"].map(str::to_owned);
        let colours = agent_colours(&agents);
        let different: std::collections::BTreeSet<_> = colours.iter().map(|c| (c.0, c.1, c.2)).collect();
        assert_eq!(different.len(), 4);
    }

    #[test]
    fn the_scale_runs_from_red_over_yellow_to_green() {
        assert_eq!(red_yellow_green(0.0), Colour(165, 0, 38));
        assert_eq!(red_yellow_green(0.5), Colour(255, 255, 191));
        assert_eq!(red_yellow_green(1.0), Colour(0, 104, 55));
        assert_eq!(ink_on(red_yellow_green(0.5)), TEXT);
        assert_eq!(ink_on(red_yellow_green(1.0)), SURFACE);
    }
}
