//! The manual: pages with search, one for each tile and subject, and those that the plant's own tables make.
//!
//! Texts stand in `docs/manual/*.md` and are part of the program. Pages about a plant's tiles and signals are made from
//! its tables, so that a new plant has them without a line here.

mod markdown;
mod pictures;
mod studies;

use egui::{
    Align, Area, Key, Modifiers, Order, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::app::theme::{Face, corners};
use crate::plant::{Part, PlantSpec, Row};
use crate::signal::SignalId;

use super::glyph::Glyph;
use super::pen::Pen;
use super::widget::{self, Button, Look};
use super::{Cx, PanelState, TileId};

/// A page of the manual: the tiles that it is about, by the names that layouts store, and its text.
struct Page {
    tiles: &'static [&'static str],
    text: &'static str,
}

const fn page(tiles: &'static [&'static str], text: &'static str) -> Page {
    Page { tiles, text }
}

/// Pages that every plant has, in the order of the list.
const PAGES: [Page; 25] = [
    page(&[], include_str!("../../../docs/manual/first_steps.md")),
    page(&["site"], include_str!("../../../docs/manual/site.md")),
    page(&["one_line"], include_str!("../../../docs/manual/one_line.md")),
    page(&["levers"], include_str!("../../../docs/manual/levers.md")),
    page(&["control"], include_str!("../../../docs/manual/control.md")),
    page(&["events"], include_str!("../../../docs/manual/events.md")),
    page(&["signals"], include_str!("../../../docs/manual/signals.md")),
    page(&["now"], include_str!("../../../docs/manual/now.md")),
    page(&["timeline"], include_str!("../../../docs/manual/timeline.md")),
    page(&["faceplate"], include_str!("../../../docs/manual/faceplate.md")),
    page(&["scoreboard"], include_str!("../../../docs/manual/scoreboard.md")),
    page(&["runs"], include_str!("../../../docs/manual/runs.md")),
    page(&["cursors"], include_str!("../../../docs/manual/cursors.md")),
    page(&["chart", "custom"], include_str!("../../../docs/manual/charts.md")),
    page(&["why", "observation", "steps", "bid", "headroom"], include_str!("../../../docs/manual/why.md")),
    page(&["ask"], include_str!("../../../docs/manual/ask.md")),
    page(&[], include_str!("../../../docs/manual/scores.md")),
    page(&[], include_str!("../../../docs/manual/tours.md")),
    page(&[], include_str!("../../../docs/manual/play.md")),
    page(&[], include_str!("../../../docs/manual/logs.md")),
    page(&[], include_str!("../../../docs/manual/export.md")),
    page(&[], include_str!("../../../docs/manual/settings.md")),
    page(&[], include_str!("../../../docs/manual/keys.md")),
    page(&["lab"], include_str!("../../../docs/manual/lab.md")),
    page(&["explain"], include_str!("../../../docs/manual/explain.md")),
];

/// Width of the list.
const LIST: f32 = 220.0;

/// Height of a line of the list.
const LINE: f32 = 24.0;

/// Height of the header.
const HEADER: f32 = 42.0;

/// What the manual remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct ManualState {
    open: bool,
    fresh: bool,
    search: String,
    /// Title of the page that is open.
    page: String,
}

impl ManualState {
    /// Opens the manual at the page of a study, of the Lab where it has none.
    pub(super) fn open_study(&mut self, name: &str) {
        let own = studies::PAGES.iter().find(|(study, _)| *study == name).map(|(_, text)| title_of(text));
        let page = own.or_else(|| fixed_page(&TileId::Lab)).unwrap_or_default();
        *self = Self { open: true, page, ..Self::default() };
    }
}

/// A page with its title, as the list shows it.
struct Written {
    title: String,
    text: String,
}

/// Everything that can be read about a plant.
fn pages(spec: &PlantSpec) -> Vec<Written> {
    let written = |text: String| Written { title: title_of(&text), text };
    let studies = studies::PAGES.iter().map(|(_, text)| *text);
    let fixed = PAGES.iter().map(|page| page.text).chain(studies).map(|text| written(text.to_owned()));
    let tiles = spec.tiles.iter().map(|tile| written(tile_page(spec, tile)));
    fixed.chain(tiles).chain([written(signals_page(spec))]).collect()
}

fn title_of(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned()
}

/// A page about a tile of the plant: what it is for, and what the numbers on it mean.
fn tile_page(spec: &PlantSpec, tile: &crate::plant::TileSpec) -> String {
    let picture = pictures::of_plant(&spec.name, &tile.name);
    let picture = picture.map_or_else(String::new, |name| format!("![{}]({name})\n\n", tile.title));
    let mut text = format!(
        "# {}\n{}\n\n{picture}## What it shows\n| number | unit | meaning |\n|---|---|---|\n",
        tile.title, tile.doc
    );
    let mut listed = Vec::new();
    let mut rows = Vec::new();
    numbers(spec, &tile.rows, &mut rows);
    for (label, unit, doc) in rows {
        let row = format!("| {label} | {} | {doc} |\n", dash(&unit));
        if !listed.contains(&row) {
            text.push_str(&row);
            listed.push(row);
        }
    }
    text
}

/// The numbers on rows of a tile: name, unit, meaning.
fn numbers(spec: &PlantSpec, rows: &[Row], out: &mut Vec<(String, String, String)>) {
    for row in rows {
        let mut ids: Vec<SignalId> = Vec::new();
        match &row.part {
            Part::Columns(columns) => columns.iter().for_each(|column| numbers(spec, &column.rows, out)),
            Part::Lines(lines) => ids.extend(lines.series.iter().map(|series| series.signal)),
            Part::Strip { signal, .. } | Part::Level { signal, .. } | Part::Swing { signal, .. } => ids.push(*signal),
            Part::Stack { terms, sum, .. } => ids.extend(terms.iter().chain(sum)),
            Part::Terms { slot } => {
                let terms = spec.slots.get(*slot).map_or(&[][..], |slot| &slot.reward_terms);
                ids.extend(terms.iter().map(|term| term.signal));
            }
            Part::Intervals(of) => {
                ids.extend(of.steps.iter().chain(&of.bars).chain(&of.won));
                ids.extend(of.rows.iter().map(|row| row.signal));
            }
            Part::Gauges(signals) | Part::Ahead { signals } => ids.extend(signals),
            Part::Score { request, response } => ids.extend([*request, *response]),
            Part::Readouts { list, .. } => {
                out.extend(list.iter().map(|r| (r.label.clone(), r.unit.clone(), r.doc.clone())));
            }
            Part::Countdown { .. } | Part::Note(_) => {}
        }
        let signals = ids.into_iter().filter_map(|id| spec.signals.get(id));
        out.extend(signals.map(|s| (s.label.clone(), s.unit.clone(), s.doc.clone())));
    }
}

fn dash(unit: &str) -> &str {
    if unit.is_empty() { "–" } else { unit }
}

/// Every signal with its unit, range, limits and meaning.
fn signals_page(spec: &PlantSpec) -> String {
    let mut text =
        "# All signals\nName as logs and conditions use it, unit, range of gauges, limits, meaning.\n".to_owned();
    for (index, entity) in spec.entities.iter().enumerate() {
        let own: Vec<_> = spec.signals.iter().filter(|s| s.entity == index).collect();
        // Racks and chargers by the hundred repeat themselves.
        if own.is_empty() || index > 40 {
            continue;
        }
        text.push_str(&format!("\n## {}\n| name | unit | range | meaning |\n|---|---|---|---|\n", entity.label));
        for s in own {
            let limits = [
                ("warn <", s.limits.warn_low),
                ("warn >", s.limits.warn_high),
                ("trip <", s.limits.trip_low),
                ("trip >", s.limits.trip_high),
            ];
            let limits: Vec<String> = limits.iter().filter_map(|(w, v)| Some(format!("{w} {}", (*v)?))).collect();
            let limits = if limits.is_empty() { String::new() } else { format!(" Limits: {}.", limits.join(", ")) };
            let range = format!("{} to {}", s.format(s.range.0), s.format(s.range.1));
            text.push_str(&format!("| `{}` | {} | {range} | {}{limits} |\n", s.name, dash(&s.unit), s.doc));
        }
    }
    text
}

/// Shows the manual at the page of the tile that was touched last, or puts it away.
pub(super) fn toggle(state: &mut PanelState) {
    let open = !state.manual.open;
    let page = state
        .tiling
        .current()
        .and_then(|tile| fixed_page(&tile))
        .unwrap_or_else(|| PAGES.first().map_or_else(String::new, |page| title_of(page.text)));
    let known = !state.manual.page.is_empty() && state.tiling.current().is_none();
    let page = if known { state.manual.page.clone() } else { page };
    state.manual = ManualState { open, fresh: open, page, ..ManualState::default() };
}

/// Title of the page about a tile; of the plant's own tiles the title is the tile's.
fn fixed_page(tile: &TileId) -> Option<String> {
    let name = tile.to_string();
    let stem = name.split(':').next().unwrap_or_default();
    PAGES.iter().find(|page| page.tiles.contains(&stem)).map(|page| title_of(page.text))
}

/// Draws the manual over everything, if it is open.
pub(super) fn show(ui: &Ui, state: &mut PanelState, cx: &Cx<'_>) {
    let whole = ui.max_rect();
    if !state.manual.open || whole.width() < 240.0 || whole.height() < 200.0 {
        return;
    }
    let size = vec2((whole.width() - 48.0).min(1_060.0), (whole.height() - 64.0).min(820.0));
    let rect = Rect::from_center_size(whole.center(), size);
    let pages = pages(&cx.view.spec);
    // A plant's own tile is known by its title only once the plant is.
    if state.manual.fresh
        && let Some(TileId::Plant(name)) = state.tiling.current()
        && let Some(tile) = cx.view.spec.tiles.iter().find(|tile| tile.name == name)
    {
        state.manual.page.clone_from(&tile.title);
    }
    let area = Area::new(ui.id().with("manual")).order(Order::Foreground).fixed_pos(rect.min);
    let manual = &mut state.manual;
    let closed = area.show(ui.ctx(), |ui| draw(ui, rect, &pages, manual, cx)).inner;
    let escaped = ui.ctx().input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
    if closed || escaped {
        state.manual.open = false;
    }
}

fn draw(ui: &mut Ui, rect: Rect, pages: &[Written], manual: &mut ManualState, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let ground = ui.allocate_rect(rect, Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Manual"));
    let pen = Pen::new(ui, theme);
    pen.painter.rect(rect, corners(theme.tokens.radius.menu), theme.header, theme.outline(), egui::StrokeKind::Inside);
    pen.text(pos2(rect.left() + 18.0, rect.top() + 21.0), Align::Min, "Manual", Face::Title, theme.text);
    let cross = Rect::from_min_size(pos2(rect.right() - 38.0, rect.top() + 8.0), vec2(26.0, 26.0));
    let button = Button::sign(Glyph::Cross, "Close manual", "Closes the manual (F1)").look(Look::Quiet);
    let closed = button.show(ui, theme, cross, ui.id().with("close")).clicked();
    pen.hline(rect.left(), rect.right(), rect.top() + HEADER - 1.0, theme.hairline());
    let list = LIST.min(rect.width() * 0.34);
    let left =
        Rect::from_min_max(pos2(rect.left(), rect.top() + HEADER), pos2(rect.left() + list, rect.bottom() - 2.0));
    pen.vline(left.right(), left.top(), left.bottom(), theme.hairline());
    let field = Rect::from_min_size(left.min + vec2(12.0, 10.0), vec2(left.width() - 24.0, 26.0));
    let edit = ui.put(field, TextEdit::singleline(&mut manual.search).hint_text("Search"));
    ui.ctx().accesskit_node_builder(edit.id, |node| node.set_label("Search the manual"));
    if std::mem::take(&mut manual.fresh) {
        edit.request_focus();
    }
    let found = matching(pages, &manual.search);
    if edit.changed() && !manual.search.trim().is_empty() {
        // The best page opens while one types.
        if let Some((first, _)) = found.first().and_then(|(index, n)| Some((pages.get(*index)?, n))) {
            manual.page.clone_from(&first.title);
        }
    }
    let body = Rect::from_min_max(left.min + vec2(0.0, 44.0), left.max);
    super::inside(ui, body, "pages", |ui| {
        ScrollArea::vertical().auto_shrink(false).id_salt("manual list").show(ui, |ui| {
            for (index, count) in &found {
                let Some(page) = pages.get(*index) else { continue };
                if entry(ui, page, *count, manual.page == page.title, cx) {
                    manual.page.clone_from(&page.title);
                }
            }
            if found.is_empty() {
                ui.label(egui::RichText::new("   Nothing is found").color(*theme.text3));
            }
        });
    });
    let text = pages.iter().find(|page| page.title == manual.page).or(pages.first());
    let right = Rect::from_min_max(pos2(left.right() + 1.0, left.top()), pos2(rect.right() - 2.0, left.bottom()));
    if let Some(page) = text {
        super::inside(ui, right, "page", |ui| {
            ScrollArea::vertical().auto_shrink(false).id_salt(("manual page", &page.title)).show(ui, |ui| {
                markdown::show(ui, &page.text, manual.search.trim(), theme);
            });
        });
    }
    closed
}

/// A line of the list; true when it was clicked.
fn entry(ui: &mut Ui, page: &Written, count: usize, chosen: bool, cx: &Cx<'_>) -> bool {
    let theme = &cx.theme;
    let (_, place) = ui.allocate_space(vec2(ui.available_width(), LINE));
    ui.spacing_mut().item_spacing.y = 0.0;
    let response = ui.interact(place, ui.id().with(("page", &page.title)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, format!("Page {}", page.title)));
    let pen = Pen::new(ui, theme);
    let inner = place.shrink2(vec2(6.0, 1.0));
    if chosen || response.hovered() {
        let fill = if chosen { *theme.select_bg } else { *theme.hover };
        pen.painter.rect_filled(inner, corners(theme.tokens.radius.control), fill);
    }
    let at = pos2(inner.left() + 8.0, place.center().y);
    let room = inner.width() - if count > 0 { 44.0 } else { 14.0 };
    pen.text_within(at, Align::Min, room, &page.title, Face::Label, theme.text);
    if count > 0 {
        let words = count.to_string();
        pen.text(pos2(inner.right() - 8.0, place.center().y), Align::Max, &words, Face::NumberLabel, theme.text3);
    }
    widget::focus_ring(ui, theme, &response, inner);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// Pages that hold every word that was typed, with how often they do; those whose title does come first.
fn matching(pages: &[Written], typed: &str) -> Vec<(usize, usize)> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return (0..pages.len()).map(|index| (index, 0)).collect();
    }
    let mut found: Vec<(usize, usize, bool)> = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let (title, text) = (page.title.to_lowercase(), page.text.to_lowercase());
        let counts: Vec<usize> = words.iter().map(|word| text.matches(word.as_str()).count()).collect();
        if counts.iter().all(|count| *count > 0) {
            found.push((index, counts.iter().sum(), words.iter().all(|word| title.contains(word.as_str()))));
        }
    }
    found.sort_by_key(|(index, count, in_title)| (!in_title, std::cmp::Reverse(*count), *index));
    found.into_iter().map(|(index, count, _)| (index, count)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::rollout::{Setup, World};

    fn spec(plant: &str) -> std::sync::Arc<PlantSpec> {
        let setup = Setup { plant: plant.to_owned(), ..Setup::default() };
        std::sync::Arc::clone(World::default().build(&setup).unwrap().spec())
    }

    /// An arrow between words was an empty box: the face for words has none, that for numbers and keys has.
    #[test]
    fn every_sign_of_the_manual_can_be_written() {
        let ctx = egui::Context::default();
        let mut lacking = Vec::new();
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            for text in PAGES.iter().map(|page| page.text).chain(studies::PAGES.iter().map(|(_, text)| *text)) {
                // Keys and commands stand in the face for numbers, which has all that a keyboard has.
                for part in text.split('`').step_by(2) {
                    let font = egui::FontId::proportional(13.0);
                    let signs = part.chars().filter(|c| !c.is_control());
                    lacking.extend(signs.filter(|c| !ui.ctx().fonts_mut(|fonts| fonts.has_glyph(&font, *c))));
                }
            }
        });
        assert!(lacking.is_empty(), "{lacking:?}");
    }

    #[test]
    fn every_tile_has_a_page() {
        for plant in ["c2g", "sustaindc"] {
            let spec = spec(plant);
            let pages = pages(&spec);
            for tile in TileId::all(&spec) {
                let title = match &tile {
                    TileId::Plant(_) => Some(tile.title(&spec)),
                    other => fixed_page(other),
                };
                let title = title.unwrap_or_else(|| panic!("{tile} has no page"));
                assert!(pages.iter().any(|page| page.title == title && page.text.len() > 80), "{tile}: {title}");
            }
            let mut titles: Vec<&str> = pages.iter().map(|p| p.title.as_str()).collect();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), pages.len(), "two pages of one title");
        }
    }

    #[test]
    fn every_picture_that_a_page_names_is_there_and_the_page_of_every_tile_has_one() {
        let mut named = std::collections::BTreeSet::new();
        for plant in ["c2g", "sustaindc"] {
            let spec = spec(plant);
            let pages = pages(&spec);
            for page in &pages {
                for name in markdown::pictures_of(&page.text) {
                    assert!(pictures::bytes(name).is_some(), "{}: {name}", page.title);
                    named.insert(name.to_owned());
                }
            }
            for tile in TileId::all(&spec) {
                let title = if let TileId::Plant(_) = &tile { Some(tile.title(&spec)) } else { fixed_page(&tile) };
                let page = pages.iter().find(|page| Some(&page.title) == title.as_ref()).unwrap();
                assert!(!markdown::pictures_of(&page.text).is_empty(), "{tile}: its page has no picture");
            }
        }
        let idle: Vec<&str> =
            pictures::PICTURES.iter().map(|(name, _)| *name).filter(|name| !named.contains(*name)).collect();
        assert!(idle.is_empty(), "no page shows {idle:?}");
    }

    #[test]
    fn words_are_found_and_titles_come_first() {
        let pages = pages(&spec("c2g"));
        let first =
            |typed: &str| matching(&pages, typed).first().and_then(|(i, _)| pages.get(*i)).map(|p| p.title.clone());
        assert_eq!(first("levers").as_deref(), Some("Levers"));
        assert_eq!(first("p_facility_mw").as_deref(), Some("All signals"));
        assert_eq!(first("zebra"), None);
        assert_eq!(matching(&pages, " ").len(), pages.len());
    }

    #[test]
    fn the_constants_of_the_reward_page_are_those_of_the_plant() {
        let reward = include_str!("../../../configs/c2g/reward.yaml");
        let page = include_str!("../../../docs/manual/scores.md");
        for (key, value, words) in [
            ("throughput", 1.0, "1.0 × throttle"),
            ("tracking", 2.0, "−2.0 × error"),
            ("thermal", 5.0, "−5 per K"),
            ("soc_penalty", 0.5, "−0.5 while"),
        ] {
            let line = reward.lines().find(|line| line.trim_start().starts_with(&format!("{key}:")));
            let told = line.and_then(|l| l.split(':').nth(1)?.split('#').next()?.trim().parse::<f64>().ok());
            assert_eq!(told, Some(value), "{key}");
            assert!(page.contains(words), "{words}");
        }
    }
}
