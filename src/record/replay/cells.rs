//! Cells of a line of numbers, read fast: a number is read without looking first where it ends.

use std::borrow::Cow;

/// Reads a number that ends at the separator or at the line's end; its length comes with it. `None` for everything that
/// does not begin as a number does, or goes on otherwise.
#[inline]
fn decimal(bytes: &[u8], separator: u8) -> Option<(f64, usize)> {
    let (value, length) = fast_float2::parse_partial::<f64, _>(bytes).ok()?;
    bytes.get(length).is_none_or(|b| *b == separator).then_some((value, length))
}

/// Reads a cell: a number, a truth value, or nothing (NaN). `None` where it is something else.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    match decimal(cell, b',') {
        Some((value, length)) if length == cell.len() => Some(value),
        _ => any(cell),
    }
}

/// Reads a cell that is no bare decimal number.
fn any(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    let text = text.trim().trim_matches('"').trim();
    match text {
        "" | "NA" | "N/A" | "null" | "None" => Some(f64::NAN),
        "True" | "true" | "TRUE" => Some(1.0),
        "False" | "false" | "FALSE" => Some(0.0),
        _ => text.parse().ok(),
    }
}

/// What is wanted of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Its number.
    Read,
    /// That it is one.
    Look,
    /// Nothing: it may be a text.
    Skip,
}

/// Length of a cell, and whether it looks like a number, without reading it.
#[inline]
fn look(bytes: &[u8], separator: u8) -> (usize, bool) {
    let mut plain = true;
    for (length, &byte) in bytes.iter().enumerate() {
        if byte == separator {
            return (length, plain && length > 0);
        }
        plain &= byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    }
    (bytes.len(), plain && !bytes.is_empty())
}

/// Reads the cells of a line. Those that are not to be read become NaN.
///
/// # Errors
/// Column (from 1) and words for the first cell that is no number, or for a wrong count of cells.
pub(super) fn numbers(
    line: &[u8],
    separator: u8,
    wanted: &[Need],
    out: &mut Vec<f64>,
) -> std::result::Result<(), (u64, String)> {
    out.clear();
    let mut rest = line;
    loop {
        let need = wanted.get(out.len()).copied().unwrap_or(Need::Skip);
        let quick = if need == Need::Read { decimal(rest, separator) } else { None };
        let (value, length) = match quick {
            Some(found) => found,
            None => {
                let (length, plain) = look(rest, separator);
                let cell = rest.get(..length).unwrap_or_default();
                if need == Need::Skip || (need == Need::Look && plain) {
                    (f64::NAN, length)
                } else {
                    let wrong = || (out.len() as u64 + 1, wrong(cell));
                    (any(cell).ok_or_else(wrong)?, length)
                }
            }
        };
        out.push(value);
        match rest.get(length + 1..) {
            Some(more) if length < rest.len() => rest = more,
            _ => break,
        }
    }
    if out.len() == wanted.len() {
        return Ok(());
    }
    Err((out.len() as u64, format!("{} cells where {} should stand", out.len(), wanted.len())))
}

/// What is said of a cell that is no number.
pub(super) fn wrong(cell: &[u8]) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => format!("`{}` is not a number", shortened(text.trim().trim_matches('"'))),
        Err(_) => "this is not UTF-8 text".to_owned(),
    }
}

/// Cells of a line in which quotes may stand (`"a, b"`, `""` for a quote).
pub(super) fn split(line: &str, separator: char) -> Vec<Cow<'_, str>> {
    if !line.contains('"') {
        return line.split(separator).map(|cell| Cow::Borrowed(cell.trim())).collect();
    }
    let mut cells = Vec::new();
    let mut cell = String::new();
    let (mut quoted, mut letters) = (false, line.chars().peekable());
    while let Some(letter) = letters.next() {
        if quoted && letter == '"' && letters.peek() == Some(&'"') {
            cell.push('"');
            letters.next();
        } else if letter == '"' && (quoted || cell.trim().is_empty()) {
            quoted = !quoted;
        } else if letter == separator && !quoted {
            cells.push(Cow::Owned(std::mem::take(&mut cell).trim().to_owned()));
        } else {
            cell.push(letter);
        }
    }
    cells.push(Cow::Owned(cell.trim().to_owned()));
    cells
}

/// Whether a line ends within quotes: a cell goes on in the next one.
pub(super) fn ends_in_quotes(line: &[u8], separator: u8) -> bool {
    let (mut quoted, mut begins) = (false, true);
    for &byte in line {
        match byte {
            b'"' if quoted || begins => quoted = !quoted,
            _ if byte == separator && !quoted => begins = true,
            b' ' => {}
            _ => begins = false,
        }
    }
    quoted
}

/// The first letters of a text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(line: &str) -> std::result::Result<Vec<f64>, (u64, String)> {
        let mut out = Vec::new();
        let cells = line.matches(',').count() + 1;
        numbers(line.as_bytes(), b',', &vec![Need::Read; cells], &mut out).map(|()| out)
    }

    #[test]
    fn every_number_is_read_to_the_last_bit() {
        let mut state = 7_u64;
        for k in 0..200_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = match k % 4 {
                0 => f64::from(f32::from_bits((state >> 32) as u32)),
                1 => (state >> 12) as f64 / 1e9,
                2 => ((state >> 40) as f64 - 8e6) / 1e4,
                _ => f64::from_bits(state),
            };
            if !value.is_finite() {
                continue;
            }
            for text in [format!("{value}"), format!("{value:e}"), format!("{value:.3}"), format!("{value:.17}")] {
                let found = number(text.as_bytes()).unwrap();
                assert_eq!(found.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            }
        }
    }

    #[test]
    fn cells_are_numbers_nothing_or_wrong() {
        assert_eq!(read("1,-2.5,+3, 4 ,\"5\",1e3,True,.5,6.").unwrap(), [1., -2.5, 3., 4., 5., 1e3, 1., 0.5, 6.]);
        assert!(read("1,,NA,nan,").unwrap().iter().skip(1).all(|v| v.is_nan()));
        assert_eq!(read("1,soon,3"), Err((2, "`soon` is not a number".to_owned())));
        for wrong in ["1-2", "--1", "-", ".", "1.2.3", "0x10", "1_000", "٣"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(read("-0").unwrap().first().map(|v| v.to_bits()), Some((-0.0_f64).to_bits()));
    }

    #[test]
    fn cells_that_are_not_needed_are_looked_at() {
        use Need::{Look, Read, Skip};
        let mut out = Vec::new();
        numbers(b"1,2,3", b',', &[Read, Look, Read], &mut out).unwrap();
        assert!(out.len() == 3 && out.get(1).is_some_and(|v| v.is_nan()));
        let wrong = numbers(b"1,soon,3", b',', &[Read, Look, Read], &mut out).unwrap_err();
        assert_eq!(wrong.0, 2);
        numbers(b"1,soon,3", b',', &[Read, Skip, Read], &mut out).unwrap();
        let short = numbers(b"1,2", b',', &[Read; 3], &mut out).unwrap_err();
        assert_eq!(short, (2, "2 cells where 3 should stand".to_owned()));
        assert!(numbers(b"1,2,3,", b',', &[Read; 3], &mut out).is_err());
    }

    #[test]
    fn quotes_hold_separators_and_quotes() {
        assert_eq!(split("a, \"b;,\"\"c\"\"\" ,d", ','), ["a", "b;,\"c\"", "d"]);
        assert_eq!(split("5\" pipe;2", ';'), ["5\" pipe", "2"]);
        assert!(ends_in_quotes(b"a,\"b", b',') && !ends_in_quotes(b"a,\"b\"", b','));
        assert!(!ends_in_quotes(b"5\" pipe,2", b','), "inches");
        assert!(!ends_in_quotes(b"\"a \"\"b\"\" c\",2", b','));
    }
}
