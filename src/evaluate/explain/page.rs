//! `action_correlations.html`: the matrix of correlations and the points behind it, in one page that needs nothing else.

use serde_json::{Value, json};

use super::{Explained, Frame};

/// Points of a scatter, at most.
const MOST_POINTS: usize = 2_000;

/// Decimals that a page keeps of a number.
fn rounded(value: f64) -> Value {
    if value.is_finite() { json!((value * 1e4).round() / 1e4) } else { Value::Null }
}

/// The page.
pub fn page(frame: &Frame, told: &Explained) -> String {
    let every = frame.rows().div_ceil(MOST_POINTS).max(1);
    let rows: Vec<usize> = (0..frame.rows()).step_by(every).collect();
    let drivers: Vec<Value> = told
        .drivers
        .iter()
        .map(|d| {
            let values = d.values(frame).unwrap_or_default();
            let unit = match d {
                super::Driver::Signal(id) => frame.unit(*id).to_owned(),
                super::Driver::Hour => "h".to_owned(),
            };
            let cells: Vec<Value> = rows.iter().map(|r| rounded(values.get(*r).copied().unwrap_or(f64::NAN))).collect();
            json!({ "label": d.label(frame), "unit": unit, "values": cells })
        })
        .collect();
    let levers: Vec<Value> = told
        .levers
        .iter()
        .zip(&frame.levers)
        .map(|(t, l)| {
            let r: Vec<Value> = t.correlations.iter().map(|(_, r)| r.map_or(Value::Null, |r| json!(r))).collect();
            let cells: Vec<Value> =
                rows.iter().map(|row| rounded(l.values.get(*row).copied().unwrap_or(f64::NAN))).collect();
            json!({ "label": t.label, "classes": if t.is_switch { json!(t.classes) } else { Value::Null },
                "r": r, "values": cells, "n": t.decisions })
        })
        .collect();
    let data =
        json!({ "source": told.source, "rows": told.rows, "every": every, "drivers": drivers, "levers": levers });
    // The only way out of a script is its end tag.
    let data = data.to_string().replace('<', "\\u003c");
    PAGE.replace("/*DATA*/", &data)
}

const PAGE: &str = include_str!("../../../assets/pages/correlations.html");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands_alone() {
        for outside in ["http://", "https://", "src=", "href=", "@import", "url("] {
            assert!(!PAGE.contains(outside), "the page asks for {outside}");
        }
        assert_eq!(PAGE.matches("/*DATA*/").count(), 1);
    }
}
