//! What a block shows of the rest of the region: forms, units to turn to, and who is told.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::{Actor, Recorded, ResidentId, case::FormAnswer, deadline::local_time, form::Language};
use jiff::civil::Date;
use projections::{Around, Offer, UnitFilter};

use super::{Log, Result, shown::Seen};

/// Everything that is wrong with `answers`, a line of JSON, to the form that `block` names.
pub(super) fn problems(log: &Log, block: &str, answers: &str) -> Result<String> {
    let [_, case_type, version] = block.split(' ').collect::<Vec<_>>()[..] else {
        return Err("an `answers` block names a case type and a version of its form".into());
    };
    let directory = log.models.directory();
    let found = directory.case_type(case_type.parse()?).ok_or("there is no such case type")?;
    let form = found.forms.get(&version.parse()?).ok_or("that version was never published")?;
    let answers: Vec<FormAnswer> = serde_json::from_str(answers)?;
    let problems = form.problems(&answers, directory);
    if problems.is_empty() {
        return Ok("taken".to_owned());
    }
    let line = |it: &domain::form::FieldProblem| {
        let (code, text) = (it.problem.code(), it.problem.text(Language::En));
        format!("{:<20}  {code:<18}  {text}", it.field)
    };
    Ok(problems.iter().map(line).collect::<Vec<_>>().join("\n"))
}

impl Seen {
    /// The units that take cases and are found by `words`, and what they offer to `subject` when
    /// `who` asks.
    pub(super) fn units(
        &self,
        who: ResidentId,
        subject: ResidentId,
        born: &BTreeMap<ResidentId, Date>,
        words: &str,
    ) -> Result<String> {
        let directory = self.models.directory();
        let born = born.get(&subject).map(|day| (subject, *day));
        let around = Around { directory, born };
        let by = Actor::Resident { who, on_behalf_of: (who != subject).then_some(subject) };
        let filter = UnitFilter { words: words.to_owned(), ..UnitFilter::default() };
        let mut text = String::new();
        let units = directory.units_after(None).filter(|it| it.active);
        for unit in units.filter(|it| directory.passes(it, &filter)) {
            let division = directory.division(unit.division).ok_or("a division")?;
            writeln!(text, "{}, {}", unit.name, division.name)?;
            for it in around.offers(unit.id, subject, by, self.now).ok_or("a unit")? {
                let Offer { case_type, goes_to, refusal } = it;
                let name = directory.case_type(case_type).map_or("", |it| it.name_sv.as_str());
                let can = refusal.map_or_else(|| "can be sent".to_owned(), |no| no.to_string());
                let elsewhere = directory.care_unit(goes_to).filter(|it| it.id != unit.id);
                let elsewhere = elsewhere.map(|it| format!(", to {}", it.name));
                writeln!(text, "  {name:<24}  {can}{}", elsewhere.unwrap_or_default())?;
            }
        }
        Ok(if text.is_empty() { "none\n".to_owned() } else { text })
    }

    /// A line for each notice, by the event that it is of.
    pub(super) fn notices(&self) -> Result<String> {
        let mut text = String::new();
        for recorded in &self.events {
            let Some((to, notice)) = self.models.news(recorded, self.now) else { continue };
            let Recorded { stream, version, occurred_at, .. } = recorded;
            let at = local_time(*occurred_at).strftime("%Y-%m-%d %H:%M");
            writeln!(
                text,
                "{at}  {stream} {version:>2}  to {:<11}  {}",
                to.to_string(),
                notice.text_en()
            )?;
        }
        Ok(if text.is_empty() { "nobody\n".to_owned() } else { text })
    }
}
