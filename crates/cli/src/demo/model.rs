//! The workload model's figures, read from `data/workload_model.json`.
//!
//! What the file holds as numbers is read from it; what it says in words, such as
//! "log-normal sigma 1.1", stands here as a constant beside its words.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

/// "negative binomial overdispersion r=8 per unit-hour"
pub(super) const BURST_SHAPE: u8 = 8;
/// "log-normal sigma 1.1 (normalised)"
pub(super) const VOLUME_SIGMA: f64 = 1.1;
/// "max(3, round(lognormal(ln 14, 0.6)))"
pub(super) const STAFF: (f64, f64, f64) = (3.0, 14.0, 0.6);
/// "1 + Poisson(1.5)"
pub(super) const MORE_RECEIVERS: f64 = 1.5;
/// "geometric, mean 2.4" cases per active resident and year, at least one: the success share.
pub(super) const ACTIVITY: f64 = 1.0 / 2.4;
/// "geometric p=0.75 (mean 0.33)"
pub(super) const NO_MORE_PARTIALS: f64 = 0.75;
/// "geometric p=0.8 (mean 0.25)"
pub(super) const NO_MORE_QUESTIONS: f64 = 0.8;
/// "`auto_after_30_days_inactive`"
pub(super) const INACTIVE_DAYS: i64 = 30;

/// The model.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    pub(super) arrivals: Arrivals,
    pub(super) units: Units,
    pub(super) residents: Residents,
    pub(super) type_mix: BTreeMap<String, f64>,
    pub(super) staff_initiated_share_of_all_cases: f64,
    pub(super) lifecycle: Lifecycle,
    pub(super) handling_times_working_minutes: Handling,
    #[cfg(test)]
    pub(super) calibration: Calibration,
    pub(super) scales: Vec<Scale>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Arrivals {
    /// Monday 00–01 first; adds up to 1.
    pub(super) hour_of_week_mon0: Vec<f64>,
    #[cfg(test)]
    pub(super) shares: BTreeMap<String, f64>,
    pub(super) month: BTreeMap<i8, f64>,
    pub(super) special_days: SpecialDays,
    pub(super) growth_per_year: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct SpecialDays {
    #[serde(rename = "first working day after >=3 non-working days")]
    pub(super) after_long_weekend: f64,
    pub(super) klamdag: f64,
    #[serde(rename = "24-26 Dec")]
    pub(super) christmas: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Units {
    pub(super) kinds: BTreeMap<String, f64>,
    pub(super) admins_per_unit: usize,
    #[serde(rename = "central_units")]
    pub(super) central: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Residents {
    pub(super) female: f64,
    pub(super) age_of_subject: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Lifecycle {
    pub(super) withdrawn_by_resident_before_answer: f64,
    pub(super) first_message_is_partial_answer: f64,
    pub(super) first_message_is_counter_question: f64,
    pub(super) first_message_is_final_answer: f64,
    pub(super) resident_replies_to_counter_question: f64,
    pub(super) resident_reply_delay_hours: LogNormal,
    pub(super) reassigned_within_unit_per_case: BTreeMap<String, f64>,
    pub(super) redirected_to_other_unit: Redirected,
    pub(super) resident_follow_up_after_final: f64,
    pub(super) reopened: f64,
    pub(super) close: Close,
}

#[derive(Debug, Deserialize)]
pub(super) struct Redirected {
    pub(super) same_care_provider: f64,
    pub(super) other_care_provider_with_resident_consent: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Close {
    pub(super) by_handler_with_final_answer: f64,
    pub(super) by_handler_later: f64,
    pub(super) by_handler_later_delay_working_days: LogNormal,
    pub(super) auto_after_30_days_inactive: f64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Handling {
    pub(super) time_to_distribute: LogNormal,
    pub(super) distribution_to_first_response: LogNormal,
    pub(super) first_response_to_final: LogNormal,
    pub(super) unit_speed_factor: LogNormal,
    pub(super) type_factor: BTreeMap<String, f64>,
    pub(super) july_factor: f64,
}

/// A log-normal distribution, by its median.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct LogNormal {
    pub(super) median: f64,
    pub(super) sigma: f64,
    #[serde(default = "no_cap")]
    pub(super) cap: f64,
}

fn no_cap() -> f64 {
    f64::INFINITY
}

impl LogNormal {
    pub(super) fn draw(&self, chance: &mut super::chance::Chance) -> f64 {
        chance.log_normal(self.median, self.sigma).min(self.cap)
    }
}

#[cfg(test)]
#[derive(Debug, Deserialize)]
pub(super) struct Calibration {
    #[serde(rename = "answered_within_2_working_days_EOD")]
    pub(super) answered_in_time: f64,
    pub(super) median_hours_to_first_response: f64,
    pub(super) p90_hours: f64,
}

/// How large a region is, by how many cases it has.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Scale {
    pub(super) cases: f64,
    pub(super) units: f64,
    pub(super) residents: f64,
    pub(super) span_days: f64,
}

impl Model {
    pub(super) fn load() -> anyhow::Result<Self> {
        serde_json::from_str(include_str!("../../data/workload_model.json"))
            .context("failed to read data/workload_model.json")
    }

    /// The scale for so many cases: along straight lines between the model's own, logarithms
    /// against logarithms. Below the smallest, units and residents go on along the first line and
    /// the span stays.
    pub(super) fn scale(&self, cases: u64) -> Scale {
        #[expect(clippy::cast_precision_loss, reason = "nobody asks for 2^53 cases")]
        let cases = cases.max(1) as f64;
        let (Some(first), Some(last)) = (self.scales.first(), self.scales.last()) else {
            return Scale { cases, units: 1.0, residents: 1.0, span_days: 1.0 };
        };
        let pair = self.scales.windows(2).find(|pair| cases <= pair[1].cases);
        let (low, high) = pair.map_or((last, last), |pair| (&pair[0], &pair[1]));
        let along = |of: fn(&Scale) -> f64| {
            let rise = (of(high) / of(low)).ln() / (high.cases / low.cases).ln();
            if rise.is_finite() { of(low) * (cases / low.cases).powf(rise) } else { of(low) }
        };
        Scale {
            cases,
            units: along(|it| it.units),
            residents: along(|it| it.residents),
            span_days: along(|it| it.span_days).max(first.span_days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Model;

    #[test]
    fn the_model_s_own_scales_come_out_as_they_stand() {
        let model = Model::load().unwrap();
        for scale in &model.scales {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole")]
            let found = model.scale(scale.cases as u64);
            assert!((found.units - scale.units).abs() < 0.001, "{found:?}");
            assert!((found.residents - scale.residents).abs() < 0.001, "{found:?}");
            assert!((found.span_days - scale.span_days).abs() < 0.001, "{found:?}");
        }
    }

    #[test]
    fn a_small_region_spans_as_many_days_and_one_between_two_scales_lies_between_them() {
        let model = Model::load().unwrap();
        let small = model.scale(1);
        assert!(small.units < 2.0 && (small.span_days - 90.0).abs() < 0.001, "{small:?}");
        let between = model.scale(30_000);
        assert!((40.0..150.0).contains(&between.units), "{between:?}");
        assert!((90.0..180.0).contains(&between.span_days), "{between:?}");
    }

    #[test]
    fn shares_that_must_add_up_to_one_do() {
        let model = Model::load().unwrap();
        let close = &model.lifecycle.close;
        let first = &model.lifecycle;
        for sum in [
            model.type_mix.values().sum::<f64>(),
            model.units.kinds.values().sum::<f64>(),
            model.residents.age_of_subject.values().sum::<f64>(),
            model.arrivals.hour_of_week_mon0.iter().sum::<f64>(),
            first.reassigned_within_unit_per_case.values().sum::<f64>(),
            first.first_message_is_partial_answer
                + first.first_message_is_counter_question
                + first.first_message_is_final_answer,
            close.by_handler_with_final_answer
                + close.by_handler_later
                + close.auto_after_30_days_inactive,
        ] {
            assert!((sum - 1.0).abs() < 0.002, "{sum}");
        }
    }
}
