//! What a regulation market would pay: capability and performance apart, as FERC Order 755 asks, beside the benchmark's
//! own revenue, which pays both in one.
//!
//! A rule has a name and a version ([`SettlementRule::name`]), which stand in the columns of results: a new rule becomes
//! a new variant, and what a variant computes never changes.

/// Score below which an hour earns nothing (PJM Manual 11, 3.2.10).
const FORFEIT_BELOW: f64 = 0.25;

/// Share of the posted price that pays for performance. An assumption of the twin: the benchmark posts one price, which
/// is taken as the sum of both, as in PJM.
const PERFORMANCE_SHARE: f64 = 0.2;

/// Mileage of an hour of the slow signal against which mileage is counted, 1/h. An assumption of the twin: the benchmark
/// has no slow signal; a RegA of PJM moves about so far.
const SLOW_MILEAGE_PER_H: f64 = 5.0;

/// A rule of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SettlementRule {
    /// PJM Manual 28 before the redesign of 2025, hour by hour.
    ///
    /// Capability credit = MW · score · capability price · h; performance credit = MW · score · mileage ratio ·
    /// performance price · h. The mileage ratio is Σ|ΔRegD| of the hour over that of the slow signal (5 an hour is
    /// assumed). Of the posted price 20 % are assumed to pay for performance. An hour with a score below 0.25 earns
    /// nothing; an hour in which nothing was asked keeps the score of the hour before, and earns nothing without one.
    #[default]
    PjmM28TwoPart,
}

impl SettlementRule {
    /// Stable name with its version, for columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::PjmM28TwoPart => "pjm_m28_two_part_v1",
        }
    }

    /// The rule in one line, for people.
    pub fn caption(self) -> &'static str {
        match self {
            Self::PjmM28TwoPart => {
                "M28 two-part · capability 80 %, performance 20 % of the price · mileage over 5 an hour · hours below 0.25 forfeit"
            }
        }
    }

    /// Pays for the hours of a day in their order.
    pub fn settle(self, hours: &[Hour]) -> Credit {
        let mut sum = Credit::default();
        let mut last = None;
        for hour in hours {
            last = hour.score.or(last);
            let Some(score) = last else { continue };
            if score < FORFEIT_BELOW {
                sum.forfeited_hours += 1;
                continue;
            }
            let ratio = hour.mileage / SLOW_MILEAGE_PER_H;
            sum.capability_usd += hour.offered_usd * (1.0 - PERFORMANCE_SHARE) * score;
            sum.performance_usd += hour.offered_usd * PERFORMANCE_SHARE * ratio * score;
        }
        sum
    }
}

/// An hour that is to be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hour {
    /// Mean score of its blocks, 0..1; `None` where nothing was asked for.
    pub score: Option<f64>,
    /// Way that the signal went, Σ|ΔRegD|.
    pub mileage: f64,
    /// Committed MW times the posted price in $/MW·h, integrated over the hour, $.
    pub offered_usd: f64,
}

/// What is paid.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Credit {
    /// For standing ready, $.
    pub capability_usd: f64,
    /// For the way that was followed, $.
    pub performance_usd: f64,
    /// Hours that earned nothing because they were followed too badly.
    pub forfeited_hours: u32,
}

impl Credit {
    /// Both parts together, $.
    pub fn total_usd(&self) -> f64 {
        self.capability_usd + self.performance_usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: SettlementRule = SettlementRule::PjmM28TwoPart;

    /// 10 MW at 30 $/MW·h for an hour, followed perfectly along a way as long as the slow signal's.
    const HOUR: Hour = Hour { score: Some(1.0), mileage: 5.0, offered_usd: 300.0 };

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn a_perfect_hour_on_the_slow_way_earns_the_posted_price() {
        let credit = RULE.settle(&[HOUR]);
        close(credit.capability_usd, 240.0);
        close(credit.performance_usd, 60.0);
        close(credit.total_usd(), 300.0);
    }

    #[test]
    fn a_longer_way_pays_more_performance_and_no_more_capability() {
        let credit = RULE.settle(&[Hour { mileage: 15.0, ..HOUR }]);
        close(credit.capability_usd, 240.0);
        close(credit.performance_usd, 180.0);
    }

    #[test]
    fn both_parts_follow_the_score_and_a_bad_hour_forfeits_them() {
        let half = RULE.settle(&[Hour { score: Some(0.5), ..HOUR }]);
        close(half.total_usd(), 150.0);
        let bad = RULE.settle(&[Hour { score: Some(0.2499), ..HOUR }, HOUR]);
        close(bad.total_usd(), 300.0);
        assert_eq!(bad.forfeited_hours, 1);
        assert_eq!(RULE.settle(&[Hour { score: Some(0.25), ..HOUR }]).forfeited_hours, 0);
    }

    #[test]
    fn an_hour_in_which_nothing_was_asked_keeps_the_score_before_it() {
        let still = Hour { score: None, mileage: 0.0, ..HOUR };
        close(RULE.settle(&[still]).total_usd(), 0.0);
        close(RULE.settle(&[Hour { score: Some(0.5), ..HOUR }, still]).total_usd(), 150.0 + 120.0);
    }

    #[test]
    fn nothing_committed_earns_nothing() {
        assert_eq!(RULE.settle(&[Hour { offered_usd: 0.0, ..HOUR }]), Credit::default());
        assert_eq!(RULE.settle(&[]), Credit::default());
    }
}
