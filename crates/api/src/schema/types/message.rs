//! What was written in a case. Opened when it is asked for, and never without the access log.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    CaseId, Event, MessageId, StreamId,
    case::{Content, FormValue},
};
use engine::{HistoryEntry, access};
use tokio::sync::OnceCell;

use super::{
    Actor, MessageKind,
    event::{People, number},
};
use crate::{
    asking::Asking,
    schema::{
        error::Refusal,
        scalars::{DateTime, Position},
    },
};

/// The messages of one page, which are opened together: one entry in the access log for all.
pub(crate) struct Letters {
    case: CaseId,
    people: People,
    entries: Vec<HistoryEntry>,
    opened: OnceCell<Vec<Option<Content>>>,
}

impl Letters {
    pub(crate) fn new(case: CaseId, people: People, entries: Vec<HistoryEntry>) -> Arc<Self> {
        Arc::new(Self { case, people, entries, opened: OnceCell::new() })
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

    async fn open(&self, asking: &Asking) -> Result<&[Option<Content>], Refusal> {
        let open = async || {
            let opening =
                asking.opening(vec![StreamId::Case(self.case)], access::Action::ReadMessages);
            let opened = asking.engine.open_content(opening, &self.entries).await;
            opened.map_err(|failure| asking.failed(&failure))
        };
        self.opened.get_or_try_init(open).await.map(Vec::as_slice)
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
        Ok(self.page.open(&asking).await?.get(self.index).and_then(Option::as_ref))
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
