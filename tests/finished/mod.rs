//! The program, run as a person runs it, and what it left behind.
#![allow(dead_code)]

use std::path::Path;
use std::process::{Command, Output};

/// Figures of a hardware agent in the source's order (control 5.1), without survival.
pub const HARDWARE_FIGURES: &str = "mean_reward total_reward tracking_rmse thermal_viol_rate throughput_ratio \
    bess_degradation episode_length cumul_p_pump_mw cumul_p_hvac_mw cumul_flex_reduction_kw cumul_bess_actual_kw";

/// What a finished program left behind.
pub struct Finished {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Finished {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        Self { code: output.status.code(), out, err }
    }

    /// Asserts the exit code and shows what was printed when it is another.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\nstdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Asserts that the program refused its input with an error that holds all of `words`.
    #[track_caller]
    pub fn refused(self, words: &[&str]) {
        let this = self.ended(2);
        for word in words {
            assert!(this.err.contains(word), "`{word}` is missing in:\n{}", this.err);
        }
        let cured = this.err.contains("cure: ") || this.err.contains("For more information, try '--help'");
        assert!(cured, "there is no cure in:\n{}", this.err);
    }

    /// Asserts that the standard output holds all of `words`.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.out.contains(word), "`{word}` is missing in:\n{}", self.out);
        }
        self
    }

    /// The JSON on the standard output.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}:\n{}", self.out))
    }
}

/// The program with these arguments in a folder.
pub fn command_in(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_c2g-twin"));
    command.current_dir(dir).args(args);
    command
}
