//! Power spectrum and autocorrelation of an evenly sampled signal.

/// One-sided power spectral density by Welch's way: segments of `segment` samples (a power of two), half overlapping,
/// Hann's window, means taken out. Frequency in 1/h and density in (unit²·h); empty for a signal that is too short.
pub(super) fn welch(values: &[f64], step_h: f64, segment: usize) -> Vec<(f64, f64)> {
    if segment < 2 || !segment.is_power_of_two() || values.len() < segment {
        return Vec::new();
    }
    let n = segment as f64;
    let window: Vec<f64> = (0..segment).map(|k| 0.5 - 0.5 * libm::cos(core::f64::consts::TAU * k as f64 / n)).collect();
    let strength: f64 = window.iter().map(|w| w * w).sum();
    let mut sums = vec![0.0; segment / 2 + 1];
    let mut segments = 0.0;
    for part in values.windows(segment).step_by(segment / 2) {
        let mean = part.iter().sum::<f64>() / n;
        let mut re: Vec<f64> = part.iter().zip(&window).map(|(v, w)| (v - mean) * w).collect();
        let mut im = vec![0.0; segment];
        transform(&mut re, &mut im);
        for (sum, (a, b)) in sums.iter_mut().zip(re.iter().zip(&im)) {
            *sum += a * a + b * b;
        }
        segments += 1.0;
    }
    let last = segment / 2;
    let density = |(k, sum): (usize, &f64)| {
        let sides = if k == last { 1.0 } else { 2.0 };
        (k as f64 / (n * step_h), sides * sum * step_h / (strength * segments))
    };
    // At frequency 0 only the mean stood, which was taken out.
    sums.iter().enumerate().skip(1).map(density).collect()
}

/// Discrete Fourier transform in place, of a power of two of values.
fn transform(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut length = 2;
    while length <= n {
        let half = length / 2;
        let turn = -core::f64::consts::TAU / length as f64;
        let roots: Vec<(f64, f64)> =
            (0..half).map(|k| (libm::cos(turn * k as f64), libm::sin(turn * k as f64))).collect();
        for (re, im) in re.chunks_exact_mut(length).zip(im.chunks_exact_mut(length)) {
            let ((re_a, re_b), (im_a, im_b)) = (re.split_at_mut(half), im.split_at_mut(half));
            let upper = re_a.iter_mut().zip(im_a.iter_mut());
            let lower = re_b.iter_mut().zip(im_b.iter_mut());
            for (((ra, ia), (rb, ib)), (c, s)) in upper.zip(lower).zip(&roots) {
                let (r, i) = (*rb * c - *ib * s, *rb * s + *ib * c);
                (*rb, *ib) = (*ra - r, *ia - i);
                (*ra, *ia) = (*ra + r, *ia + i);
            }
        }
        length *= 2;
    }
}

/// Autocorrelation at the lags 0, `step`, 2 `step` … up to `most` samples, around the mean of all and over its variance.
pub(super) fn autocorrelation(values: &[f64], most: usize, step: usize) -> Vec<(usize, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n.max(1.0);
    let around: Vec<f64> = values.iter().map(|v| v - mean).collect();
    let variance: f64 = around.iter().map(|v| v * v).sum();
    let at = |lag: usize| {
        let product: f64 = around.iter().zip(around.iter().skip(lag)).map(|(a, b)| a * b).sum();
        (lag, if variance > 0.0 { product / variance } else { f64::NAN })
    };
    (0..=most.min(values.len().saturating_sub(1))).step_by(step.max(1)).map(at).collect()
}

/// Means over stretches of equal width on a logarithmic axis: at most `most` points.
pub(super) fn thinned(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let (low, high) = (libm::log(first.0), libm::log(last.0));
    let stretch = |x: f64| ((libm::log(x) - low) / (high - low).max(1e-12) * most as f64) as usize;
    let mut out: Vec<(f64, f64)> = Vec::new();
    let mut own: Vec<(f64, f64)> = Vec::new();
    let flush = |own: &mut Vec<(f64, f64)>, out: &mut Vec<(f64, f64)>| {
        if !own.is_empty() {
            let n = own.len() as f64;
            out.push((own.iter().map(|p| p.0).sum::<f64>() / n, own.iter().map(|p| p.1).sum::<f64>() / n));
            own.clear();
        }
    };
    for point in points {
        if own.first().is_some_and(|f| stretch(f.0) != stretch(point.0)) {
            flush(&mut own, &mut out);
        }
        own.push(*point);
    }
    flush(&mut own, &mut out);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::noise::numpy::Generator;

    #[test]
    fn a_wave_stands_at_its_frequency_with_its_power() {
        let (step_h, hz) = (1.0 / 720.0, 45.0 / 1024.0 * 720.0);
        let wave: Vec<f64> =
            (0..4096).map(|k| 3.0 * (core::f64::consts::TAU * hz * f64::from(k) * step_h).sin()).collect();
        let found = welch(&wave, step_h, 1024);
        let top = found.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert!((top.0 - hz).abs() < 1e-9);
        let power: f64 = found.iter().map(|p| p.1 * 720.0 / 1024.0).sum();
        assert!((power - 4.5).abs() < 1e-6, "a² / 2 = {power}");
    }

    /// The closed form of an AR(1) law: S(f) = 2 σ² Δ / (1 − 2 ρ cos 2πfΔ + ρ²), and ρ^k at lag k.
    #[test]
    fn a_first_order_law_has_its_closed_form() {
        let (rho, sigma, mut state) = (0.9, 0.5, 0.0);
        let mut normals = Generator::new(7);
        let signal: Vec<f64> = (0..1 << 17)
            .map(|_| {
                state = rho * state + sigma * normals.standard_normal();
                state
            })
            .collect();
        let expected =
            |f: f64| 2.0 * sigma * sigma / (1.0 - 2.0 * rho * libm::cos(core::f64::consts::TAU * f) + rho * rho);
        // The lowest frequencies and the last one lie within the window's own width of an end.
        let ratios: Vec<f64> =
            welch(&signal, 1.0, 1024).iter().skip(3).take(505).map(|(f, density)| density / expected(*f)).collect();
        assert!(ratios.iter().all(|r| (r - 1.0).abs() < 0.4), "{ratios:?}");
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
        let thin = thinned(&welch(&signal, 1.0, 1024), 20);
        assert!(thin.len() <= 21 && thin.windows(2).all(|w| w[0].0 < w[1].0));
        for (lag, value) in autocorrelation(&signal, 20, 5) {
            assert!((value - rho.powi(lag as i32)).abs() < 0.03, "{lag}: {value}");
        }
    }
}
