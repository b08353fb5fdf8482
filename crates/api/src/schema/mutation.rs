//! What can be asked for about cases: one mutation for each command, verb first.
//!
//! A mutation makes a request of its input and asks the engine once. Whether it may be is for the
//! rules to say; that the viewer sees the case at all is settled before.

mod input;
pub(crate) mod payload;
pub(crate) mod user_error;

use async_graphql::{Context, Object, Result};
use domain::{
    Actor, CaseId, MessageId, ResidentId,
    case::{Command, Content, Opening, Submission},
};
use engine::{ExecuteError, NamedUpload, Request, Target, commit_id, message_id};

pub(crate) use self::user_error::{UserError, UserErrorCode};
use self::{
    input::{
        AddNoteInput, AnswerCaseInput, AskCounterQuestionInput, AttachmentInput, CloseCaseInput,
        ConsentToRedirectInput, DistributeCaseInput, OpenCaseInput, ReassignCaseInput,
        RedirectCaseInput, ReplyToCaseInput, ReturnCaseInput, SendPartialAnswerInput,
        SubmitCaseInput, WithdrawCaseInput, content,
    },
    payload::{
        AddNotePayload, AnswerCasePayload, AskCounterQuestionPayload, CloseCasePayload,
        ConsentToRedirectPayload, DistributeCasePayload, OpenCasePayload, Outcome,
        ReassignCasePayload, RedirectCasePayload, ReplyToCasePayload, ReturnCasePayload,
        SendPartialAnswerPayload, SubmitCasePayload, WithdrawCasePayload,
    },
};
use super::{error::Refusal, id, types::Case};
use crate::{asking::Asking, policy::acting_for};

/// Commands about cases.
#[derive(Default)]
pub(crate) struct CaseMutation;

/// Which case a command is about, as its asker saw it.
pub(crate) struct About {
    idempotency_key: String,
    case: CaseId,
    expected_version: Option<i32>,
}

#[Object]
impl CaseMutation {
    /// Sends a case to a unit (skicka ärende). For residents and their proxies.
    async fn submit_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is sent, and where.")] input: SubmitCaseInput,
    ) -> Result<SubmitCasePayload> {
        let asking = Asking::of(ctx)?;
        let follows_up = input.follows_up.as_ref().map(id::read);
        let subject = match (&input.subject_id, asking.viewer.actor) {
            (Some(subject), _) => id::read(subject),
            (None, Actor::Resident { who, on_behalf_of }) => on_behalf_of.unwrap_or(who),
            (None, _) => id::nothing(),
        };
        if let Some(case) = follows_up
            && let Some(refused) =
                check_older(&asking, &input.idempotency_key, case, subject).await?
        {
            return Ok(refused.into());
        }
        let command = |message| {
            Command::Submit(Submission {
                unit: id::read(&input.unit_id),
                case_type: id::read(&input.case_type_id),
                subject,
                form_version: version(input.form_version),
                terms_version: version(input.terms_version),
                follows_up,
                message,
            })
        };
        let files = named(input.attachments);
        let content = content(input.text, input.answers);
        Ok(start(&asking, &input.idempotency_key, command, content, files).await?.into())
    }

    /// Opens a case to a resident who knows of it (omvänt ärende). For receivers and handlers.
    async fn open_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is opened, and to whom.")] input: OpenCaseInput,
    ) -> Result<OpenCasePayload> {
        let asking = Asking::of(ctx)?;
        let subject = id::read(&input.subject_id);
        if asking.misses_resident(subject).await? {
            return Ok(unknown("subjectId", "resident", "Invånaren").into());
        }
        let command = |message| {
            Command::Open(Opening {
                case_type: id::read(&input.case_type_id),
                subject,
                resident_informed: input.resident_informed,
                message,
                form_version: input.form_version.map(version),
            })
        };
        let (content, files) = (content(input.text, input.answers), named(input.attachments));
        Ok(start(&asking, &input.idempotency_key, command, content, files).await?.into())
    }

    /// Gives a case to its first handler (fördela). For receivers.
    async fn distribute_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and to whom.")] input: DistributeCaseInput,
    ) -> Result<DistributeCasePayload> {
        let command = Command::Distribute { to: id::read(&input.handler_id) };
        Ok(ask(ctx, input.about(), command).await?.into())
    }

    /// Gives a case to another handler of the unit (omfördela). For receivers, and for the handler
    /// who holds it.
    async fn reassign_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and to whom.")] input: ReassignCaseInput,
    ) -> Result<ReassignCasePayload> {
        let command = Command::Reassign { to: id::read(&input.handler_id) };
        Ok(ask(ctx, input.about(), command).await?.into())
    }

    /// Puts a case back in the unit's queue (återta till inkorgen). For receivers, and for the
    /// handler who holds it.
    async fn return_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: ReturnCaseInput,
    ) -> Result<ReturnCasePayload> {
        Ok(ask(ctx, input.about(), Command::Return).await?.into())
    }

    /// Sends a case on to another unit (skicka vidare), to another care provider only with the
    /// resident's consent. Never resets a deadline. For receivers, and for the handler who holds
    /// it.
    async fn redirect_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and where to.")] input: RedirectCaseInput,
    ) -> Result<RedirectCasePayload> {
        let command = Command::Redirect { to: id::read(&input.unit_id) };
        Ok(ask(ctx, input.about(), command).await?.into())
    }

    /// Agrees that a case may go to another care provider. For the resident.
    async fn consent_to_redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and to which care provider.")] input: ConsentToRedirectInput,
    ) -> Result<ConsentToRedirectPayload> {
        let to = id::read(&input.care_provider_id);
        if !Asking::of(ctx)?.knows_provider(to).await? {
            return Ok(unknown("careProviderId", "care provider", "Vårdgivaren").into());
        }
        let command = Command::ConsentToRedirect { to };
        Ok(ask(ctx, input.about(), command).await?.into())
    }

    /// Answers a case in part (delsvar). For receivers, and for the handler who holds it.
    async fn send_partial_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and what is answered.")] input: SendPartialAnswerInput,
    ) -> Result<SendPartialAnswerPayload> {
        let (about, command) = (input.about(), |message| Command::SendPartialAnswer { message });
        Ok(say(ctx, about, command, input.text, named(input.attachments)).await?.into())
    }

    /// Asks the resident something (motfråga); the case then awaits the resident. For the handler
    /// who holds it.
    async fn ask_counter_question(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and what is asked.")] input: AskCounterQuestionInput,
    ) -> Result<AskCounterQuestionPayload> {
        let (about, command) = (input.about(), |message| Command::AskCounterQuestion { message });
        Ok(say(ctx, about, command, input.text, named(input.attachments)).await?.into())
    }

    /// Replies to a question, adds something, or follows up on an answer; a follow-up reopens an
    /// answered case, and one closed within 30 days. For the resident.
    async fn reply_to_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and what is replied.")] input: ReplyToCaseInput,
    ) -> Result<ReplyToCasePayload> {
        let (about, command) = (input.about(), |message| Command::Reply { message });
        Ok(say(ctx, about, command, input.text, named(input.attachments)).await?.into())
    }

    /// Answers a case (besvara). For the handler who holds it.
    async fn answer_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and the answer.")] input: AnswerCaseInput,
    ) -> Result<AnswerCasePayload> {
        let (about, command) = (input.about(), |message| Command::Answer { message });
        Ok(say(ctx, about, command, input.text, named(input.attachments)).await?.into())
    }

    /// Closes a case (avsluta), without an answer only for a reason. For receivers, and for the
    /// handler who holds it.
    async fn close_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and why.")] input: CloseCaseInput,
    ) -> Result<CloseCasePayload> {
        let command = Command::Close { reason: input.reason.map(Into::into) };
        Ok(ask(ctx, input.about(), command).await?.into())
    }

    /// Takes a case back before it is answered (återkalla). For the resident.
    async fn withdraw_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: WithdrawCaseInput,
    ) -> Result<WithdrawCasePayload> {
        Ok(ask(ctx, input.about(), Command::Withdraw).await?.into())
    }

    /// Notes something that the resident never sees (intern anteckning). For receivers, and for
    /// the handler who holds the case.
    async fn add_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and the note.")] input: AddNoteInput,
    ) -> Result<AddNotePayload> {
        let (about, command) = (input.about(), |message| Command::AddNote { message });
        Ok(say(ctx, about, command, input.text, vec![]).await?.into())
    }
}

/// What stands in the way of going on from the case `older`: a resident goes on from what they see,
/// and for the same resident. Nothing does once the request was carried out.
async fn check_older(
    asking: &Asking,
    key: &str,
    older: CaseId,
    subject: ResidentId,
) -> Result<Option<Outcome>, Refusal> {
    let actor = &asking.viewer.actor;
    if matches!(actor, Actor::Staff { .. }) || asking.is_known(commit_id(actor, key)).await? {
        return Ok(None);
    }
    if Case::find(asking, older, None).await?.is_none() {
        return Ok(Some(unknown("followsUp", "case", "Ärendet")));
    }
    if asking.subject(older).await? == Some(subject) {
        return Ok(None);
    }
    let why = "the older case concerns another resident";
    let error = UserError::new(UserErrorCode::FieldInvalid, "followsUp", why)
        .in_swedish("Det äldre ärendet gäller en annan invånare.");
    Ok(Some(Outcome::refused(error)))
}

/// The files that `attachments` name, and what they are called.
fn named(attachments: Vec<AttachmentInput>) -> Vec<NamedUpload> {
    let named =
        |it: AttachmentInput| NamedUpload { id: id::read(&it.upload_id), name: it.file_name };
    attachments.into_iter().map(named).collect()
}

/// A command that starts a case.
async fn start(
    asking: &Asking,
    key: &str,
    command: impl FnOnce(MessageId) -> Command,
    content: Content,
    files: Vec<NamedUpload>,
) -> Result<Outcome, Refusal> {
    carry_out(asking, key, Target::New, command, Some(content), files).await
}

/// A command about a case, with nothing said.
async fn ask(ctx: &Context<'_>, about: About, command: Command) -> Result<Outcome, Refusal> {
    let asking = Asking::of(ctx)?;
    carry_out(&asking, &about.idempotency_key, about.target(), |_| command, None, vec![]).await
}

/// A command about a case that brings a message.
async fn say(
    ctx: &Context<'_>,
    about: About,
    command: impl FnOnce(MessageId) -> Command,
    text: String,
    files: Vec<NamedUpload>,
) -> Result<Outcome, Refusal> {
    let asking = Asking::of(ctx)?;
    let content = Some(Content::text(text));
    carry_out(&asking, &about.idempotency_key, about.target(), command, content, files).await
}

impl About {
    fn target(&self) -> Target {
        // No case has a version below 1, so what is not a version meets a conflict.
        let version = |expected: i32| u32::try_from(expected).unwrap_or(0);
        Target::Existing { case: self.case, expected_version: self.expected_version.map(version) }
    }
}

async fn carry_out(
    asking: &Asking,
    key: &str,
    target: Target,
    command: impl FnOnce(MessageId) -> Command,
    content: Option<Content>,
    files: Vec<NamedUpload>,
) -> Result<Outcome, Refusal> {
    if let Err(error) = UserError::check_key(key) {
        return Ok(Outcome::refused(error));
    }
    let id = commit_id(&asking.viewer.actor, key);
    if let Target::Existing { case, .. } = target {
        asking.check_may_ask(id, case).await?;
    }
    let correlation = asking.request_id.clone();
    let command = command(message_id(id));
    let subject = match (&command, target) {
        (Command::Submit(submission), _) => Some(submission.subject),
        (_, Target::Existing { case, .. }) => asking.subject(case).await?,
        (_, Target::New) => None,
    };
    let by = acting_for(asking.viewer.actor, subject);
    let request = Request { by, id, correlation, target, command, content };
    match asking.engine.execute_with_files(request, files).await {
        Ok(done) => Outcome::done(asking, done).await,
        Err(error) => refused(asking, target, error).await,
    }
}

/// What stood in the way of a command about `target`.
pub(crate) async fn refused(
    asking: &Asking,
    target: Target,
    error: ExecuteError,
) -> Result<Outcome, Refusal> {
    match (error, target) {
        (ExecuteError::Rejected(rejection), _) => {
            Ok(Outcome::refused_for(UserError::all(&rejection)?))
        }
        (
            ExecuteError::VersionConflict { expected, actual, since },
            Target::Existing { case, .. },
        ) => Outcome::conflict(asking, case, (expected, actual), &since).await,
        (error @ ExecuteError::KeyReused, _) => {
            let code = UserErrorCode::IdempotencyKeyReused;
            Ok(Outcome::refused(UserError::new(code, "idempotencyKey", error.to_string())))
        }
        (ExecuteError::Failed(failure), _) if failure.is_parked() => {
            let code = UserErrorCode::Unavailable;
            tracing::error!(request_id = asking.request_id, error = %failure, "refused a command");
            let message = "the case is parked until an operator has looked; nothing was done";
            Ok(Outcome::refused(UserError::new(code, None, message)))
        }
        (ExecuteError::Failed(failure), _) => Err(asking.failed(&failure)),
        (error @ (ExecuteError::Contended | ExecuteError::VersionConflict { .. }), _) => {
            let code = UserErrorCode::Contended;
            Ok(Outcome::refused(UserError::new(code, None, error.to_string())))
        }
    }
}

fn unknown(field: &'static str, what: &str, what_sv: &str) -> Outcome {
    Outcome::refused(UserError::unknown(field, what, what_sv))
}

/// A version that was shown; 0, which none is, for what can be none.
fn version(shown: i32) -> u32 {
    u32::try_from(shown).unwrap_or(0)
}
