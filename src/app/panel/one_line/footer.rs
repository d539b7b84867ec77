//! Below the drawing: what the signs mean, and the balance that closes.

use egui::{Align, Rect, Ui, pos2};

use crate::app::theme::Face;
use crate::signal::{NodeKind, Topology, format_number};

use super::super::Cx;
use super::super::pen::{Pen, Run};
use super::super::widget::spoken;
use super::balance::Account;
use super::draw::verdict;
use super::facts::Facts;

/// Height of the balance.
const HEIGHT: f32 = 26.0;

/// Height of the signs.
const SIGNS: f32 = 16.0;

/// What positive numbers mean: at the source, and at every kind of store.
pub(super) fn legend(topology: &Topology) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for edge in &topology.edges {
        let kind = |node: usize| topology.nodes.get(node).map(|n| n.kind);
        let line = match (kind(edge.from), kind(edge.to)) {
            (Some(NodeKind::Source), _) => "+ import from grid".to_owned(),
            (_, Some(NodeKind::Source)) => "+ export to grid".to_owned(),
            (Some(NodeKind::Storage), _) => format!("+ {} discharges", store(topology, edge.from)),
            (_, Some(NodeKind::Storage)) => format!("+ {} charges", store(topology, edge.to)),
            _ => continue,
        };
        if !words.contains(&line) && words.len() < 3 {
            words.push(line);
        }
    }
    words
}

/// What stores are called: the form of energy says it shorter than a long label.
fn store(topology: &Topology, node: usize) -> String {
    topology.nodes.get(node).map_or_else(String::new, |n| super::tell::carrier_words(n.carrier).to_lowercase())
}

/// Draws both; returns what is left for the drawing.
pub(super) fn show(ui: &Ui, pen: &Pen, rect: Rect, body: Rect, facts: &Facts, cx: &Cx<'_>) -> Rect {
    let theme = &pen.theme;
    let account = Account::of(cx.view);
    let mut bottom = body.bottom() - 4.0;
    if let Some(account) = account.filter(|_| body.height() > HEIGHT + 50.0) {
        let top = body.bottom() - HEIGHT;
        pen.hline(rect.left() + 1.0, rect.right() - 1.0, top, theme.hairline());
        balance(ui, pen, Rect::from_min_max(pos2(body.left(), top), body.max), &account);
        bottom = top - 4.0;
    }
    let mut signs = legend(&cx.view.spec.topology);
    if !facts.unit.is_empty() {
        signs.push(format!("all in {}", facts.unit));
    }
    if !cx.view.spec.topology.edges.is_empty() && body.height() > 250.0 {
        while signs.len() > 1 && pen.width(&signs.join("   "), Face::Caption) > body.width() {
            signs.pop();
        }
        let at = pos2(body.left(), bottom - SIGNS / 2.0 + 1.0);
        let words = signs.join("   ");
        let place = pen.text_within(at, Align::Min, body.width(), &words, Face::Caption, theme.text3);
        spoken(ui, place, ui.id().with("signs"), &format!("Signs: {}", signs.join(", ")));
        bottom -= SIGNS + 2.0;
    }
    Rect::from_min_max(body.min, pos2(body.right(), bottom))
}

/// One line: import = what it goes to, and whether it adds up.
fn balance(ui: &Ui, pen: &Pen, rect: Rect, account: &Account) {
    let theme = &pen.theme;
    let y = rect.center().y + 1.0;
    let mark = 18.0;
    let left_over =
        format!("{}\u{A0}{} left over", format_number(account.residual.abs(), account.decimals), account.unit);
    let open = account.closes == Some(false);
    let end = if open {
        let words = pen.text(pos2(rect.right() - mark, y), Align::Max, &left_over, Face::NumberCaption, theme.text);
        words.left() - 8.0
    } else {
        rect.right() - mark
    };
    let room = end - rect.left();
    // Plus signs go first, then a decimal, then long words; at last only the first sum stays.
    let fewer = account.decimals.min(1);
    let forms = [
        (account.decimals, true, false),
        (account.decimals, false, false),
        (fewer, false, false),
        (fewer, false, true),
    ];
    let mut drawn = false;
    for (decimals, plus, short) in forms {
        let pieces = pieces(account, decimals, plus, short);
        let ink = |digits: bool| if digits { *theme.text } else { *theme.text3 };
        let runs: Vec<Run<'_>> = pieces
            .iter()
            .map(|(text, digits)| {
                let face = if *digits { Face::NumberLabel } else { Face::Caption };
                (text.as_str(), face, ink(*digits))
            })
            .collect();
        if pen.width_of(&runs) <= room {
            pen.runs(pos2(rect.left(), y), Align::Min, &runs);
            drawn = true;
            break;
        }
    }
    if !drawn {
        let words = match account.closes {
            Some(true) => "Balance closes",
            Some(false) => "Balance is open",
            None => "No balance yet",
        };
        pen.text_within(pos2(rect.left(), y), Align::Min, room, words, Face::Caption, theme.text3);
    }
    if let Some(closes) = account.closes {
        let colour = if closes { *theme.text2 } else { *theme.text };
        verdict(pen, pos2(rect.right() - 6.0, y), closes, colour);
    }
    let told: String = pieces(account, account.decimals, true, false).into_iter().map(|(text, _)| text).collect();
    let verdict = match account.closes {
        Some(true) => "closes".to_owned(),
        Some(false) => left_over,
        None => "no numbers yet".to_owned(),
    };
    let words = format!("Balance in {}: {told}; {verdict}", account.unit);
    spoken(ui, rect, ui.id().with("balance"), &words).on_hover_text(format!("{}, {}", account.label, account.unit));
}

/// Words and numbers of the line, in their order; the flag marks numbers.
fn pieces(account: &Account, decimals: usize, plus: bool, short: bool) -> Vec<(String, bool)> {
    let (left, right) = account.numbers(decimals);
    let mut out = Vec::new();
    let mut side = |sums: &[super::balance::Sum], numbers: Vec<String>, first: &str| {
        for (index, (sum, number)) in sums.iter().zip(numbers).enumerate() {
            let before = match (index, plus) {
                (0, _) => first,
                (_, true) => " + ",
                (_, false) => "   ",
            };
            let words = if short { &sum.short } else { &sum.words };
            out.push((format!("{before}{words} "), false));
            out.push((number, true));
        }
    };
    side(&account.left, left, "");
    side(&account.right, right, " = ");
    out
}
