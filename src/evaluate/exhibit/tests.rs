//! Exhibits lay themselves out for every size, and tell their numbers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::evaluate::figures::{Anchor, Mark};

fn one() -> Exhibit {
    let mut table = Table::new(["load_mw", "loss_mw"]);
    table.numbers([10.0, 0.5]);
    table.row([Cell::from("a, b"), Cell::from(f64::NAN)]);
    let line = Layer::line("loss", (0..50).map(|k| (f64::from(k), f64::from(k * k))).collect(), 0);
    let broken = Layer::dashed("gap", vec![(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0), (3.0, 4.0)], 1);
    let cells = Cells::grid(3, 2, vec![1.0, 2.0, f64::NAN, -1.0, 0.0, 4.0], Scale::Around(4.0), "r").with_numbers(1);
    let plots = vec![
        Plot::new(
            "Line",
            Axis::new("load, MW"),
            Axis::new("loss, MW").with_zero(),
            vec![line, broken, Layer::limit(2_000.0, "most"), Layer::upright(25.0, "half")],
        ),
        Plot::new("Cells", Axis::names("", ["a", "b", "c"]), Axis::names("", ["x", "y"]), vec![Layer::Cells(cells)]),
        Plot::new(
            "Bars",
            Axis::new("change, points"),
            Axis::names("", ["first", "second"]),
            vec![Layer::Bars {
                name: String::new(),
                bars: vec![Bar::new(0.0, 0.7, -3.0).words("−3"), Bar::new(1.0, 0.7, 5.0).words("5")],
                tint: Tint::Series(2),
                lying: true,
            }],
        ),
        Plot::radar("Radar", ["p", "q", "r"].map(str::to_owned).to_vec(), vec![("one".into(), vec![0.2, 1.0, 7.0])]),
        Plot::new(
            "Powers",
            Axis::powers("lag, s"),
            Axis::new("share"),
            vec![Layer::dots("d", vec![(0.0, 1.0), (1.0, 1.0), (1e6, 2.0)], 3)],
        ),
    ];
    Exhibit::new("loss", "Losses", "How much is lost on the way.", table).plots(3, plots)
}

#[test]
fn every_mark_stays_on_the_sheet_at_every_size() {
    let exhibit = one();
    for width in [320.0, 500.0, 900.0, 1_600.0] {
        let height = exhibit.height(width);
        let sheet = exhibit.sheet((width, height), &Ink::PAPER);
        let inside = |x: f64, y: f64| x >= -1.0 && y >= -1.0 && x <= width + 1.0 && y <= height + 1.0;
        for mark in &sheet.marks {
            let fits = match mark {
                Mark::Line { points, .. } | Mark::Area { points, .. } => points.iter().all(|p| inside(p.0, p.1)),
                Mark::Rect { x, y, width, height, .. } => inside(*x, *y) && inside(x + width, y + height),
                Mark::Dot { at, .. } => inside(at.0, at.1),
                Mark::Text { at, text, size, anchor, upright, .. } => {
                    let wide = Sheet::width_of(text, *size);
                    let (from, to) = match anchor {
                        Anchor::Left => (at.0, at.0 + wide),
                        Anchor::Right => (at.0 - wide, at.0),
                        Anchor::Middle => (at.0 - wide / 2.0, at.0 + wide / 2.0),
                    };
                    if *upright { inside(at.0, at.1) } else { inside(from, at.1) && inside(to, at.1) }
                }
            };
            assert!(fits, "{mark:?} leaves {width} × {height}");
        }
    }
}

#[test]
fn a_missing_value_breaks_a_line_and_leaves_a_cell_free() {
    let exhibit = one();
    let sheet = exhibit.sheet((1_200.0, exhibit.height(1_200.0)), &Ink::PAPER);
    let dashed = sheet.marks.iter().filter_map(|m| match m {
        Mark::Line { points, dash, colour, .. } if *dash > 0.0 && *colour == Ink::PAPER.series[1] => Some(points.len()),
        _ => None,
    });
    assert_eq!(dashed.collect::<Vec<_>>(), [2], "the one point before the gap is no line");
    let words: Vec<&str> = sheet.texts().collect();
    for number in ["1.0", "2.0", "−1.0", "0.0", "4.0"] {
        assert!(words.contains(&number), "{number} in {words:?}");
    }
}

#[test]
fn axes_say_what_they_measure_and_limits_their_words() {
    let exhibit = one();
    let sheet = exhibit.sheet((1_200.0, exhibit.height(1_200.0)), &Ink::PAPER);
    let words: Vec<&str> = sheet.texts().collect();
    for expected in
        ["Losses", "How much is lost on the way.", "load, MW", "loss, MW", "most", "half", "first", "lag, s"]
    {
        assert!(words.contains(&expected), "{expected} in {words:?}");
    }
    assert!(words.contains(&"10⁶") || words.contains(&"10⁵"), "{words:?}");
    assert!(exhibit.plots.iter().all(|p| !plane::is_empty(&p.body)));
}

#[test]
fn the_table_is_a_csv() {
    assert_eq!(one().table.csv(), "load_mw,loss_mw\n10,0.5\n\"a, b\",\n");
}

#[test]
fn files_are_written_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let paths = one().save(folder.path()).unwrap();
    let names: Vec<_> = paths.iter().map(|p| p.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["loss.png", "loss.svg", "loss.csv"]);
    assert!(std::fs::read(&paths[0]).unwrap().starts_with(b"\x89PNG"));
}
