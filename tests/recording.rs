//! A recording against a plain table: whatever is pushed and cut off again, it tells the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use c2g_twin::record::{CHUNK_ROWS, Recorder, Recording, Refill, shed};
use proptest::prelude::*;

const COLUMNS: usize = 4;

/// What is done to a recording.
#[derive(Debug, Clone)]
enum Step {
    /// So many rows more, made from this seed.
    Push(u32, u64),
    /// Back to this part of the rows, in thousandths.
    Truncate(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_u32..600, any::<u64>()).prop_map(|(rows, seed)| Step::Push(rows, seed)),
        2 => (1_u32..30_000, any::<u64>()).prop_map(|(rows, seed)| Step::Push(rows, seed)),
        2 => (0_u64..1_000).prop_map(Step::Truncate),
        1 => (990_u64..1_000).prop_map(Step::Truncate),
    ]
}

/// A row with what recordings live on: a busy column, one that seldom changes, gaps, and rare odd numbers.
fn row(seed: u64, k: u64) -> [f64; COLUMNS] {
    let mut bits = (seed ^ k).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^= bits >> 32;
    let busy = (bits % 20_001) as f64 / 7.0 - 1_000.0;
    let held = ((seed % 5 + k / 180) % 3) as f64;
    let gaps = if bits % 5 < 2 || (k / 300).is_multiple_of(3) { f64::NAN } else { busy * 1e-3 };
    let odd = match bits % 4_000 {
        0 => f64::INFINITY,
        1 => f64::MAX,
        2..1_000 => -0.0,
        _ => 0.0,
    };
    [busy, held, gaps, odd]
}

/// A column's extremes over some rows of a table.
fn extremes(rows: &[[f64; COLUMNS]], column: usize) -> Option<(f64, f64)> {
    let numbers = || rows.iter().map(|row| row[column]).filter(|v| !v.is_nan());
    Some((numbers().reduce(f64::min)?, numbers().reduce(f64::max)?))
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

/// Holds a recording against the table over a range of rows.
fn hold(recording: &Recording, table: &[[f64; COLUMNS]], from: usize, to: usize, stretches: usize) {
    let (a, b) = (from as u64, to as u64);
    for column in 0..COLUMNS {
        let rows = &table[from..to];
        assert_eq!(recording.extremes(column, a, b), extremes(rows, column));

        let numbers = || rows.iter().map(|row| row[column]).filter(|v| !v.is_nan());
        let (sum, size) = (numbers().sum::<f64>(), numbers().map(f64::abs).sum::<f64>());
        let told = recording.sum(column, a, b);
        assert!(same(told, sum) || (told - sum).abs() <= 1e-12 * size, "{told} is not {sum}");

        let envelope = recording.envelope(column, a, b, stretches);
        assert!(envelope.len() <= stretches + 1);
        let mut next = a;
        for e in envelope {
            assert!(e.row >= next && e.rows > 0 && e.row + e.rows <= b);
            let (first, last) = (e.row as usize, (e.row + e.rows) as usize);
            assert_eq!(extremes(&table[next as usize..first], column), None, "only stretches of gaps are left out");
            assert_eq!(Some((e.low, e.high)), extremes(&table[first..last], column));
            assert!(same(e.first, table[first][column]) && same(e.last, table[last - 1][column]));
            next = e.row + e.rows;
        }
        assert_eq!(extremes(&table[next as usize..to], column), None);
    }
}

/// Everything that a recording tells about a range, as bits.
fn told(recording: &Recording, from: u64, to: u64, stretches: usize) -> Vec<u64> {
    let mut bits = vec![recording.rows()];
    for column in 0..COLUMNS {
        let (low, high) = recording.extremes(column, from, to).unwrap_or((f64::NAN, f64::NAN));
        bits.extend([low, high, recording.sum(column, from, to)].map(f64::to_bits));
        for e in recording.envelope(column, from, to, stretches) {
            bits.extend([e.row, e.rows]);
            bits.extend([e.low, e.high, e.first, e.last].map(f64::to_bits));
        }
    }
    bits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_recording_tells_what_a_table_tells(
        steps in prop::collection::vec(step(), 1..12),
        ranges in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64, 1_usize..900), 1..6),
    ) {
        let (mut recorder, mut table) = (Recorder::new(COLUMNS), Vec::new());
        let mut kept = None;
        for step in steps {
            match step {
                Step::Push(rows, seed) => {
                    for _ in 0..rows {
                        let row = row(seed, table.len() as u64);
                        recorder.push(&row);
                        table.push(row);
                    }
                }
                Step::Truncate(part) => {
                    // A picture from before must not notice.
                    kept = Some((recorder.picture(), table.clone()));
                    table.truncate(table.len() * part as usize / 1_000);
                    recorder.truncate(table.len() as u64);
                }
            }
            prop_assert_eq!(recorder.rows(), table.len() as u64);
        }
        let mut fresh = Recorder::new(COLUMNS);
        table.iter().for_each(|row| fresh.push(row));
        let (picture, fresh) = (recorder.picture(), fresh.picture());

        let mut values = [0.0; COLUMNS];
        for k in (0..table.len()).step_by(41).chain(table.len().checked_sub(1)) {
            prop_assert!(picture.row(k as u64, &mut values));
            for column in 0..COLUMNS {
                prop_assert_eq!(values[column].to_bits(), table[k][column].to_bits());
                prop_assert_eq!(picture.value(k as u64, column).to_bits(), table[k][column].to_bits());
            }
        }
        prop_assert!(!picture.row(table.len() as u64, &mut values));

        for (a, b, stretches) in ranges.into_iter().chain([(0.0, 1.0, 700)]) {
            let at = |part: f64, of: usize| ((part * (of + 1) as f64) as usize).min(of);
            let (from, to) = (at(a.min(b), table.len()), at(a.max(b), table.len()));
            hold(&picture, &table, from, to, stretches);
            prop_assert!(
                told(&picture, from as u64, to as u64, stretches) == told(&fresh, from as u64, to as u64, stretches),
                "cut and recorded again differs from recorded once"
            );
            if let Some((before, table)) = &kept {
                hold(before, table, at(a.min(b), table.len()), at(a.max(b), table.len()), stretches);
            }
        }
    }
}

/// What is done to a recording whose rows go and come back.
#[derive(Debug, Clone)]
enum Deed {
    /// So many rows more.
    Push(u32),
    /// Back to this part of the rows, in thousandths.
    Truncate(u64),
    /// Down to this part of the room that it takes, in thousandths.
    Shed(u64),
    /// Rows from and to these parts come back, in thousandths.
    Fill(u64, u64),
    /// It goes on as a branch of itself.
    Branch,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (1_u32..12_000).prop_map(Deed::Push),
        1 => (500_u64..1_000).prop_map(Deed::Truncate),
        3 => (0_u64..1_000).prop_map(Deed::Shed),
        3 => (0_u64..1_000, 0_u64..1_000).prop_map(|(a, b)| Deed::Fill(a.min(b), a.max(b))),
        1 => Just(Deed::Branch),
    ]
}

fn refill(recorder: &mut Recorder, seed: u64, from: u64, to: u64) {
    let mut refill = Refill::new(COLUMNS, from);
    (refill.next_row()..to).for_each(|k| refill.push(&row(seed, k)));
    recorder.fill(refill).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn rows_that_go_and_come_back_change_nothing_but_what_is_missing(
        seed in any::<u64>(),
        deeds in prop::collection::vec(deed(), 1..14),
        stretches in 1_usize..900,
    ) {
        let mut recorder = Recorder::new(COLUMNS);
        (0..30_000).for_each(|k| recorder.push(&row(seed, k)));
        for (number, deed) in deeds.into_iter().enumerate() {
            let rows = recorder.rows();
            match deed {
                Deed::Push(more) => (rows..rows + u64::from(more)).for_each(|k| recorder.push(&row(seed, k))),
                Deed::Truncate(part) => {
                    let keep = rows * part / 1_000;
                    if let Some(lack) = recorder.lacks_before(keep) {
                        refill(&mut recorder, seed, lack.start, lack.end);
                    }
                    recorder.truncate(keep);
                }
                Deed::Shed(part) => {
                    // What waits is sealed before.
                    recorder.picture();
                    let bytes = recorder.bytes() * part / 1_000;
                    let left = shed(&mut [&mut recorder], bytes, &|_, at| (at / 5_000) * number as u64 % 3);
                    prop_assert_eq!(left, recorder.bytes());
                }
                Deed::Fill(a, b) => refill(&mut recorder, seed, rows * a / 1_000, rows * b / 1_000),
                Deed::Branch => recorder = recorder.fork(rows),
            }
        }
        let rows = recorder.rows();
        let (picture, mut fresh) = (recorder.picture(), Recorder::new(COLUMNS));
        (0..rows).for_each(|k| fresh.push(&row(seed, k)));
        let fresh = fresh.picture();
        // What is told of whole quarters is the same to the bit, whatever is missing.
        let quarters = rows / 64 * 64;
        for length in [64, 192, 256, 1_024] {
            let stretches = quarters.div_ceil(length) as usize;
            prop_assert!(told(&picture, 0, quarters, stretches) == told(&fresh, 0, quarters, stretches));
        }
        let missing = picture.missing(0, rows);
        prop_assert_eq!(&missing, &recorder.missing(0, rows));
        for pair in missing.windows(2) {
            prop_assert!(pair[0].end < pair[1].start);
        }
        let lacks = |k: u64| missing.iter().any(|gone| gone.contains(&k));
        let (mut here, mut there) = ([0.0; COLUMNS], [0.0; COLUMNS]);
        for k in (0..rows).step_by(37) {
            prop_assert!(fresh.row(k, &mut there));
            prop_assert_eq!(picture.row(k, &mut here), !lacks(k));
            let cells = |row: [f64; COLUMNS]| row.map(f64::to_bits);
            prop_assert!(lacks(k) || cells(here) == cells(there));
            for (column, cell) in there.iter().enumerate() {
                let value = picture.value(k, column);
                prop_assert!(value.to_bits() == cell.to_bits() || lacks(k) && value.is_nan());
            }
        }
        // Stretches are told as ever, or left out because rows of theirs are missing.
        for column in 0..COLUMNS {
            let (all, some) = (fresh.envelope(column, 0, rows, stretches), picture.envelope(column, 0, rows, stretches));
            let bits = |e: &c2g_twin::record::Envelope| [e.low, e.high, e.first, e.last].map(f64::to_bits);
            let mut some = some.iter().peekable();
            for e in &all {
                match some.next_if(|found| found.row == e.row) {
                    Some(found) => prop_assert_eq!(bits(found), bits(e)),
                    None => prop_assert!(!picture.missing(e.row, e.row + e.rows).is_empty()),
                }
            }
            prop_assert!(some.next().is_none());
        }
        // All of it comes back.
        refill(&mut recorder, seed, 0, rows.next_multiple_of(CHUNK_ROWS as u64));
        let back = recorder.picture();
        prop_assert!(!back.lacks() && told(&back, 1, rows, stretches) == told(&fresh, 1, rows, stretches));
    }
}
