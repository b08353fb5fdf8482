//! Case types (ärendetyper): what they are called, for whom they are, and what they ask. No personal
//! data.

use async_graphql::{Context, ID, Object, Result};
use domain::{
    CaseTypeId, UnitId,
    form::{Label, Language},
    organisation::CaseTypeLimited,
};

use super::{
    CareUnit, CaseOrigin, CaseTypeScope, CaseTypeSecrecy,
    form::{AnswerTemplate, Form, FormOption},
};
use crate::{
    asking::Asking,
    schema::{connection::look_back_cost, id, input::AsOf},
};

/// A case type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CaseType {
    pub(crate) id: CaseTypeId,
}

impl CaseType {
    async fn look<T>(
        &self,
        ctx: &Context<'_>,
        look: impl FnOnce(&projections::CaseType) -> T,
    ) -> Result<Option<T>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| models.directory().case_type(self.id).map(look)))
    }

    async fn limits<T>(
        &self,
        ctx: &Context<'_>,
        look: impl FnOnce(&CaseTypeLimited) -> T,
    ) -> Result<Option<T>> {
        Ok(self.look(ctx, |it| it.limits.as_ref().map(look)).await?.flatten())
    }

    async fn terms(&self, ctx: &Context<'_>, version: Option<i32>) -> Result<Option<Label>> {
        let terms = self.look(ctx, |it| {
            let version = version.map_or(it.terms_version, |it| u32::try_from(it).unwrap_or(0));
            it.terms.get(&version).cloned()
        });
        Ok(terms.await?.flatten())
    }
}

/// A case type (ärendetyp), by its newest definition.
#[Object]
impl CaseType {
    /// Names the case type.
    pub(crate) async fn id(&self) -> ID {
        self.id.into()
    }

    /// Its key in the catalogue, such as `renew-prescription`.
    async fn key(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.look(ctx, |it| it.key.clone()).await
    }

    /// Its Swedish name.
    async fn name_sv(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.look(ctx, |it| it.name_sv.clone()).await
    }

    /// Its English name.
    async fn name_en(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.look(ctx, |it| it.name_en.clone()).await
    }

    /// Who decides its name and form.
    async fn scope(&self, ctx: &Context<'_>) -> Result<Option<CaseTypeScope>> {
        self.look(ctx, |it| it.scope.into()).await
    }

    /// The unit that all its cases go to, for a central type.
    async fn central_unit(&self, ctx: &Context<'_>) -> Result<Option<CareUnit>> {
        let unit = self.look(ctx, |it| it.central_unit.map(|id| CareUnit { id }));
        Ok(unit.await?.flatten())
    }

    /// The unit whose own it is, for a type with that scope.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<CareUnit>> {
        let unit = |it: &CaseTypeLimited| it.owner.map(|id| CareUnit { id });
        Ok(self.limits(ctx, unit).await?.flatten())
    }

    /// Who starts its cases; none for a type from before that was decided.
    async fn started_by(&self, ctx: &Context<'_>) -> Result<Option<CaseOrigin>> {
        self.limits(ctx, |it| it.started_by.into()).await
    }

    /// The least age, in completed years, of a resident who sends one for themselves.
    async fn min_age(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(self.limits(ctx, |it| it.min_age.map(i32::from)).await?.flatten())
    }

    /// Whether a proxy (ombud) may send one, and see those that there are.
    async fn by_proxy(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        self.limits(ctx, |it| it.by_proxy).await
    }

    /// How its cases are kept from others.
    async fn secrecy(&self, ctx: &Context<'_>) -> Result<Option<CaseTypeSecrecy>> {
        self.limits(ctx, |it| it.secrecy.into()).await
    }

    /// Whether the unit may answer in part and ask back.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        self.limits(ctx, |it| it.conversation).await
    }

    /// Its ready-made answers (mallar, standardsvar), in the order they are shown. For staff.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn answer_templates(&self, ctx: &Context<'_>) -> Result<Option<Vec<AnswerTemplate>>> {
        if !Asking::of(ctx)?.is_staff() {
            return Ok(None);
        }
        let templates = |it: &projections::CaseType| {
            it.templates.iter().map(AnswerTemplate::new).collect::<Vec<_>>()
        };
        self.look(ctx, templates).await
    }

    /// Its fixed answers (fasta svarsalternativ), in the order they are shown. For staff.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn answer_options(&self, ctx: &Context<'_>) -> Result<Option<Vec<FormOption>>> {
        if !Asking::of(ctx)?.is_staff() {
            return Ok(None);
        }
        let options =
            |it: &projections::CaseType| it.options.iter().map(FormOption::new).collect::<Vec<_>>();
        self.look(ctx, options).await
    }

    /// Working days until the first response is due; none where no clock runs.
    async fn working_days(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Ok(self.look(ctx, |it| it.working_days.map(i32::from)).await?.flatten())
    }

    /// The rule by which they are counted, such as `SE-EOD-1`.
    async fn policy(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.look(ctx, |it| it.policy.id().to_owned()).await
    }

    /// The newest version of its form (formulär).
    async fn form_version(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        self.look(ctx, |it| super::event::number(it.form_version)).await
    }

    /// Its form (formulär); none for a version that was never published. For a unit it has that
    /// unit's own options, and for a central type those of the unit that its cases go to: what
    /// `submitCase` holds answers to.
    #[graphql(complexity = "look_back_cost(as_of, 1 + child_complexity)")]
    async fn form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version; the newest where none is named.")] version: Option<i32>,
        #[graphql(desc = "The care unit that shows it; the type's own options where none is \
                          named, or one that is not of its region.")]
        unit_id: Option<ID>,
        #[graphql(desc = "A moment to look back to, such as when a case was sent.")] as_of: Option<
            AsOf,
        >,
    ) -> Result<Option<Form>> {
        let unit: UnitId = unit_id.as_ref().map_or_else(id::nothing, id::read);
        let asking = Asking::of(ctx)?;
        let Some(view) = asking.at(as_of.map(Into::into)).await? else { return Ok(None) };
        Ok(view.with(|models, _| {
            let newest = models.directory().case_type(self.id)?.form_version;
            let version = version.map_or(newest, |it| u32::try_from(it).unwrap_or(0));
            let form = models.directory().form_at(unit, self.id, version)?;
            Some(Form(form.into_owned()))
        }))
    }

    /// What its terms (villkorstext) say, in Swedish; none for a version that was never published.
    async fn terms_sv(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version; the newest where none is named.")] version: Option<i32>,
    ) -> Result<Option<String>> {
        Ok(self.terms(ctx, version).await?.map(|it| it.text(Language::Sv).to_owned()))
    }

    /// What its terms say, in English, in Swedish where nobody translated.
    async fn terms_en(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version; the newest where none is named.")] version: Option<i32>,
    ) -> Result<Option<String>> {
        Ok(self.terms(ctx, version).await?.map(|it| it.text(Language::En).to_owned()))
    }

    /// The newest version of its terms (villkorstext).
    async fn terms_version(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        self.look(ctx, |it| super::event::number(it.terms_version)).await
    }
}
