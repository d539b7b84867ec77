//! What the reward was made of, by hour of the day.

use super::frame::Frame;

/// A term of a slot's reward.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Words for people.
    pub label: String,
    /// Stable name.
    pub name: String,
    /// Mean over the rows of each hour of the day on which the reward holds; NaN where there is none.
    pub by_hour: [f64; 24],
    /// Sum over the run.
    pub total: f64,
}

/// A slot's reward by its terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// Words for the slot.
    pub slot: String,
    /// Name of the slot.
    pub name: String,
    /// The terms that the log tells.
    pub terms: Vec<Term>,
}

/// Rewards of all slots that the log tells of.
pub fn terms(frame: &Frame) -> Vec<Terms> {
    let mut all = Vec::new();
    for slot in &frame.spec.slots {
        let holds = slot.reward_when.and_then(|w| frame.column(w));
        let mut terms = Vec::new();
        for term in &slot.reward_terms {
            let Some(values) = frame.column(term.signal) else { continue };
            let mut sums = [(0.0, 0_usize); 24];
            for ((row, value), stamp) in values.iter().enumerate().zip(&frame.stamps) {
                let counts = holds.is_none_or(|h| h.get(row).is_some_and(|v| *v >= 1.0));
                if counts
                    && value.is_finite()
                    && let Some(cell) = sums.get_mut((stamp.hour.max(0.0) as usize).min(23))
                {
                    *cell = (cell.0 + value, cell.1 + 1);
                }
            }
            let by_hour = sums.map(|(sum, n)| if n == 0 { f64::NAN } else { sum / n as f64 });
            let total = sums.iter().map(|(sum, _)| sum).sum::<f64>() * frame.every as f64;
            terms.push(Term { label: term.label.clone(), name: term.name.clone(), by_hour, total });
        }
        // Terms that are nothing all the time say nothing.
        terms.retain(|t: &Term| t.by_hour.iter().any(|v| v.is_finite() && *v != 0.0));
        if !terms.is_empty() {
            all.push(Terms { slot: slot.label.clone(), name: slot.name.clone(), terms });
        }
    }
    all
}
