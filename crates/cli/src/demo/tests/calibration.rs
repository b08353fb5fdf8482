//! Does the casework look as the model says? Read from the read models, against the model's own
//! figures, within tolerances that a region of 2,000 cases can keep.

use std::collections::BTreeMap;

use domain::{
    case::{Origin, State},
    deadline::local_date,
    identity::{Mode, NationalId, Sex, age_on},
};
use jiff::{ToSpan as _, civil::Date};
use projections::{CaseView, Period, ReadModels, Scope, Statistics};

use super::stage::{Played, play, region_of_2000, until};
use crate::demo::model::Model;

/// Fails unless `found` is within `tolerance` of `wanted`.
fn near(what: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{what}: {found:.3}, the model says {wanted:.3}");
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn share<'a>(
    all: impl Iterator<Item = &'a CaseView> + Clone,
    of: impl Fn(&CaseView) -> bool,
) -> f64 {
    all.clone().filter(|it| of(it)).count() as f64 / all.count() as f64
}

fn from_residents(models: &ReadModels) -> Vec<CaseView> {
    models.cases().iter().filter(|it| it.origin == Origin::Resident).collect()
}

/// Those that came in so long ago that what the model says of whole cases has happened.
fn settled(models: &ReadModels) -> Vec<CaseView> {
    let day = local_date(until()).saturating_sub(30.days());
    from_residents(models).into_iter().filter(|it| local_date(it.received_at) < day).collect()
}

fn statistics(models: &ReadModels, from: Date, to: Date) -> Statistics {
    let region = models.directory().regions().next().unwrap().id;
    models.statistics(Scope::Region(region), Period { from, to }, until()).unwrap()
}

#[tokio::test]
async fn cases_come_in_by_the_hours_of_the_model_s_week() {
    let (models, model) = (region_of_2000().await, Model::load().unwrap());
    // Eight weeks without a holiday, so that the week is the model's plain one.
    let hours = statistics(models, "2026-02-02".parse().unwrap(), "2026-03-29".parse().unwrap())
        .by_hour_of_week;
    let total = f64::from(hours.iter().flatten().sum::<u32>());
    assert!(total > 1_000.0, "{total}");
    let sum = |days: std::ops::Range<usize>, of_day: std::ops::Range<usize>| -> f64 {
        hours[days].iter().map(|it| f64::from(it[of_day.clone()].iter().sum::<u32>())).sum::<f64>()
            / total
    };
    let shares = &model.arrivals.shares;
    near("Mon–Fri 17–24", sum(0..5, 17..24), shares["Mon-Fri 17-24"], 0.05);
    near("Sat–Sun", sum(5..7, 0..24), shares["Sat-Sun"], 0.04);
    near("weekdays 08–11", sum(0..5, 8..11), shares["weekday volume in 08-11"], 0.05);
    let outside = 1.0 - sum(0..5, 8..17);
    near("outside Mon–Fri 08–17", outside, shares["outside Mon-Fri 08-17"], 0.05);
}

#[tokio::test]
async fn types_come_in_the_model_s_mix() {
    let (models, model) = (region_of_2000().await, Model::load().unwrap());
    let cases = from_residents(models);
    let key = |it: &CaseView| models.directory().case_type(it.case_type).unwrap().key.clone();
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for case in &cases {
        *counts.entry(key(case)).or_default() += 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let total = cases.len() as f64;
    for (key, wanted) in &model.type_mix {
        let found = counts.get(key).copied().unwrap_or(0.0) / total;
        near(key, found, *wanted, 0.03);
    }
    let all: Vec<CaseView> = models.cases().iter().collect();
    let by_units = share(all.iter(), |it| it.origin == Origin::Unit);
    near("started by units", by_units, model.staff_initiated_share_of_all_cases, 0.02);
}

#[tokio::test]
async fn answers_are_as_quick_as_the_model_was_calibrated_to_be() {
    let (models, model) = (region_of_2000().await, Model::load().unwrap());
    let today = local_date(until());
    // Those of the last days have answers only where the answer was quick.
    let (from, to) = (today.saturating_sub(90.days()), today.saturating_sub(14.days()));
    let found = statistics(models, from, to);
    let wanted = &model.calibration;
    let on_time = found.responded_on_time.ratio().unwrap();
    near("responded on time", on_time, wanted.answered_in_time, 0.03);
    let hours = |it: Option<jiff::SignedDuration>| it.unwrap().as_secs_f64() / 3_600.0;
    let (p50, p90) =
        (hours(found.time_to_first_response.p50), hours(found.time_to_first_response.p90));
    near("median hours", p50, wanted.median_hours_to_first_response, 3.0);
    near("90th percentile of hours", p90, wanted.p90_hours, 15.0);
}

#[tokio::test]
async fn first_messages_are_mixed_as_the_model_says() {
    let (models, model) = (region_of_2000().await, Model::load().unwrap());
    let settled = settled(models);
    let answered: Vec<&CaseView> = settled.iter().filter(|it| it.answered_at.is_some()).collect();
    let answered = || answered.iter().copied();
    let lifecycle = &model.lifecycle;
    let at_once = share(answered(), |it| it.answered_at == it.first_response_at);
    near("answered at once", at_once, lifecycle.first_message_is_final_answer, 0.05);
    let in_parts = share(answered(), |it| it.partial_answers > 0);
    near("answered in parts", in_parts, lifecycle.first_message_is_partial_answer, 0.05);
    let asked = share(answered(), |it| it.counter_questions > 0);
    near("asked back", asked, lifecycle.first_message_is_counter_question, 0.04);
}

#[tokio::test]
async fn cases_wander_return_and_end_as_the_model_says() {
    let (models, model) = (region_of_2000().await, Model::load().unwrap());
    let settled = settled(models);
    let settled = || settled.iter();
    let lifecycle = &model.lifecycle;
    let withdrawn =
        share(settled(), |it| it.close_reason == Some(domain::case::CloseReason::Withdrawn));
    near("withdrawn", withdrawn, lifecycle.withdrawn_by_resident_before_answer, 0.012);
    let never = lifecycle.reassigned_within_unit_per_case["0"];
    near("never reassigned", share(settled(), |it| it.reassignments == 0), never, 0.04);
    let redirected = &lifecycle.redirected_to_other_unit;
    let redirected =
        redirected.same_care_provider + redirected.other_care_provider_with_resident_consent;
    near("redirected", share(settled(), |it| it.redirects > 0), redirected, 0.015);
    near("reopened", share(settled(), |it| it.reopenings > 0), lifecycle.reopened, 0.015);
    let closed = share(settled(), |it| it.state == State::Closed);
    assert!(closed > 0.9, "{closed:.3} of those a month old are closed");
    assert!(models.cases().iter().any(|it| it.follows_up.is_some()));
}

#[tokio::test]
async fn subjects_have_the_model_s_sexes_and_ages_and_guardians_send_for_children() {
    let model = Model::load().unwrap();
    let Played { engine, generated, .. } = &play(800, 11).await;
    assert!(!generated.people.guardians.is_empty());
    let view = engine.view(None).await.unwrap().unwrap();
    let cases = view.with(|models, _| from_residents(models));
    let subjects: Vec<_> = cases.iter().map(|it| it.subject).collect();
    let opening = engine::access::Opening {
        reader: domain::Actor::System,
        correlation: "test".to_owned(),
        what: vec![],
        action: engine::access::Action::ReadNames,
        purpose: "test".to_owned(),
    };
    let people = engine.resident_names(opening, &subjects).await.unwrap();
    let (today, mut women, mut children, mut old) = (local_date(until()), 0.0, 0.0, 0.0);
    for (case, person) in cases.iter().zip(people) {
        let number = NationalId::parse(&person.unwrap().number, today, Mode::Synthetic).unwrap();
        let age = age_on(number.birth_date(), local_date(case.received_at));
        assert_eq!(case.submitted_by != case.subject, age < 13, "{} at {age}", case.id);
        women += f64::from(u8::from(number.sex() == Sex::Female));
        children += f64::from(u8::from(age < 13));
        old += f64::from(u8::from(age >= 65));
    }
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let total = cases.len() as f64;
    let ages = &model.residents.age_of_subject;
    near("women", women / total, model.residents.female, 0.08);
    near("children under 13", children / total, ages["0-12"], 0.05);
    near("65 and above", old / total, ages["65-79"] + ages["80+"], 0.08);
}
