//! Numbers on things: seven bars a digit, on a face that looks south.

use bevy::math::Vec3;

use super::solid::Solid;
use super::tint::Tint;

/// Width of a digit, distance to the next one and width of a point, as shares of the height.
const WIDTH: f32 = 0.54;
const STEP: f32 = 0.74;
const POINT: f32 = 0.26;

/// Thickness of a bar, as a share of the height.
const BAR: f32 = 0.13;

/// Bars of a character, from the top clockwise, the middle one last.
fn bars(character: char) -> [bool; 7] {
    let lit = match character {
        '0' => 0b011_1111,
        '1' => 0b000_0110,
        '2' => 0b101_1011,
        '3' => 0b100_1111,
        '4' => 0b110_0110,
        '5' => 0b110_1101,
        '6' => 0b111_1101,
        '7' => 0b000_0111,
        '8' => 0b111_1111,
        '9' => 0b110_1111,
        '-' => 0b100_0000,
        _ => 0,
    };
    std::array::from_fn(|k| lit & (1 << k) != 0)
}

/// Width of a character: a one is as narrow as its bars.
fn wide(character: char) -> f32 {
    match character {
        '.' => 0.0,
        '1' => BAR,
        _ => WIDTH,
    }
}

/// Distance from a character to the next one.
fn step(character: char) -> f32 {
    if character == '.' { POINT } else { wide(character) + STEP - WIDTH }
}

/// Width of a text of digits, points and minus signs.
pub(super) fn width(text: &str, height: f32) -> f32 {
    let advance: f32 = text.chars().map(step).sum();
    (advance - (STEP - WIDTH)).max(0.0) * height
}

/// Writes a text from its lower left corner to the right.
pub(super) fn write(solid: &mut Solid, at: Vec3, height: f32, text: &str, tint: Tint) {
    let mut x = 0.0;
    let mut bar = |from: (f32, f32), to: (f32, f32)| {
        let p = |(u, v): (f32, f32)| at + Vec3::new(u * height, 0.0, v * height);
        solid.face(&[p(from), p((to.0, from.1)), p(to), p((from.0, to.1))], tint);
    };
    for character in text.chars() {
        if character == '.' {
            bar((x - 0.06, 0.0), (x - 0.06 + BAR, BAR));
            x += step(character);
            continue;
        }
        let (left, right, middle) = (x, x + wide(character), 0.5);
        let places = [
            ((left, 1.0 - BAR), (right, 1.0)),
            ((right - BAR, middle), (right, 1.0)),
            ((right - BAR, 0.0), (right, middle)),
            ((left, 0.0), (right, BAR)),
            ((left, 0.0), (left + BAR, middle)),
            ((left, middle), (left + BAR, 1.0)),
            ((left, middle - BAR / 2.0), (right, middle + BAR / 2.0)),
        ];
        for ((from, to), on) in places.into_iter().zip(bars(character)) {
            if on {
                bar(from, to);
            }
        }
        x += step(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_has_its_own_bars() {
        let all: Vec<[bool; 7]> = "0123456789- ".chars().map(bars).collect();
        for (k, one) in all.iter().enumerate() {
            assert!(!all[k + 1..].contains(one), "two characters look alike");
        }
        assert_eq!(bars('8'), [true; 7]);
    }

    #[test]
    fn a_number_stays_within_its_width() {
        for text in ["23.4", "7", "-1.5", "100"] {
            let mut solid = Solid::new(0.5);
            write(&mut solid, Vec3::ZERO, 2.0, text, Tint([1.0; 3]));
            let bars: usize = text.chars().map(|c| bars(c).iter().filter(|on| **on).count()).sum();
            let points = text.chars().filter(|c| *c == '.').count();
            assert_eq!(solid.triangles(), 2 * (bars + points), "{text}");
            let (low, high) = solid.extent_x();
            assert!(low >= -1e-5 && high <= width(text, 2.0) + 1e-4, "{text}: {low} to {high}");
        }
    }
}
