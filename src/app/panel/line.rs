//! The series of a chart with their looks: role, colour, width, and how much they stand out.

use egui::Color32;
use egui_plot::LineStyle;

use crate::app::theme::{Theme, ThemeName, mix};
use crate::plant::Role;
use crate::session::RunView;
use crate::signal::{Alarm, Carrier, Signal, SignalId};

use super::axes::Side;
use super::selection::Selection;

/// Colours for series whose form of energy has lent its accent to another one, far from all accents first.
const OTHERS: [usize; 8] = [4, 7, 6, 3, 1, 0, 2, 5];

/// Share of its colour that a series keeps while another one is selected.
const DIMMED: f32 = 0.45;

/// A series with its looks.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Column of the row.
    pub column: SignalId,
    /// What it is.
    pub signal: &'a Signal,
    /// How it is drawn.
    pub role: Role,
    /// The axis that it is read on.
    pub side: Side,
    /// Its colour.
    pub colour: Color32,
    /// Its width, points.
    pub width: f32,
    /// Solid, dashed or dotted.
    pub style: LineStyle,
    /// Whether it is what is selected.
    pub selected: bool,
}

/// Gives series their looks. A request with its answer is drawn thick under thin; everything else is a line in the
/// accent of its form of energy, or in a colour of its own where that is taken.
pub(super) fn dress<'a>(
    series: impl IntoIterator<Item = (SignalId, Role)>,
    view: &'a RunView,
    theme: &Theme,
    selection: Selection,
) -> Vec<Line<'a>> {
    let known = |(column, role)| view.schema.signals.get(column).map(|signal| (column, role, signal));
    let known: Vec<(SignalId, Role, &Signal)> = series.into_iter().filter_map(known).collect();
    let carriers: Vec<Carrier> = known.iter().filter(|(_, r, _)| *r != Role::Answer).map(|(.., s)| s.carrier).collect();
    let mut colours = colours(theme, &carriers).into_iter();
    let stroke = theme.tokens.stroke;
    let mut lines: Vec<Line<'a>> = known
        .into_iter()
        .map(|(column, role, signal)| {
            let (colour, width) = match role {
                Role::Answer => (*theme.text, 1.2),
                Role::Request => (colours.next().unwrap_or(*theme.text), stroke.series_live + 1.0),
                Role::Line => (colours.next().unwrap_or(*theme.text), stroke.series_live),
            };
            Line { column, signal, role, side: Side::Left, colour, width, style: LineStyle::Solid, selected: false }
        })
        .collect();
    // A theme of greys tells lines apart by their dash.
    if theme.name == ThemeName::Operator {
        let dashes = [LineStyle::Solid, LineStyle::Dashed { length: 6.0 }, LineStyle::Dashed { length: 2.0 }];
        let plain = lines.iter_mut().filter(|line| line.role == Role::Line);
        plain.zip(dashes.into_iter().cycle()).for_each(|(line, dash)| line.style = dash);
    }
    emphasise(&mut lines, view, theme, selection);
    lines
}

/// Makes the selected series stand out, where there are others that could.
fn emphasise(lines: &mut [Line<'_>], view: &RunView, theme: &Theme, selection: Selection) {
    let by_signal = lines.iter().any(|line| Some(line.column) == selection.signal);
    let owner = |line: &Line<'_>| entity_of(view, line.column);
    for line in lines.iter_mut() {
        line.selected = if by_signal {
            Some(line.column) == selection.signal
        } else {
            selection.signal.is_none() && selection.entity.is_some() && owner(line) == selection.entity
        };
    }
    let count = lines.iter().filter(|line| line.selected).count();
    if count == 0 || count == lines.len() && count > 1 {
        return;
    }
    for line in lines {
        if line.selected {
            line.width += 1.0;
        } else {
            line.colour = mix(line.colour, theme.sunken, DIMMED);
        }
    }
}

/// The thing that owns a column; commands and other columns beside the plant's own signals belong to nothing.
pub(super) fn entity_of(view: &RunView, column: SignalId) -> Option<usize> {
    let signal = view.schema.signals.get(column).filter(|_| column < view.schema.plant_signals)?;
    (signal.entity < view.spec.entities.len()).then_some(signal.entity)
}

/// The selection that a click on a column makes.
pub(super) fn selection_of(view: &RunView, column: SignalId) -> Selection {
    Selection { entity: entity_of(view, column), signal: Some(column) }
}

/// One colour for each of several quantities side by side: the accent of its form of energy for the first of a form,
/// colours of their own for the others.
pub(super) fn colours(theme: &Theme, carriers: &[Carrier]) -> Vec<Color32> {
    let mut others = OTHERS.into_iter().cycle();
    let mut taken: Vec<Carrier> = Vec::with_capacity(carriers.len());
    let of = |carrier: &Carrier| {
        if taken.contains(carrier) {
            return theme.series_of(others.next().unwrap_or(0));
        }
        taken.push(*carrier);
        theme.accent_of(*carrier)
    };
    carriers.iter().map(of).collect()
}

/// Ink for a number beyond a limit. A theme that forbids alarm colours as text writes it in its own.
pub(super) fn ink(theme: &Theme, alarm: Alarm) -> Color32 {
    match (alarm, theme.alarm_text) {
        (Alarm::Trip, None) => *theme.alarm.trip,
        (Alarm::Warn, None) => *theme.alarm.warn,
        _ => *theme.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_that_share_a_form_of_energy_get_colours_of_their_own() {
        for name in ThemeName::ALL {
            let theme = Theme::of(name);
            let of = [Carrier::It, Carrier::Grid, Carrier::Cooling, Carrier::Battery]
                .into_iter()
                .chain([Carrier::Grid, Carrier::Grid, Carrier::It])
                .collect::<Vec<_>>();
            let colours = colours(&theme, &of);
            let expected = [theme.series_of(4), theme.series_of(7), theme.series_of(6)];
            assert_eq!(colours.get(4..), Some(&expected[..]));
            assert_eq!(colours.first(), Some(&theme.accent_of(Carrier::It)));
            for (i, a) in colours.iter().enumerate() {
                assert!(!colours.iter().skip(i + 1).any(|b| a == b), "{name:?}: two of one colour");
            }
        }
        assert_eq!(colours(&Theme::of(ThemeName::Dark), &[Carrier::It; 40]).len(), 40);
    }
}
