//! Where everything stands: a drawing for any tree and any room, in which nothing overlaps.

use egui::{Align, Pos2, Rect};

use crate::app::theme::Face;
use crate::signal::Carrier;

use super::block::{BOX, Block, Builder, GAP, NOTE, Ruler, Shape};
use super::contour::{Span, pack};
use super::detail::Detail;
use super::facts::Facts;
use super::place::place;
use super::tree::{Pane, Tree, Wire};

/// Height of a source with its name.
pub(super) const SOURCE: f32 = 20.0;

/// Height of the breaker below it.
pub(super) const BREAKER: f32 = 19.0;

/// Height of a stage between source and bus.
pub(super) const STAGE: f32 = 26.0;

/// Thickness of the bus.
pub(super) const BUS: f32 = 5.0;

/// Least width of a source.
const LEAST_SOURCE: f32 = 84.0;

/// Most that a gap grows where there is room.
pub(super) const MOST_STRETCH: f32 = 96.0;

/// What a spot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A bar at the top.
    Source,
    /// The square that cuts the plant off.
    Breaker,
    /// A transformer.
    Rings,
    /// A thing in a box.
    Box,
    /// A bus bar.
    Bus,
    /// A store.
    Store,
    /// A load below its arrow.
    Tip,
    /// A box for the things listed below it, or folded into it.
    Family,
    /// A line of a list.
    Line,
}

/// Something with a place of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    /// What it is.
    pub role: Role,
    /// Its place.
    pub rect: Rect,
    /// Nodes that it alone stands for.
    pub nodes: Vec<usize>,
    /// Nodes that it tells of.
    pub members: Vec<usize>,
    /// Flows into it.
    pub wires: Vec<Wire>,
    /// Its words.
    pub label: String,
    /// Words behind them: an efficiency, a number of a list.
    pub second: String,
}

/// How strong a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Values.
    Strong,
    /// Names.
    Plain,
    /// Everything else.
    Faint,
}

/// A text beside a wire or below a box.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tag {
    /// Where it is held.
    pub at: Pos2,
    /// By which end.
    pub align: Align,
    /// What it says.
    pub text: String,
    /// In which face.
    pub face: Face,
    /// How strong.
    pub ink: Ink,
    /// What it covers.
    pub rect: Rect,
}

/// A vertical flow.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cable {
    /// Where.
    pub x: f32,
    /// From.
    pub top: f32,
    /// To.
    pub bottom: f32,
    /// The flows together.
    pub wires: Vec<Wire>,
    /// Form of energy.
    pub carrier: Carrier,
    /// Whether it goes both ways, and so is dashed.
    pub store: bool,
    /// Whether an arrow tells the direction even of usual flows.
    pub arrow: bool,
}

/// A horizontal line where flows part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fork {
    /// From.
    pub left: f32,
    /// To.
    pub right: f32,
    /// Height.
    pub y: f32,
    /// Form of energy.
    pub carrier: Carrier,
}

/// The line beside a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bracket {
    /// Where.
    pub x: f32,
    /// From.
    pub top: f32,
    /// A tooth at each line.
    pub teeth: Vec<f32>,
}

/// A whole drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawing {
    /// How much it tells.
    pub detail: Detail,
    /// Things.
    pub spots: Vec<Spot>,
    /// Texts.
    pub tags: Vec<Tag>,
    /// Flows.
    pub cables: Vec<Cable>,
    /// Where flows part.
    pub forks: Vec<Fork>,
    /// Beside lists.
    pub brackets: Vec<Bracket>,
}

/// Everything of a pane that is measured.
pub(super) struct Plan<'a> {
    /// Its tree.
    pub pane: &'a Pane,
    /// What hangs on its bus.
    pub blocks: Vec<Block>,
    /// Where their wires stand, the first one at 0.
    pub places: Vec<f32>,
    /// What they cover.
    pub span: Span,
    /// Height of the gap above each stage.
    pub gaps: Vec<f32>,
    /// Width that it needs.
    pub width: f32,
    /// Height below the bus that it needs.
    pub least: f32,
    /// Height below the bus that it likes.
    pub liked: f32,
}

/// Lays a tree out in an area.
pub(super) fn lay(tree: &Tree, facts: &Facts, area: Rect, ruler: Ruler<'_>) -> Drawing {
    let mut detail = Detail::FULL;
    let deep = tree.panes.iter().flat_map(|p| &p.branches).map(depth).max().unwrap_or(0);
    loop {
        let builder = Builder { facts, detail, ruler };
        let plans: Vec<Plan<'_>> = tree.panes.iter().map(|pane| plan(pane, &builder)).collect();
        let between = GAP * 2.0 * plans.len().saturating_sub(1) as f32;
        let width = plans.iter().map(|p| p.width).sum::<f32>() + between;
        let trunk = trunk_height(tree, detail);
        let height = trunk + plans.iter().map(|p| p.least).fold(0.0, f32::max);
        let too_wide = width > area.width() + 0.01;
        let too_tall = height > area.height() + 0.01;
        if (too_wide || too_tall) && detail.save(too_tall, deep) {
            continue;
        }
        return place(plans, &builder, area, trunk, too_wide || too_tall);
    }
}

fn depth(branch: &super::tree::Branch) -> usize {
    1 + branch.children.iter().map(depth).max().unwrap_or(0)
}

/// Height from the top to the lower edge of the bus.
fn trunk_height(tree: &Tree, detail: Detail) -> f32 {
    let heads = || tree.panes.iter().flat_map(|p| &p.heads);
    if heads().next().is_none() {
        return BUS;
    }
    let stages = if detail.trunk { heads().map(|h| h.stages.len()).max().unwrap_or(0) } else { 0 };
    SOURCE + BREAKER + stages as f32 * STAGE + 5.0 + BUS
}

fn plan<'a>(pane: &'a Pane, builder: &Builder<'_>) -> Plan<'a> {
    let blocks = builder.top(&pane.branches);
    let mut gaps = Vec::new();
    blocks.iter().for_each(|block| gap(block, None, 0, &mut gaps));
    let (places, contour) = pack(blocks.iter().map(|b| &b.contour), GAP);
    let span = contour.whole();
    let width = (span.right - span.left).max(LEAST_SOURCE * pane.heads.len() as f32);
    let height =
        |least: bool| blocks.iter().map(|block| reach(block, 0, &gaps, 0.0, builder.detail, least)).fold(0.0, f32::max);
    Plan { pane, width, least: height(true), liked: height(false), places, span, gaps, blocks }
}

/// Finds the height of the gap above a piece and above all below it.
fn gap(block: &Block, above: Option<&Block>, stage: usize, gaps: &mut Vec<f32>) {
    let mut height: f32 = if matches!(block.shape, Shape::Tip(_)) { 13.0 } else { 9.0 };
    if !block.flow.is_empty() {
        height = height.max(if block.stage { 15.0 } else { 19.0 });
    }
    if !block.lost.is_empty() {
        height = height.max(15.0);
    }
    if let Some(above) = above {
        height += fork_drop(above);
    }
    match gaps.get_mut(stage) {
        Some(known) => *known = known.max(height),
        None => gaps.push(height),
    }
    block.children.iter().for_each(|child| gap(child, Some(block), stage + 1, gaps));
}

/// Height between a piece and the line where its flows part.
pub(super) fn fork_drop(above: &Block) -> f32 {
    if matches!(above.shape, Shape::Bar) {
        return 0.0;
    }
    let fork = if above.children.len() > 1 { 4.0 } else { 0.0 };
    fork + if above.spur.is_empty() { fork } else { NOTE }
}

/// Height from the bus to the lower end of a piece and all below it.
fn reach(block: &Block, stage: usize, gaps: &[f32], stretch: f32, detail: Detail, least: bool) -> f32 {
    let top = top_of(stage, gaps, stretch);
    let below = block.children.iter().map(|child| reach(child, stage + 1, gaps, stretch, detail, least));
    below.fold(top + block.body(detail, least), f32::max)
}

/// Distance from the bus to the upper edge of a stage.
pub(super) fn top_of(stage: usize, gaps: &[f32], stretch: f32) -> f32 {
    let gaps: f32 = gaps.iter().take(stage + 1).map(|gap| gap + stretch).sum();
    gaps + stage as f32 * BOX
}
