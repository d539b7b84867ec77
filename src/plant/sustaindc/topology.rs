//! How power and heat flow: grid and battery feed hall, chiller and tower; heat goes from the hall to the air.

use crate::signal::{Balance, Carrier, Edge, Node, NodeKind, Term, Topology};

use super::TICK_H;
use super::signals::{Col, Ent};
use super::sizing::Sizing;

/// Nodes, flows and balances. What the hall is sized for (sustaindc 4.4) is what its machines are rated at.
pub(super) fn topology(sizing: &Sizing) -> Topology {
    let kw = |w: f64| w / 1000.0;
    let sized = "from sizing (sustaindc 4.4)";
    let node = |entity: Ent, label: &str, kind, carrier| Node::new(entity as usize, label, kind, carrier);
    // Chiller and tower stand twice: as loads of the bus, and as stages of the heat.
    let nodes = vec![
        node(Ent::Grid, "Grid", NodeKind::Source, Carrier::Grid),
        node(Ent::Site, "Site bus", NodeKind::Bus, Carrier::Grid),
        node(Ent::Hall, "IT hall", NodeKind::Load, Carrier::It).rated(
            Col::PIt as usize,
            kw(sizing.it_max_w),
            format!("The largest draw of its racks over all set points and utilisations, {sized}."),
        ),
        node(Ent::Chiller, "Compressor", NodeKind::Load, Carrier::Cooling).rated(
            Col::PCompressor as usize,
            kw(sizing.chiller_max_w),
            format!("What it draws at the largest IT load and {:.0}\u{A0}°C outside, {sized}.", sizing.ambient_degc),
        ),
        node(Ent::Tower, "Tower fan", NodeKind::Load, Carrier::Cooling).rated(
            Col::PTower as usize,
            kw(sizing.rating.load_w),
            format!("The fan law's reference power: the tower's rated load, {sized}."),
        ),
        node(Ent::Battery, "Battery", NodeKind::Storage, Carrier::Battery),
        node(Ent::Crac, "CRAC", NodeKind::Converter, Carrier::Cooling),
        node(Ent::Chiller, "Chiller", NodeKind::Converter, Carrier::Cooling).rated(
            Col::QCrac as usize,
            kw(sizing.rating.load_w),
            format!("The heat that it is sized for, {sized}; what it can take falls with the weather (4.3)."),
        ),
        node(Ent::Tower, "Cooling tower", NodeKind::Load, Carrier::Cooling)
            .rated_by("No rating of its own for heat: sizing counts the chiller's load alone (sustaindc 4.4)."),
    ];
    let edge = |from, to, flow: Col| Edge::new(from, to, flow as usize);
    let edges = vec![
        edge(0, 1, Col::PGrid),
        edge(1, 2, Col::PIt),
        edge(1, 3, Col::PCompressor),
        edge(1, 4, Col::PTower),
        edge(5, 1, Col::PBattery),
        // Heat: from the hall through the cooling unit and the chiller to the tower.
        edge(2, 6, Col::PIt),
        edge(6, 7, Col::QCrac),
        edge(7, 8, Col::QTower),
    ];
    Topology { nodes, edges, balances: balances() }
}

fn balances() -> Vec<Balance> {
    let v = |k: f64, c: Col| Term::Value(k, c as usize);
    let d = |k: f64, c: Col| Term::Change(k, c as usize);
    let balance = Balance::new;
    vec![
        balance(
            "bus",
            "Grid + battery = IT + compressor + tower",
            "kW",
            1e-8,
            vec![
                v(1.0, Col::PGrid),
                v(1.0, Col::PBattery),
                v(-1.0, Col::PIt),
                v(-1.0, Col::PCompressor),
                v(-1.0, Col::PTower),
            ],
        ),
        balance(
            "hall",
            "IT = processors + server fans",
            "kW",
            1e-8,
            vec![v(1.0, Col::PIt), v(-1.0, Col::PCpu), v(-1.0, Col::PItFan)],
        ),
        balance(
            "hvac",
            "HVAC = compressor + tower",
            "kW",
            1e-8,
            vec![v(1.0, Col::PHvac), v(-1.0, Col::PCompressor), v(-1.0, Col::PTower)],
        ),
        balance(
            "heat",
            "Heat to the tower = heat of the hall + compressor",
            "kW",
            1e-8,
            vec![v(1.0, Col::QTower), v(-1.0, Col::QCrac), v(-1.0, Col::PCompressor)],
        ),
        // The source rounds the charge to 10⁻⁸ MWh on every tick.
        balance(
            "battery",
            "Charge falls by what is discharged",
            "MWh",
            1.1e-8,
            vec![d(1.0, Col::Stored), v(TICK_H / 1000.0, Col::PBattery)],
        ),
        balance(
            "queue",
            "Queue grows by what is put off and falls by what runs",
            "tasks",
            1e-9,
            vec![
                d(1.0, Col::TasksInQueue),
                v(-1.0, Col::TasksDeferred),
                v(1.0, Col::TasksProcessed),
                v(1.0, Col::TasksForced),
            ],
        ),
        balance(
            "work",
            "What runs = what came − what waits + what waited",
            "tasks",
            1e-9,
            vec![
                v(100.0, Col::Utilisation),
                v(-1.0, Col::TasksFixed),
                v(-1.0, Col::TasksShiftable),
                v(1.0, Col::TasksDeferred),
                v(-1.0, Col::TasksProcessed),
                v(-1.0, Col::TasksForced),
            ],
        ),
        balance(
            "reward_ls",
            "Reward of load shifting = sum of its terms",
            "",
            1e-9,
            vec![
                v(1.0, Col::RewardLs),
                v(-1.0, Col::RLsCarbon),
                v(-1.0, Col::RLsOverdue),
                v(-1.0, Col::RLsAge),
                v(-1.0, Col::RLsOther),
                v(-1.0, Col::RLsOthers),
            ],
        ),
    ]
}
