//! How the site's power flows hang together, and what must close on every tick.

use crate::signal::{Balance, Carrier, Edge, Node, NodeKind, Term, Topology};

use super::params::Params;
use super::signals::{Col, Ent};

/// Nodes, flows and balances. `tick_s` turns battery power into energy.
pub(super) fn topology(limits: &Params, tick_s: f64) -> Topology {
    let node =
        |entity: Ent, label: &str, kind: NodeKind, carrier: Carrier, loss: Option<Col>, efficiency: Option<Col>| Node {
            loss: loss.map(|c| c as usize),
            efficiency: efficiency.map(|c| c as usize),
            ..Node::new(entity as usize, label, kind, carrier)
        };
    // What a zone's racks draw at full use, MW (core 3: N · P_max).
    let electrical = &limits.site.electrical;
    let zone_a = (electrical.zone_a.racks, limits.fidelity.rack_a_max_kw);
    let zone_b = (electrical.zone_b.racks, limits.fidelity.rack_b_max_kw);
    let ups = |node: Node, flow: Col, (racks, rack_kw): (f64, f64)| {
        let words = format!(
            "The capacity that its efficiency curve counts from (core 3.2): 1.1 × {racks:.0} racks × {rack_kw:.0}\u{A0}kW, \
             at its output."
        );
        node.rated(flow as usize, 1.1 * racks * rack_kw / 1000.0, words)
    };
    let pdu = |node: Node, flow: Col, (racks, rack_kw): (f64, f64)| {
        let words = format!(
            "The racks behind it at full use, {racks:.0} × {rack_kw:.0}\u{A0}kW (core 3): the plant gives its PDUs no \
             rating of their own."
        );
        node.rated(flow as usize, racks * rack_kw / 1000.0, words)
    };
    let pcc = format!("PCC {:.0} kV", limits.site.electrical.pcc.nominal_kv);
    let nodes = vec![
        Node { device: Some("52".to_owned()), ..node(Ent::Pcc, &pcc, NodeKind::Source, Carrier::Grid, None, None) },
        node(
            Ent::Transformer,
            "Transformer",
            NodeKind::Converter,
            Carrier::Grid,
            Some(Col::XfmrLoss),
            Some(Col::XfmrEta),
        )
        .rated_by("The transformer's rating in the site's configuration; apparent power counts (core 3)."),
        node(Ent::Site, "Site bus", NodeKind::Bus, Carrier::Grid, None, None),
        ups(
            node(Ent::UpsA, "UPS A", NodeKind::Converter, Carrier::It, Some(Col::UpsLossA), Some(Col::UpsEtaA)),
            Col::PPduInA,
            zone_a,
        ),
        pdu(
            node(Ent::PduA, "PDU A", NodeKind::Converter, Carrier::It, Some(Col::PduLossA), Some(Col::PduEtaA)),
            Col::PItA,
            zone_a,
        ),
        node(Ent::ZoneA, "Zone A IT", NodeKind::Load, Carrier::It, None, None),
        ups(
            node(Ent::UpsB, "UPS B", NodeKind::Converter, Carrier::It, Some(Col::UpsLossB), Some(Col::UpsEtaB)),
            Col::PPduInB,
            zone_b,
        ),
        pdu(
            node(Ent::PduB, "PDU B", NodeKind::Converter, Carrier::It, Some(Col::PduLossB), Some(Col::PduEtaB)),
            Col::PItB,
            zone_b,
        ),
        node(Ent::ZoneB, "Zone B IT", NodeKind::Load, Carrier::It, None, None),
        node(Ent::Cdu, "Chiller A", NodeKind::Load, Carrier::Cooling, None, None).rated_by(
            "No rating: the plant's chiller removes what the loop brings at its COP, without a limit (core 4).",
        ),
        node(Ent::Cdu, "Pump A", NodeKind::Load, Carrier::Cooling, None, None)
            .rated_by("What the pumps draw at full speed (core 4)."),
        node(Ent::Crah, "HVAC B", NodeKind::Load, Carrier::Cooling, None, None)
            .rated_by("What the air handling draws at full effort (core 4)."),
        node(Ent::Aux, "Auxiliary", NodeKind::Load, Carrier::Aux, None, None),
        node(Ent::Bess, "Battery", NodeKind::Storage, Carrier::Battery, Some(Col::PBessLoss), Some(Col::BessEta))
            .rated_by("The battery's power limit (core 5)."),
    ];
    let rating = limits.site.electrical.transformer.rating_mva;
    let power = limits.fidelity.bess_p_mw;
    let thermal = &limits.site.thermal;
    let (pumps, air) = (thermal.pump_max_mw, thermal.zone_b.hvac_max_mw);
    let edge = |from: usize, to: usize, flow: Col, reactive: Option<Col>, limit: Option<f64>| Edge {
        reactive: reactive.map(|c| c as usize),
        limit,
        ..Edge::new(from, to, flow as usize)
    };
    // A transformer is rated by what flows through it, working or not.
    let through_transformer = |from, to, flow| Edge {
        limit_unit: Some("MVA".to_owned()),
        ..edge(from, to, flow, Some(Col::Q), Some(rating))
    };
    // Losses carry no reactive power in the source (core 3.2), so that a branch carries what its load draws; the battery's
    // is not modelled.
    let (q_a, q_b) = (Some(Col::QItA), Some(Col::QItB));
    let edges = vec![
        through_transformer(0, 1, Col::PFacility),
        through_transformer(1, 2, Col::PXfmrOut),
        edge(2, 3, Col::PUpsInA, q_a, None),
        edge(3, 4, Col::PPduInA, q_a, None),
        edge(4, 5, Col::PItA, q_a, None),
        edge(2, 6, Col::PUpsInB, q_b, None),
        edge(6, 7, Col::PPduInB, q_b, None),
        edge(7, 8, Col::PItB, q_b, None),
        edge(2, 9, Col::PCoolA, Some(Col::QChillerA), None),
        edge(2, 10, Col::PPump, Some(Col::QPump), Some(pumps)),
        edge(2, 11, Col::PHvac, Some(Col::QHvac), Some(air)),
        edge(2, 12, Col::PAux, Some(Col::QAux), None),
        edge(13, 2, Col::PBess, None, Some(power)),
    ];
    Topology { nodes, edges, balances: balances(tick_s) }
}

/// What must close on every row. `tick_s` turns battery power into energy.
fn balances(tick_s: f64) -> Vec<Balance> {
    let v = |k: f64, c: Col| Term::Value(k, c as usize);
    let d = |k: f64, c: Col| Term::Change(k, c as usize);
    let balance = Balance::new;
    vec![
        balance(
            "facility",
            "Import = IT + cooling + auxiliary + losses",
            "MW",
            1e-9,
            vec![
                v(1.0, Col::PFacility),
                v(-1.0, Col::PItA),
                v(-1.0, Col::PItB),
                v(-1.0, Col::PCoolA),
                v(-1.0, Col::PPump),
                v(-1.0, Col::PHvac),
                v(-1.0, Col::PAux),
                v(-1.0, Col::PLoss),
            ],
        ),
        balance(
            "bus",
            "Site bus in = out",
            "MW",
            1e-9,
            vec![
                v(1.0, Col::PXfmrOut),
                v(-1.0, Col::PUpsInA),
                v(-1.0, Col::PUpsInB),
                v(-1.0, Col::PCoolA),
                v(-1.0, Col::PPump),
                v(-1.0, Col::PHvac),
                v(-1.0, Col::PAux),
            ],
        ),
        balance(
            "losses",
            "Losses = UPS + PDU + transformer",
            "MW",
            1e-9,
            vec![
                v(1.0, Col::PLoss),
                v(-1.0, Col::UpsLossA),
                v(-1.0, Col::UpsLossB),
                v(-1.0, Col::PduLossA),
                v(-1.0, Col::PduLossB),
                v(-1.0, Col::XfmrLoss),
            ],
        ),
        balance(
            "reactive",
            "Reactive power = racks + cooling + auxiliary; losses carry none",
            "MVAr",
            1e-9,
            vec![
                v(1.0, Col::Q),
                v(-1.0, Col::QItA),
                v(-1.0, Col::QItB),
                v(-1.0, Col::QChillerA),
                v(-1.0, Col::QPump),
                v(-1.0, Col::QHvac),
                v(-1.0, Col::QAux),
            ],
        ),
        balance(
            "battery",
            "Cell energy falls by terminal power and loss",
            "MWh",
            1e-9,
            vec![d(1.0, Col::BessEnergy), v(tick_s / 3600.0, Col::PBess), v(tick_s / 3600.0, Col::PBessLoss)],
        ),
        balance(
            "queue",
            "Backlog grows by arrivals and falls by service",
            "MW",
            1e-6,
            vec![d(1.0, Col::Backlog), v(-1.0, Col::PFlexArrived), v(1.0, Col::PFlexServed)],
        ),
        balance(
            "reward",
            "Reward = sum of its terms",
            "",
            1e-9,
            vec![
                v(1.0, Col::Reward),
                v(-1.0, Col::RThroughput),
                v(-1.0, Col::RTracking),
                v(-1.0, Col::RThermal),
                v(-1.0, Col::RSoc),
                v(-1.0, Col::RFreq),
                v(-1.0, Col::RVolt),
                v(-1.0, Col::RBacklog),
            ],
        ),
    ]
}
