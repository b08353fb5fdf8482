//! What was written in a case. Opened when it is asked for, and never without the access log.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    CaseId, Event, MessageId, StreamId,
    case::{self, AttachmentsAdded, Content, FileSecrets, FormValue},
};
use engine::{HistoryEntry, access};
use tokio::sync::OnceCell;

use super::{
    Actor, MessageKind,
    attachment::Attachment,
    event::{People, number},
};
use crate::{
    asking::Asking,
    schema::{
        error::Refusal,
        scalars::{DateTime, Position},
    },
};

/// What each message says, and what the files of each event are called.
type Opened = (Vec<Option<Content>>, Vec<Option<FileSecrets>>);

/// The messages of one page, which are opened together: one entry in the access log for all.
pub(crate) struct Letters {
    case: CaseId,
    people: People,
    entries: Vec<HistoryEntry>,
    /// The events that attached files to them.
    files: Vec<HistoryEntry>,
    opened: OnceCell<Opened>,
}

impl Letters {
    /// `all` is the history that `entries`, the messages, are from.
    pub(crate) fn new(
        case: CaseId,
        people: People,
        entries: Vec<HistoryEntry>,
        mut files: Vec<HistoryEntry>,
    ) -> Arc<Self> {
        let message = |entry: &HistoryEntry| match &entry.recorded.event {
            Event::Case(event) => event.message(),
            Event::Organisation(_) => None,
        };
        let shown: BTreeSet<MessageId> = entries.iter().filter_map(message).collect();
        files.retain(|entry| attached(entry).is_some_and(|it| shown.contains(&it.message)));
        Arc::new(Self { case, people, entries, files, opened: OnceCell::new() })
    }

    pub(super) const fn case(&self) -> CaseId {
        self.case
    }

    /// The files that went with a message.
    fn attachments(self: &Arc<Self>, message: MessageId) -> Vec<Attachment> {
        let events = self.files.iter().enumerate();
        let events = events.filter_map(|(event, entry)| Some((event, attached(entry)?)));
        events
            .filter(|(_, it)| it.message == message)
            .flat_map(|(event, it)| it.files.iter().enumerate().map(move |file| (event, file)))
            .map(|(event, (index, file))| Attachment {
                file: *file,
                place: (event, index),
                page: Arc::clone(self),
            })
            .collect()
    }

    /// What the file at `place` is called.
    pub(super) async fn file_name(
        &self,
        asking: &Asking,
        (event, index): (usize, usize),
    ) -> Result<Option<String>, Refusal> {
        let (_, secrets) = self.open(asking).await?;
        let secrets = secrets.get(event).and_then(Option::as_ref);
        Ok(secrets.and_then(|it| it.files.get(index)).map(|it| it.name.clone()))
    }

    /// Each message of the page, with the key of its cursor.
    pub(crate) fn messages(self: &Arc<Self>) -> Vec<(String, Message)> {
        let message = |(index, entry): (usize, &HistoryEntry)| {
            let key = entry.recorded.version.to_string();
            let Event::Case(event) = &entry.recorded.event else { return None };
            let (id, kind) = (event.message()?, MessageKind::of(event)?);
            Some((key, Message { id, kind, index, page: Arc::clone(self) }))
        };
        self.entries.iter().enumerate().filter_map(message).collect()
    }

    async fn open(&self, asking: &Asking) -> Result<&Opened, Refusal> {
        let open = async || {
            let opening =
                asking.opening(vec![StreamId::Case(self.case)], access::Action::ReadMessages);
            let opened = asking.engine.open_letters(opening, &self.entries, &self.files).await;
            opened.map_err(|failure| asking.failed(&failure))
        };
        self.opened.get_or_try_init(open).await
    }
}

/// What `entry` attached, if it attached anything.
const fn attached(entry: &HistoryEntry) -> Option<&AttachmentsAdded> {
    match &entry.recorded.event {
        Event::Case(case::Event::AttachmentsAdded(it)) => Some(it),
        _ => None,
    }
}

/// A message or note.
pub(crate) struct Message {
    id: MessageId,
    kind: MessageKind,
    index: usize,
    page: Arc<Letters>,
}

impl Message {
    fn entry(&self) -> &HistoryEntry {
        &self.page.entries[self.index]
    }

    async fn content(&self, ctx: &Context<'_>) -> Result<Option<&Content>, Refusal> {
        let asking = Asking::of(ctx)?;
        Ok(self.page.open(&asking).await?.0.get(self.index).and_then(Option::as_ref))
    }
}

/// What someone wrote in a case. Reading its text or answers is written to the access log
/// (åtkomstlogg), once for all messages of a page.
#[Object]
impl Message {
    /// Names the message.
    async fn id(&self) -> ID {
        self.id.into()
    }

    /// What it is in the case.
    async fn kind(&self) -> MessageKind {
        self.kind
    }

    /// The place in the log of the commit that holds it.
    async fn position(&self) -> Position {
        self.entry().recorded.position.into()
    }

    /// Which event of the case brought it.
    async fn version(&self) -> i32 {
        number(self.entry().recorded.version)
    }

    /// When it was sent.
    async fn sent_at(&self) -> DateTime {
        self.entry().recorded.occurred_at.into()
    }

    /// Who wrote it.
    async fn sender(&self) -> Actor {
        Actor::new(self.entry().recorded.actor, self.page.people)
    }

    /// What it says; empty where the form says it all, none where it was not kept or has been
    /// destroyed (gallrat).
    #[graphql(complexity = 3)]
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.content(ctx).await?.map(|content| content.text.clone()))
    }

    /// The answers to the form, in its order; none as with `text`.
    #[graphql(complexity = "3 + child_complexity")]
    async fn answers(&self, ctx: &Context<'_>) -> Result<Option<Vec<FormAnswer>>> {
        let answers = |content: &Content| content.answers.iter().map(FormAnswer::from).collect();
        Ok(self.content(ctx).await?.map(answers))
    }

    /// The files that went with it (bilagor), in their sender's order.
    #[graphql(complexity = "2 + child_complexity")]
    async fn attachments(&self) -> Vec<Attachment> {
        self.page.attachments(self.id)
    }
}

/// The answer to one field of a form (formulär). One of the three values is there.
#[derive(SimpleObject)]
pub(crate) struct FormAnswer {
    /// The field's key; within a group a path such as `medicines.0.name`.
    field: String,
    /// Text, a date, a phone number, or the one option that was chosen.
    text: Option<String>,
    /// The options that were chosen.
    choices: Option<Vec<String>>,
    /// Yes or no.
    yes_no: Option<bool>,
}

impl From<&domain::case::FormAnswer> for FormAnswer {
    fn from(answer: &domain::case::FormAnswer) -> Self {
        let unanswered =
            Self { field: answer.field.clone(), text: None, choices: None, yes_no: None };
        match &answer.value {
            FormValue::Text(text) => Self { text: Some(text.clone()), ..unanswered },
            FormValue::Choices(them) => Self { choices: Some(them.clone()), ..unanswered },
            FormValue::YesNo(yes) => Self { yes_no: Some(*yes), ..unanswered },
        }
    }
}
