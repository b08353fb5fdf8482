//! A case, as one viewer may see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::{
    CaseId, Event,
    case::{Asked, Case as State},
    policy::{Sight, may_see},
};
use engine::{AsOf, HistoryEntry};
use jiff::Timestamp;
use projections::{CaseView, ReadModels};
use tokio::sync::OnceCell;

use super::{
    Ability, CareUnit, CaseOrigin, CaseState, CaseType, CloseReason, MessageKind, People, Resident,
    SlaState, StaffMember, Targets, event::number, message::Letters,
};
use crate::{
    asking::Asking,
    policy::Standing,
    schema::{
        connection::{CaseEventConnection, MessageConnection, PageArgs, Rows, page_cost},
        error::Refusal,
        history,
        scalars::{DateTime, Position},
    },
};

/// A case that the viewer may see.
#[derive(Clone)]
pub(crate) struct Case {
    view: CaseView,
    /// The moment that the case is seen at.
    now: Timestamp,
    /// The moment looked back to, where it is one.
    as_of: Option<AsOf>,
    /// What the viewer is to the case at present.
    standing: Standing,
    /// The case as the rules see it at present.
    present: Arc<OnceCell<(State, Targets)>>,
}

impl Case {
    /// The case, at present or as it was; none where it is not there, or not the viewer's to see
    /// at present.
    pub(crate) async fn find(
        asking: &Asking,
        id: CaseId,
        as_of: Option<AsOf>,
    ) -> Result<Option<Self>, Refusal> {
        let Some((view, standing, now)) = asking.present(id).await? else { return Ok(None) };
        if !may_see(standing.relation, Sight::Case) {
            return Ok(None);
        }
        if as_of.is_none() {
            return Ok(Some(Self::new(view, now, None, standing)));
        }
        let Some(past) = asking.at(as_of).await? else { return Ok(None) };
        let found = past.with(|models, now| models.cases().get(id).map(|view| (view, now)));
        Ok(found.map(|(view, now)| Self::new(view, now, as_of, standing)))
    }

    pub(crate) fn new(
        view: CaseView,
        now: Timestamp,
        as_of: Option<AsOf>,
        standing: Standing,
    ) -> Self {
        Self { view, now, as_of, standing, present: Arc::default() }
    }

    /// How the people in the case are shown to the viewer.
    pub(crate) fn people(&self) -> People {
        let Standing { relation, sees_older } = self.standing;
        People {
            named: may_see(relation, Sight::Names),
            protected: may_see(relation, Sight::ProtectedNames),
            older: sees_older,
        }
    }

    /// Whether the viewer may know of the event.
    pub(crate) fn shows(&self, entry: &HistoryEntry) -> bool {
        match &entry.recorded.event {
            Event::Case(domain::case::Event::NoteAdded(_)) => {
                may_see(self.standing.relation, Sight::Notes)
            }
            Event::Case(_) => true,
            Event::Organisation(_) => false,
        }
    }

    /// Whether the viewer may read what was said in the event.
    fn tells(&self, entry: &HistoryEntry) -> bool {
        let Event::Case(event) = &entry.recorded.event else { return false };
        match MessageKind::of(event) {
            None => false,
            Some(MessageKind::Note) => may_see(self.standing.relation, Sight::NoteTexts),
            Some(_) => may_see(self.standing.relation, Sight::Messages),
        }
    }

    async fn can(&self, ctx: &Context<'_>, ability: Ability) -> Result<bool, Refusal> {
        let asking = Asking::of(ctx)?;
        let load = async || {
            let history = asking.engine.history(self.view.id).await;
            let history = history.map_err(|failure| asking.failed(&failure))?;
            let state =
                history.iter().fold(State::default(), |state, entry| match &entry.recorded.event {
                    Event::Case(event) => state.evolve(event, entry.recorded.occurred_at),
                    Event::Organisation(_) => state,
                });
            let targets = asking.targets(&state).await?;
            Ok::<_, Refusal>((state, targets))
        };
        let (state, targets) = self.present.get_or_try_init(load).await?;
        let view = asking.now().await?;
        Ok(view.with(|models, now| {
            let by = asking.viewer.actor;
            let asked = Asked { by, at: now, around: models.directory() };
            ability.holds(state, &asked, targets)
        }))
    }
}

/// A case (ärende): one resident's matter, one thread, held by one care unit at a time.
#[Object]
impl Case {
    /// Names the case.
    pub(crate) async fn id(&self) -> ID {
        self.view.id.into()
    }

    /// How many events the case has; give it as `expectedVersion` to depend on what was seen.
    async fn version(&self) -> i32 {
        number(self.view.version)
    }

    /// The place in the log of its last event.
    async fn position(&self) -> Position {
        self.view.position.into()
    }

    /// Who started it.
    async fn origin(&self) -> CaseOrigin {
        self.view.origin.into()
    }

    /// Where it stands.
    async fn state(&self) -> CaseState {
        self.view.state.into()
    }

    /// Where it stands against the deadline of its first response, at the moment of asking or, with
    /// `asOf`, at the moment looked back to.
    async fn sla_state(&self) -> SlaState {
        self.view.clock.state(self.now).into()
    }

    /// Its type (ärendetyp).
    async fn case_type(&self) -> CaseType {
        CaseType { id: self.view.case_type }
    }

    /// The care unit (vårdenhet) that has it.
    async fn unit(&self) -> CareUnit {
        CareUnit { id: self.view.unit }
    }

    /// Who holds it; none in the unit's queue. Where `toBeReassigned`, who held it last.
    async fn handler(&self) -> Option<StaffMember> {
        self.view.handler.map(|id| self.people().staff(id))
    }

    /// Whether it is to be reassigned (att omfördela): it is not closed, and its handler is none at
    /// the unit, because the assignment was taken away, has ended or has not begun. None for the
    /// resident.
    #[graphql(complexity = 2)]
    async fn to_be_reassigned(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        if !may_see(self.standing.relation, Sight::ToBeReassigned) {
            return Ok(None);
        }
        let asking = Asking::of(ctx)?;
        let Some(view) = asking.at(self.as_of).await? else { return Ok(None) };
        let is = |models: &ReadModels| models.directory().is_to_be_reassigned(&self.view, self.now);
        Ok(Some(view.with(|models, _| is(models))))
    }

    /// The resident (invånare) it concerns.
    async fn resident(&self) -> Option<Resident> {
        Some(self.people().resident(self.view.subject))
    }

    /// When it was submitted or opened.
    async fn received_at(&self) -> DateTime {
        self.view.received_at.into()
    }

    /// The instant from which a first response is late; none where no clock runs.
    async fn due_at(&self) -> Option<DateTime> {
        self.view.due_at.map(DateTime)
    }

    /// When the unit's turn after the resident's last reply or follow-up is up; none while it is not
    /// the unit's turn.
    async fn turn_due_at(&self) -> Option<DateTime> {
        self.view.turn_due_at.map(DateTime)
    }

    /// When something last happened to it.
    async fn last_event_at(&self) -> DateTime {
        self.view.last_event_at.into()
    }

    /// Who sent it: the resident it concerns, or a proxy (ombud). The resident where a unit opened
    /// it.
    async fn submitted_by(&self) -> Option<Resident> {
        Some(self.people().resident(self.view.submitted_by))
    }

    /// The older case that it goes on from; none where there is none, or where the viewer may not
    /// see it.
    #[graphql(complexity = "1 + child_complexity")]
    async fn follows_up(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        let Some(older) = self.view.follows_up else { return Ok(None) };
        let asking = Asking::of(ctx)?;
        Ok(Self::find(&asking, older, self.as_of).await?)
    }

    /// The first partial answer, counter-question or answer.
    async fn first_response_at(&self) -> Option<DateTime> {
        self.view.first_response_at.map(DateTime)
    }

    /// The answer that stands; none before it, and none while a follow-up waits for another.
    async fn answered_at(&self) -> Option<DateTime> {
        self.view.answered_at.map(DateTime)
    }

    /// When it was closed, while it is.
    async fn closed_at(&self) -> Option<DateTime> {
        self.view.closed_at.map(DateTime)
    }

    /// Why it was closed, where a reason was given.
    async fn close_reason(&self) -> Option<CloseReason> {
        self.view.close_reason.map(CloseReason::from)
    }

    /// What was written in it, oldest first; none for a viewer who may not read content. Notes are
    /// there for staff alone.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<MessageConnection>> {
        let asking = Asking::of(ctx)?;
        if !may_see(self.standing.relation, Sight::Messages) {
            return Ok(None);
        }
        let name = format!("messages of {}", self.view.id);
        let page = PageArgs { first, after, last, before };
        let window = page.window(&name, |key| key.parse().ok())?;
        let Some(mut entries) = history::load(&asking, self.view.id, self.as_of).await? else {
            return Ok(None);
        };
        let files = entries.clone();
        entries.retain(|entry| self.tells(entry));
        let page = Rows::cut(entries, &window, |entry: &HistoryEntry| entry.recorded.version);
        let Rows { rows, has_previous, has_next, total } = page;
        let rows = Letters::new(self.view.id, self.people(), rows, files).messages();
        let page = Rows { rows, has_previous, has_next, total };
        Ok(Some(MessageConnection::new(&name, page)))
    }

    /// What happened to it, oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<CaseEventConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        Ok(history::page(&asking, self, self.view.id, self.as_of, &page).await?)
    }

    /// Whether the viewer could distribute it (fördela) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_distribute(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Distribute).await?)
    }

    /// Whether the viewer could reassign it (omfördela) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_reassign(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Reassign).await?)
    }

    /// Whether the viewer could put it back in the unit's queue (återta) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_return(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Return).await?)
    }

    /// Whether the viewer could send it on to another unit (skicka vidare) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_redirect(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Redirect).await?)
    }

    /// Whether the viewer could agree to its going to another care provider at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_consent_to_redirect(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::ConsentToRedirect).await?)
    }

    /// Whether the viewer could answer it in part (delsvar) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_send_partial_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::SendPartialAnswer).await?)
    }

    /// Whether the viewer could ask the resident something (motfråga) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_ask_counter_question(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::AskCounterQuestion).await?)
    }

    /// Whether the viewer could reply, add something or follow up at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_reply(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Reply).await?)
    }

    /// Whether the viewer could answer it (besvara) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Answer).await?)
    }

    /// Whether the viewer could close it (avsluta) at present, with or without a reason.
    #[graphql(complexity = 2)]
    async fn viewer_can_close(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Close).await?)
    }

    /// Whether the viewer could take it back (återkalla) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_withdraw(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::Withdraw).await?)
    }

    /// Whether the viewer could add a note (intern anteckning) at present.
    #[graphql(complexity = 2)]
    async fn viewer_can_add_note(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.can(ctx, Ability::AddNote).await?)
    }
}
