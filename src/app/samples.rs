//! Sample logs that come with the program, one of each kind that it reads. They are part of the binary and are laid into a
//! folder of caches when a person opens one, because a log is played from a file.

use std::path::PathBuf;

use crate::config::{Error, Result};

/// A sample log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// File name.
    pub file: &'static str,
    /// What it is.
    pub title: &'static str,
    /// More of it, in a few words.
    pub about: &'static str,
    /// Its bytes.
    pub text: &'static str,
    /// Whether it belongs on the Scoreboard rather than on the time line.
    pub results: bool,
}

/// The samples, in the order of the list.
pub const SAMPLES: [Sample; 6] = [
    Sample {
        file: "c2g_hardware.csv",
        title: "C2G transition log",
        about: "hardware, 18 in, 4 out, 20 minutes",
        text: include_str!("../../assets/samples/c2g_hardware.csv"),
        results: false,
    },
    Sample {
        file: "c2g_macro.csv",
        title: "C2G market log",
        about: "19 in, 2 out, one day",
        text: include_str!("../../assets/samples/c2g_macro.csv"),
        results: false,
    },
    Sample {
        file: "full_log.csv",
        title: "Full log with header",
        about: "every signal in physical units, can be verified",
        text: include_str!("../../assets/samples/full_log.csv"),
        results: false,
    },
    Sample {
        file: "sustaindc.csv",
        title: "SustainDC evaluation",
        about: "New York, three days of July",
        text: include_str!("../../assets/samples/sustaindc.csv"),
        results: false,
    },
    Sample {
        file: "heat_pump.csv",
        title: "A table of your own",
        about: "a heat pump, two days in March: units come from the names",
        text: include_str!("../../assets/samples/heat_pump.csv"),
        results: false,
    },
    Sample {
        file: "results_episodes.csv",
        title: "Benchmark results",
        about: "pid, rule_based, bang_bang in four scenarios",
        text: include_str!("../../assets/samples/results_episodes.csv"),
        results: true,
    },
];

impl Sample {
    /// Rows of the table, its line of names and comments excepted.
    pub fn rows(&self) -> usize {
        self.text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count().saturating_sub(1)
    }

    /// Lays the file into the folder of caches, unless it lies there as it should, and tells where.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn place(&self) -> Result<PathBuf> {
        self.place_in(folder())
    }

    fn place_in(&self, folder: PathBuf) -> Result<PathBuf> {
        let path = folder.join(self.file);
        if std::fs::read(&path).is_ok_and(|there| there == self.text.as_bytes()) {
            return Ok(path);
        }
        std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, "create the folder", e))?;
        std::fs::write(&path, self.text).map_err(|e| Error::io(&path, "write the sample", e))?;
        Ok(path)
    }
}

/// Where samples are laid.
fn folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME")
            .filter(|p| p.is_absolute())
            .or_else(|| variable("HOME").map(|home| home.join(".cache")))
    };
    base.unwrap_or_else(std::env::temp_dir).join("c2g-twin").join("samples")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn samples_are_small_and_laid_where_they_can_be_opened() {
        assert!(SAMPLES.iter().map(|s| s.text.len()).sum::<usize>() < 1 << 20, "together they stay below 1 MiB");
        let folder = tempfile::tempdir().unwrap();
        for sample in SAMPLES {
            assert!(sample.rows() > 5, "{}", sample.file);
            let path = sample.place_in(folder.path().join("a")).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), sample.text);
            std::fs::write(&path, "spoilt").unwrap();
            sample.place_in(folder.path().join("a")).unwrap();
            assert_eq!(std::fs::read_to_string(path).unwrap(), sample.text);
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(SAMPLES[0].place_in(file.path().join("below")).is_err(), "a file is no folder");
    }
}
