//! Any form, and any answers to it that can be taken, from a tape of numbers.
//!
//! A tape of zeros makes the smallest form with the fewest answers, so that a property that fails
//! shrinks to something that can be read.

use super::*;

/// Patterns, each with texts that match it and one that does not.
const PATTERNS: [(&str, &[&str], &str); 4] = [
    ("[0-9]{3} ?[0-9]{2}", &["411 02", "41102"], "4110"),
    ("([01][0-9]|2[0-3]):[0-5][0-9]", &["00:00", "23:59"], "24:00"),
    ("(?:ja|nej)", &["ja", "nej"], "janej"),
    ("[A-ZÅÄÖ]\\w*\\.?", &["Ö", "Abc_1."], "abc"),
];

pub(super) struct Dice {
    tape: Vec<u16>,
    at: usize,
}

impl Dice {
    pub(super) fn new(tape: Vec<u16>) -> Self {
        Self { tape, at: 0 }
    }

    /// A number below `n`; 0 when the tape is at its end.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let thrown = self.tape.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(thrown) % n
    }

    fn hits(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(super) fn form(&mut self) -> Form {
        let fields = 1 + self.below(7);
        form(self.fields(fields, true))
    }

    fn fields(&mut self, n: usize, may_be_groups: bool) -> Vec<Field> {
        let mut fields: Vec<Field> = vec![];
        for i in 0..n {
            let mut field = self.field(&format!("f{i}"), may_be_groups);
            field.required = self.hits();
            field.show_if = if self.hits() { self.show_if(&fields) } else { None };
            fields.push(field);
        }
        fields
    }

    fn field(&mut self, key: &str, may_be_group: bool) -> Field {
        match self.below(if may_be_group { 9 } else { 8 }) {
            0 => yes_no(key),
            1 => {
                let max = 1 + u32::try_from(self.below(9)).unwrap();
                let multiline = self.hits();
                let min_length = u32::try_from(self.below(2)).unwrap() * max;
                let rules = TextRules {
                    multiline,
                    min_length,
                    max_length: max,
                    pattern: None,
                    lookup: None,
                };
                field(key, FieldKind::Text(rules))
            }
            2 => {
                let pattern = Some(PATTERNS[self.below(PATTERNS.len())].0.to_owned());
                let rules = TextRules {
                    multiline: false,
                    min_length: 0,
                    max_length: 9,
                    pattern,
                    lookup: None,
                };
                field(key, FieldKind::Text(rules))
            }
            3 => {
                let options = options(&["a", "b", "25"][..=self.below(3)]);
                field(key, FieldKind::Choice { options, unit_may_replace: self.hits() })
            }
            4 => multi_choice(key, &["a", "b", "c"][..=self.below(3)]),
            5 => field(key, FieldKind::Date {}),
            6 => field(key, FieldKind::Phone {}),
            7 => field(key, FieldKind::YesNo { must_be: Some(self.hits()) }),
            _ => {
                let max = 1 + u32::try_from(self.below(3)).unwrap();
                let min = u32::try_from(self.below(2)).unwrap().min(max);
                let fields = 1 + self.below(3);
                group(key, (min, max), self.fields(fields, false))
            }
        }
    }

    fn show_if(&mut self, before: &[Field]) -> Option<ShowIf> {
        let can_show = |it: &&Field| {
            matches!(
                it.kind,
                FieldKind::Choice { .. } | FieldKind::MultiChoice { .. } | FieldKind::YesNo { .. }
            )
        };
        let siblings: Vec<&Field> = before.iter().filter(can_show).collect();
        if siblings.is_empty() {
            return None;
        }
        let sibling = siblings[self.below(siblings.len())];
        let when = match &sibling.kind {
            FieldKind::Choice { options, .. } => is(&options[self.below(options.len())].value),
            FieldKind::MultiChoice { options } => {
                Condition::Contains(options[self.below(options.len())].value.clone())
            }
            FieldKind::YesNo { must_be } => Condition::Yes(must_be.unwrap_or(self.hits())),
            _ => unreachable!(),
        };
        Some(ShowIf { field: sibling.key.clone(), when })
    }

    /// Answers that the form takes, in its order.
    pub(super) fn answers(&mut self, form: &Form) -> Vec<FormAnswer> {
        let mut answers = vec![];
        self.fill(&form.fields, "", &mut answers);
        answers
    }

    fn fill(&mut self, fields: &[Field], at: &str, answers: &mut Vec<FormAnswer>) {
        let from = answers.len();
        for field in fields {
            if !is_shown(field, at, answers) || !(field.required || self.hits()) {
                continue;
            }
            let path = format!("{at}{}", field.key);
            if let FieldKind::Group { min, max, fields } = &field.kind {
                for item in 0..(*min).max(1) + u32::from(self.hits()).min(max - (*min).max(1)) {
                    self.fill(fields, &format!("{path}.{item}."), answers);
                }
                continue;
            }
            answers.push(FormAnswer { field: path, value: self.value(field) });
        }
        // An item in which nothing was answered is none.
        if !at.is_empty() && answers.len() == from {
            let first = &fields[0];
            answers
                .push(FormAnswer { field: format!("{at}{}", first.key), value: self.value(first) });
            self.fill_shown(&fields[1..], at, answers);
        }
    }

    /// What must be answered because of what was just answered.
    fn fill_shown(&mut self, fields: &[Field], at: &str, answers: &mut Vec<FormAnswer>) {
        for field in fields.iter().filter(|it| it.required) {
            if is_shown(field, at, answers) {
                let value = self.value(field);
                answers.push(FormAnswer { field: format!("{at}{}", field.key), value });
            }
        }
    }

    fn value(&mut self, field: &Field) -> FormValue {
        let some = |text: &str| FormValue::Text(text.to_owned());
        match &field.kind {
            FieldKind::Text(TextRules { pattern: Some(pattern), .. }) => {
                let (_, matching, _) = PATTERNS.iter().find(|it| it.0 == pattern).unwrap();
                some(matching[self.below(matching.len())])
            }
            FieldKind::Text(rules) => {
                let alphabet: &[char] = if rules.multiline {
                    &['a', 'å', '😀', '\n']
                } else {
                    &['a', 'å', '😀', ' ']
                };
                let (min, max) = (rules.min_length.max(1), rules.max_length);
                let length = min as usize + self.below((max - min) as usize + 1);
                let letters = (1..length).map(|_| alphabet[self.below(alphabet.len())]);
                some(&std::iter::once('x').chain(letters).collect::<String>())
            }
            FieldKind::Choice { options, .. } => some(&options[self.below(options.len())].value),
            FieldKind::MultiChoice { options } => {
                let mut chosen: Vec<String> = options.iter().map(|it| it.value.clone()).collect();
                chosen.retain(|_| self.hits());
                if field.required && chosen.is_empty() {
                    chosen.push(options[0].value.clone());
                }
                FormValue::Choices(chosen)
            }
            FieldKind::Date {} => some(["2026-03-02", "2024-02-29", "1900-12-31"][self.below(3)]),
            FieldKind::Phone {} => {
                some(["070-174 06 05", "+46701740605", "08-46500400"][self.below(3)])
            }
            FieldKind::YesNo { must_be } => FormValue::YesNo(must_be.unwrap_or(self.hits())),
            FieldKind::Group { .. } => unreachable!("a group has no value"),
        }
    }
}

/// Whether `field` is shown at `at`, told from the answers before it.
pub(super) fn is_shown(field: &Field, at: &str, answers: &[FormAnswer]) -> bool {
    let Some(ShowIf { field: sibling, when }) = &field.show_if else { return true };
    let answer = answers.iter().find(|it| it.field == format!("{at}{sibling}"));
    match (when, answer.map(|it| &it.value)) {
        (Condition::Is(option), Some(FormValue::Text(text))) => option == text,
        (Condition::Contains(option), Some(FormValue::Choices(all))) => all.contains(option),
        (Condition::Yes(yes), Some(FormValue::YesNo(answer))) => yes == answer,
        _ => false,
    }
}

/// A text that does not match the pattern.
pub(super) fn mismatch(pattern: &str) -> &'static str {
    PATTERNS.iter().find(|it| it.0 == pattern).unwrap().2
}
