//! SustainDC's evaluation logs, in both orders of columns.
#![no_main]

mod common;

use c2g_twin::record::{EvaluationOrder, TapeOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for order in [EvaluationOrder::Evaluation, EvaluationOrder::Render] {
        let names = c2g_twin::record::evaluation_header(order) + "\n";
        let file = common::file(names.as_bytes(), bytes);
        common::play(file.path(), &TapeOptions::default());
        let _ = c2g_twin::record::read_evaluation_log(file.path());
    }
});
