//! A layout as a file that can be shared: tiles, and the charts of a person among them with kinds and signals.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::panel::{Node, NodeDoc, PanelState, TileId};
use crate::app::settings::ChartDoc;
use crate::config::{Document, Error, Result, yaml_string};
use crate::evaluate::charts::ChartKind;
use crate::evaluate::film::write_whole;
use crate::plant::PlantSpec;
use crate::rollout::Schema;

/// Version of the file's form.
const VERSION: u32 = 1;

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutFile {
    /// Version of the form.
    pub c2g_layout: u32,
    /// Name of the layout.
    pub name: String,
    /// The plant that it was made for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plant: String,
    /// What stands beside what.
    pub tiles: NodeDoc,
    /// Charts of a person among the tiles (`custom:N`), by number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub charts: BTreeMap<String, ChartDoc>,
}

impl LayoutFile {
    /// What stands in the window now; `None` while nothing does.
    pub fn of(panel: &PanelState, spec: &PlantSpec) -> Option<Self> {
        let node = panel.tiling.standing()?;
        let charts = ChartDoc::of(&panel.custom.of_tiles(&node.tiles()));
        let name = panel.tiling.name().to_owned();
        Some(Self { c2g_layout: VERSION, name, plant: spec.name.clone(), tiles: NodeDoc::of(&node), charts })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read or understood, a newer form, a kind of chart that does not exist, a layout without
    /// tiles: each with line, column and cure.
    pub fn read(path: &Path) -> Result<Self> {
        let mut document = Document::new();
        document.layer_file(path)?;
        let file: Self = document.fill("")?;
        if file.c2g_layout != VERSION {
            let what = format!("this layout has form {}, this program knows {VERSION}", file.c2g_layout);
            return Err(Error::invalid(document.place("c2g_layout"), what, "Open it with the program that wrote it."));
        }
        for (number, chart) in &file.charts {
            let at = |end: &str| document.place(&format!("charts.{number}{end}"));
            if number.parse::<u32>().is_err() {
                let what = format!("`{number}` is no number of a chart");
                return Err(Error::invalid(at(""), what, "Number charts 1, 2, 3 … as the tiles do (custom:1)."));
            }
            if !chart.kind.is_empty() && ChartKind::find(&chart.kind).is_none() {
                let all = ChartKind::ALL.map(ChartKind::name);
                return Err(Error::unknown(at(".kind"), "kind of chart", &chart.kind, all));
            }
        }
        if file.tiles.to_node().is_none() {
            let cure = "Name tiles below `tabs` or `bare`, as `site`, `one_line`, `timeline`, `chart:thermal`.";
            return Err(Error::invalid(document.place("tiles"), "there is no tile that this program knows", cure));
        }
        Ok(file)
    }

    /// Writes a file; it appears whole or not at all.
    ///
    /// # Errors
    /// A place that cannot be written, a full disk.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = format!(
            "# A layout of C2G Twin. Open it in the menu Tiles, or with --layout-file.\n{}",
            yaml_string(self)?
        );
        write_whole(path, text.as_bytes())
    }

    /// Puts the tiles as the file says, under its name among the person's own layouts, and tells what this plant does
    /// not have. Charts that are open under the same numbers stay; those of the file get numbers that are free.
    pub fn apply(&self, panel: &mut PanelState, spec: &PlantSpec, schema: &Schema) -> Vec<String> {
        let mut notes = Vec::new();
        let mut charts = ChartDoc::read(&self.charts);
        let mut moved: BTreeMap<u32, u32> = BTreeMap::new();
        for (number, (kind, signals)) in &charts {
            let own = panel.custom.charts.get(number);
            let same = own.is_none_or(|own| own.is_empty() || own == signals && panel.custom.kind(*number) == *kind);
            if !same {
                let taken = |n: &u32| {
                    panel.custom.charts.contains_key(n) || charts.contains_key(n) || moved.values().any(|m| m == n)
                };
                let free = (1..).find(|n| !taken(n)).unwrap_or(u32::MAX);
                moved.insert(*number, free);
            }
        }
        charts = charts.into_iter().map(|(n, chart)| (moved.get(&n).copied().unwrap_or(n), chart)).collect();
        let Some(node) = self.tiles.to_node().map(|node| renumbered(node, &moved)) else { return notes };
        let known = TileId::all(spec);
        let absent: Vec<String> = self
            .tiles
            .names()
            .into_iter()
            .filter(|name| match TileId::find(name) {
                Some(TileId::Custom(_)) => false,
                Some(tile) => !known.contains(&tile),
                None => true,
            })
            .collect();
        if !absent.is_empty() {
            notes.push(format!("{} has no tile {}; its place says so", spec.title, absent.join(", ")));
        }
        let signals: std::collections::BTreeSet<&str> = charts
            .values()
            .flat_map(|(_, signals)| signals)
            .map(String::as_str)
            .filter(|name| schema.find(name).is_none())
            .collect();
        if !signals.is_empty() {
            let list = signals.into_iter().collect::<Vec<_>>().join(", ");
            notes.push(format!("{} has no signal {list}; the charts keep the names", spec.title));
        }
        panel.custom.restore(&charts);
        let name = panel.tiling.adopt(&self.name, node);
        panel.custom.kept.insert(name, charts);
        notes
    }
}

/// The same layout with other numbers of charts.
fn renumbered(node: Node, moved: &BTreeMap<u32, u32>) -> Node {
    let tile = |tile: TileId| match tile {
        TileId::Custom(n) => TileId::Custom(moved.get(&n).copied().unwrap_or(n)),
        other => other,
    };
    let parts = |parts: Vec<(f32, Node)>| parts.into_iter().map(|(s, part)| (s, renumbered(part, moved))).collect();
    match node {
        Node::Across(list) => Node::Across(parts(list)),
        Node::Down(list) => Node::Down(parts(list)),
        Node::Tabs(list, open) => Node::Tabs(list.into_iter().map(tile).collect(), open),
        Node::Bare(one) => Node::Bare(tile(one)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rollout::{Setup, World};

    fn plant() -> (std::sync::Arc<PlantSpec>, std::sync::Arc<Schema>) {
        let rollout = World::default().build(&Setup::default_day().unwrap()).unwrap();
        (std::sync::Arc::clone(rollout.spec()), std::sync::Arc::clone(rollout.schema()))
    }

    fn panel() -> PanelState {
        let mut panel = PanelState::default();
        panel.custom.charts.insert(1, vec!["t_zone_a_degc".to_owned(), "p_facility_mw".to_owned()]);
        panel.custom.set_kind(1, ChartKind::Xy);
        let node = Node::Down(vec![
            (3.0, Node::tabs([TileId::Custom(1), TileId::Chart("thermal".to_owned())])),
            (1.0, Node::Bare(TileId::Timeline)),
        ]);
        panel.tiling.adopt("Mine", node);
        panel
    }

    #[test]
    fn a_layout_goes_through_a_file_with_its_charts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.yaml");
        let (spec, schema) = plant();
        let file = LayoutFile::of(&panel(), &spec).unwrap();
        file.write(&path).unwrap();
        let read = LayoutFile::read(&path).unwrap();
        assert_eq!(read, file);
        let mut other = PanelState::default();
        assert!(read.apply(&mut other, &spec, &schema).is_empty());
        assert_eq!(LayoutFile::of(&other, &spec).unwrap(), file);
        assert_eq!(other.custom.kind(1), ChartKind::Xy);
    }

    #[test]
    fn charts_that_are_open_are_not_lost() {
        let (spec, schema) = plant();
        let file = LayoutFile::of(&panel(), &spec).unwrap();
        let mut other = PanelState::default();
        other.custom.charts.insert(1, vec!["soc_frac".to_owned()]);
        file.apply(&mut other, &spec, &schema);
        assert_eq!(other.custom.charts[&1], ["soc_frac"]);
        assert_eq!(other.custom.charts[&2], ["t_zone_a_degc", "p_facility_mw"]);
        assert!(other.tiling.standing().unwrap().tiles().contains(&&TileId::Custom(2)));
    }

    #[test]
    fn what_another_plant_lacks_is_told_and_kept() {
        let (spec, schema) = plant();
        let mut file = LayoutFile::of(&panel(), &spec).unwrap();
        file.charts.get_mut("1").unwrap().signals.push("level_of_the_moon".to_owned());
        file.tiles.down.as_mut().unwrap()[0].tabs.as_mut().unwrap().push("plant:moon".to_owned());
        let mut other = PanelState::default();
        let notes = file.apply(&mut other, &spec, &schema).join("; ");
        assert!(notes.contains("plant:moon") && notes.contains("level_of_the_moon"), "{notes}");
        assert_eq!(LayoutFile::of(&other, &spec).unwrap(), file, "nothing is lost");
    }

    #[test]
    fn a_bad_file_is_refused_with_its_place_and_a_cure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.yaml");
        let told = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let error = LayoutFile::read(&path).unwrap_err();
            (error.to_string(), error.cure())
        };
        let good = "c2g_layout: 1\nname: A\ntiles: {bare: site}\n";
        std::fs::write(&path, good).unwrap();
        LayoutFile::read(&path).unwrap();
        let (what, cure) =
            told("c2g_layout: 1\nname: A\ntiles: {bare: site}\ncharts:\n  1: {kind: pie, signals: []}\n");
        assert!(what.contains("bad.yaml:5") && what.contains("pie") && cure.contains("histogram"), "{what} {cure}");
        let (what, cure) = told("c2g_layout: 1\nname: A\ntiles: {bare: nothing}\n");
        assert!(what.contains("bad.yaml:3") && cure.contains("one_line"), "{what} {cure}");
        assert!(told("c2g_layout: 9\nname: A\ntiles: {bare: site}\n").0.contains("bad.yaml:1"));
        assert!(told("c2g_layout: 1\nname: A\ntilse: {bare: site}\n").0.contains("bad.yaml:3"));
        assert!(told("c2g_layout: 1\nname: [A\n").0.contains("bad.yaml:"));
        assert!(LayoutFile::read(&folder.path().join("none.yaml")).is_err());
    }
}
