//! Files that a person can be asked for: what each is for, how its dialog is called, and which files fit.

/// What a file is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileWish {
    /// A setup to begin a run with.
    OpenSetup,
    /// A place for the full log.
    SaveLog,
    /// Recorded logs to play.
    Replay,
    /// Results of benchmarks for the scoreboard.
    Results,
    /// An ONNX file to look at.
    Policy,
    /// Recorded logs to lay beside the runs.
    Lay,
    /// A place for rows of signals.
    Export,
    /// A place for a chart as vectors.
    Svg,
    /// A place for a report of the run.
    Report,
    /// A place for a picture.
    Picture,
    /// A place for an animated GIF.
    Gif,
    /// A place for a film.
    Film,
    /// A place for the layout that stands.
    SaveLayout,
    /// A layout to take in.
    OpenLayout,
}

impl FileWish {
    /// Title of the dialog.
    pub fn title(self) -> &'static str {
        match self {
            Self::OpenSetup => "Open a setup",
            Self::SaveLog => "Write the full log",
            Self::Replay => "Replay logs",
            Self::Results => "Open results",
            Self::Policy => "Look at a policy",
            Self::Lay => "Lay logs beside",
            Self::Export => "Export signals",
            Self::Svg => "Save the chart",
            Self::Report => "Save the report",
            Self::Picture => "Save the picture",
            Self::Gif => "Save the GIF",
            Self::Film => "Save the film",
            Self::SaveLayout => "Save the layout",
            Self::OpenLayout => "Open a layout",
        }
    }

    /// Name of the files that fit, and their endings.
    pub fn filter(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::OpenSetup => ("Setup", &["yaml", "yml"]),
            Self::SaveLog => ("Full log", &["csv"]),
            Self::Replay | Self::Lay => ("Logs", &["csv"]),
            Self::Results => ("Results", &["csv"]),
            Self::Policy => ("ONNX", &["onnx"]),
            Self::Export => ("CSV", &["csv"]),
            Self::Svg => ("SVG", &["svg"]),
            Self::Report => ("Page", &["html"]),
            Self::Picture => ("PNG", &["png"]),
            Self::Gif => ("GIF", &["gif"]),
            Self::Film if cfg!(feature = "h264") => ("Film", &["y4m", "mp4"]),
            Self::Film => ("Film", &["y4m"]),
            Self::SaveLayout | Self::OpenLayout => ("Layout", &["yaml", "yml"]),
        }
    }

    /// Whether files with other endings may fit too.
    pub fn takes_any(self) -> bool {
        matches!(self, Self::Replay | Self::Lay)
    }

    /// Whether several files can be chosen.
    pub fn takes_several(self) -> bool {
        matches!(self, Self::Replay | Self::Lay | Self::Results)
    }

    /// Name that a new file would have; `None` where one is read.
    pub fn saves(self) -> Option<&'static str> {
        Some(match self {
            Self::SaveLog => "log.csv",
            Self::Export => "signals.csv",
            Self::Svg => "chart.svg",
            Self::Report => "report.html",
            Self::Picture => "picture.png",
            Self::Gif => "film.gif",
            Self::Film => "film.y4m",
            Self::SaveLayout => "layout.yaml",
            Self::OpenSetup | Self::Replay | Self::Results | Self::Policy | Self::Lay | Self::OpenLayout => {
                return None;
            }
        })
    }
}
