//! What the drawing knows of every node and flow at this moment, in numbers and in words.

use crate::session::RunView;
use crate::signal::{Alarm, Carrier, EntityId, Kind, NodeKind, Signal, SignalId, Term, format_number};

use super::super::device;
use super::super::words::{self, SPACE, number_of, signed};
use super::tree::{Branch, Tree, Wire};

/// A number ready to print.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Quantity {
    /// The number; NaN for none.
    pub value: f64,
    /// As printed, without unit; `–` for none.
    pub text: String,
    /// The widest text that its signal can become, so that nothing moves while it changes.
    pub widest: String,
    /// Unit.
    pub unit: String,
}

impl Quantity {
    /// A signal's value in its own decimals, or fewer.
    fn of(view: &RunView, column: SignalId, most_decimals: usize) -> Option<Self> {
        let signal = view.spec.signals.get(column)?;
        let value = value(view, column);
        let signal = Signal { decimals: signal.decimals.min(most_decimals), ..signal.clone() };
        let text = number_of(&signal, value);
        let widest = [signal.range.0, signal.range.1].map(|v| number_of(&signal, v));
        let widest = widest.into_iter().chain([text.clone()]).max_by_key(|t| t.chars().count()).unwrap_or_default();
        Some(Self { value, text, widest, unit: signal.unit })
    }

    /// A number of its own in a signal's unit.
    fn fixed(view: &RunView, column: SignalId, value: f64) -> Option<Self> {
        let unit = view.spec.signals.get(column)?.unit.clone();
        let text = format_number(value, words::decimals_of(value));
        Some(Self { value, widest: text.clone(), text, unit })
    }

    /// A share as percent.
    fn percent(value: f64, decimals: usize) -> Self {
        let text = format_number(value * 100.0, decimals);
        Self { value, text, widest: format_number(99.9, decimals), unit: "%".to_owned() }
    }

    /// Number and unit.
    pub fn words(&self) -> String {
        if self.unit.is_empty() { self.text.clone() } else { format!("{}{SPACE}{}", self.text, self.unit) }
    }
}

/// A flow.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FlowFacts {
    /// The signal that tells it.
    pub signal: SignalId,
    /// In its own sign and decimals.
    pub exact: Quantity,
    /// In its own sign, rounded for a label on the drawing.
    pub brief: Quantity,
    /// Reactive part, where one is told.
    pub reactive: Option<Quantity>,
    /// Largest flow allowed.
    pub limit: Option<f64>,
    /// Unit of the limit where it is not the flow's.
    pub limit_unit: Option<String>,
    /// Whether the balance that the drawing prints counts it.
    pub counted: bool,
}

impl FlowFacts {
    /// What the limit counts: apparent power where it says so and the reactive part is known, else the flow.
    pub fn burden(&self) -> f64 {
        let apparent = self.burden_unit().ends_with("VA");
        let reactive = self.reactive.as_ref().filter(|_| apparent).map_or(0.0, |q| q.value);
        self.exact.value.hypot(reactive)
    }

    /// Unit of [`FlowFacts::burden`].
    pub fn burden_unit(&self) -> &str {
        self.limit_unit.as_deref().unwrap_or(&self.exact.unit)
    }

    /// Whether it is above what is allowed.
    pub fn is_beyond(&self) -> bool {
        self.limit.is_some_and(|limit| self.burden() > limit)
    }
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NodeFacts {
    /// Words on the drawing.
    pub label: String,
    /// What it does.
    pub kind: NodeKind,
    /// Form of energy.
    pub carrier: Carrier,
    /// The entity it stands for.
    pub entity: EntityId,
    /// What it is.
    pub class: String,
    /// What feeds it.
    pub feed: Option<Wire>,
    /// What leaves it downwards, where something does.
    pub out: Option<f64>,
    /// Device number of its protection.
    pub device: Option<String>,
    /// Device numbers of what trips on its quantities.
    pub trips: Vec<String>,
    /// Lost in it.
    pub loss: Option<Quantity>,
    /// Efficiency, percent.
    pub efficiency: Option<Quantity>,
    /// How full it is, percent.
    pub charge: Option<Quantity>,
    /// Share of what it may carry, percent.
    pub loading: Option<Quantity>,
    /// What it may carry, where that is no limit of the flow into it.
    pub rating: Option<Quantity>,
    /// Where the number of its rating comes from, or why it has none.
    pub rated_by: String,
    /// Voltage, per unit.
    pub voltage: Option<Quantity>,
    /// Frequency.
    pub frequency: Option<Quantity>,
    /// Whether it is a store that the printed balance leaves out.
    pub apart: bool,
    /// The worst of its signals against their limits.
    pub alarm: Alarm,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Facts {
    /// Nodes, as in the topology.
    pub nodes: Vec<NodeFacts>,
    /// Edges, as in the topology.
    pub flows: Vec<FlowFacts>,
    /// Unit of most flows; labels leave it away.
    pub unit: String,
    /// Largest flow that any signal can tell, in [`Facts::unit`].
    pub largest: f64,
}

/// A signal's value now. Before the first tick nothing has flowed: only states are known.
pub(in super::super) fn value(view: &RunView, column: SignalId) -> f64 {
    let is_state = view.spec.signals.get(column).is_some_and(|s| s.kind == Kind::State);
    if view.recording.is_empty() && !is_state { f64::NAN } else { view.value(column) }
}

impl Facts {
    /// Reads everything that the tables name.
    pub fn of(view: &RunView, tree: &Tree) -> Self {
        let topology = &view.spec.topology;
        let counted: Vec<SignalId> = topology.balances.first().map_or_else(Vec::new, |balance| {
            balance
                .terms
                .iter()
                .map(|term| match *term {
                    Term::Value(_, s) | Term::Change(_, s) => s,
                })
                .collect()
        });
        let flows: Vec<FlowFacts> = topology
            .edges
            .iter()
            .map(|edge| FlowFacts {
                signal: edge.flow,
                exact: Quantity::of(view, edge.flow, usize::MAX).unwrap_or_default(),
                brief: Quantity::of(view, edge.flow, 1).unwrap_or_default(),
                reactive: edge.reactive.and_then(|column| Quantity::of(view, column, 1)),
                limit: edge.limit.filter(|l| l.is_finite() && *l > 0.0),
                limit_unit: edge.limit_unit.clone(),
                counted: counted.contains(&edge.flow),
            })
            .collect();
        let unit = flows.first().map_or_else(String::new, |f| f.exact.unit.clone());
        let ranges = topology.edges.iter().filter_map(|e| view.spec.signals.get(e.flow)).map(|s| s.range);
        let largest = ranges.map(|(low, high)| low.abs().max(high.abs())).filter(|v| v.is_finite()).fold(0.0, f64::max);
        let mut facts = Self { nodes: Vec::with_capacity(topology.nodes.len()), flows, unit, largest };
        let (feeds, outs) = facts.feeds(tree, topology.nodes.len());
        let alarms = view.wrong();
        for (index, node) in topology.nodes.iter().enumerate() {
            let of = |want: &dyn Fn(&Signal) -> bool| own_signal(view, node.entity, want);
            let percent = |column: SignalId, decimals| percent_of(view, column, decimals);
            let feed = feeds.get(index).copied().flatten();
            let is_source = node.kind == NodeKind::Source;
            let is_store = node.kind == NodeKind::Storage;
            let loading = of(&|s| s.unit == "%" && s.name.contains("loading")).map(|c| percent(c, 0));
            let flow = feed.and_then(|wire| facts.flows.get(wire.edge));
            let rated = node.rating.filter(|r| r.most.is_finite() && r.most > 0.0);
            let of_rating = rated.map(|r| Quantity::percent(value(view, r.flow).abs() / r.most, 0));
            facts.nodes.push(NodeFacts {
                label: node.label.clone(),
                kind: node.kind,
                carrier: node.carrier,
                entity: node.entity,
                class: view.spec.entities.get(node.entity).map_or_else(String::new, |e| e.class.clone()),
                feed,
                out: outs.get(index).copied().flatten(),
                device: node.device.clone(),
                trips: trips(view, node.entity, is_source),
                loss: node.loss.and_then(|c| Quantity::of(view, c, usize::MAX)),
                efficiency: node.efficiency.map(|c| percent(c, 1)),
                charge: of(&|s| is_store && s.name.contains("soc") && (s.unit.is_empty() || s.unit == "%"))
                    .map(|c| percent(c, 0)),
                rating: rated.and_then(|r| Quantity::fixed(view, r.flow, r.most)),
                rated_by: node.rated_by.clone(),
                loading: loading.or(of_rating).or_else(|| {
                    let limit = flow?.limit?;
                    Some(Quantity::percent(flow?.burden() / limit, 0))
                }),
                voltage: of(&|s| is_source && s.unit == "pu").and_then(|c| Quantity::of(view, c, 3)),
                frequency: if is_source { frequency(view, node.entity) } else { None },
                apart: is_store && counted.len() > 1 && flow.is_some_and(|f| !f.counted),
                alarm: alarms.get(node.entity).copied().unwrap_or(Alarm::Normal),
            });
            if is_source && let Some(wire) = feed {
                let reactive = of(&|s| s.unit == "MVAr").and_then(|c| Quantity::of(view, c, 0));
                if let Some(flow) = facts.flows.get_mut(wire.edge) {
                    flow.reactive = flow.reactive.take().or(reactive);
                }
            }
            if let Some(node) = facts.nodes.last_mut()
                && flow_of(&facts.flows, feed).is_some_and(FlowFacts::is_beyond)
            {
                node.alarm = node.alarm.max(Alarm::Warn);
            }
        }
        facts
    }

    /// What feeds each node, and what leaves it downwards.
    fn feeds(&self, tree: &Tree, count: usize) -> (Vec<Option<Wire>>, Vec<Option<f64>>) {
        let mut feeds = vec![None; count];
        let mut outs: Vec<Option<f64>> = vec![None; count];
        let mut join = |above: Option<usize>, below: usize, wire: Option<Wire>| {
            if let (Some(above), Some(wire)) = (above, wire)
                && let Some(out) = outs.get_mut(above)
            {
                *out = Some(out.unwrap_or(0.0) + self.down(wire));
            }
            if let Some(feed) = feeds.get_mut(below) {
                *feed = wire;
            }
        };
        for pane in &tree.panes {
            let mut last = None;
            for head in &pane.heads {
                join(None, head.source, head.first());
                let mut above = head.source;
                for (wire, node) in &head.stages {
                    join(Some(above), *node, Some(*wire));
                    above = *node;
                }
                match pane.bus {
                    Some(bus) => join(Some(above), bus, head.into),
                    None => last = Some(above),
                }
            }
            let mut open: Vec<(Option<usize>, &Branch)> =
                pane.branches.iter().map(|branch| (pane.bus.or(last), branch)).collect();
            while let Some((above, branch)) = open.pop() {
                join(above, branch.node, branch.wire);
                open.extend(branch.children.iter().map(|child| (Some(branch.node), child)));
            }
        }
        (feeds, outs)
    }

    /// A flow, positive downwards.
    pub fn down(&self, wire: Wire) -> f64 {
        let value = self.flows.get(wire.edge).map_or(f64::NAN, |f| f.exact.value);
        if wire.down { value } else { -value }
    }

    /// Flows together, positive downwards.
    pub fn sum(&self, wires: &[Wire]) -> f64 {
        if wires.is_empty() { f64::NAN } else { wires.iter().map(|w| self.down(*w)).sum() }
    }

    /// A flow on the drawing: down is positive, except for stores, whose own sign is the one that people know.
    pub fn wire_text(&self, wire: Wire, store: bool) -> String {
        let Some(flow) = self.flows.get(wire.edge) else { return "–".to_owned() };
        let decimals = decimals(&flow.brief);
        let text = match (store, wire.down) {
            (true, _) => signed(flow.exact.value, decimals),
            (false, true) => format_number(flow.exact.value, decimals),
            (false, false) => format_number(-flow.exact.value, decimals),
        };
        if flow.exact.unit == self.unit { text } else { format!("{text}{SPACE}{}", flow.exact.unit) }
    }

    /// Flows together as on the drawing.
    pub fn sum_text(&self, wires: &[Wire]) -> String {
        let decimals = wires.iter().filter_map(|w| self.flows.get(w.edge)).map(|f| decimals(&f.brief)).max();
        format_number(self.sum(wires), decimals.unwrap_or(1))
    }
}

/// Digits after the decimal point that a quantity is printed with.
pub(super) fn decimals(quantity: &Quantity) -> usize {
    quantity.widest.rsplit_once('.').map_or(0, |(_, digits)| digits.len())
}

/// The flow that feeds a node.
pub(super) fn flow_of(flows: &[FlowFacts], feed: Option<Wire>) -> Option<&FlowFacts> {
    feed.and_then(|wire| flows.get(wire.edge))
}

/// The first signal of an entity that fits.
fn own_signal(view: &RunView, entity: EntityId, want: impl Fn(&Signal) -> bool) -> Option<SignalId> {
    view.spec.signals.iter().position(|s| s.entity == entity && want(s))
}

/// A share or a percentage as percent.
fn percent_of(view: &RunView, column: SignalId, decimals: usize) -> Quantity {
    let in_percent = view.spec.signals.get(column).is_some_and(|s| s.unit == "%");
    Quantity::percent(value(view, column) / if in_percent { 100.0 } else { 1.0 }, decimals)
}

/// The frequency at a source: its own, or the grid's.
fn frequency(view: &RunView, entity: EntityId) -> Option<Quantity> {
    let own = own_signal(view, entity, |s| s.unit == "Hz");
    let grid = || view.spec.signals.iter().position(|s| s.unit == "Hz" && s.carrier == Carrier::Grid);
    own.or_else(grid).and_then(|c| Quantity::of(view, c, 3))
}

/// Numbers of the devices that trip on what is measured at a node: at a source the frequency, too.
fn trips(view: &RunView, entity: EntityId, is_source: bool) -> Vec<String> {
    let signals = &view.spec.signals;
    let own = signals.iter().position(|s| s.entity == entity && s.unit == "Hz");
    let grid = || signals.iter().position(|s| s.unit == "Hz" && s.limits.trip_high.is_some());
    let frequency = is_source.then(|| own.or_else(grid)).flatten();
    let measured = (0..signals.len()).filter(|id| signals.get(*id).is_some_and(|s| s.entity == entity));
    let mut all: Vec<String> = Vec::new();
    for device in measured.chain(frequency).filter_map(|id| device::of_signal(&view.spec, id)) {
        if all.iter().all(|known| known != device) {
            all.push(device.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn megawatts(value: f64, reactive: Option<f64>, limit_unit: Option<&str>) -> FlowFacts {
        let quantity = |value, unit: &str| Quantity { value, unit: unit.to_owned(), ..Quantity::default() };
        FlowFacts {
            exact: quantity(value, "MW"),
            reactive: reactive.map(|q| quantity(q, "MVAr")),
            limit: Some(4.5),
            limit_unit: limit_unit.map(str::to_owned),
            ..FlowFacts::default()
        }
    }

    #[test]
    fn a_limit_counts_what_its_unit_says() {
        let plain = megawatts(-4.0, Some(3.0), None);
        assert_eq!((plain.burden(), plain.burden_unit(), plain.is_beyond()), (4.0, "MW", false));
        let apparent = megawatts(-4.0, Some(3.0), Some("MVA"));
        assert_eq!((apparent.burden(), apparent.burden_unit(), apparent.is_beyond()), (5.0, "MVA", true));
        let unknown = megawatts(4.0, None, Some("MVA"));
        assert_eq!((unknown.burden(), unknown.is_beyond()), (4.0, false));
    }
}
