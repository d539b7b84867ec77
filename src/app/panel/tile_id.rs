//! Names of tiles, as layouts store them.

use std::fmt;

use crate::plant::PlantSpec;

/// A tile of the window.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileId {
    /// 3D picture of the site.
    Site,
    /// One-line of the power flow.
    OneLine,
    /// Levers.
    Levers,
    /// Pickers, parameters, seed.
    Control,
    /// What happened.
    Events,
    /// Tree of all signals.
    Signals,
    /// Gauges of the plant's most important signals and its rewards.
    Now,
    /// Transport, clocks and overview.
    Timeline,
    /// The faceplate of the selected thing.
    Faceplate,
    /// The running episode beside stored results, and benchmarks.
    Scoreboard,
    /// The runs of the session, shadows, verdicts.
    Runs,
    /// Values at two instants, and statistics of what lies between.
    Cursors,
    /// A tick taken apart.
    Why,
    /// What a controller saw, with meanings.
    Observation,
    /// What one step of each lever would have changed.
    Steps,
    /// The bid of the interval and its settlement.
    Bid,
    /// What the site could give for the next quarter of an hour.
    Headroom,
    /// Questions about the run.
    Ask,
    /// Studies of the plant.
    Lab,
    /// What a policy did, and what came of it.
    Explain,
    /// A tile of the plant's own table, by name.
    Plant(String),
    /// A chart of the plant's table, by name.
    Chart(String),
    /// A chart that a person put together.
    Custom(u32),
}

/// Tiles that every plant has.
const FIXED: [(TileId, &str, &str); 20] = [
    (TileId::Site, "site", "Site"),
    (TileId::OneLine, "one_line", "One-line"),
    (TileId::Levers, "levers", "Levers"),
    (TileId::Control, "control", "Control"),
    (TileId::Events, "events", "Events"),
    (TileId::Signals, "signals", "Signals"),
    (TileId::Now, "now", "Now"),
    (TileId::Timeline, "timeline", "Timeline"),
    (TileId::Faceplate, "faceplate", "Faceplate"),
    (TileId::Scoreboard, "scoreboard", "Scoreboard"),
    (TileId::Runs, "runs", "Runs"),
    (TileId::Cursors, "cursors", "Cursors"),
    (TileId::Why, "why", "Why"),
    (TileId::Observation, "observation", "Observation"),
    (TileId::Steps, "steps", "One step more"),
    (TileId::Bid, "bid", "The bid of this interval"),
    (TileId::Headroom, "headroom", "Head-room"),
    (TileId::Ask, "ask", "Ask"),
    (TileId::Lab, "lab", "Lab"),
    (TileId::Explain, "explain", "Explain"),
];

impl TileId {
    /// All tiles that a plant can show, custom charts excepted.
    pub fn all(spec: &PlantSpec) -> Vec<Self> {
        let fixed = FIXED.iter().map(|(id, ..)| id.clone());
        let own = spec.tiles.iter().map(|t| Self::Plant(t.name.clone()));
        let charts = spec.charts.iter().map(|c| Self::Chart(c.name.clone()));
        fixed.chain(own).chain(charts).collect()
    }

    /// The tile of a stored name.
    pub fn find(name: &str) -> Option<Self> {
        if let Some((id, ..)) = FIXED.iter().find(|(_, n, _)| *n == name) {
            return Some(id.clone());
        }
        match name.split_once(':')? {
            ("plant", name) => Some(Self::Plant(name.to_owned())),
            ("chart", name) => Some(Self::Chart(name.to_owned())),
            ("custom", number) => number.parse().ok().map(Self::Custom),
            _ => None,
        }
    }

    /// Title in its header.
    pub fn title(&self, spec: &PlantSpec) -> String {
        match self {
            Self::Plant(name) => spec.tiles.iter().find(|t| t.name == *name).map_or(name.clone(), |t| t.title.clone()),
            Self::Chart(name) => spec.charts.iter().find(|c| c.name == *name).map_or(name.clone(), |c| c.title.clone()),
            Self::Custom(number) => format!("Chart {number}"),
            _ => FIXED.iter().find(|(id, ..)| id == self).map_or(String::new(), |(_, _, title)| (*title).to_owned()),
        }
    }
}

impl fmt::Display for TileId {
    /// The name that layouts store.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plant(name) => write!(f, "plant:{name}"),
            Self::Chart(name) => write!(f, "chart:{name}"),
            Self::Custom(number) => write!(f, "custom:{number}"),
            _ => f.write_str(FIXED.iter().find(|(id, ..)| id == self).map_or("", |(_, name, _)| name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_the_same_tile() {
        let mut all: Vec<TileId> = FIXED.iter().map(|(id, ..)| id.clone()).collect();
        all.extend([TileId::Plant("thermal".into()), TileId::Chart("power".into()), TileId::Custom(3)]);
        for id in all {
            assert_eq!(TileId::find(&id.to_string()), Some(id));
        }
        assert_eq!(TileId::find("nothing"), None);
        assert_eq!(TileId::find("custom:x"), None);
    }
}
