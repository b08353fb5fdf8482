//! A case type (ärendetyp): its name, its form, its terms, and for whom it is.
//!
//! | command | may | what follows |
//! |---|---|---|
//! | define | whoever keeps it | the definition, its limits, form 1, terms 1 |
//! | revise | whoever keeps it | what differs; a changed form is a new version |
//! | publish terms | whoever keeps it | a new version, where they differ |
//! | set templates, set answer options | whoever keeps it | all of them, where they differ |
//!
//! A type of one unit is kept by that unit's administrators and the region's, any other by the
//! region's alone; a key is one type's in the region, or at its unit. Cases that are open keep the
//! form, the terms and the deadline that they began with: those stand in their own events.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    AnswerOptionsSet, AnswerTemplate, AnswerTemplatesSet, Asking, CaseTypeDefined, CaseTypeLimited,
    Event, FormPublished, Rejection, Scope, Secrecy, TermsPublished,
};
use crate::{
    RegionId, UnitId,
    case::Origin,
    deadline::Policy,
    form::{Choice, Field, Form, Label},
};

/// The most working days that a first response may take.
pub const WORKING_DAYS_MAX: u8 = 60;
/// The most templates, and the most answer options, of a type.
pub const ANSWERS_MAX: usize = 50;
/// The longest name of a type, terms text or template, in either language, in bytes.
pub const TEXT_BYTES_MAX: usize = 4_000;
/// The longest key of a type, template or answer option, in bytes.
pub const KEY_BYTES_MAX: usize = 100;
/// The most text that all templates, or all answer options, of a type have together, in bytes.
pub const ANSWERS_BYTES_MAX: usize = 256 * 1024;

/// What someone asks of a case type. Serialised only to be fingerprinted: new variants and fields
/// go at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum CaseTypeCommand {
    /// Make it.
    Define {
        /// Whose.
        region: RegionId,
        /// What it is.
        definition: Definition,
        /// Its first terms.
        terms: Label,
    },
    /// Change it: a new version, where it differs.
    Revise(Definition),
    /// Publish new terms.
    PublishTerms(Label),
    /// Decide the ready-made answers.
    SetTemplates(Vec<AnswerTemplate>),
    /// Decide the fixed answers.
    SetOptions(Vec<Choice>),
}

/// All that a case type is, but for its terms and ready-made answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its key in the catalogue.
    pub key: String,
    /// Its name.
    pub name: Label,
    /// Who decides name and form.
    pub scope: Scope,
    /// Where all its cases go, for a central type.
    pub central_unit: Option<UnitId>,
    /// The unit whose own it is, for a type with that scope.
    pub owner: Option<UnitId>,
    /// How long a unit has; none where no clock runs.
    pub clock: Option<Clock>,
    /// For whom it is.
    pub limits: Limits,
    /// What is asked.
    pub fields: Vec<Field>,
}

/// How long a unit has for the first response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Working days.
    pub working_days: u8,
    /// How they are counted.
    pub policy: Policy,
}

/// For whom a type is, and how its cases are kept; see [`CaseTypeLimited`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Who starts its cases.
    pub started_by: Origin,
    /// The least age, in completed years, of a resident who sends one for themselves.
    pub min_age: Option<u8>,
    /// Whether a proxy may send one, and see those that there are.
    pub by_proxy: bool,
    /// How its cases are kept from others.
    pub secrecy: Secrecy,
    /// Whether the unit may answer in part and ask back.
    pub conversation: bool,
}

/// A case type, as far as it has come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CaseType {
    defined: Option<CaseTypeDefined>,
    limited: Option<CaseTypeLimited>,
    form: Option<Form>,
    terms: Option<Label>,
    templates: Vec<AnswerTemplate>,
    options: Vec<Choice>,
}

impl CaseType {
    /// The events that `command` leads to, or why it may not be. Asking for what is already so
    /// changes nothing.
    pub fn decide(
        &self,
        asking: &Asking<'_>,
        command: &CaseTypeCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let Some(defined) = &self.defined else {
            let CaseTypeCommand::Define { region, definition, terms } = command else {
                return Err(Rejection::NoSuchCaseType);
            };
            definition.permit(asking, *region)?;
            definition.check(asking, *region)?;
            check_text("terms", terms)?;
            if asking.around.has_case_type_key(*region, definition.owner, &definition.key) {
                return Err(Rejection::CaseTypeExists);
            }
            return Ok(self.version(*region, definition, Some(terms)));
        };
        self.permit(asking, defined)?;
        match command {
            CaseTypeCommand::Define { region, definition, terms } => {
                let is_so = self.version(*region, definition, Some(terms)).is_empty();
                if is_so { Ok(vec![]) } else { Err(Rejection::CaseTypeExists) }
            }
            CaseTypeCommand::Revise(definition) => {
                if (definition.scope, &definition.key) != (defined.scope, &defined.key) {
                    return Err(Rejection::ScopeAndKeyStay);
                }
                if self.limited.as_ref().is_some_and(|it| it.owner != definition.owner) {
                    return Err(Rejection::ScopeAndKeyStay);
                }
                definition.check(asking, defined.region)?;
                Ok(self.version(defined.region, definition, None))
            }
            CaseTypeCommand::PublishTerms(text) if self.terms.as_ref() == Some(text) => Ok(vec![]),
            CaseTypeCommand::PublishTerms(text) => {
                check_text("terms", text)?;
                let terms_version = defined.terms_version + 1;
                let published = TermsPublished { terms_version, text: text.clone() };
                let defined = CaseTypeDefined { terms_version, ..defined.clone() };
                Ok(vec![published.into(), defined.into()])
            }
            CaseTypeCommand::SetTemplates(templates) if *templates == self.templates => Ok(vec![]),
            CaseTypeCommand::SetTemplates(templates) => {
                let texts = templates.iter().map(|it| (&it.key, [&it.title, &it.text]));
                check_answers("template", texts)?;
                Ok(vec![AnswerTemplatesSet { templates: templates.clone() }.into()])
            }
            CaseTypeCommand::SetOptions(options) if *options == self.options => Ok(vec![]),
            CaseTypeCommand::SetOptions(options) => {
                let texts = options.iter().map(|it| (&it.value, [&it.label]));
                check_answers("answer option", texts)?;
                Ok(vec![AnswerOptionsSet { options: options.clone() }.into()])
            }
        }
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        match event {
            Event::CaseTypeDefined(it) => self.defined = Some(it.clone()),
            Event::CaseTypeLimited(it) => self.limited = Some(it.clone()),
            Event::FormPublished(it) => self.form = Some(it.form.clone()),
            Event::TermsPublished(it) => self.terms = Some(it.text.clone()),
            Event::AnswerTemplatesSet(it) => self.templates.clone_from(&it.templates),
            Event::AnswerOptionsSet(it) => self.options.clone_from(&it.options),
            _ => (),
        }
        self
    }

    /// What differs from what is already so, as events; a form that differs is the next version.
    fn version(
        &self,
        region: RegionId,
        definition: &Definition,
        terms: Option<&Label>,
    ) -> Vec<Event> {
        let mut events: Vec<Event> = vec![];
        let (form, forms) =
            (self.form.as_ref(), self.defined.as_ref().map_or(0, |it| it.form_version));
        let form_differs = form.is_none_or(|it| it.fields != definition.fields);
        let terms_differ = terms.is_some_and(|it| self.terms.as_ref() != Some(it));
        let editions = self.defined.as_ref().map_or(0, |it| it.terms_version);

        let defined = CaseTypeDefined {
            region,
            key: definition.key.clone(),
            name_sv: definition.name.sv.clone(),
            name_en: definition.name.en.clone(),
            scope: definition.scope,
            central_unit: definition.central_unit,
            working_days: definition.clock.map(|it| it.working_days),
            policy: definition.clock.map_or(Policy::Eod, |it| it.policy),
            form_version: forms + u32::from(form_differs),
            terms_version: editions + u32::from(terms_differ),
        };
        let limited = definition.limited();
        if form_differs {
            let fields = definition.fields.clone();
            let form = Form { version: defined.form_version, fields };
            events.push(FormPublished { form }.into());
        }
        if let Some(text) = terms.filter(|_| terms_differ) {
            let (terms_version, text) = (defined.terms_version, text.clone());
            events.push(TermsPublished { terms_version, text }.into());
        }
        if self.limited.as_ref() != Some(&limited) {
            events.push(limited.into());
        }
        // First, so that whatever is known of a type, its name and region are.
        if self.defined.as_ref() != Some(&defined) {
            events.insert(0, defined.into());
        }
        events
    }

    fn permit(&self, asking: &Asking<'_>, defined: &CaseTypeDefined) -> Result<(), Rejection> {
        match self.limited.as_ref().and_then(|it| it.owner) {
            Some(owner) => asking.may_keep_unit(owner, defined.region),
            None => asking.may_keep_region(defined.region),
        }
    }
}

impl Definition {
    fn permit(&self, asking: &Asking<'_>, region: RegionId) -> Result<(), Rejection> {
        match self.owner {
            Some(owner) => asking.may_keep_unit(owner, region),
            None => asking.may_keep_region(region),
        }
    }

    fn check(&self, asking: &Asking<'_>, region: RegionId) -> Result<(), Rejection> {
        if !asking.around.has_region(region) {
            return Err(Rejection::NoSuchRegion);
        }
        if !is_key(&self.key) {
            return Err(Rejection::CaseTypeKey);
        }
        if self.name.sv.trim().is_empty() {
            return Err(Rejection::CaseTypeUnnamed);
        }
        check_text("name", &self.name)?;
        let (needs, has) = (self.scope == Scope::Central, self.central_unit);
        if needs != has.is_some() {
            return Err(Rejection::CentralUnitMissing);
        }
        if (self.scope == Scope::UnitOwn) != self.owner.is_some() {
            return Err(Rejection::OwnerMissing);
        }
        for (unit, rejection) in [
            (self.central_unit, Rejection::NoSuchCentralUnit),
            (self.owner, Rejection::NoSuchOwner),
        ] {
            let is_there = |unit| asking.around.unit(unit).is_some_and(|it| it.region == region);
            if !unit.is_none_or(is_there) {
                return Err(rejection);
            }
        }
        if let Some(clock) = self.clock
            && !(1..=WORKING_DAYS_MAX).contains(&clock.working_days)
        {
            return Err(Rejection::WorkingDays { working_days: clock.working_days.into() });
        }
        let flaws = Form { version: 1, fields: self.fields.clone() }.flaws();
        if flaws.is_empty() { Ok(()) } else { Err(Rejection::FlawedForm { flaws }) }
    }

    fn limited(&self) -> CaseTypeLimited {
        let Limits { started_by, min_age, by_proxy, secrecy, conversation } = self.limits;
        CaseTypeLimited { owner: self.owner, started_by, min_age, by_proxy, secrecy, conversation }
    }
}

fn check_text(what: &'static str, text: &Label) -> Result<(), Rejection> {
    let fits = |it: &str| it.len() <= TEXT_BYTES_MAX;
    if text.sv.trim().is_empty() || !fits(&text.sv) || !fits(&text.en) {
        return Err(Rejection::TextMissing { what });
    }
    Ok(())
}

fn check_answers<'a, const N: usize>(
    what: &'static str,
    answers: impl Iterator<Item = (&'a String, [&'a Label; N])>,
) -> Result<(), Rejection> {
    let (mut keys, mut bytes) = (BTreeSet::new(), 0);
    for (key, texts) in answers {
        for text in texts {
            check_text(what, text)?;
            bytes += text.sv.len() + text.en.len();
        }
        if !is_key(key) || !keys.insert(key) || keys.len() > ANSWERS_MAX {
            return Err(Rejection::AnswersUnclear { what });
        }
    }
    if bytes > ANSWERS_BYTES_MAX {
        return Err(Rejection::AnswersTooLong { what, bytes });
    }
    Ok(())
}

fn is_key(key: &str) -> bool {
    !key.trim().is_empty() && key.len() <= KEY_BYTES_MAX
}
