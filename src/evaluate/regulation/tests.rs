//! Tests of the performance score.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::record::Recorder;

const M12: ScoreDefinition = ScoreDefinition::PjmM12LegacyJointArgmax;

/// Samples of an AR(1) signal between −1 and 1 that forgets within a minute.
fn wander(count: usize) -> Vec<f64> {
    let mut noise = 0x9E37_79B9_7F4A_7C15_u64;
    let mut x = 0.0;
    (0..count)
        .map(|_| {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            x = 0.8 * x + 0.2 * ((noise >> 11) as f64 / (1_u64 << 52) as f64 - 1.0);
            x
        })
        .collect()
}

/// Scores 30 samples of ten seconds; `answer` makes the response from the request and the sample's number.
fn scored(answer: impl Fn(&[f64], usize) -> f64) -> Parts {
    let signal = wander(200);
    let request = &signal[100..130];
    let response: Vec<f64> = (100..160).map(|k| answer(&signal, k)).collect();
    M12.score(request, &response, 10.0).expect("there is a score")
}

#[track_caller]
fn close(value: f64, wanted: f64) {
    assert!((value - wanted).abs() < 1e-9, "{value} instead of {wanted}");
}

#[test]
fn perfect_tracking_scores_one() {
    let parts = scored(|signal, k| signal[k]);
    close(parts.composite(), 1.0);
    assert_eq!(parts.delay_s, 0.0);
}

#[test]
fn a_minute_late_costs_a_fifth_of_the_delay_score() {
    let parts = scored(|signal, k| signal[k - 6]);
    close(parts.correlation, 1.0);
    close(parts.delay, 0.8);
    assert_eq!(parts.delay_s, 60.0);
    assert!(parts.precision < 0.8, "what comes late misses what was asked: {}", parts.precision);
}

#[test]
fn a_constant_response_earns_neither_correlation_nor_delay() {
    let parts = scored(|_, _| 3.0);
    assert_eq!((parts.correlation, parts.delay, parts.delay_s), (0.0, 0.0, 0.0));
    assert_eq!(parts.precision, 0.0, "and it is far off");
}

#[test]
fn half_the_amplitude_costs_half_the_precision() {
    let parts = scored(|signal, k| 0.5 * signal[k]);
    close(parts.correlation, 1.0);
    close(parts.delay, 1.0);
    close(parts.precision, 0.5);
}

#[test]
fn the_opposite_earns_nothing_at_once() {
    let parts = scored(|signal, k| -signal[k]);
    assert!(parts.delay < 1.0, "only a later stretch can be alike by chance");
    assert_eq!(parts.precision, 0.0);
}

#[test]
fn a_flat_request_is_judged_by_its_slope() {
    let request = [10.0; 30];
    let steady = M12.score(&request, &[10.0; 60], 10.0).unwrap();
    close(steady.composite(), 1.0);
    let ramp: Vec<f64> = (0..60).map(|k| 10.0 + 5.0 * f64::from(k) / 29.0).collect();
    let ramp = M12.score(&request, &ramp, 10.0).unwrap();
    close(ramp.correlation, 0.5);
    close(ramp.delay, 1.0);
}

#[test]
fn what_cannot_be_scored_has_no_score() {
    assert_eq!(M12.score(&[0.0; 30], &[1.0; 60], 10.0), None, "nothing was asked");
    assert_eq!(M12.score(&[1.0; 30], &[1.0; 20], 10.0), None, "the response is too short");
    assert_eq!(M12.score(&[f64::NAN; 30], &[1.0; 60], 10.0), None);
    assert_eq!(M12.score(&[], &[], 10.0), None);
}

#[test]
fn samples_follow_the_length_of_a_tick() {
    let of = |tick_s| M12.timing(tick_s).map(|t| (t.sample_ticks, t.samples, t.shifts, t.block_ticks()));
    assert_eq!(of(5), Some((2, 30, 30, 60)));
    assert_eq!(of(1), Some((10, 30, 30, 300)));
    assert_eq!(of(10), Some((1, 30, 30, 30)));
    assert_eq!(of(30), Some((1, 10, 10, 10)));
    assert_eq!(of(60), None);
    assert_eq!(of(900), None);
    assert_eq!(of(0), of(1));
}

#[test]
fn a_block_waits_for_the_answer_to_its_last_request() {
    let timing = M12.timing(5).unwrap();
    let ends: Vec<Option<u64>> = [0, 60, 119, 120, 179, 180].map(|tick| timing.last_block(tick)).to_vec();
    assert_eq!(ends, [None, None, None, Some(0), Some(0), Some(1)]);
}

fn recording(rows: u64, row: impl Fn(u64) -> [f64; 2]) -> Recording {
    let mut recorder = Recorder::new(2);
    for r in 0..rows {
        recorder.push(&row(r));
    }
    recorder.picture()
}

const PAIR: Pair = Pair { request: 0, response: 1 };

#[test]
fn the_last_block_and_its_hour_are_read_from_a_recording() {
    // Asked for from the second block on; followed exactly in even blocks, at half the size in odd ones.
    let signal = wander(2_000);
    let asked = |r: u64| if r < 60 { 0.0 } else { signal[r as usize / 2] };
    let rows = recording(900, |r| [asked(r), asked(r) * if (r / 60) % 2 == 0 { 1.0 } else { 0.5 }]);

    assert_eq!(last_score(M12, &rows, PAIR, 5, 120), None, "nothing was asked in the first block");
    let score = last_score(M12, &rows, PAIR, 5, 900).unwrap();
    assert_eq!((score.block_from_tick, score.block_to_tick), (780, 840), "the block after it still waits");
    close(score.precision, 0.5);
    assert!(score.correlation > 0.9 && score.delay_s == 0.0);
    close(score.composite, (score.correlation + score.delay + score.precision) / 3.0);

    assert_eq!(last_hour(M12, &rows, PAIR, 5, 779), None, "no whole hour yet");
    let hour = last_hour(M12, &rows, PAIR, 5, 780).unwrap();
    assert_eq!((hour.block_from_tick, hour.block_to_tick), (0, 720));
    let blocks: Vec<Score> = (0..12).filter_map(|b| score_block(M12, &rows, PAIR, 5, b)).collect();
    assert_eq!(blocks.len(), 11, "the block without a request does not count");
    close(hour.composite, blocks.iter().map(|b| b.composite).sum::<f64>() / 11.0);
    assert_eq!(last_hour(M12, &rows, PAIR, 900, 780), None);
}

#[test]
fn every_definition_names_itself() {
    assert!(M12.caption().contains("joint argmax") && M12.caption().contains("M12 legacy"));
    assert!(M12.name().ends_with("_v1"));
}
