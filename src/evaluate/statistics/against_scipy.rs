//! Against NumPy 2 and SciPy 1.17, which computed every expected number here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

const A: [f64; 5] = [0.7682, 0.8011, 0.8420, 0.7955, 0.8250];
const B: [f64; 5] = [0.8392, 0.8144, 0.7917, 0.8198, 0.8201];
const C: [f64; 12] = [0.1, 0.9, 0.4, 0.35, 0.77, 0.62, 0.18, 0.53, 0.29, 0.81, 0.47, 0.66];

#[track_caller]
fn close(computed: f64, expected: f64) {
    assert!((computed / expected - 1.0).abs() < 1e-9, "{computed:?}, expected {expected:?}");
}

#[track_caller]
fn spans(computed: Interval, low: f64, high: f64) {
    close(computed.low, low);
    close(computed.high, high);
}

#[test]
fn a_sample_is_described_as_numpy_and_scipy_do() {
    let a = Summary::of(&A, 0.95).unwrap();
    close(a.mean, 0.8063600000000001);
    close(a.std, 0.0283701075077272);
    assert_eq!((a.n, a.median, a.q1, a.q3, a.min, a.max), (5, 0.8011, 0.7955, 0.825, 0.7682, 0.842));
    spans(a.t.unwrap(), 0.7711338588824849, 0.8415861411175153);
    let c = Summary::of(&C, 0.95).unwrap();
    assert_eq!((c.q1, c.median, c.q3), (0.33499999999999996, 0.5, 0.6875));
    spans(c.t.unwrap(), 0.34532931502981057, 0.6680040183035226);
    spans(Summary::of(&C, 0.99).unwrap().t.unwrap(), 0.2790037968757877, 0.7343295364575455);
    assert!(Summary::of(&[], 0.95).is_none());
}

/// `default_rng(42).choice(v, (10000, n)).mean(axis=1)` and its linear percentiles, to the last bit.
#[test]
fn bootstrap_intervals_are_numpys_to_the_last_bit() {
    assert_eq!(bootstrap_interval(&A, 0.95), Interval { low: 0.78502, high: 0.8284 });
    assert_eq!(bootstrap_interval(&A, 0.99), Interval { low: 0.77912, high: 0.8338199999999999 });
    assert_eq!(bootstrap_interval(&C, 0.95), Interval { low: 0.3658333333333334, high: 0.6433333333333334 });
    assert_eq!(bootstrap_interval(&C, 0.99), Interval { low: 0.325, high: 0.6816666666666666 });
}

#[test]
fn a_single_number_has_an_interval_of_no_width() {
    let one = Summary::of(&[3.5], 0.95).unwrap();
    assert_eq!((one.n, one.std, one.t), (1, 0.0, None));
    assert_eq!(one.bootstrap, Interval { low: 3.5, high: 3.5 });
    assert!(sample_std(&[3.5]).is_nan());
}

#[test]
fn below_four_numbers_t_gives_way_to_the_bootstrap() {
    let three = Summary::of(&[1.0, 2.0, 4.0], 0.95).unwrap();
    assert!(three.t.is_some());
    assert_eq!(three.t_or_bootstrap(), three.bootstrap);
    let five = Summary::of(&A, 0.95).unwrap();
    assert_eq!(Some(five.t_or_bootstrap()), five.t);
}

#[test]
fn long_sums_run_pairwise() {
    // `np.full(1000, 0.1).mean()`; added one by one the thousand tenths drift fifty times as far.
    let tenths = vec![0.1; 1000];
    assert_eq!(mean(&tenths), 0.10000000000000002);
    assert_eq!(tenths.iter().sum::<f64>() / 1000.0, 0.09999999999999859);
}

#[test]
fn welchs_test_agrees_with_scipy() {
    let w = welch(Moments::of(&A), Moments::of(&B), 0.95).unwrap();
    close(w.t, -0.7219691100312498);
    close(w.df, 6.546402206887817);
    close(w.p, 0.49528501297165356);
    spans(w.interval.unwrap(), -0.046156977107400195, 0.02479697710740015);
    let w = welch(Moments::of(&A), Moments::of(&C), 0.95).unwrap();
    close(w.t, 4.028556546896076);
    close(w.df, 11.640224395815036);
    close(w.p, 0.0017765109419394462);
    close(cohens_d(Moments::of(&A), Moments::of(&B)).unwrap(), -0.4566133575966935);
}

#[test]
fn samples_without_spread_are_told_apart_or_not() {
    let of = |v: f64| Moments { n: 5, mean: v, std: 0.0 };
    assert_eq!(welch(of(1.0), of(1.0), 0.95).unwrap().p, 1.0);
    assert_eq!(welch(of(2.0), of(1.0), 0.95).unwrap().p, 0.0);
    assert_eq!(cohens_d(of(2.0), of(1.0)), Some(0.0));
    assert!(welch(Moments { n: 1, ..of(1.0) }, of(2.0), 0.95).is_none());
    assert!(welch(Moments { std: f64::NAN, ..of(1.0) }, of(2.0), 0.95).is_none());
}

#[test]
fn mann_whitney_counts_small_samples_out() {
    let m = mann_whitney(&A, &B).unwrap();
    assert_eq!((m.u, m.exact), (11.0, true));
    close(m.p, 0.8412698412698413);
    let m = mann_whitney(&[1.1, 2.2, 3.3], &[4.4, 5.5, 6.6, 0.7]).unwrap();
    assert_eq!((m.u, m.exact), (3.0, true));
    close(m.p, 0.4);
    let m = mann_whitney(&A, &C).unwrap();
    assert_eq!((m.u, m.exact), (51.0, true));
    close(m.p, 0.02682611506140918);
    assert!(mann_whitney(&[], &A).is_none());
}

#[test]
fn mann_whitney_corrects_for_ties_and_continuity() {
    let few = [1.0, 2.0, 2.0, 3.0, 5.0, 5.0, 6.0, 7.0, 9.0, 9.0];
    let many = [2.0, 3.0, 3.0, 4.0, 6.0, 6.0, 8.0, 9.0, 9.0, 10.0, 11.0];
    let m = mann_whitney(&few, &many).unwrap();
    assert_eq!((m.u, m.exact), (38.0, false));
    close(m.p, 0.24173148613306084);
    let low = [
        0.345584, 0.821618, 0.330437, -1.303157, 0.905356, 0.446375, -0.536953, 0.581118, 0.364572, 0.294132, 0.028422,
        0.546713,
    ];
    let high = [
        0.989053, 0.277252, 0.386936, -1.641467, 2.599707, 1.944166, 0.474577, 1.573807, 1.081211, 0.246177, 1.777567,
        0.489443, 0.471176, 0.007853, 1.254958,
    ];
    let m = mann_whitney(&low, &high).unwrap();
    assert_eq!((m.u, m.exact), (57.0, false));
    close(m.p, 0.11277614968605339);
    assert_eq!(mann_whitney(&[1.0, 1.0, 2.0], &[1.0, 2.0, 1.0]).unwrap().p, 1.0);
    assert_eq!(mann_whitney(&[1.0; 5], &[1.0; 5]).unwrap().p, 1.0);
}

#[test]
fn counts_of_u_sum_to_all_orders() {
    // 8 out of 20: 125,970 orders; the most distant one is alone.
    let apart: Vec<f64> = (0..8).map(f64::from).collect();
    let above: Vec<f64> = (8..20).map(f64::from).collect();
    close(mann_whitney(&apart, &above).unwrap().p, 2.0 / 125_970.0);
}

#[test]
fn paired_tests_agree_with_scipy() {
    let differences: Vec<f64> = A.iter().zip(B).map(|(a, b)| a - b).collect();
    let t = paired_t(&differences, 0.95).unwrap();
    close(t.t, -0.5410745374125319);
    close(t.p, 0.6171812370951966);
    spans(t.interval.unwrap(), -0.06548286295731655, 0.04412286295731655);
    let w = wilcoxon(&differences).unwrap();
    assert_eq!((w.w, w.exact, w.n), (5.0, true, 5));
    close(w.p, 0.625);
    let w = wilcoxon(&[-0.2, 0.6, 0.1, 0.05, 0.47, 0.32, -0.12, 0.23, -0.01, 0.51, 0.17, 0.36]).unwrap();
    assert_eq!((w.w, w.exact), (67.0, true));
    close(w.p, 0.02685546875);
    let w = wilcoxon(&[1.0, -1.0, 2.0, 2.0, -3.0, 4.0, 0.0, 5.0, 6.0, 0.0, 7.0]).unwrap();
    assert_eq!((w.w, w.exact, w.n), (38.5, false, 9));
    close(w.p, 0.057584115072875815);
}

#[test]
fn differences_that_are_all_the_same_are_certain_or_nothing() {
    assert_eq!(paired_t(&[0.0; 4], 0.95).unwrap().p, 1.0);
    assert_eq!(paired_t(&[2.0; 4], 0.95).unwrap().p, 0.0);
    assert_eq!(wilcoxon(&[0.0; 4]).unwrap().p, 1.0);
    assert!(paired_t(&[1.0], 0.95).is_none());
    assert!(wilcoxon(&[]).is_none());
}

#[test]
fn quantiles_of_t_keep_their_digits() {
    close(describe::t_quantile(0.005, 4.0).unwrap(), 4.604094871349992);
    close(describe::t_quantile(0.025, 1.0).unwrap(), 12.706204736174694);
    close(describe::t_quantile(0.025, 3.7).unwrap(), 2.8675207071911895);
}

#[test]
fn words_and_stars_change_at_their_bounds() {
    let labels: Vec<&str> = [0.1, -0.2, 0.5, -0.8, f64::NAN].map(effect_label).to_vec();
    assert_eq!(labels, ["negligible", "small", "medium", "large", ""]);
    assert_eq!([0.05, 0.049, 0.009, 0.0009, f64::NAN].map(stars), ["", "*", "**", "***", ""]);
}
