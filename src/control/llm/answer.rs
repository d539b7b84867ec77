//! What a language model answered, and what may be used of it (control 4.4).

use serde_json::Value;

/// Fields of an answer: name, lowest and highest value, factor to the slot's action.
pub(super) type Fields = &'static [(&'static str, f64, f64, f64)];

/// An answer that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Read {
    /// The action, in the order of the fields; nothing when nothing could be used.
    pub action: Option<Vec<f64>>,
    /// What was wrong with it.
    pub fault: Option<String>,
    /// What is worth saying although it was used.
    pub remark: Option<String>,
    /// Its words without the thoughts.
    pub said: String,
}

/// Takes what was thought before the answer out of it. Thoughts that never end take all that follows.
fn without_thoughts(text: &str) -> String {
    let (mut rest, mut out) = (text, String::with_capacity(text.len()));
    while let Some((before, after)) = rest.split_once("<think>") {
        out.push_str(before);
        rest = after.split_once("</think>").map_or("", |(_, after)| after);
    }
    // Some servers begin inside the thoughts.
    let rest = rest.rsplit_once("</think>").map_or(rest, |(_, after)| after);
    out.push_str(rest);
    out.trim().to_owned()
}

/// The outermost braces and what is between them.
fn braces(text: &str) -> Option<&str> {
    let (from, to) = (text.find('{')?, text.rfind('}')?);
    text.get(from..=to)
}

/// Reads an answer as [`super::ask`] brings it: `{"content": …, "finish_reason": …}` or `{"error": …}`. Fields are
/// clamped; a field that is missing or no number keeps its `previous` value.
pub(super) fn read_answer(text: &str, fields: Fields, previous: &[f64]) -> Read {
    let fault = |what: String, said: String| Read { fault: Some(what), said, ..Read::default() };
    let Ok(envelope) = serde_json::from_str::<Value>(text) else {
        return fault("the answer is not in the form that the client writes".to_owned(), String::new());
    };
    if let Some(error) = envelope.get("error").and_then(Value::as_str) {
        return fault(error.to_owned(), String::new());
    }
    let said = without_thoughts(envelope.get("content").and_then(Value::as_str).unwrap_or_default());
    let cut = envelope.get("finish_reason").and_then(Value::as_str) == Some("length");
    let remark = cut.then(|| "The answer was cut off at its longest length".to_owned());
    let found = braces(&said).and_then(|json| serde_json::from_str::<Value>(json).ok()).filter(Value::is_object);
    let Some(found) = found else {
        let what = if cut { "the answer was cut off before its values" } else { "the answer holds no JSON object" };
        return Read { remark, ..fault(what.to_owned(), said) };
    };
    let (mut action, mut missing) = (Vec::with_capacity(fields.len()), Vec::new());
    for (index, &(name, low, high, scale)) in fields.iter().enumerate() {
        let value = found.get(name).and_then(|v| match v {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        });
        match (value.filter(|v| v.is_finite()), previous.get(index)) {
            (Some(value), _) => action.push(f64::from((value.clamp(low, high) * scale) as f32)),
            (None, Some(&before)) => {
                missing.push(name);
                action.push(before);
            }
            (None, None) => missing.push(name),
        }
    }
    let whole = action.len() == fields.len();
    Read {
        action: whole.then_some(action),
        fault: (!missing.is_empty()).then(|| format!("the answer has no number for {}", missing.join(", "))),
        remark,
        said,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FIELDS: Fields = &[("commit_norm", 0.0, 1.0, 1.0), ("bid_price", 0.0, 100.0, 0.01)];

    fn read(content: &str, previous: &[f64]) -> Read {
        read_answer(&serde_json::json!({ "content": content }).to_string(), FIELDS, previous)
    }

    #[test]
    fn values_are_found_among_words_and_clamped() {
        let one = read("<think>{\"commit_norm\": 9}</think> Well: {\"commit_norm\": 1.5, \"bid_price\": 25} so.", &[]);
        assert_eq!(one.action, Some(vec![1.0, 0.25]));
        assert_eq!((one.fault, one.said.starts_with("Well")), (None, true));
        assert_eq!(
            read("thoughts</think>{\"commit_norm\": \"0.5\", \"bid_price\": -4}", &[]).action,
            Some(vec![0.5, 0.0])
        );
    }

    #[test]
    fn what_is_missing_keeps_its_value() {
        let one = read("{\"commit_norm\": 0.25}", &[0.5, 0.75]);
        assert_eq!(one.action, Some(vec![0.25, 0.75]));
        assert_eq!(one.fault.unwrap(), "the answer has no number for bid_price");
        let none = read("{\"commit_norm\": 0.25, \"bid_price\": null}", &[]);
        assert_eq!((none.action, none.fault.is_some()), (None, true));
    }

    #[test]
    fn garbage_is_a_fault_and_never_an_action() {
        for text in ["", "no idea", "{broken", "}{", "[1, 2]", "<think>forever {\"commit_norm\": 1, \"bid_price\": 1}"]
        {
            let one = read(text, &[0.5, 0.5]);
            assert!(one.action.is_none() && one.fault.is_some(), "{text}: {one:?}");
        }
        assert_eq!(read_answer("{\"error\": \"refused\"}", FIELDS, &[]).fault.unwrap(), "refused");
        assert!(read_answer("not JSON", FIELDS, &[]).fault.is_some());
    }

    #[test]
    fn an_answer_that_was_cut_off_says_so() {
        let text = serde_json::json!({ "content": "{\"commit_norm\": 0", "finish_reason": "length" }).to_string();
        let one = read_answer(&text, FIELDS, &[]);
        assert_eq!(one.fault.unwrap(), "the answer was cut off before its values");
        assert!(one.remark.is_some());
    }
}
