//! What a language model is shown of its own past: the last steps with what they earned.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Who says when something new is to be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// The model itself.
    Autonomous,
    /// Turns: exploit, explore, exploit …
    Preset,
    /// Nobody: it always uses what it knows.
    Exploit,
}

/// A step that is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Attempt {
    /// Number of the decision since the episode began.
    pub step: u64,
    /// State as JSON.
    pub state: String,
    /// Action as JSON.
    pub action: String,
    /// What it earned; not known before the next decision.
    pub reward: Option<f64>,
}

/// The last steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Buffer {
    kept: VecDeque<Attempt>,
    /// Whether the newest kept step is the last decision, so that the next reward is its own.
    open: bool,
}

impl Buffer {
    /// A decision was made. Every `stride`-th is kept, at most `steps`.
    pub fn took(&mut self, step: u64, state: String, action: String, steps: usize, stride: u64) {
        self.open = false;
        if steps == 0 || !step.is_multiple_of(stride.max(1)) {
            return;
        }
        self.kept.push_back(Attempt { step, state, action, reward: None });
        // One more than is shown: the newest has not earned anything yet.
        while self.kept.len() > steps + 1 {
            self.kept.pop_front();
        }
        self.open = true;
    }

    /// The reward of the last decision is known.
    pub fn earned(&mut self, reward: f64) {
        if let Some(last) = self.kept.back_mut().filter(|_| self.open) {
            last.reward = Some(reward);
        }
        self.open = false;
    }

    /// Steps that are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Steps with what they earned, oldest first, at most `steps`.
    pub fn attempts(&self, steps: usize) -> impl Iterator<Item = (&Attempt, f64)> {
        let known = self.kept.iter().filter_map(|a| Some((a, a.reward?)));
        let count = self.kept.iter().filter(|a| a.reward.is_some()).count();
        known.skip(count.saturating_sub(steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_steps_are_kept_with_their_own_rewards() {
        let mut buffer = Buffer::default();
        for step in 0..7 {
            if step > 0 {
                buffer.earned(step as f64);
            }
            buffer.took(step, format!("s{step}"), format!("a{step}"), 2, 2);
        }
        // Steps 0, 2, 4, 6 are kept; the newest has no reward yet.
        let shown: Vec<(u64, f64)> = buffer.attempts(2).map(|(a, r)| (a.step, r)).collect();
        assert_eq!(shown, [(2, 3.0), (4, 5.0)]);
        buffer.earned(7.0);
        let shown: Vec<(u64, f64)> = buffer.attempts(2).map(|(a, r)| (a.step, r)).collect();
        assert_eq!(shown, [(4, 5.0), (6, 7.0)]);
    }

    #[test]
    fn none_are_kept_when_none_are_wanted() {
        let mut buffer = Buffer::default();
        buffer.took(0, String::new(), String::new(), 0, 1);
        buffer.earned(1.0);
        assert_eq!((buffer.len(), buffer.attempts(5).count()), (0, 0));
    }
}
