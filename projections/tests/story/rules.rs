//! Asks the rules whether an event is what they would have written.
//!
//! They can only be asked where the story registers the unit. What the service itself wrote, as an
//! import does, is a fact that nobody was asked about.

use domain::{
    Actor, Event, Recorded, UnitId,
    case::{self, Asked, Case, Command, Opening, Submission, Thread},
    organisation::Place,
};
use jiff::Timestamp;
use projections::Directory;

use super::Result;

/// Refuses `event` if no command of its actor leads to it in the case as it was `before`.
pub(crate) fn check(
    before: &Case,
    after: &Case,
    recorded: &Recorded<Event>,
    event: &case::Event,
    directory: &Directory,
) -> Result<()> {
    let thread = before.thread().or(after.thread()).ok_or("the case has not started")?;
    if recorded.actor == Actor::System || directory.care_unit(thread.unit).is_none() {
        return Ok(());
    }
    check_actor(recorded.actor, thread, directory, recorded.occurred_at)?;
    if let case::Event::AttachmentsAdded(it) = event {
        thread.attach(recorded.actor, it.message, &it.files).map_err(|no| no.to_string())?;
        return Ok(());
    }
    let asked = Asked { by: recorded.actor, at: recorded.occurred_at, around: directory };
    let written = [event.clone()];
    let mut first = None;
    for command in commands(event, directory) {
        let answer = match before.decide(&asked, &command) {
            Ok(events) if events == written => return Ok(()),
            Ok(events) => difference(&events, event)?,
            Err(rejection) => rejection.to_string(),
        };
        first.get_or_insert(answer);
    }
    Err(first.unwrap_or_else(|| "no command leads here".to_owned()).into())
}

/// What the rules write otherwise: the first field that differs.
fn difference(events: &[case::Event], written: &case::Event) -> Result<String> {
    let Some(event) = events.first() else { return Ok("this changes nothing here".to_owned()) };
    let (right, wrong) = (serde_json::to_value(event)?, serde_json::to_value(written)?);
    let mut fields = right.as_object().into_iter().flatten();
    Ok(match fields.find(|(field, value)| wrong.get(field) != Some(value)) {
        Some((field, value)) => format!("by the rules `{field}` is {value}"),
        None => format!("by the rules this is {right}"),
    })
}

/// Staff act in an assignment that they hold; a resident acts for whom the case concerns.
fn check_actor(actor: Actor, thread: &Thread, directory: &Directory, at: Timestamp) -> Result<()> {
    match actor {
        Actor::Staff { who, role, unit: Some(unit) }
            if !directory.holds_at(who, role, Place::Unit(unit), at) =>
        {
            Err(format!("{who} does not hold that role at {unit}").into())
        }
        Actor::Resident { who, on_behalf_of } if on_behalf_of.unwrap_or(who) != thread.subject => {
            Err(format!("the case concerns {}", thread.subject).into())
        }
        _ => Ok(()),
    }
}

/// What may have been asked for, that `event` answers.
fn commands(event: &case::Event, directory: &Directory) -> Vec<Command> {
    vec![match event {
        case::Event::CaseSubmitted(it) => {
            let submission = |unit: UnitId| {
                let case::CaseSubmitted {
                    case_type,
                    subject,
                    form_version,
                    terms_version,
                    follows_up,
                    message,
                    ..
                } = *it;
                Command::Submit(Submission {
                    unit,
                    case_type,
                    subject,
                    form_version,
                    terms_version,
                    follows_up,
                    message,
                })
            };
            // A central type may have been sent from any unit.
            let elsewhere = directory.units_after(None).map(|unit| unit.id);
            return std::iter::once(it.unit).chain(elsewhere).map(submission).collect();
        }
        case::Event::CaseOpened(it) => Command::Open(Opening {
            case_type: it.case_type,
            subject: it.subject,
            resident_informed: true,
            message: it.message,
        }),
        case::Event::CaseDistributed(it) => Command::Distribute { to: it.to },
        case::Event::CaseReassigned(it) => Command::Reassign { to: it.to },
        case::Event::CaseReturned(_) => Command::Return,
        case::Event::CaseRedirected(it) => Command::Redirect { to: it.to },
        case::Event::RedirectConsented(it) => Command::ConsentToRedirect { to: it.to },
        case::Event::CasePartiallyAnswered(it) => {
            Command::SendPartialAnswer { message: it.message }
        }
        case::Event::CounterQuestionAsked(it) => {
            Command::AskCounterQuestion { message: it.message }
        }
        case::Event::ResidentReplied(it) => Command::Reply { message: it.message },
        case::Event::CaseReopened(it) => Command::Reply { message: it.message },
        case::Event::CaseAnswered(it) => Command::Answer { message: it.message },
        case::Event::CaseClosed(it) => Command::Close { reason: it.reason },
        case::Event::CaseWithdrawn(_) => Command::Withdraw,
        case::Event::NoteAdded(it) => Command::AddNote { message: it.message },
        // No command of its own: it stands beside a message.
        case::Event::AttachmentsAdded(_) => return vec![],
    }]
}
