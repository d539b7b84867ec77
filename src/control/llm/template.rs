//! The prompts: a YAML file with placeholders in braces.

use std::path::Path;

use serde::Deserialize;

use crate::config::{Document, Place, Result};

use super::context::{Buffer, Mode};

const BUILT_IN: &str = include_str!("../../../configs/llm/rules_and_context.yaml");

/// Prompts of both agents. Texts that are left out are empty; without an attempt text there is no memory of past steps.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Template {
    hardware_system_prompt: String,
    hardware_user_prompt: String,
    hardware_icrl_attempt: String,
    hardware_icrl_explore: String,
    hardware_icrl_exploit: String,
    hardware_icrl_autonomous: String,
    macro_system_prompt: String,
    macro_user_prompt: String,
    macro_icrl_attempt: String,
    macro_icrl_explore: String,
    macro_icrl_exploit: String,
    macro_icrl_autonomous: String,
}

/// Texts of one agent.
struct Texts<'a> {
    system: &'a str,
    user: &'a str,
    attempt: &'a str,
    explore: &'a str,
    exploit: &'a str,
    autonomous: &'a str,
}

impl Template {
    /// Opens a file of prompts; an empty path is the built-in one. `place` says where the path was written.
    pub fn open(path: &str, place: Place) -> Result<Self> {
        let mut document = Document::new();
        if path.is_empty() {
            document.layer_text("configs/llm/rules_and_context.yaml", BUILT_IN)?;
        } else {
            let path = Path::new(path);
            if !path.is_file() {
                return Err(crate::config::Error::invalid(
                    place,
                    format!("there is no file of prompts `{}`", path.display()),
                    "Name a YAML file, or leave it empty for the built-in prompts.",
                ));
            }
            document.layer_file(path)?;
        }
        document.fill("")
    }

    fn texts(&self, agent: &str) -> Texts<'_> {
        if agent == "macro" {
            Texts {
                system: &self.macro_system_prompt,
                user: &self.macro_user_prompt,
                attempt: &self.macro_icrl_attempt,
                explore: &self.macro_icrl_explore,
                exploit: &self.macro_icrl_exploit,
                autonomous: &self.macro_icrl_autonomous,
            }
        } else {
            Texts {
                system: &self.hardware_system_prompt,
                user: &self.hardware_user_prompt,
                attempt: &self.hardware_icrl_attempt,
                explore: &self.hardware_icrl_explore,
                exploit: &self.hardware_icrl_exploit,
                autonomous: &self.hardware_icrl_autonomous,
            }
        }
    }

    /// What the agent did before, and what it should make of it; both empty without an attempt text or a memory.
    pub fn context(&self, agent: &str, buffer: &Buffer, steps: usize, mode: Mode, asked: u64) -> (String, String) {
        let texts = self.texts(agent);
        if texts.attempt.is_empty() || steps == 0 {
            return (String::new(), String::new());
        }
        let line = |(a, reward): (&super::context::Attempt, f64)| {
            let values = [
                ("step", a.step.to_string()),
                ("state", a.state.clone()),
                ("action", a.action.clone()),
                ("reward", format!("{reward:.3}")),
            ];
            put(texts.attempt, &values)
        };
        let context: String = buffer.attempts(steps).map(line).collect();
        let instruction = match mode {
            Mode::Autonomous => texts.autonomous,
            Mode::Exploit => texts.exploit,
            Mode::Preset if asked.is_multiple_of(2) => texts.exploit,
            Mode::Preset => texts.explore,
        };
        (context, instruction.to_owned())
    }

    /// The whole question: system and user prompt, filled.
    pub fn fill(&self, agent: &str, values: &[(&str, String)]) -> String {
        let texts = self.texts(agent);
        format!("{}\n\n{}", put(texts.system, values).trim(), put(texts.user, values).trim())
    }
}

/// Puts values in the place of their names in braces. Other braces stay: prompts show JSON.
fn put(text: &str, values: &[(&str, String)]) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let hit = values.iter().find_map(|(name, value)| {
            let tail = after.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((value, tail))
        });
        match hit {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        let values = [("a", "1".to_owned()), ("ab", "{a}".to_owned())];
        assert_eq!(put("{a} {ab} {\"x\": {a}} {c} {", &values), "1 {a} {\"x\": 1} {c} {");
    }

    #[test]
    fn the_built_in_prompts_are_whole() {
        let template = Template::open("", Place::source("test")).unwrap();
        for agent in ["macro", "hardware"] {
            let texts = template.texts(agent);
            for text in [texts.system, texts.user, texts.attempt, texts.explore, texts.exploit, texts.autonomous] {
                assert!(!text.is_empty());
            }
        }
    }

    #[test]
    fn turns_begin_with_what_is_known() {
        let template = Template::open("", Place::source("test")).unwrap();
        let said = |asked| template.context("macro", &Buffer::default(), 5, Mode::Preset, asked).1;
        assert_eq!(said(0), template.macro_icrl_exploit);
        assert_eq!(said(1), template.macro_icrl_explore);
        assert_eq!(template.context("macro", &Buffer::default(), 0, Mode::Preset, 0), (String::new(), String::new()));
    }

    #[test]
    fn a_missing_file_and_a_misspelt_key_are_told() {
        let error = Template::open("no/such.yaml", Place::source("--llm-template-path")).unwrap_err();
        assert!(error.to_string().contains("there is no file of prompts"), "{error}");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.yaml");
        std::fs::write(&path, "macro_system_promt: x\n").unwrap();
        let error = Template::open(path.to_str().unwrap(), Place::source("t")).unwrap_err();
        assert!(error.to_string().contains("unknown key `macro_system_promt`"), "{error}");
    }
}
