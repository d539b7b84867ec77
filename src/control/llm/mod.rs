//! A language model as controller: `llm_policy_macro` bids, `llm_policy` moves the levers (control 4.4).
//!
//! The controller itself never waits and never talks to anybody: it writes a question, somebody outside asks a server
//! ([`ask`]) and brings the answer back as an input of the run. What it makes of an answer depends on the answer alone,
//! so that a logged run replays to the same bytes without a server.

mod answer;
mod client;
mod context;
mod prompt;
mod template;

use serde::{Deserialize, Serialize};

use super::rule_based::entry;
use super::{Controller, ControllerRequest, Decision, Insight, Question, from_bytes, to_bytes};
use crate::config::Result;
use crate::plant::Slot;
use crate::signal::SignalId;

use answer::{Fields, read_answer};
use context::{Buffer, Mode};
use prompt::Facts;
use template::Template;

pub use client::{KEYS, ask, key_name};

/// Parameters, filled from `control.llm_policy` or `control.llm_policy_macro`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    base_url: String,
    template: String,
    max_new_tokens: u32,
    temperature: f64,
    thinking: bool,
    context_steps: usize,
    context_stride: u64,
    icrl_mode: Mode,
    while_thinking: WhileThinking,
    timeout_s: f64,
    every: u64,
}

/// What the twin does until an answer is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhileThinking {
    /// Time stands.
    Wait,
    /// The last action holds.
    Hold,
}

/// Which of the two agents it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bids.
    Macro,
    /// Moves the levers.
    Hardware,
}

impl Kind {
    /// Prefix of its prompts.
    fn prefix(self) -> &'static str {
        match self {
            Self::Macro => "macro",
            Self::Hardware => "hardware",
        }
    }

    /// Fields of its answer, in the order of the slot's actions.
    fn fields(self) -> Fields {
        match self {
            // The price is told in half dollars, so that 100 is the dearest bid.
            Self::Macro => &[("commit_norm", 0.0, 1.0, 1.0), ("bid_price", 0.0, 100.0, 0.01)],
            Self::Hardware => &[
                ("throttle_batch", 0.0, 1.0, 1.0),
                ("pump_speed_A", 0.0, 1.0, 1.0),
                ("hvac_effort", 0.0, 1.0, 1.0),
                ("bess_dispatch", -1.0, 1.0, 1.0),
            ],
        }
    }
}

/// What it remembers: all that its actions depend on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Memory {
    /// Decisions since the episode began.
    decisions: u64,
    /// The action of the last answer; empty before the first.
    action: Vec<f64>,
    /// The last answer as it came, shortened.
    said: String,
    /// Answers so far.
    answers: u64,
    /// Answers that could not be used, in whole or in part.
    faults: u64,
    /// What was wrong since the last decision.
    trouble: Option<String>,
    /// A remark on the last answer that is no fault.
    remark: Option<String>,
    buffer: Buffer,
}

/// A language model behind a slot.
pub(super) struct Llm {
    kind: Kind,
    params: Params,
    template: Template,
    facts: Facts,
    reward: Option<SignalId>,
    memory: Memory,
    /// A question is out. Not remembered: whoever goes back in time asks again.
    outstanding: bool,
}

/// Longest answer that is shown.
const SHOWN: usize = 4_000;

impl Llm {
    /// Builds the agent of a slot; `section` holds its parameters.
    pub(super) fn new(kind: Kind, section: &str, request: &ControllerRequest<'_>) -> Result<Self> {
        let params: Params = request.config.fill(section)?;
        let place = request.config.place(&format!("{section}.template"));
        let template = Template::open(&params.template, place)?;
        let reward = request.spec.slots.get(request.slot).and_then(|slot| slot.reward);
        let facts = Facts::of(request.spec);
        Ok(Self { kind, params, template, facts, reward, memory: Memory::default(), outstanding: false })
    }

    /// The state by the names of the slot's observations, three decimals.
    fn state(slot: &Slot, observation: &[f64]) -> String {
        let round = |x: f64| serde_json::json!((x * 1000.0).round() / 1000.0);
        let entries = slot.observations.iter().zip(observation).map(|(o, &x)| (o.name.clone(), round(x)));
        serde_json::Value::Object(entries.collect()).to_string()
    }

    /// What the last action earned stands in the row now. Taken by whoever comes first, question or decision.
    fn take_reward(&mut self, decision: &Decision<'_>) {
        if self.memory.decisions > 0
            && let Some(reward) = self.reward.and_then(|r| decision.row.get(r))
        {
            self.memory.buffer.earned(*reward);
        }
    }

    /// An action by the names of the answer's fields, four decimals.
    fn action_text(&self, action: &[f64]) -> String {
        let entries = self.kind.fields().iter().zip(action).map(|((name, _, _, scale), x)| {
            let value = (x / scale * 10_000.0).round() / 10_000.0;
            ((*name).to_owned(), serde_json::json!(value))
        });
        serde_json::Value::Object(entries.collect()).to_string()
    }
}

impl Controller for Llm {
    fn decide(&mut self, decision: &Decision<'_>, action: &mut [f64]) {
        self.take_reward(decision);
        if self.memory.action.is_empty() {
            action.copy_from_slice(decision.held);
            if self.params.while_thinking == WhileThinking::Wait {
                let none = || "no answer came yet, the levers hold".to_owned();
                self.memory.trouble.get_or_insert_with(none);
            }
        } else {
            for (out, value) in action.iter_mut().zip(&self.memory.action) {
                *out = *value;
            }
        }
        let state = Self::state(decision.slot, decision.observation);
        let text = self.action_text(action);
        let (steps, stride) = (self.params.context_steps, self.params.context_stride);
        self.memory.buffer.took(self.memory.decisions, state, text, steps, stride);
        self.memory.decisions += 1;
    }

    fn asks(&self) -> bool {
        true
    }

    fn question(&mut self, decision: &Decision<'_>) -> Option<Question> {
        if self.outstanding || !self.memory.decisions.is_multiple_of(self.params.every) {
            return None;
        }
        self.outstanding = true;
        self.take_reward(decision);
        let state = Self::state(decision.slot, decision.observation);
        let mode = self.params.icrl_mode;
        let attempts = if self.params.context_steps == 0 { 0 } else { self.memory.answers };
        let mut values = self.facts.values(self.kind, decision.observation, entry);
        values.push(("state_json", state));
        let (context, instruction) =
            self.template.context(self.kind.prefix(), &self.memory.buffer, self.params.context_steps, mode, attempts);
        values.push(("icrl_context", context));
        values.push(("icrl_instruction", instruction));
        let text = self.template.fill(self.kind.prefix(), &values);
        let body = serde_json::json!({
            "messages": [{ "role": "user", "content": text }],
            "max_tokens": self.params.max_new_tokens,
            "temperature": self.params.temperature,
            "chat_template_kwargs": { "enable_thinking": self.params.thinking },
        });
        Some(Question {
            server: self.params.base_url.clone(),
            body: body.to_string(),
            timeout_s: self.params.timeout_s,
            wait: self.params.while_thinking == WhileThinking::Wait,
        })
    }

    fn answer(&mut self, text: &str) {
        self.outstanding = false;
        self.memory.answers += 1;
        let read = read_answer(text, self.kind.fields(), &self.memory.action);
        self.memory.said = read.said.chars().take(SHOWN).collect();
        self.memory.remark = read.remark;
        if let Some(action) = read.action {
            self.memory.action = action;
        }
        if let Some(fault) = read.fault {
            self.memory.faults += 1;
            self.memory.trouble = Some(fault);
        }
    }

    fn trouble(&mut self) -> Option<String> {
        self.memory.trouble.take()
    }

    fn reset(&mut self, _: u64) {
        self.memory = Memory::default();
        self.outstanding = false;
    }

    fn native(&self) -> bool {
        false
    }

    fn save(&self) -> Vec<u8> {
        to_bytes(&self.memory)
    }

    fn restore(&mut self, state: &[u8]) -> Result<()> {
        self.memory = from_bytes("llm", state)?;
        self.outstanding = false;
        Ok(())
    }

    fn insight(&self) -> Insight {
        let m = &self.memory;
        let mut texts = vec![(
            "Status".to_owned(),
            match (self.outstanding, self.params.while_thinking) {
                (true, WhileThinking::Wait) => "Thinks; the twin waits".to_owned(),
                (true, WhileThinking::Hold) => "Thinks; the last action holds".to_owned(),
                (false, _) if m.answers == 0 => "Not asked yet".to_owned(),
                (false, _) => "Answered".to_owned(),
            },
        )];
        if let Some(remark) = &m.remark {
            texts.push(("Remark".to_owned(), remark.clone()));
        }
        if !m.said.is_empty() {
            texts.push(("Last answer".to_owned(), m.said.clone()));
        }
        Insight {
            values: vec![
                ("answers".to_owned(), m.answers as f64),
                ("faulty answers".to_owned(), m.faults as f64),
                ("steps in context".to_owned(), m.buffer.len() as f64),
            ],
            texts,
            plans: Vec::new(),
        }
    }
}
