//! From 64 random bits to a uniform or a standard normal number, the same bits on every platform.
//!
//! Both are written out here, once, for two reasons. They follow NumPy's algorithms step by step, which the `numpy`
//! stream needs; and they call `exp` and `log1p` from `libm` only. (`rand_distr::StandardNormal` goes through
//! `num_traits::Float`, which turns from `libm` to the platform's own functions as soon as any crate of the build asks
//! `num-traits` for `std`; a headless build and one with ONNX could then differ in the last bit.)
//!
//! Source: the steps of golden `numpy_rng/README.md`; the method is Marsaglia and Tsang's ziggurat (2000).

use rand::Rng;

use super::ziggurat::LAYERS;

/// Where the tail of the normal ziggurat begins.
pub(super) const TAIL_START: f64 = 3.654_152_885_361_009;
/// 1 / [`TAIL_START`], rounded as NumPy has it.
const TAIL_START_INVERSE: f64 = 0.273_661_237_329_758_3;
/// 2⁻⁵³, the distance between neighbouring uniform draws.
const TWO_POW_MINUS_53: f64 = 1.0 / 9_007_199_254_740_992.0;
/// Mask of the 52 bits that give a normal its magnitude.
const MAGNITUDE_MASK: u64 = (1 << 52) - 1;

/// Uniform number in \[0, 1): the top 53 bits of one word.
pub(super) fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    (rng.next_u64() >> 11) as f64 * TWO_POW_MINUS_53
}

/// Standard normal number by the ziggurat method, dimensionless: mean 0, standard deviation 1.
pub(super) fn standard_normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    loop {
        // Bits 0-7 choose the layer, bit 8 the sign, bits 9-60 the magnitude; the top three are not used.
        let word = rng.next_u64();
        let index = (word & 0xff) as usize;
        let negative = (word >> 8) & 1 == 1;
        let magnitude = (word >> 9) & MAGNITUDE_MASK;

        let layer = LAYERS[index];
        let distance = magnitude as f64 * layer.width;
        let x = if negative { -distance } else { distance };
        if magnitude < layer.accept_below {
            return x; // 99 of 100 draws end here
        }
        if index == 0 {
            return tail(rng, (magnitude >> 8) & 1 == 1);
        }
        let top = LAYERS[index - 1].density;
        if (top - layer.density) * uniform(rng) + layer.density < libm::exp(-0.5 * x * x) {
            return x;
        }
    }
}

/// Normal number beyond [`TAIL_START`]. The sign comes from another bit than in the layers, as in NumPy.
#[cold]
fn tail<R: Rng + ?Sized>(rng: &mut R, negative: bool) -> f64 {
    loop {
        let beyond = -TAIL_START_INVERSE * libm::log1p(-uniform(rng));
        let height = -libm::log1p(-uniform(rng));
        if height + height > beyond * beyond {
            let distance = TAIL_START + beyond;
            return if negative { -distance } else { distance };
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::super::golden;
    use super::*;

    #[test]
    fn the_layers_are_the_golden_table_bit_for_bit() {
        let table = golden("c2g/numpy_rng/ziggurat_normal.csv");
        let mut rows = 0;
        for (i, line) in table.lines().skip(1).enumerate() {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells[0].parse::<usize>().unwrap(), i);
            assert_eq!(cells[1].parse::<u64>().unwrap(), LAYERS[i].accept_below, "layer {i}");
            assert_eq!(cells[2].parse::<f64>().unwrap().to_bits(), LAYERS[i].width.to_bits(), "layer {i}");
            assert_eq!(cells[3].parse::<f64>().unwrap().to_bits(), LAYERS[i].density.to_bits(), "layer {i}");
            rows += 1;
        }
        assert_eq!(rows, LAYERS.len());
    }

    #[test]
    fn the_layers_stand_on_the_normal_density() {
        for (i, layer) in LAYERS.iter().enumerate().skip(1) {
            let edge = layer.width * 2f64.powi(52);
            let density = libm::exp(-0.5 * edge * edge);
            assert!((density / layer.density - 1.0).abs() < 1e-13, "layer {i}");
            assert!(layer.density < LAYERS[i - 1].density, "layer {i}");
        }
        assert!((LAYERS[255].width * 2f64.powi(52) - TAIL_START).abs() < 1e-14);
    }

    #[test]
    fn the_tail_begins_where_numpy_has_it() {
        let start: f64 = "3.6541528853610087963519472518".parse().unwrap();
        let inverse: f64 = "0.27366123732975827203338247596".parse().unwrap();
        assert_eq!(TAIL_START.to_bits(), start.to_bits());
        assert_eq!(TAIL_START_INVERSE.to_bits(), inverse.to_bits());
    }
}
