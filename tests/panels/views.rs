//! Pictures of runs to draw: a real day of the shipped plant, and toy plants made of tables alone.

use std::sync::Arc;

use c2g_twin::plant::{
    Action, Axis, Calendar, Chart, Choice, Domain, EventKind, PlantSpec, RewardTerm, Severity, Slot,
};
use c2g_twin::record::{Recorder, Recording};
use c2g_twin::rollout::{Intervention, LeverMode, Schema, Setup, World};
use c2g_twin::session::{
    Command, DriverView, EventView, LeverView, OptionView, PlayState, RunView, Session, SessionOptions, SlotView, Speed,
};
use c2g_twin::signal::{Carrier, Limits, Signal};

use crate::until::until;

/// The default day after so many ticks, playing at 600×, with its outlook.
pub fn day(ticks: u64) -> RunView {
    let setup = Setup::default_day().expect("the default day is readable");
    run(setup, ticks, &[])
}

/// A run after so many ticks, as if it played at 600×; what a person does comes 200 ticks before.
pub fn run(setup: Setup, ticks: u64, done: &[Intervention]) -> RunView {
    let session = Session::start(World::default(), setup, SessionOptions::default()).expect("the run begins");
    let before = ticks.saturating_sub(200);
    let period = session.view().spec.slots.iter().map(|s| s.period_ticks).max().unwrap_or(1);
    let step = |from: u64, to: u64| {
        let mut tick = from;
        while tick < to {
            let next = (tick / period + 1) * period;
            session.send(if next <= to { Command::StepInterval } else { Command::StepTick });
            tick = if next <= to { next } else { tick + 1 };
        }
        until(&session, |v| v.tick >= to || v.end.is_some());
    };
    step(0, before);
    for what in done {
        session.send(Command::Intervene(what.clone()));
    }
    step(before, ticks);
    let view = session.view();
    let at = view.tick;
    let view = if view.end.is_some() || at == 0 {
        view
    } else {
        until(&session, |v| v.outlook.as_ref().is_some_and(|o| o.tick == at))
    };
    let view = match at.checked_sub(1) {
        Some(tick) => {
            session.send(Command::Why { tick });
            until(&session, |v| v.beside.why.as_ref().is_some_and(|why| why.tick == tick))
        }
        None => view,
    };
    let mut view = RunView::clone(&view);
    if view.end.is_none() {
        view.play = PlayState::Playing;
        view.speed = Speed::Factor(600.0);
        view.achieved = 598.4;
        view.fraction = 0.42;
    }
    view
}

/// What a toy plant is made of.
pub struct Toy {
    /// Slots.
    pub slots: Vec<Slot>,
    /// Length of a tick, s.
    pub tick_s: u32,
    /// Rows to record.
    pub rows: u64,
}

fn slot(name: &str, label: &str, period_ticks: u64, actions: Vec<Action>, reward: Option<usize>) -> Slot {
    Slot {
        name: name.to_owned(),
        label: label.to_owned(),
        period_ticks,
        phase_ticks: 0,
        observations: Vec::new(),
        actions,
        reward,
        reward_terms: reward
            .map(|signal| RewardTerm {
                name: "all".to_owned(),
                label: "All of it".to_owned(),
                signal,
                carrier: Carrier::Aux,
            })
            .into_iter()
            .collect(),
        reward_when: None,
        optional: true,
        default_controller: "hold".to_owned(),
    }
}

fn action(name: &str, label: &str, domain: Domain, carrier: Carrier) -> Action {
    Action {
        name: name.to_owned(),
        label: label.to_owned(),
        default: 0.0,
        nudge: if matches!(domain, Domain::Discrete { .. }) { 1.0 } else { 0.1 },
        domain,
        carrier,
        effect: Some(0),
        verbs: ("draws".to_owned(), "gives".to_owned()),
        reasons: Vec::new(),
        doc: "A toy.".to_owned(),
    }
}

impl Toy {
    /// A car park: one slot with 129 chargers, hourly ticks.
    pub fn chargers() -> Self {
        let actions = (0..129)
            .map(|n| {
                let domain = Domain::Continuous { low: -1.0, high: 1.0 };
                action(&format!("charger_{n:03}"), &format!("Charger {}", n + 1), domain, Carrier::Battery)
            })
            .collect();
        Self { slots: vec![slot("park", "Car park", 1, actions, Some(2))], tick_s: 3_600, rows: 240 }
    }

    /// A building: three slots that choose among positions every quarter of an hour.
    pub fn positions() -> Self {
        let of = |labels: &[&str]| Domain::Discrete { labels: labels.iter().map(|l| (*l).to_owned()).collect() };
        let slots = vec![
            slot("shift", "Shift work", 1, vec![action("when", "When", of(&["Now", "Later"]), Carrier::It)], Some(2)),
            slot(
                "cool",
                "Cooling",
                1,
                vec![action("fans", "Fans", of(&["Off", "Low", "High"]), Carrier::Cooling)],
                None,
            ),
            slot(
                "store",
                "Storage",
                4,
                vec![action("cell", "Cells", of(&["Charge", "Idle", "Give"]), Carrier::Battery)],
                None,
            ),
        ];
        Self { slots, tick_s: 900, rows: 64 }
    }

    fn spec(&self) -> PlantSpec {
        let signals = vec![
            Signal::new("p_mw", 0, "Power", "MW", "What the toy draws.").mean().range(-2.0, 8.0).decimals(1),
            Signal::new("t_degc", 0, "Room", "°C", "Temperature.")
                .range(10.0, 40.0)
                .limits(Limits::high(28.0, 32.0))
                .decimals(1)
                .carrier(Carrier::Cooling),
            Signal::new("reward", 0, "Reward", "", "What it is worth.").mean().range(-1.0, 1.0),
            Signal::new("warm", 0, "Warm", "", "Warm flag.").event(),
        ];
        let chart = |name: &str, title: &str, series: Vec<usize>| Chart {
            name: name.to_owned(),
            title: title.to_owned(),
            series,
        };
        let choice = |name: &str| Choice { name: name.to_owned(), label: name.to_uppercase() };
        PlantSpec {
            name: "toy".to_owned(),
            title: "A toy".to_owned(),
            signals,
            slots: self.slots.clone(),
            axes: vec![Axis {
                name: "place".to_owned(),
                label: "Place".to_owned(),
                choices: vec![choice("here"), choice("there")],
                value: "here".to_owned(),
                doc: "Where it stands.".to_owned(),
            }],
            events: vec![EventKind {
                name: "warm".to_owned(),
                label: "It is warm".to_owned(),
                severity: Severity::Warning,
                flag: 3,
                value: Some(1),
                terminal: false,
                device: None,
            }],
            charts: vec![chart("power", "Power", vec![0]), chart("room", "Room", vec![1])],
            calendar: Calendar { tick_s: self.tick_s, ..Calendar::default() },
            episode_ticks: self.rows * 2,
            ..PlantSpec::default()
        }
    }

    fn record(&self, columns: usize) -> Recording {
        let mut recorder = Recorder::new(columns);
        for row in 0..self.rows {
            let wave = ((row % 24) as f64 - 12.0).abs();
            let mut values = vec![0.0; columns];
            values[0] = wave / 2.0 - 1.0;
            values[1] = 18.0 + wave;
            values[2] = 0.5 - wave / 12.0;
            recorder.push(&values);
        }
        recorder.picture()
    }

    /// The picture of the toy after its rows.
    pub fn view(&self) -> RunView {
        let spec = self.spec();
        let schema = Schema::new(&spec);
        let recording = self.record(schema.len());
        let mut row = vec![0.0; schema.len()];
        recording.row(self.rows - 1, &mut row);
        let option = |name: &str, about: &str| OptionView { name: name.to_owned(), about: about.to_owned() };
        let slots = spec.slots.iter().map(|s| SlotView {
            controller: "hold".to_owned(),
            choices: vec![option("hold", "Keeps every lever where it stands"), option("random", "Draws at random")],
            ticks_to_decision: s.period_ticks - 1,
            insight: c2g_twin::control::Insight::default(),
            fallbacks: 0,
            trouble: None,
            troubled: false,
            thinking: None,
            parameters: Vec::new(),
            drives: true,
        });
        let levers = spec.slots.iter().enumerate().flat_map(|(s, slot)| {
            slot.actions.iter().enumerate().map(move |(a, action)| {
                let (low, high) = action.domain.bounds();
                let value = if matches!(action.domain, Domain::Discrete { .. }) {
                    (a + s) as f64 % (high + 1.0)
                } else {
                    low + (high - low) * ((a * 37 % 100) as f64 / 100.0)
                };
                LeverView {
                    name: format!("{}.{}", slot.name, action.name),
                    slot: s,
                    action: a,
                    mode: LeverMode::Auto,
                    commanded: value,
                    applied: value,
                    effect: f64::NAN,
                    rate_per_min: 0.0,
                    effect_unit: String::new(),
                    reason: None,
                }
            })
        });
        let events = vec![EventView {
            tick: 12,
            instant: 13,
            event: Some(0),
            slot: None,
            entity: None,
            severity: Severity::Warning,
            label: "It is warm".to_owned(),
            value: "30.0 °C".to_owned(),
        }];
        RunView {
            generation: 1,
            run: 0,
            axes: spec.axes.clone(),
            tick: self.rows,
            clock: spec.calendar.civil(self.rows),
            play: PlayState::Paused,
            speed: Speed::Factor(60.0),
            achieved: 0.0,
            fraction: 0.0,
            row: row.into(),
            recording,
            levers: levers.collect(),
            slots: slots.collect(),
            driver: DriverView { controllers: "hold".to_owned(), ..DriverView::default() },
            events: Arc::new(events),
            end: None,
            notices: Vec::new(),
            setup: Arc::new(Setup { plant: "toy".to_owned(), ..Setup::default() }),
            plants: Arc::default(),
            seed: 1,
            noise: "counter".to_owned(),
            log: None,
            outlook: None,
            headroom: None,
            metrics: Arc::new([]),
            rewinding: None,
            replay: None,
            beside: Default::default(),
            schema: Arc::new(schema),
            spec: Arc::new(spec),
        }
    }
}
