//! Tiles that a plant composes for its own subjects: what belongs side by side, and how it wants to be read.
//!
//! The window draws these tables without knowing the plant. A tile is a column of [`Row`]s; a row holds one [`Part`]:
//! a chart, a stack, a table of numbers. Parts name signals, metrics and slots by their index in the plant's tables;
//! [`TileSpec::check`] holds them against those tables.

use crate::signal::{Carrier, SignalId};

/// Where a tile stands in the layouts that come with the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Home {
    /// The bottom row, in the order of the table.
    Bottom,
    /// The right column, in the order of the table.
    Side,
    /// Nowhere until a person opens it.
    #[default]
    Shelf,
}

/// A tile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TileSpec {
    /// Where it stands until a person moves it.
    pub home: Home,
    /// Stable name in snake case (`thermal`).
    pub name: String,
    /// Title in the header.
    pub title: String,
    /// A few words beside the title where there is room ("seven terms").
    pub caption: String,
    /// Form of energy, for the accent colour.
    pub carrier: Carrier,
    /// The one number at the right end of the header.
    pub headline: Option<Readout>,
    /// What it shows, from the top down.
    pub rows: Vec<Row>,
    /// What the tile is for, one sentence.
    pub doc: String,
}

/// A part with its share of the height.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Share of the height that stretching rows divide; 0 = as high as its content.
    pub share: f32,
    /// What stands there.
    pub part: Part,
}

/// One of several parts side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Share of the width.
    pub share: f32,
    /// Least width that it needs, points; where the tile is too narrow, the last columns fold away first.
    pub least_pt: f32,
    /// What stands there, from the top down.
    pub rows: Vec<Row>,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// The last row.
    Signal(SignalId),
    /// A metric so far: index in [`PlantSpec::metrics`](super::PlantSpec::metrics).
    Metric(usize),
    /// Sum over all rows so far.
    Sum(SignalId),
    /// Sum over the rows since a slot's last decision.
    SumSince(SignalId, usize),
    /// Root mean square over the rows since a slot's last decision.
    RmsSince(SignalId, usize),
    /// Change per minute over the last five minutes.
    SlopePerMinute(SignalId),
    /// Part of the whole-run change: value now minus value on the first row.
    Change(SignalId),
}

/// A labelled number.
#[derive(Debug, Clone, PartialEq)]
pub struct Readout {
    /// Words beside it.
    pub label: String,
    /// Where it comes from.
    pub source: Source,
    /// Factor on the value (unit conversion).
    pub scale: f64,
    /// Unit as printed, after scaling.
    pub unit: String,
    /// Digits after the decimal point.
    pub decimals: usize,
    /// Whether a plus sign stands before positive values.
    pub signed: bool,
    /// Whether it is set large.
    pub prominent: bool,
    /// What it means, for the tooltip: the definition of a score, the sign of a power.
    pub doc: String,
}

impl Readout {
    /// A plain number in its source's own unit.
    pub fn new(label: &str, source: Source, unit: &str, decimals: usize, doc: &str) -> Self {
        Self {
            label: label.to_owned(),
            source,
            scale: 1.0,
            unit: unit.to_owned(),
            decimals,
            signed: false,
            prominent: false,
            doc: doc.to_owned(),
        }
    }

    /// Sets the factor on the value.
    pub fn scaled(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// Puts a plus sign before positive values.
    pub fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// Sets it large.
    pub fn prominent(mut self) -> Self {
        self.prominent = true;
        self
    }
}

/// How a series of a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What was asked for: thick, in the accent.
    Request,
    /// What was given: thin, in the colour of text, over the request. The gap between them is the message.
    Answer,
    /// Anything else: a line in its own colour.
    Line,
}

/// A series of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    /// Which signal.
    pub signal: SignalId,
    /// How it is drawn.
    pub role: Role,
}

/// A level drawn across a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Words on it ("commitment").
    pub label: String,
    /// Where it stands.
    pub at: BoundAt,
}

/// Where a level stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BoundAt {
    /// At a fixed value in the series' unit.
    Value(f64),
    /// At a factor times a signal, moving with it.
    Signal(f64, SignalId),
}

/// What a chart's horizontal axis spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// The time that all charts share.
    #[default]
    Shared,
    /// The whole episode from its first tick.
    Episode,
}

/// Lines over time; all series of one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// Stable name within the tile.
    pub name: String,
    /// Words above it; empty where the tile's title says it.
    pub title: String,
    /// The series, most important first.
    pub series: Vec<Series>,
    /// Levels beside the limits that the signals bring along.
    pub bounds: Vec<Bound>,
    /// What the horizontal axis spans.
    pub span: Span,
    /// Whether zero is always in sight.
    pub zero: bool,
}

impl Lines {
    /// Lines over the shared time without levels of their own.
    pub fn new(name: &str, title: &str, series: Vec<Series>) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            series,
            bounds: Vec::new(),
            span: Span::Shared,
            zero: false,
        }
    }
}

/// When the values of an interval are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// On every row of it: read on its last row so far.
    Within,
    /// On the row that closes it.
    AtClose,
}

/// A value printed below each interval.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalRow {
    /// Words at the left.
    pub label: String,
    /// The value.
    pub signal: SignalId,
    /// When it is told.
    pub told: Told,
    /// Digits after the decimal point.
    pub decimals: usize,
}

/// The decisions of a slow slot, one column an interval: prices as steps, sizes as bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// The slot whose period divides time.
    pub slot: usize,
    /// Prices or the like, as steps; all of one unit.
    pub steps: Vec<SignalId>,
    /// Sizes, as bars from zero; the first is what was wanted, the second what holds.
    pub bars: Vec<SignalId>,
    /// Flag that is 1 where the wanted size was granted: a filled bar and a tick mark, else hollow and a cross.
    pub won: Option<SignalId>,
    /// Numbers below.
    pub rows: Vec<IntervalRow>,
}

/// A building block of a tile.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Parts side by side.
    Columns(Vec<Column>),
    /// Lines over the shared time.
    Lines(Lines),
    /// A signed quantity as bars from zero over the shared time: an error below its chart.
    Strip {
        /// Words in it.
        title: String,
        /// The quantity.
        signal: SignalId,
    },
    /// Quantities stacked on each other per tick, positive ones upwards and negative ones downwards.
    Stack {
        /// Words above it.
        title: String,
        /// What is stacked.
        terms: Vec<SignalId>,
        /// Drawn over the stack as a line: their sum.
        sum: Option<SignalId>,
    },
    /// The reward terms of a slot: this tick, the episode's sum, the share of it.
    Terms {
        /// The slot.
        slot: usize,
    },
    /// The decisions of a slow slot.
    Intervals(Intervals),
    /// Values on bars of their range with limits.
    Gauges(Vec<SignalId>),
    /// A stock as an upright tank.
    Level {
        /// How full, in the signal's unit.
        signal: SignalId,
        /// Lowest and highest usable level.
        usable: (f64, f64),
    },
    /// A power that goes both ways against its present limits, on a level bar.
    Swing {
        /// Words above it.
        title: String,
        /// The power.
        signal: SignalId,
        /// Its limit to the negative side, as a positive number.
        limit_low: Option<SignalId>,
        /// Its limit to the positive side.
        limit_high: Option<SignalId>,
        /// What a negative and a positive value do ("charge", "discharge").
        verbs: (String, String),
    },
    /// Labelled numbers, in two columns where there is room.
    Readouts {
        /// Words above them; may be empty.
        title: String,
        /// The numbers.
        list: Vec<Readout>,
    },
    /// How well a response followed a request, by a named and versioned definition.
    Score {
        /// What was asked for.
        request: SignalId,
        /// What was given.
        response: SignalId,
    },
    /// When signals reach their limits if they go on as they do.
    Ahead {
        /// The signals; each must have an upper or lower limit.
        signals: Vec<SignalId>,
    },
    /// Time until a slot decides again, with its words ("next bid in").
    Countdown {
        /// The slot.
        slot: usize,
        /// Words before the time.
        words: String,
    },
    /// One line of explanation in small print.
    Note(String),
}
