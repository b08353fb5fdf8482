//! Asks the rules whether an event is what they would have written.
//!
//! They can only be asked where the story registers the unit. What the service itself wrote, as an
//! import does, is a fact that nobody was asked about.

use domain::{
    Actor, Event, Recorded, ResidentId, UnitId,
    case::{self, Asked, Case, Command, Opening, Origin, Submission, Thread},
    organisation::{self, Asking, Opened, Place, Resident, ResidentCommand, Unit, UnitCommand},
};
use jiff::{Timestamp, civil::Date};
use projections::{Around, Directory, ReadModels};

use super::Result;

/// Refuses `event` if no command of its actor leads to it in the case as it was `before`.
pub(crate) fn check(
    before: &Case,
    after: &Case,
    recorded: &Recorded<Event>,
    event: &case::Event,
    around: Around<'_>,
) -> Result<()> {
    let directory = around.directory;
    let thread = before.thread().or(after.thread()).ok_or("the case has not started")?;
    if recorded.actor == Actor::System || directory.care_unit(thread.unit).is_none() {
        return Ok(());
    }
    check_actor(recorded.actor, thread, directory, recorded.occurred_at)?;
    if let case::Event::AttachmentsAdded(it) = event {
        thread.attach(recorded.actor, it.message, &it.files).map_err(|no| no.to_string())?;
        return Ok(());
    }
    if let case::Event::FormAnswered(it) = event {
        let newest = directory.case_type(thread.case_type).map_or(0, |it| it.form_version);
        let is_right = thread.messages.contains(&it.message)
            && matches!(thread.origin, Origin::Unit)
            && (1..=newest).contains(&it.form_version);
        return if is_right { Ok(()) } else { Err("no form was shown there".into()) };
    }
    let asked = Asked { by: recorded.actor, at: recorded.occurred_at, around: &around };
    let (mut first, mut not_offered) = (None, None);
    for command in commands(event, directory) {
        let answer = match before.decide(&asked, &command) {
            // What is answered beside it is a line of its own.
            Ok(events) if is_written(&events, event) => return Ok(()),
            Ok(events) => difference(&events, event)?,
            // Units that offer a central type say more of it than the one that it goes to.
            Err(it @ case::Rejection::CaseTypeNotOffered) if is_central(event, directory) => {
                not_offered = Some(it.to_string());
                continue;
            }
            Err(rejection) => rejection.to_string(),
        };
        first.get_or_insert(answer);
    }
    Err(first.or(not_offered).unwrap_or_else(|| "no command leads here".to_owned()).into())
}

fn is_central(event: &case::Event, directory: &Directory) -> bool {
    let case::Event::CaseSubmitted(it) = event else { return false };
    directory.case_type(it.case_type).is_some_and(|it| it.central_unit.is_some())
}

/// Refuses `event` if no command of its actor leads to it for the resident as they were `before`.
pub(crate) fn check_resident(
    before: &Resident,
    id: ResidentId,
    recorded: &Recorded<Event>,
    event: &organisation::Event,
    models: &ReadModels,
    birth_date: Option<Date>,
) -> Result<()> {
    use organisation::Event as E;

    let commands = match event {
        E::ProxyGranted(it) => {
            let guardian = ResidentCommand::GrantGuardian { guardian: it.proxy };
            let chosen = ResidentCommand::GrantProxy { proxy: it.proxy, until: it.until };
            match recorded.actor {
                Actor::Resident { .. } => vec![chosen, guardian],
                _ => vec![guardian, chosen],
            }
        }
        E::ProxyRevoked(it) => vec![ResidentCommand::RevokeProxy { proxy: it.proxy }],
        E::IdentityReplaced(it) => {
            vec![ResidentCommand::ReplaceIdentity { number_hash: it.number_hash }]
        }
        E::ProtectedIdentitySet(it) => vec![ResidentCommand::SetProtectedIdentity(it.protected)],
        // One command writes two events, and addresses are sealed.
        _ => return Ok(()),
    };
    if recorded.actor == Actor::System {
        return Ok(());
    }
    let (by, at) = (recorded.actor, recorded.occurred_at);
    let asking = Asking { by, at, around: models };
    let opened = Opened { birth_date, has_same_addresses: false, has_same_name: false };
    let mut first = None;
    for command in commands {
        let answer = match before.decide(id, &asking, opened, &command) {
            Ok(events) if events == [event.clone()] => return Ok(()),
            Ok(events) => format!("by the rules this is {}", serde_json::to_value(events)?),
            Err(rejection) => rejection.to_string(),
        };
        first.get_or_insert(answer);
    }
    Err(first.unwrap_or_else(|| "no command leads here".to_owned()).into())
}

/// Refuses options that no command of the actor sets for the unit as it was `before`.
pub(crate) fn check_unit(
    before: &Unit,
    id: UnitId,
    recorded: &Recorded<Event>,
    event: &organisation::Event,
    models: &ReadModels,
) -> Result<()> {
    let organisation::Event::UnitOptionsSet(it) = event else { return Ok(()) };
    let (case_type, field, options) = (it.case_type, it.field.clone(), it.options.clone());
    let command = UnitCommand::SetOptions { case_type, field, options };
    let asking = Asking { by: recorded.actor, at: recorded.occurred_at, around: models };
    match before.decide(id, &asking, &command) {
        Ok(events) if events == [event.clone()] => Ok(()),
        Ok(_) => Err("this changes nothing here".into()),
        Err(rejection) => Err(rejection.to_string().into()),
    }
}

/// Whether the rules write `event`, and nothing that is not told of apart.
fn is_written(events: &[case::Event], event: &case::Event) -> bool {
    matches!(events, [first] | [first, case::Event::FormAnswered(_)] if first == event)
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
            form_version: None,
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
        case::Event::AttachmentsAdded(_) | case::Event::FormAnswered(_) => return vec![],
    }]
}
