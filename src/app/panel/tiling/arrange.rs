//! The layouts that come with the window, made for its size and the plant's tables.
//!
//! Shares are points, so that side columns keep their width while the centre takes what is left over. What gives way
//! first as the window shrinks: neighbours become tabs, then the right column joins the centre, then the bottom row.

use egui::Vec2;

use crate::app::panel::TileId;
use crate::app::stage;
use crate::plant::{Home, PlantSpec};

use super::layout::Node;

/// From this size on, columns show two tiles instead of tabs.
pub const WIDE: Vec2 = Vec2::new(1_500.0, 800.0);

/// From this size on, there is room for a second right column.
const HUGE: Vec2 = Vec2::new(3_000.0, 1_500.0);

/// Below this width the right column joins the centre.
const NARROW: f32 = 940.0;

/// Below this height the bottom row is one tile of tabs.
const LOW: f32 = 620.0;

/// Below this height there is no bottom row: its tiles join the centre.
const FLAT: f32 = 470.0;

/// A layout that comes with the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BuiltIn {
    /// Levers, site, flows and what the plant puts forward.
    #[default]
    Live,
    /// The one-line large, with the faceplate of what is selected.
    Flows,
    /// All charts and the tree of signals.
    Charts,
    /// Runs beside each other: verdicts, cursors, all charts.
    Compare,
    /// Every tile, by subject.
    Everything,
    /// One tick taken apart.
    Why,
}

impl BuiltIn {
    /// All of them, in the order of their keys.
    pub const ALL: [Self; 6] = [Self::Live, Self::Flows, Self::Charts, Self::Everything, Self::Compare, Self::Why];

    /// Name, as menus and settings write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Flows => "Flows",
            Self::Charts => "Charts",
            Self::Compare => "Compare",
            Self::Everything => "Everything",
            Self::Why => "Why",
        }
    }

    /// The layout of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }

    /// The layout for an area of so many points.
    pub fn node(self, area: Vec2, spec: &PlantSpec) -> Node {
        let wide = area.x >= WIDE.x && area.y >= WIDE.y;
        let timeline = match (self, wide) {
            // Room for a line of every run.
            (Self::Compare, _) if area.y > LOW => 136.0,
            (_, true) => 104.0,
            (_, false) => 80.0,
        };
        let upper = (area.y - timeline - GAP).max(1.0);
        let body = match self {
            Self::Live => live(Vec2::new(area.x, upper), wide, spec),
            Self::Flows => flows(Vec2::new(area.x, upper), spec),
            Self::Charts => charts(Vec2::new(area.x, upper), spec),
            Self::Compare => compare(Vec2::new(area.x, upper), spec),
            Self::Everything => everything(Vec2::new(area.x, upper), spec),
            Self::Why => why(Vec2::new(area.x, upper), spec),
        };
        Node::Down(vec![(upper, body), (timeline, Node::Bare(TileId::Timeline))])
    }
}

/// Room between tiles, points.
const GAP: f32 = 8.0;

/// What a plant's tables offer, by where it belongs.
struct Offer {
    /// What the middle shows.
    centre: Vec<TileId>,
    /// The power flow, where there is one.
    flow: Option<TileId>,
    /// Tiles of the right column.
    side: Vec<TileId>,
    /// Tiles of the bottom row.
    bottom: Vec<TileId>,
}

impl Offer {
    fn of(spec: &PlantSpec) -> Self {
        let at = |home: Home| -> Vec<TileId> {
            spec.tiles.iter().filter(|t| t.home == home).map(|t| TileId::Plant(t.name.clone())).collect()
        };
        let charts = || spec.charts.iter().map(|c| TileId::Chart(c.name.clone()));
        let scene = stage::has_scene(&spec.name);
        let flow = (!spec.topology.nodes.is_empty()).then_some(TileId::OneLine);
        let (mut side, mut bottom) = (at(Home::Side), at(Home::Bottom));
        if side.is_empty() {
            side.push(TileId::Now);
        }
        let mut centre = Vec::new();
        if scene {
            centre.push(TileId::Site);
        } else {
            centre.extend(charts());
        }
        if centre.is_empty() {
            centre.extend(flow.clone());
        }
        if scene && bottom.is_empty() {
            bottom.extend(charts());
        }
        Self { centre, flow, side, bottom }
    }

    /// Flow and side tiles together, for one tile of tabs.
    fn right(&self) -> Vec<TileId> {
        let flow = self.flow.iter().filter(|f| !self.centre.contains(f));
        flow.chain(&self.side).cloned().collect()
    }

    /// The centre: one tile, or charts one below the other where there is height.
    fn middle(&self, height: f32) -> Node {
        let many = self.centre.len() > 1 && height / self.centre.len() as f32 >= 110.0;
        if many { stacked(self.centre.iter().cloned()) } else { Node::tabs(self.centre.iter().cloned()) }
    }
}

fn stacked(tiles: impl IntoIterator<Item = TileId>) -> Node {
    Node::Down(tiles.into_iter().map(|tile| (1.0, Node::tile(tile))).collect())
}

fn live(area: Vec2, wide: bool, spec: &PlantSpec) -> Node {
    let offer = Offer::of(spec);
    if area.x >= HUGE.x && area.y >= HUGE.y {
        return huge(area, &offer);
    }
    let left = if wide { 0.175 * area.x } else { 256.0_f32.min(0.4 * area.x) }.min(480.0);
    let flat = area.y < FLAT;
    let bottom_height = match (wide, offer.bottom.is_empty() || flat) {
        (_, true) => 0.0,
        (true, _) => 0.33 * area.y,
        (false, _) => (0.36 * area.y).clamp(150.0, 232.0),
    };
    let upper = area.y - if bottom_height > 0.0 { bottom_height + GAP } else { 0.0 };
    let mut columns = vec![(left, left_column(wide))];
    if area.x < NARROW {
        let mut tabs = offer.centre.clone();
        tabs.extend(offer.right());
        if flat {
            tabs.extend(offer.bottom.iter().cloned());
        }
        columns.push((area.x - left - GAP, Node::tabs(tabs)));
    } else {
        let right = if wide { 0.23 * area.x } else { (0.294 * area.x).min(376.0) }.min(480.0);
        columns.push((area.x - left - right - 2.0 * GAP, offer.middle(upper)));
        let mut tabs = offer.right();
        if flat {
            tabs.extend(offer.bottom.iter().cloned());
        }
        let column = match &offer.flow {
            Some(flow) if wide => {
                let rest: Vec<TileId> = tabs.iter().filter(|t| *t != flow).cloned().collect();
                Node::Down(vec![(0.56, Node::tile(flow.clone())), (0.44, Node::tabs(rest))])
            }
            _ => Node::tabs(tabs),
        };
        columns.push((right, column));
    }
    let body = Node::Across(columns);
    if bottom_height == 0.0 {
        return body;
    }
    let low = area.y < LOW || area.x < NARROW;
    Node::Down(vec![(upper, body), (bottom_height, bottom_row(&offer.bottom, wide, low))])
}

fn left_column(wide: bool) -> Node {
    if wide {
        let below = Node::tabs([TileId::Control, TileId::Events, TileId::Signals]);
        Node::Down(vec![(0.64, Node::tile(TileId::Levers)), (0.36, below)])
    } else {
        Node::tabs([TileId::Levers, TileId::Control, TileId::Events])
    }
}

/// The bottom row: as many tiles side by side as there is room for, the others as tabs behind the last.
fn bottom_row(tiles: &[TileId], wide: bool, low: bool) -> Node {
    if low || tiles.len() < 2 {
        return Node::tabs(tiles.iter().cloned());
    }
    let shares: &[f32] = if wide { &[0.44, 0.26, 0.30] } else { &[0.59, 0.41] };
    let places = shares.len().min(tiles.len());
    let parts = shares.iter().take(places).enumerate().map(|(k, share)| {
        let own = if k + 1 == places { &tiles[k..] } else { &tiles[k..=k] };
        (*share, Node::tabs(own.iter().cloned()))
    });
    Node::Across(parts.collect())
}

fn huge(area: Vec2, offer: &Offer) -> Node {
    let (left, right) = (400.0, 560.0);
    let column = |tiles: &[TileId]| stacked(tiles.iter().cloned());
    let left_column = Node::Down(vec![
        (0.42, Node::tile(TileId::Levers)),
        (0.26, Node::tile(TileId::Control)),
        (0.32, Node::tabs([TileId::Events, TileId::Signals])),
    ]);
    let mut columns = vec![(left, left_column)];
    let right_tiles = offer.right();
    let half = right_tiles.len().div_ceil(2);
    let mut rights: Vec<(f32, Node)> = right_tiles.chunks(half.max(1)).map(|tiles| (right, column(tiles))).collect();
    let taken = left + GAP + rights.len() as f32 * (right + GAP);
    columns.push((area.x - taken, offer.middle(area.y)));
    columns.append(&mut rights);
    let body = Node::Across(columns);
    if offer.bottom.is_empty() {
        return body;
    }
    let mut bottom: Vec<(f32, Node)> = offer.bottom.iter().take(4).map(|t| (1.0, Node::tile(t.clone()))).collect();
    if let (Some((_, Node::Tabs(tabs, _))), true) = (bottom.last_mut(), offer.bottom.len() > 4) {
        tabs.extend(offer.bottom.iter().skip(4).cloned());
    }
    Node::Down(vec![(area.y - 480.0 - GAP, body), (480.0, Node::Across(bottom))])
}

fn flows(area: Vec2, spec: &PlantSpec) -> Node {
    let offer = Offer::of(spec);
    let main = offer.flow.clone().unwrap_or(TileId::Now);
    let mut tabs = vec![TileId::Faceplate];
    tabs.extend(offer.centre.iter().filter(|t| **t != main).cloned());
    tabs.push(TileId::Events);
    if area.x < NARROW {
        let mut all = vec![main];
        all.extend(tabs);
        return Node::tabs(all);
    }
    // A plant with neither flow nor tiles of its own has nothing to put below: what it has stands in the middle.
    let below: Vec<TileId> = offer.side.iter().filter(|t| **t != main).cloned().collect();
    let side = if below.is_empty() {
        Node::tabs(tabs)
    } else {
        Node::Down(vec![(0.5, Node::tabs(tabs)), (0.5, Node::tabs(below))])
    };
    // Below the flows what they were: as tabs, where the drawing keeps its height.
    let known = |tile: &TileId| offer.centre.contains(tile) || offer.side.contains(tile) || *tile == main;
    let past: Vec<TileId> =
        spec.charts.iter().map(|c| TileId::Chart(c.name.clone())).filter(|tile| !known(tile)).collect();
    let middle = if past.is_empty() || area.y < 560.0 {
        Node::tile(main)
    } else {
        Node::Down(vec![(0.68, Node::tile(main)), (0.32, Node::tabs(past))])
    };
    // Levers narrower than this lose their names.
    let left = (0.18 * area.x).clamp(240.0, 480.0);
    let rest = area.x - left - 2.0 * GAP;
    let levers = Node::tabs([TileId::Levers, TileId::Control]);
    Node::Across(vec![(left, levers), (0.61 * rest, middle), (0.39 * rest, side)])
}

fn charts(area: Vec2, spec: &PlantSpec) -> Node {
    let charts: Vec<TileId> = spec.charts.iter().map(|c| TileId::Chart(c.name.clone())).collect();
    let own = TileId::Custom(1);
    let mut all = charts.clone();
    all.push(own);
    let fits = area.y / all.len() as f32 >= 110.0;
    let middle = if fits { stacked(all) } else { Node::tabs(all) };
    let left = Node::tabs([TileId::Signals, TileId::Levers]);
    Node::Across(vec![(300.0_f32.min(0.4 * area.x), left), (area.x - 300.0_f32.min(0.4 * area.x) - GAP, middle)])
}

fn compare(area: Vec2, spec: &PlantSpec) -> Node {
    let charts: Vec<TileId> = spec.charts.iter().map(|c| TileId::Chart(c.name.clone())).collect();
    let fits = area.y / charts.len().max(1) as f32 >= 110.0;
    let wide = area.x >= NARROW;
    let left = (0.26 * area.x).clamp(300.0, 440.0);
    if charts.is_empty() || !wide {
        let all = [TileId::Runs, TileId::Cursors].into_iter().chain(charts).chain([TileId::Levers, TileId::Control]);
        return Node::tabs(all);
    }
    let lower = Node::tabs([TileId::Cursors, TileId::Levers, TileId::Control, TileId::Events]);
    let side = if area.y > FLAT {
        Node::Down(vec![(0.62, Node::tile(TileId::Runs)), (0.38, lower)])
    } else {
        Node::tabs([TileId::Runs, TileId::Cursors, TileId::Levers, TileId::Control])
    };
    let middle = if fits { stacked(charts) } else { Node::tabs(charts) };
    Node::Across(vec![(left, side), (area.x - left - GAP, middle)])
}

fn why(area: Vec2, spec: &PlantSpec) -> Node {
    let known = |name: &str| TileId::find(name).filter(|tile| TileId::all(spec).contains(tile));
    let (room, ask) = (known("headroom"), known("ask"));
    let sells = spec.telling.slots.iter().any(|slot| slot.deal.is_some());
    let bid = sells.then_some(TileId::Bid);
    let offer = Offer::of(spec);
    // What the plant puts forward first: around the tick.
    let chart = || spec.charts.first().map(|c| TileId::Chart(c.name.clone()));
    let around = offer.bottom.first().cloned().or_else(chart);
    let below: Vec<TileId> = bid.into_iter().chain(around).collect();
    let tiles = [TileId::Why, TileId::Observation, TileId::Steps];
    if area.x < NARROW {
        return Node::tabs(tiles.into_iter().chain(room).chain(below).chain(ask));
    }
    let low = area.y < LOW;
    let side = match room {
        Some(room) if !low => Node::Down(vec![(0.56, Node::tile(TileId::Steps)), (0.44, Node::tile(room))]),
        room => Node::tabs([TileId::Steps].into_iter().chain(room)),
    };
    let upper = vec![(0.42, Node::tile(TileId::Why)), (0.295, Node::tile(TileId::Observation)), (0.285, side)];
    if below.is_empty() && ask.is_none() {
        return Node::Across(upper);
    }
    let last = Node::tabs(ask.into_iter().chain([TileId::Events]));
    let lower: Vec<(f32, Node)> = match below.as_slice() {
        [] => vec![(1.0, last)],
        [only] => vec![(0.715, Node::tile(only.clone())), (0.285, last)],
        [bid, around, ..] => {
            vec![(0.36, Node::tile(bid.clone())), (0.355, Node::tile(around.clone())), (0.285, last)]
        }
    };
    let share = if low { 0.38 } else { 0.36 };
    Node::Down(vec![((1.0 - share) * area.y, Node::Across(upper)), (share * area.y, Node::Across(lower))])
}

/// Least size at which a tile beside or below another still tells what it is for, points.
const LEAST: Vec2 = Vec2::new(330.0, 215.0);

/// The same of levers, which are a list, and of the one-line, which is a drawing.
const LEAST_HIGH: f32 = 330.0;

/// Every tile, by subject: those of one subject stand in one place, below each other or as tabs where each of them would
/// be too small to be of use. The scene and the flows keep the middle.
fn everything(area: Vec2, spec: &PlantSpec) -> Node {
    let mut left: Vec<TileId> = TileId::all(spec).into_iter().filter(|t| *t != TileId::Timeline).collect();
    let mut take = |wanted: &[TileId]| -> Vec<TileId> {
        let found = wanted.iter().filter(|t| left.contains(t)).cloned().collect();
        left.retain(|t| !wanted.contains(t));
        found
    };
    let offer = Offer::of(spec);
    let drive = take(&[TileId::Levers, TileId::Control]);
    let flow = take(&[TileId::OneLine, TileId::Faceplate, TileId::Now]);
    let reasons = take(&[TileId::Why, TileId::Observation, TileId::Steps, TileId::Bid]);
    let given = take(&[TileId::Headroom, TileId::Ask]);
    let lists = take(&[TileId::Events, TileId::Signals]);
    let runs = take(&[TileId::Runs, TileId::Cursors, TileId::Scoreboard]);
    let centre = take(&offer.centre);
    let side = take(&offer.side);
    let bottom = take(&offer.bottom);
    // What a tile of the plant shows already comes last.
    let (doubled, single): (Vec<_>, Vec<_>) =
        spec.charts.iter().partition(|chart| spec.tiles.iter().any(|tile| tile.title == chart.title));
    let charts: Vec<TileId> = single.into_iter().chain(doubled).map(|c| TileId::Chart(c.name.clone())).collect();
    let charts = take(&charts);
    // What is of no subject stands behind the reasons.
    let reasons: Vec<TileId> = reasons.into_iter().chain(left).collect();
    let join = |groups: &[&[TileId]]| -> Vec<TileId> { groups.concat() };
    if area.x < NARROW || area.y < LOW {
        let upper = Node::tabs(join(&[&centre, &drive, &flow, &side]));
        let lower = Node::tabs(join(&[&bottom, &reasons, &given, &charts, &lists, &runs]));
        return if area.y < FLAT {
            Node::Across(vec![(1.0, upper), (1.0, lower)])
        } else {
            Node::Down(vec![(1.0, upper), (1.0, lower)])
        };
    }
    let wide = area.x >= WIDE.x;
    let height = |share: f32| Vec2::new(0.0, share * area.y);
    let upper = if wide { 0.54 } else { 0.6 };
    let cell = |share: f32, high: f32, groups: &[&[TileId]]| -> Option<(f32, Node)> {
        let tiles = join(groups);
        let size = Vec2::new(share * area.x, height(high).y);
        let large = tiles.iter().any(|tile| matches!(tile, TileId::Levers | TileId::OneLine));
        let least = if large { LEAST_HIGH } else { LEAST.y };
        (!tiles.is_empty()).then(|| (share, pane(size, tiles, least)))
    };
    // At the left who drives, above; what happened, below.
    let column = if wide { 0.17 } else { (256.0 / area.x).min(0.25) };
    let rest = 1.0 - column;
    let above: Vec<Option<(f32, Node)>> = if wide {
        vec![
            cell(column, upper, &[&drive]),
            cell(0.46 * rest, upper, &[&centre]),
            cell(0.28 * rest, upper, &[&flow]),
            cell(0.26 * rest, upper, &[&side]),
        ]
    } else {
        vec![
            cell(column, upper, &[&drive]),
            cell(0.6 * rest, upper, &[&centre]),
            cell(0.4 * rest, upper, &[&flow, &side]),
        ]
    };
    let low = 1.0 - upper;
    let below: Vec<Option<(f32, Node)>> = if wide {
        vec![
            cell(column, low, &[&lists]),
            cell(0.3 * rest, low, &[&bottom]),
            cell(0.24 * rest, low, &[&charts]),
            cell(0.26 * rest, low, &[&reasons]),
            cell(0.2 * rest, low, &[&given, &runs]),
        ]
    } else {
        vec![
            cell(0.38, low, &[&bottom, &charts]),
            cell(0.36, low, &[&reasons]),
            cell(0.26, low, &[&given, &lists, &runs]),
        ]
    };
    let rows = [(upper, above), (low, below)].into_iter().filter_map(|(share, cells)| {
        let cells: Vec<(f32, Node)> = cells.into_iter().flatten().collect();
        (!cells.is_empty()).then(|| (share, Node::Across(cells)))
    });
    Node::Down(rows.collect())
}

/// Tiles of one subject in a place: as many side by side or below each other as are of use there, the others as tabs
/// behind the last.
fn pane(size: Vec2, tiles: Vec<TileId>, least: f32) -> Node {
    let fits = |length: f32, least: f32| ((length / least).floor().max(1.0) as usize).min(tiles.len().max(1));
    let (beside, below) = (fits(size.x, 1.6 * LEAST.x), fits(size.y, least));
    let many = beside.max(below);
    if many < 2 {
        return Node::tabs(tiles);
    }
    let own = |k: usize| tiles.iter().skip(k).take(if k + 1 == many { tiles.len() } else { 1 }).cloned();
    let parts = (0..many).map(|k| (1.0, Node::tabs(own(k)))).collect();
    if below >= beside { Node::Down(parts) } else { Node::Across(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::{Chart, TileSpec};
    use std::collections::BTreeSet;

    fn spec(own: &[(&str, Home)]) -> PlantSpec {
        let tile =
            |(name, home): &(&str, Home)| TileSpec { name: (*name).to_owned(), home: *home, ..TileSpec::default() };
        let chart = |name: &str| Chart { name: name.to_owned(), title: name.to_owned(), series: vec![0] };
        PlantSpec {
            tiles: own.iter().map(tile).collect(),
            charts: vec![chart("a"), chart("b")],
            ..PlantSpec::default()
        }
    }

    #[test]
    fn every_layout_has_a_timeline_and_no_tile_twice_at_any_size() {
        let own = [("one", Home::Bottom), ("two", Home::Bottom), ("three", Home::Bottom), ("four", Home::Side)];
        for spec in [spec(&own), spec(&[])] {
            for layout in BuiltIn::ALL {
                for (x, y) in [(640.0, 360.0), (900.0, 560.0), (1280.0, 752.0), (1920.0, 1024.0), (3840.0, 2100.0)] {
                    let node = layout.node(Vec2::new(x, y), &spec);
                    let tiles = node.tiles();
                    let unique: BTreeSet<_> = tiles.iter().collect();
                    assert_eq!(unique.len(), tiles.len(), "{} at {x} × {y}: {tiles:?}", layout.name());
                    assert!(tiles.contains(&&TileId::Timeline), "{} at {x} × {y}", layout.name());
                }
            }
        }
    }

    #[test]
    fn the_live_layout_shows_levers_and_all_of_the_plants_tiles() {
        let own = [("one", Home::Bottom), ("two", Home::Side), ("three", Home::Bottom), ("shelf", Home::Shelf)];
        for (x, y) in [(640.0, 360.0), (1280.0, 752.0), (1920.0, 1024.0), (3840.0, 2100.0)] {
            let node = BuiltIn::Live.node(Vec2::new(x, y), &spec(&own));
            let tiles = node.tiles();
            assert!(tiles.contains(&&TileId::Levers) && tiles.contains(&&TileId::Control), "{x} × {y}");
            for name in ["one", "two", "three"] {
                let wanted = TileId::Plant(name.to_owned());
                // A low window has no bottom row and, without a scene, keeps its charts in the middle.
                assert!(tiles.contains(&&wanted), "{name} at {x} × {y}: {tiles:?}");
            }
            assert!(!tiles.contains(&&TileId::Plant("shelf".to_owned())));
        }
    }
}
