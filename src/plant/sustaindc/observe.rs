//! What the three agents see (sustaindc 6). All three vectors are as wide as the widest: the agents' networks were
//! trained on padded ones, and their first layer normalises over the zeros too (sustaindc 10).

use super::features::{CI_AHEAD, CI_BEHIND, Outlook, TEMPERATURE_AHEAD, slope, smooth_slope};
use super::managers::Series;
use super::queue::Ages;

/// Width of every observation.
pub const WIDTH: usize = 26;
/// Entries that mean something, by agent.
pub const USED: [usize; 3] = [26, 14, 13];
/// Entries that the three agents share.
pub const SHARED: usize = 10;

/// What an observation is made of: everything at the tick that comes next.
pub struct View<'a> {
    /// Index of that tick.
    pub index: u64,
    /// Load; the present value may be overridden.
    pub workload: (&'a Series, f64),
    /// Dry bulb, with the present value on its scale.
    pub ambient: (&'a Series, f64),
    /// Carbon intensity, with the present value on its scale.
    pub carbon: (&'a Series, f64),
    /// Cosine and sine of the hour.
    pub clock: [f64; 2],
    /// Ages of the waiting tasks.
    pub ages: Ages,
    /// Tasks that wait.
    pub tasks: i64,
    /// Tasks that fit.
    pub queue_max: i64,
    /// State of charge, 0 to 1.
    pub soc: f64,
}

/// The three observations, unpadded.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Observations {
    /// Load shifting.
    pub ls: [f64; USED[0]],
    /// Cooling.
    pub dc: [f64; USED[1]],
    /// Battery.
    pub bat: [f64; USED[2]],
    /// Carbon intensity now and ahead, scaled: what slopes and peaks are made of.
    pub carbon: [f64; CI_AHEAD + 1],
}

impl Observations {
    /// Looks around.
    pub fn of(view: &View<'_>) -> Self {
        let i = view.index;
        let (carbon, now) = view.carbon;
        let mut ahead = [now; CI_AHEAD + 1];
        for (slot, k) in ahead.iter_mut().skip(1).zip(1..) {
            *slot = carbon.scaled(i + k);
        }
        let mut behind = [now; CI_BEHIND + 1];
        for (slot, k) in behind.iter_mut().zip(0..CI_BEHIND as u64) {
            *slot = carbon.scaled((i + k).wrapping_sub(CI_BEHIND as u64));
        }
        // Before the sixteenth sample of the year the source has no past at all.
        let past_slope = if i < CI_BEHIND as u64 { 0.0 } else { smooth_slope(&behind) };
        let outlook = Outlook::of(&ahead);
        let [cos, sin] = view.clock;
        let shared: [f64; SHARED] = [
            cos,
            sin,
            now,
            smooth_slope(&ahead),
            past_slope,
            outlook.mean,
            outlook.std,
            outlook.z,
            outlook.to_peak,
            outlook.to_valley,
        ];
        let (ambient, t_now) = view.ambient;
        let mut temperature = [t_now; TEMPERATURE_AHEAD + 1];
        for (slot, k) in temperature.iter_mut().skip(1).zip(1..) {
            *slot = ambient.scaled(i + k);
        }
        let t = Outlook::of(&temperature);
        let (workload, w_now) = view.workload;
        let [h0, h1, h2, h3, h4] = view.ages.histogram(view.tasks);
        let mut out = Self { carbon: ahead, ..Self::default() };
        let tail = [
            view.ages.oldest_h / 24.0,
            view.ages.average_h / 24.0,
            view.tasks as f64 / view.queue_max.max(1) as f64,
            w_now,
            t_now,
            slope(&temperature),
            t.mean,
            t.std,
            t.z,
            t.to_peak,
            t.to_valley,
            h0,
            h1,
            h2,
            h3,
            h4,
        ];
        let fill = |out: &mut [f64], tail: &[f64]| {
            for (slot, value) in out.iter_mut().zip(shared.iter().chain(tail)) {
                *slot = *value;
            }
        };
        fill(&mut out.ls, &tail);
        fill(&mut out.dc, &[w_now, workload.at(i + 1), t_now, ambient.scaled(i + 1)]);
        fill(&mut out.bat, &[w_now, t_now, view.soc]);
        out
    }

    /// Writes what a slot sees: binary32 values, padded with zeros.
    pub fn write(&self, slot: usize, out: &mut [f64]) {
        let own: &[f64] = match slot {
            0 => &self.ls,
            1 => &self.dc,
            _ => &self.bat,
        };
        out.fill(0.0);
        for (cell, value) in out.iter_mut().zip(own) {
            *cell = f64::from(*value as f32);
        }
    }
}
