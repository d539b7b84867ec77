//! Which figures an episode gives and what their columns are called (control 5.1): the source's first and in its order,
//! everything else behind them.

use crate::evaluate::agents::{Agent, Kind, macro_and_hardware};
use crate::evaluate::regulation::ScoreDefinition;
use crate::evaluate::settlement::SettlementRule;
use crate::plant::{Part, PlantSpec, TileSpec};
use crate::signal::SignalId;

/// Figures of a hardware agent in the source's order.
const HARDWARE: [&str; 12] = [
    "mean_reward",
    "total_reward",
    "tracking_rmse",
    "thermal_viol_rate",
    "throughput_ratio",
    "bess_degradation",
    "episode_length",
    SURVIVED,
    "cumul_p_pump_mw",
    "cumul_p_hvac_mw",
    "cumul_flex_reduction_kw",
    "cumul_bess_actual_kw",
];

/// Figures of a macro agent in the source's order.
const MACRO: [&str; 21] = [
    "mean_reward",
    "total_reward",
    "bid_acceptance_rate",
    "total_reg_revenue",
    "total_elec_cost",
    "mean_perf_score",
    "mean_committed_mw",
    "tracking_rmse",
    "temp_A_max",
    "temp_B_max",
    "episode_length",
    SURVIVED,
    "mean_flex_kw",
    "mean_bess_kw",
    "mean_cool_delta_kw",
    "mean_p_pump_mw",
    "mean_p_hvac_mw",
    "mean_inner_throttle",
    "mean_inner_pump",
    "mean_inner_hvac",
    "mean_inner_bess",
];

/// Figures of a plant without a hierarchy that stand first: what a policy costs at a place.
const JOINT: [&str; 6] = ["co2_kg", "energy_kwh", "pue", "water_l", "tasks_dropped", "tasks_overdue"];

/// The figure that becomes `survival_rate` in a summary.
pub const SURVIVED: &str = "survived";

/// Prefix of the hardware figures in the row of a combo.
pub const INNER: &str = "inner_";

/// A part of the score of how well regulation was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScorePart {
    /// Mean of the three over the hours of the episode.
    Hours,
    /// Mean of the three over the market intervals.
    Intervals,
    /// Worst hour.
    WorstHour,
    /// Mean correlation over the hours.
    Correlation,
    /// Mean delay score over the hours.
    Delay,
    /// Mean precision over the hours.
    Precision,
}

/// A part of what a market would pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditPart {
    /// For standing ready, $.
    Capability,
    /// For the way that was followed, $.
    Performance,
    /// Hours that earned nothing.
    Forfeited,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A metric of the plant.
    Metric(usize),
    /// The score of the regulation.
    Score(ScorePart),
    /// The payment by the two-part rule.
    Credit(CreditPart),
    /// Decisions in which a controller gave no usable number.
    Fallbacks,
}

/// A figure with its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Name of the column.
    pub column: String,
    /// Where it comes from.
    pub from: Origin,
}

/// The figures of one kind of agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Those of the source, in its order; [`SURVIVED`] among them.
    pub base: Vec<Figure>,
    /// All others.
    pub extra: Vec<Figure>,
}

impl Figures {
    /// The figures of an agent on a plant.
    pub fn of(agent: &Agent, spec: &PlantSpec) -> Self {
        match (agent.kind, macro_and_hardware(spec)) {
            (Kind::Hardware, Some((_, hardware))) => hardware_figures(spec, hardware),
            (Kind::Macro, Some((bidding, _))) => macro_figures(spec, bidding),
            (Kind::Combo, Some((bidding, hardware))) => combo_figures(spec, bidding, hardware),
            _ => joint_figures(spec),
        }
    }

    /// All figures, the source's first.
    pub fn all(&self) -> impl Iterator<Item = &Figure> {
        self.base.iter().chain(&self.extra)
    }
}

/// Columns of a kind of agent as results of episodes are read, each with the metric of the plant that it shows; `None`
/// where it is no metric but worked out at the end of an episode.
pub fn columns(kind: Kind, spec: &PlantSpec) -> Vec<(String, Option<usize>)> {
    let figures = match (kind, macro_and_hardware(spec)) {
        (Kind::Hardware, Some((_, hardware))) => hardware_figures(spec, hardware),
        (Kind::Macro, Some((bidding, _))) => macro_figures(spec, bidding),
        (Kind::Combo, Some((bidding, hardware))) => combo_figures(spec, bidding, hardware),
        _ => joint_figures(spec),
    };
    let column = |figure: &Figure| {
        let metric = match figure.from {
            Origin::Metric(k) => Some(k),
            _ => None,
        };
        (figure.column.replace(SURVIVED, "survival_rate"), metric)
    };
    figures.all().map(column).collect()
}

fn combo_figures(spec: &PlantSpec, bidding: usize, hardware: usize) -> Figures {
    let mut figures = macro_figures(spec, bidding);
    let inner = hardware_figures(spec, hardware);
    let named = |list: Vec<Figure>| {
        list.into_iter().map(|f| Figure { column: format!("{INNER}{}", f.column), ..f }).collect::<Vec<_>>()
    };
    figures.base.extend(named(inner.base));
    figures.extra.extend(named(inner.extra));
    figures
}

/// The figures of a slot: `listed` first, then the slot's other metrics.
fn slot_figures(spec: &PlantSpec, slot: usize, listed: &[&str]) -> Figures {
    let find = |name: &str| spec.metrics.iter().position(|m| m.slot == slot && m.name == name);
    let figure = |k: usize, name: &str| Figure { column: name.to_owned(), from: Origin::Metric(k) };
    let base = listed.iter().filter_map(|name| find(name).map(|k| figure(k, name))).collect();
    let own = spec.metrics.iter().enumerate().filter(|(_, m)| m.slot == slot && !listed.contains(&m.name.as_str()));
    Figures { base, extra: own.map(|(k, m)| figure(k, &m.name)).collect() }
}

fn hardware_figures(spec: &PlantSpec, slot: usize) -> Figures {
    let mut figures = slot_figures(spec, slot, &HARDWARE);
    figures.extra.extend(score_figures(spec));
    figures.extra.push(Figure { column: "fallbacks".to_owned(), from: Origin::Fallbacks });
    figures
}

fn macro_figures(spec: &PlantSpec, slot: usize) -> Figures {
    let mut figures = slot_figures(spec, slot, &MACRO);
    if Market::of(spec).is_some() {
        let rule = SettlementRule::default().name();
        let parts = [
            ("capability_usd", CreditPart::Capability),
            ("performance_usd", CreditPart::Performance),
            ("forfeited_hours", CreditPart::Forfeited),
        ];
        figures
            .extra
            .extend(parts.map(|(name, part)| Figure { column: format!("{rule}_{name}"), from: Origin::Credit(part) }));
    }
    figures.extra.extend(score_figures(spec));
    figures.extra.push(Figure { column: "fallbacks".to_owned(), from: Origin::Fallbacks });
    figures
}

/// Columns of the score, named by its definition.
fn score_figures(spec: &PlantSpec) -> Vec<Figure> {
    let definition = ScoreDefinition::default();
    if Regulation::of(spec).is_none() {
        return Vec::new();
    }
    let parts = [
        ("hour", ScorePart::Hours),
        ("interval", ScorePart::Intervals),
        ("worst_hour", ScorePart::WorstHour),
        ("correlation", ScorePart::Correlation),
        ("delay", ScorePart::Delay),
        ("precision", ScorePart::Precision),
    ];
    parts
        .map(|(name, part)| Figure { column: format!("{}_{name}", definition.name()), from: Origin::Score(part) })
        .to_vec()
}

/// Metrics of all slots; a name that more than one slot uses gets its slot's before it.
fn joint_figures(spec: &PlantSpec) -> Figures {
    let shared = |name: &str| spec.metrics.iter().filter(|m| m.name == name).count() > 1;
    let column = |k: usize| -> Option<Figure> {
        let metric = spec.metrics.get(k)?;
        let slot = spec.slots.get(metric.slot).map_or("", |s| s.name.as_str());
        let own = if shared(&metric.name) { format!("{slot}_{}", metric.name) } else { metric.name.clone() };
        Some(Figure { column: own, from: Origin::Metric(k) })
    };
    let first = JOINT.iter().filter_map(|name| spec.metrics.iter().position(|m| m.name == *name));
    let first: Vec<usize> = first.collect();
    let rest = (0..spec.metrics.len()).filter(|k| !first.contains(k));
    let mut figures =
        Figures { base: first.iter().copied().chain(rest).filter_map(column).collect(), extra: Vec::new() };
    figures.extra.push(Figure { column: "fallbacks".to_owned(), from: Origin::Fallbacks });
    figures
}

/// The request of a regulation and the response to it, where a plant's tiles name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regulation {
    /// What was asked for.
    pub request: SignalId,
    /// What was given.
    pub response: SignalId,
}

impl Regulation {
    /// The pair of a plant on whose ticks the score can be made.
    pub fn of(spec: &PlantSpec) -> Option<Self> {
        ScoreDefinition::default().timing(spec.calendar.tick_s)?;
        spec.tiles.iter().find_map(in_tile)
    }
}

fn in_tile(tile: &TileSpec) -> Option<Regulation> {
    let mut waiting: Vec<&Part> = tile.rows.iter().map(|r| &r.part).collect();
    while let Some(part) = waiting.pop() {
        match part {
            Part::Score { request, response } => return Some(Regulation { request: *request, response: *response }),
            Part::Columns(columns) => waiting.extend(columns.iter().flat_map(|c| &c.rows).map(|r| &r.part)),
            _ => {}
        }
    }
    None
}

/// The signals that a payment is made from, where a plant has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// The regulation signal, −1 to 1.
    pub signal: SignalId,
    /// Commitment, MW.
    pub committed_mw: SignalId,
    /// Posted price, $/MW·h.
    pub price_usd: SignalId,
}

impl Market {
    /// The market of a plant.
    pub fn of(spec: &PlantSpec) -> Option<Self> {
        Regulation::of(spec)?;
        Some(Self {
            signal: spec.signal("regd")?,
            committed_mw: spec.signal("p_committed_mw")?,
            price_usd: spec.signal("rate_usd_mwh")?,
        })
    }
}
