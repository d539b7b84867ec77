//! Numbers as text: shortest digits that read back to the same binary64.

use std::fmt::Write;

/// Appends a value as logs write it: shortest round trip; nothing for NaN, so that a reader sees an empty cell.
pub fn push_number(out: &mut String, value: f64) {
    if value.is_nan() {
        return;
    }
    if value.is_infinite() {
        out.push_str(if value > 0.0 { "inf" } else { "-inf" });
    } else if value == value.trunc() && value.abs() < 1e15 && (value != 0.0 || value.is_sign_positive()) {
        // Whole numbers are most of a row: flags, counters, held prices.
        let _ = write!(out, "{}", value as i64);
    } else {
        push_shortest(out, value, false);
    }
}

/// A value as Python prints it (`0.699999988079071`, `1e-05`, `1.0`).
pub fn python_repr(value: f64) -> String {
    let mut out = String::with_capacity(24);
    if value.is_nan() {
        out.push_str("nan");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "inf" } else { "-inf" });
    } else {
        push_shortest(&mut out, value, true);
    }
    out
}

/// Lays shortest digits out: plain between 1e-4 and 1e16, with an exponent outside.
fn push_shortest(out: &mut String, value: f64, python: bool) {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-4..1e16).contains(&magnitude) {
        let start = out.len();
        let _ = write!(out, "{value}");
        if python && !out.get(start..).is_some_and(|t| t.contains('.')) {
            out.push_str(".0");
        }
        return;
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, size) = match exponent.strip_prefix('-') {
                Some(size) => ('-', size),
                None => ('+', exponent),
            };
            let _ = write!(out, "{digits}e{sign}{size:0>2}");
        }
        None => out.push_str(&text),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn python_spells_numbers_like_this() {
        for (value, text) in [
            (0.7_f32 as f64, "0.699999988079071"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e-5, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e16, "1e+16"),
            (123456789.125, "123456789.125"),
            (0.0001, "0.0001"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(python_repr(value), text);
        }
    }

    #[test]
    fn every_number_reads_back_to_the_same_bits() {
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(state);
            if !value.is_finite() {
                continue;
            }
            let mut text = String::new();
            push_number(&mut text, value);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
            assert_eq!(python_repr(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        for value in [0.0, -0.0, 1.0, -17.0, 1e15, 1e16, 4_503_599_627_370_497.5] {
            let mut text = String::new();
            push_number(&mut text, value);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), f64::to_bits(value), "{text}");
        }
    }

    #[test]
    fn no_value_is_an_empty_cell() {
        let mut text = String::new();
        push_number(&mut text, f64::NAN);
        assert_eq!(text, "");
    }
}
