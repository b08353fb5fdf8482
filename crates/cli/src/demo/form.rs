//! A form filled in by someone who never was.
//!
//! Mandatory fields are answered, others half the time, and what `show_if` hides is left out.
//! Phone numbers are from the series kept free for fiction, 070-174 06 05 to 99.

use domain::{
    case::{FormAnswer, FormValue},
    catalogue::ShippedType,
    form::{Choice, Field, FieldKind, ShowIf},
    identity::{Sex, age_on},
};
use jiff::{ToSpan as _, civil::Date};

use super::{
    chance::Chance,
    phrases::{About, Phrases},
};

/// How often a field that may be left out is filled in.
const OPTIONAL_SHARE: f64 = 0.5;
/// How far on in the lists of texts the next of a group stands: products come six kinds in turn.
const NEXT_IN_GROUP: usize = 6;

/// Whom a form is about, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filling<'a> {
    pub(super) phrases: &'a Phrases,
    pub(super) about: About,
    /// The HSA-id of a unit that could be chosen.
    pub(super) unit_hsa_id: &'a str,
    /// The local date.
    pub(super) today: Date,
    pub(super) birth_date: Date,
    pub(super) sex: Sex,
    /// Which of the texts; none for any.
    pub(super) variant: Option<usize>,
}

/// The answers, in the form's order.
pub(super) fn fill(
    case_type: &ShippedType,
    filling: Filling<'_>,
    chance: &mut Chance,
) -> Vec<FormAnswer> {
    let mut form =
        Form { filling, case_type: &case_type.key, variant: 0, answers: vec![], last_date: None };
    form.variant = filling.variant.unwrap_or_else(|| chance.below(64));
    form.fields(&case_type.fields, "", &case_type.key, chance);
    form.answers
}

struct Form<'a> {
    filling: Filling<'a>,
    case_type: &'a str,
    variant: usize,
    answers: Vec<FormAnswer>,
    /// So that "to" comes after "from".
    last_date: Option<Date>,
}

impl Form<'_> {
    /// `at` is where the answers stand, such as `medicines.0.`; `path` where the texts do.
    fn fields(&mut self, fields: &[Field], at: &str, path: &str, chance: &mut Chance) {
        for field in fields {
            let shown = field.show_if.as_ref().is_none_or(|it| self.is_shown(at, it));
            if !shown || !(field.required || chance.hits(OPTIONAL_SHARE)) {
                continue;
            }
            let path = format!("{path}.{}", field.key);
            if let FieldKind::Group { min, max, fields } = &field.kind {
                for n in 0..(*max).min(min + u32::from(chance.hits(0.3))) {
                    self.fields(fields, &format!("{at}{}.{n}.", field.key), &path, chance);
                    self.variant += NEXT_IN_GROUP;
                }
                continue;
            }
            let value = self.value(field, &path, chance);
            self.answers.push(FormAnswer { field: format!("{at}{}", field.key), value });
        }
    }

    fn is_shown(&self, at: &str, rule: &ShowIf) -> bool {
        let sibling = format!("{at}{}", rule.field);
        let answer = self.answers.iter().find(|it| it.field == sibling);
        rule.when.holds(answer.map(|it| &it.value))
    }

    fn value(&mut self, field: &Field, path: &str, chance: &mut Chance) -> FormValue {
        let written = self.filling.phrases.field(self.filling.about, path, self.variant);
        match &field.kind {
            FieldKind::YesNo { must_be } => {
                let drawn = self.yes_no(&field.key, chance);
                FormValue::YesNo(must_be.unwrap_or(drawn))
            }
            FieldKind::MultiChoice { options } => FormValue::Choices(choices(options, chance)),
            FieldKind::Date {} => FormValue::Text(self.date(&field.key, chance).to_string()),
            FieldKind::Phone {} => {
                FormValue::Text(format!("070-174 06 {:02}", 5 + chance.below(95)))
            }
            FieldKind::Choice { options, .. } => FormValue::Text(match written {
                Some(written) => written.to_owned(),
                None if field.key == "about" => {
                    (if self.filling.about.for_a_child { "child" } else { "me" }).to_owned()
                }
                None => chance.pick(options).map(|it| it.value.clone()).unwrap_or_default(),
            }),
            FieldKind::Text(rules) => {
                let any = || self.filling.phrases.any_field(self.variant);
                let looked_up = rules.lookup.map(|_| self.filling.unit_hsa_id);
                FormValue::Text(looked_up.or(written).unwrap_or_else(any).to_owned())
            }
            FieldKind::Group { .. } => FormValue::Text(String::new()),
        }
    }

    fn yes_no(&self, key: &str, chance: &mut Chance) -> bool {
        let Filling { sex, birth_date, today, .. } = self.filling;
        let may_be_pregnant = sex == Sex::Female && (18..=45).contains(&age_on(birth_date, today));
        let yes = match key {
            "effects_ok" | "want_answer" | "answerable" | "follow_up_ok" => 0.85,
            "pregnant" | "pregnant_or_breastfeeding" if !may_be_pregnant => 0.0,
            "special_reason" | "pregnant" | "severe_reaction" | "bleeding" | "interpreter" => 0.05,
            _ => 0.3,
        };
        chance.hits(yes)
    }

    /// A date before or after today, as the field asks for.
    fn date(&mut self, key: &str, chance: &mut Chance) -> Date {
        let Filling { today, birth_date, .. } = self.filling;
        let days = |from: i64, among: usize, chance: &mut Chance| {
            from + i64::try_from(chance.below(among)).unwrap_or(0)
        };
        let ahead = match key {
            "birth_date" => return birth_date,
            "since" | "symptoms_since" => -days(3, 200, chance),
            "event_date" | "sent_date" | "decision_date" => -days(3, 60, chance),
            "from" => -days(60, 400, chance),
            "to" => -days(0, 50, chance),
            "date" if self.case_type == "test_results" => -days(2, 20, chance),
            "arrive" => days(40, 60, chance),
            _ => days(2, 40, chance),
        };
        let mut date = today.saturating_add(ahead.days());
        if matches!(key, "leave" | "wanted_until") {
            let after = self.last_date.unwrap_or(today);
            date = after.saturating_add(days(7, 21, chance).days());
        }
        if key == "since" || key == "symptoms_since" {
            date = date.max(birth_date);
        }
        self.last_date = Some(date);
        date
    }
}

/// One or two of the options, in their order.
fn choices(options: &[Choice], chance: &mut Chance) -> Vec<String> {
    let (one, other) = (chance.below(options.len()), chance.below(options.len()));
    let chosen = |n: usize| n == one || n == other;
    let drawn = options.iter().enumerate().filter(|(n, _)| chosen(*n));
    drawn.map(|(_, it)| it.value.clone()).collect()
}
