//! Asks an OpenAI-compatible server. Blocking: callers keep it off the thread that steps or draws.

use std::time::Duration;

use serde_json::{Value, json};

use crate::control::Question;

/// Longest wait for the list of models.
const MODELS_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest answer that is read, bytes.
const MOST_BYTES: u64 = 4 << 20;

/// Variables of the environment that a key is taken from, the first one first.
pub const KEYS: [&str; 2] = ["HF_TOKEN", "OPENAI_API_KEY"];

/// What a variable of the environment holds, if it holds anything.
fn held(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|key| key.trim().to_owned()).filter(|key| !key.is_empty())
}

/// The key for the server: from the environment only, so that it stands in no file and no log.
fn key() -> String {
    KEYS.into_iter().find_map(held).unwrap_or_else(|| "not-needed".to_owned())
}

/// The variable of the environment that holds the key; `None` where there is none, which many servers do with.
pub fn key_name() -> Option<&'static str> {
    KEYS.into_iter().find(|name| held(name).is_some())
}

/// Asks and waits. Whatever happens, the answer is a text that [`super::super::Controller::answer`] understands:
/// `{"content": …, "finish_reason": …}`, or `{"error": …}` with place and cause.
pub fn ask(question: &Question) -> String {
    match try_ask(question) {
        Ok(answer) => answer.to_string(),
        Err(error) => json!({ "error": error }).to_string(),
    }
}

fn try_ask(question: &Question) -> Result<Value, String> {
    let base = question.server.trim_end_matches('/');
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let bearer = format!("Bearer {}", key());
    let url = format!("{base}/models");
    let call = agent.get(&url).header("Authorization", &bearer);
    let response = call.config().timeout_global(Some(MODELS_TIMEOUT)).build().call();
    let models = read(response, &url)?;
    let model = models.pointer("/data/0/id").and_then(Value::as_str);
    let model = model.ok_or_else(|| format!("{url}: the server names no model"))?;
    let mut body: Value = serde_json::from_str(&question.body).map_err(|e| format!("the question is no JSON: {e}"))?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("model".to_owned(), json!(model));
    }
    let url = format!("{base}/chat/completions");
    let timeout = Duration::try_from_secs_f64(question.timeout_s).unwrap_or(MODELS_TIMEOUT);
    let call = agent.post(&url).header("Authorization", &bearer).header("Content-Type", "application/json");
    let response = call.config().timeout_global(Some(timeout)).build().send(body.to_string());
    let answer = read(response, &url)?;
    let choice = answer.pointer("/choices/0").ok_or_else(|| format!("{url}: the answer has no choice"))?;
    let content = choice.pointer("/message/content").and_then(Value::as_str);
    let content = content.ok_or_else(|| format!("{url}: the answer has no text"))?;
    Ok(json!({ "content": content, "finish_reason": choice.get("finish_reason") }))
}

/// Body of a response as JSON.
fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>, url: &str) -> Result<Value, String> {
    let told = |error: ureq::Error| match error {
        ureq::Error::StatusCode(401 | 403) => {
            format!("{url}: the server refuses the key (set HF_TOKEN or OPENAI_API_KEY)")
        }
        ureq::Error::StatusCode(code) => format!("{url}: the server answers with status {code}"),
        ureq::Error::Timeout(_) => format!("{url}: no answer in time"),
        other => format!("{url}: {other}"),
    };
    let mut response = response.map_err(told)?;
    let text = response.body_mut().with_config().limit(MOST_BYTES).read_to_string().map_err(told)?;
    serde_json::from_str(&text).map_err(|e| format!("{url}: the answer is no JSON: {e}"))
}
