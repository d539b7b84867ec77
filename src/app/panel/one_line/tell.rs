//! The drawing in words: for screen readers, tooltips and faceplates.

use crate::signal::{Carrier, NodeKind, format_number};

use super::super::words::{self, SPACE};
use super::facts::{Facts, FlowFacts, NodeFacts, Quantity, decimals, flow_of};

impl Facts {
    /// Whether positive flows at a node mean that it gives.
    fn gives(&self, node: &NodeFacts) -> bool {
        node.feed.is_some_and(|wire| !wire.down)
    }

    /// What a store does now.
    pub fn store_verb(&self, node: &NodeFacts) -> &'static str {
        let down = node.feed.map_or(f64::NAN, |w| self.down(w));
        match down {
            v if v > 5e-4 => "charges",
            v if v < -5e-4 => "discharges",
            v if v.is_nan() => "no data",
            _ => "rests",
        }
    }

    /// What a node does now: `discharges 5.00 MW`.
    pub fn deed(&self, node: &NodeFacts) -> String {
        let (Some(flow), Some(wire)) = (flow_of(&self.flows, node.feed), node.feed) else { return String::new() };
        let down = self.down(wire);
        if down.is_nan() {
            return "no data".to_owned();
        }
        let verb = match node.kind {
            NodeKind::Storage => self.store_verb(node),
            NodeKind::Source if down < 0.0 => "exports",
            NodeKind::Source => "imports",
            NodeKind::Converter | NodeKind::Bus if down < 0.0 => "passes up",
            NodeKind::Converter | NodeKind::Bus => "passes on",
            NodeKind::Load => "draws",
        };
        let passed = node.out.filter(|_| matches!(node.kind, NodeKind::Converter)).unwrap_or(down);
        let number = format_number(passed.abs(), decimals(&flow.exact));
        if verb == "rests" { verb.to_owned() } else { format!("{verb} {number}{SPACE}{}", flow.exact.unit) }
    }

    /// A node in one sentence, for screen readers.
    pub fn sentence(&self, node: &NodeFacts) -> String {
        let mut parts: Vec<String> = Vec::new();
        let flow = flow_of(&self.flows, node.feed);
        let size = |f: &FlowFacts| {
            let text = f.exact.text.trim_start_matches(['+', '−']);
            if f.exact.unit.is_empty() { text.to_owned() } else { format!("{text}{SPACE}{}", f.exact.unit) }
        };
        if let (Some(flow), Some(wire)) = (flow, node.feed) {
            let down = self.down(wire);
            parts.push(match node.kind {
                NodeKind::Storage => match self.store_verb(node) {
                    "rests" => "rests".to_owned(),
                    "no data" => "no data".to_owned(),
                    verb => format!("{verb} {}", size(flow)),
                },
                NodeKind::Source if down < 0.0 => format!("{} exported", size(flow)),
                NodeKind::Source => format!("{} imported", size(flow)),
                NodeKind::Converter | NodeKind::Bus if down < 0.0 => format!("{} up", size(flow)),
                NodeKind::Converter | NodeKind::Bus => format!("{} in", size(flow)),
                NodeKind::Load => size(flow),
            });
        }
        let mut add = |quantity: &Option<Quantity>, words: &str| {
            if let Some(q) = quantity {
                parts.push(if words.is_empty() { q.words() } else { format!("{words} {}", q.words()) });
            }
        };
        add(&flow.filter(|_| node.kind == NodeKind::Source).and_then(|f| f.reactive.clone()), "");
        add(&node.loss, "loss");
        add(&node.efficiency, "efficiency");
        add(&node.charge, "state of charge");
        add(&node.voltage, "");
        add(&node.frequency, "");
        if node.apart {
            parts.push("metered apart".to_owned());
        }
        if parts.is_empty() { node.label.clone() } else { format!("{}: {}", node.label, parts.join(", ")) }
    }

    /// A node's numbers with their words, for its tooltip, and what each means.
    pub fn rows(&self, node: &NodeFacts) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut add = |words: &str, value: String| rows.push(Row::of(words, value, &node.rated_by));
        if let Some(flow) = flow_of(&self.flows, node.feed) {
            let words = match node.kind {
                NodeKind::Source => "Import",
                NodeKind::Converter | NodeKind::Bus => "In",
                NodeKind::Storage if self.gives(node) => "Discharge",
                NodeKind::Storage => "Charge",
                NodeKind::Load => "Power",
            };
            add(words, flow.exact.words());
            if let Some(out) = node.out.filter(|_| matches!(node.kind, NodeKind::Converter)) {
                let decimals = decimals(&flow.exact).max(2);
                add("Out", format!("{}{SPACE}{}", format_number(out, decimals), flow.exact.unit));
            }
            if let Some(q) = &flow.reactive {
                add("Reactive", q.words());
            }
            if let Some(loss) = &node.loss {
                add("Loss", loss.words());
            }
            if let Some(limit) = flow.limit {
                add(
                    "Limit",
                    format!("{}{SPACE}{}", format_number(limit, words::decimals_of(limit)), flow.burden_unit()),
                );
            }
        } else if let Some(loss) = &node.loss {
            add("Loss", loss.words());
        }
        if let Some(rating) = &node.rating {
            add("Rating", rating.words());
        }
        let told = [
            ("Efficiency", &node.efficiency),
            ("State of charge", &node.charge),
            ("Loading", &node.loading),
            ("Voltage", &node.voltage),
            ("Frequency", &node.frequency),
        ];
        for (words, quantity) in told {
            if let Some(q) = quantity {
                add(words, q.words());
            }
        }
        let devices: Vec<&str> =
            node.device.iter().map(String::as_str).chain(node.trips.iter().map(String::as_str)).collect();
        if !devices.is_empty() {
            add("Devices", devices.join(", "));
        }
        rows
    }

    /// What a family of nodes is called: by its class where all are of one, else by its form of energy.
    pub fn family(&self, nodes: &[usize], counted: bool) -> String {
        let of: Vec<&NodeFacts> = nodes.iter().filter_map(|n| self.nodes.get(*n)).collect();
        let Some(first) = of.first() else { return String::new() };
        let one_carrier = of.iter().all(|n| n.carrier == first.carrier);
        let one_class = !first.class.is_empty() && of.iter().all(|n| n.class == first.class);
        let labels: Vec<&str> = of.iter().map(|n| n.label.as_str()).collect();
        let name = match (one_class, one_carrier) {
            (true, _) => shared_words(&labels).unwrap_or_else(|| words::class(&first.class, &first.label)),
            (false, true) => carrier_words(first.carrier).to_owned(),
            (false, false) if of.iter().all(|n| n.kind == NodeKind::Load) => "Loads".to_owned(),
            (false, false) => "Branches".to_owned(),
        };
        // A form of energy is a whole; of a class of things there are so many.
        let whole = name == carrier_words(first.carrier) && !counted;
        if whole { name } else { format!("{name} ×{SPACE}{}", of.len()) }
    }
}

/// A number with its words and what it means.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in super::super) struct Row {
    /// What it is.
    pub words: String,
    /// Number and unit.
    pub value: String,
    /// Formula and source.
    pub doc: String,
}

impl Row {
    fn of(words: &str, value: String, rated_by: &str) -> Self {
        let doc = match words {
            "Import" => "Power from the grid into the site",
            "In" => "Power that flows in",
            "Out" => "Power that flows out: what flows in less the loss",
            "Power" => "Power that it draws",
            "Charge" | "Discharge" => "Power at its terminals",
            "Reactive" => "Reactive power that flows along",
            "Loss" => "What flows in less what flows out",
            "Efficiency" => "What flows out over what flows in",
            "State of charge" => "Energy that is stored over what fits",
            "Limit" | "Rating" => "The most that it may carry for good",
            "Loading" => "What flows over the rating",
            "Voltage" => "Voltage over its nominal value",
            "Frequency" => "Frequency of the grid",
            "Devices" => "Device numbers of its protection (IEEE C37.2)",
            _ => "",
        };
        let source = matches!(words, "Limit" | "Rating" | "Loading").then_some(rated_by).unwrap_or_default();
        let doc = if source.is_empty() { doc.to_owned() } else { format!("{doc}. {source}") };
        Self { words: words.to_owned(), value, doc }
    }
}

/// The words that all labels begin with: `UPS` of `UPS A` and `UPS B`.
fn shared_words(labels: &[&str]) -> Option<String> {
    let (first, rest) = labels.split_first()?;
    let shared = first
        .split_whitespace()
        .enumerate()
        .take_while(|(at, word)| rest.iter().all(|label| label.split_whitespace().nth(*at) == Some(*word)))
        .map(|(_, word)| word);
    let words = shared.collect::<Vec<_>>().join(" ");
    (!words.is_empty() && !rest.is_empty()).then_some(words)
}

/// A word for a form of energy.
pub(super) fn carrier_words(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Grid => "Grid",
        Carrier::It => "IT",
        Carrier::Cooling => "Cooling",
        Carrier::Battery => "Battery",
        Carrier::Market => "Market",
        Carrier::Aux => "Auxiliary",
    }
}
