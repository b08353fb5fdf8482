//! Case types (ärendetyper): their names, forms, terms, limits, and ready-made answers.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use domain::{
    CaseTypeId,
    case::Origin,
    catalogue::Catalogue,
    form::Label,
    organisation::{self, CaseTypeCommand, Clock, Definition, Limits, Rejection},
};
use engine::Change;

use super::{
    Told, Wish, administer,
    form::{FormFieldInput, FormOptionInput, LabelInput, fields},
    payload::{
        DefineCaseTypePayload, PublishTermsPayload, ReviseCaseTypePayload, SetAnswerOptionsPayload,
        SetAnswerTemplatesPayload,
    },
    refused::errors,
};
use crate::{
    asking::Asking,
    schema::{
        id,
        mutation::user_error::{UserError, UserErrorCode},
        types::{CaseOrigin, CaseType, CaseTypeScope, CaseTypeSecrecy, DeadlinePolicy},
    },
};

/// Commands about case types.
#[derive(Default)]
pub(crate) struct CaseTypeMutation;

/// Which case type comes to be.
#[derive(InputObject)]
pub(crate) struct DefineCaseTypeInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The region it belongs to.
    region_id: ID,
    /// What it is.
    case_type: NewCaseTypeInput,
}

/// A new case type: exactly one of these.
#[derive(OneofObject)]
pub(crate) enum NewCaseTypeInput {
    /// One that the service is shipped with, as `shippedCaseTypes` tells.
    Shipped(ShippedCaseTypeInput),
    /// One of the region's, or a unit's, own making.
    Own(OwnCaseTypeInput),
}

/// A case type that the service is shipped with.
#[derive(InputObject)]
pub(crate) struct ShippedCaseTypeInput {
    /// Its key in the catalogue, such as `advice`.
    key: String,
    /// The unit that all its cases go to, for a central type.
    central_unit_id: Option<ID>,
    /// The unit whose own it is, for a type with that scope.
    owner_id: Option<ID>,
}

/// A case type of somebody's own making.
#[derive(InputObject)]
pub(crate) struct OwnCaseTypeInput {
    /// What it is.
    definition: CaseTypeDefinitionInput,
    /// Its first terms (villkorstext).
    terms: LabelInput,
}

/// All that a case type is, but for its terms and ready-made answers.
#[derive(InputObject)]
pub(crate) struct CaseTypeDefinitionInput {
    /// What it is called by in the catalogue.
    key: String,
    /// Its name.
    name: LabelInput,
    /// Who decides name and form.
    scope: CaseTypeScope,
    /// The unit that all its cases go to, for a central type.
    central_unit_id: Option<ID>,
    /// The unit whose own it is, for a type with that scope.
    owner_id: Option<ID>,
    /// Working days until the first response is due, 1 to 60; none where no clock runs.
    working_days: Option<i32>,
    /// How they are counted.
    #[graphql(default_with = "DeadlinePolicy::Eod")]
    policy: DeadlinePolicy,
    /// Who starts its cases.
    #[graphql(default_with = "CaseOrigin::Resident")]
    started_by: CaseOrigin,
    /// The least age, in completed years, of a resident who sends one for themselves.
    min_age: Option<i32>,
    /// Whether a proxy (ombud) may send one, and see those that there are.
    #[graphql(default = true)]
    by_proxy: bool,
    /// How its cases are kept from others.
    #[graphql(default_with = "CaseTypeSecrecy::Normal")]
    secrecy: CaseTypeSecrecy,
    /// Whether the unit may answer in part and ask back.
    #[graphql(default = true)]
    conversation: bool,
    /// What is asked, in order.
    fields: Vec<FormFieldInput>,
}

/// A ready-made answer (mall, standardsvar).
#[derive(InputObject)]
pub(crate) struct AnswerTemplateInput {
    /// Its key among the templates of its case type.
    key: String,
    /// What staff choose it by.
    title: LabelInput,
    /// What it says to the resident.
    text: LabelInput,
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(InputObject)]
        pub(crate) struct $name {
            /// Names this request, 1 to 255 characters: sent again, the first outcome is given
            /// again.
            idempotency_key: ID,
            /// The case type.
            case_type_id: ID,
            $($(#[$field_doc])* $field: $type,)*
        }
    )*};
}

inputs! {
    /// What a case type is from now on.
    ReviseCaseTypeInput {
        /// All of it. Key, scope and owner stay.
        definition: CaseTypeDefinitionInput,
    }
    /// Which terms are shown from now on.
    PublishTermsInput {
        /// What they say.
        terms: LabelInput,
    }
    /// The ready-made answers (mallar, standardsvar) of a case type.
    SetAnswerTemplatesInput {
        /// All of them, in the order they are shown; at most 50, of 256 KiB of text in all.
        templates: Vec<AnswerTemplateInput>,
    }
    /// The fixed answers (fasta svarsalternativ) of a case type.
    SetAnswerOptionsInput {
        /// All of them, in the order they are shown; at most 50, of 256 KiB of text in all.
        options: Vec<FormOptionInput>,
    }
}

#[Object]
impl CaseTypeMutation {
    /// Defines a case type (ärendetyp), one of the shipped or another. For the region's
    /// administrators; a unit's own for the unit's too.
    async fn define_case_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and what.")] input: DefineCaseTypeInput,
    ) -> Result<DefineCaseTypePayload> {
        let asking = Asking::of(ctx)?;
        let wish = Wish::new(&asking, &input.idempotency_key);
        let case_type = CaseTypeId::new(wish.id.0);
        let region = id::read(&input.region_id);
        let told = if asking.knows_region(region).await? {
            match input.case_type.read()? {
                Err(errors) => Told::refused_for(errors),
                Ok((definition, terms)) => {
                    let command = CaseTypeCommand::Define { region, definition, terms };
                    wish.carry_out(Change::CaseType(case_type, command)).await?
                }
            }
        } else {
            Told::unknown("regionId", "region", "Regionen")
        };
        Ok(DefineCaseTypePayload::new(CaseType { id: case_type }, told))
    }

    /// Revises a case type: what differs is its next version. Cases that are open keep the form,
    /// the terms and the deadline that they began with. For whoever keeps it.
    async fn revise_case_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what it is.")] input: ReviseCaseTypeInput,
    ) -> Result<ReviseCaseTypePayload> {
        let case_type: CaseTypeId = id::read(&input.case_type_id);
        let told = match input.definition.read() {
            Err(errors) => Told::refused_for(errors),
            Ok(definition) => {
                let change = Change::CaseType(case_type, CaseTypeCommand::Revise(definition));
                administer(ctx, &input.idempotency_key, change).await?
            }
        };
        Ok(ReviseCaseTypePayload::new(CaseType { id: case_type }, told))
    }

    /// Publishes new terms (villkorstext) of a case type. For whoever keeps it.
    async fn publish_terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which, and what.")] input: PublishTermsInput,
    ) -> Result<PublishTermsPayload> {
        let case_type: CaseTypeId = id::read(&input.case_type_id);
        let command = CaseTypeCommand::PublishTerms(input.terms.into());
        let change = Change::CaseType(case_type, command);
        let told = administer(ctx, &input.idempotency_key, change).await?;
        Ok(PublishTermsPayload::new(CaseType { id: case_type }, told))
    }

    /// Decides the ready-made answers (mallar, standardsvar) of a case type. For whoever keeps it.
    async fn set_answer_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which, and what.")] input: SetAnswerTemplatesInput,
    ) -> Result<SetAnswerTemplatesPayload> {
        let case_type: CaseTypeId = id::read(&input.case_type_id);
        let template = |it: AnswerTemplateInput| organisation::AnswerTemplate {
            key: it.key,
            title: it.title.into(),
            text: it.text.into(),
        };
        let templates = input.templates.into_iter().map(template).collect();
        let change = Change::CaseType(case_type, CaseTypeCommand::SetTemplates(templates));
        let told = administer(ctx, &input.idempotency_key, change).await?;
        Ok(SetAnswerTemplatesPayload::new(CaseType { id: case_type }, told))
    }

    /// Decides the fixed answers (fasta svarsalternativ) of a case type. For whoever keeps it.
    async fn set_answer_options(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which, and what.")] input: SetAnswerOptionsInput,
    ) -> Result<SetAnswerOptionsPayload> {
        let case_type: CaseTypeId = id::read(&input.case_type_id);
        let options = input.options.into_iter().map(Into::into).collect();
        let change = Change::CaseType(case_type, CaseTypeCommand::SetOptions(options));
        let told = administer(ctx, &input.idempotency_key, change).await?;
        Ok(SetAnswerOptionsPayload::new(CaseType { id: case_type }, told))
    }
}

impl NewCaseTypeInput {
    /// The definition and the first terms; refused where nothing of that key is shipped, or where
    /// something is written wrong.
    fn read(self) -> Result<Result<(Definition, Label), Vec<UserError>>> {
        let it = match self {
            Self::Own(it) => {
                let terms = it.terms.into();
                return Ok(it.definition.read().map(|definition| (definition, terms)));
            }
            Self::Shipped(it) => it,
        };
        let catalogue = Catalogue::shipped()?;
        let Some(shipped) = catalogue.case_types.iter().find(|shipped| shipped.key == it.key)
        else {
            let (field, what) = ("caseType.shipped.key", "shipped case type");
            return Ok(Err(vec![UserError::unknown(field, what, "Den färdiga ärendetypen")]));
        };
        let definition = Definition {
            central_unit: it.central_unit_id.as_ref().map(id::read),
            owner: it.owner_id.as_ref().map(id::read),
            ..shipped.definition()
        };
        Ok(Ok((definition, catalogue.terms)))
    }
}

impl CaseTypeDefinitionInput {
    /// What was meant, or all that is wrong with how it is written.
    fn read(self) -> Result<Definition, Vec<UserError>> {
        let fields = fields(self.fields)?;
        let days = |asked: i32| {
            let outside = Rejection::WorkingDays { working_days: asked.into() };
            u8::try_from(asked).map_err(|_| errors(&outside))
        };
        let working_days = self.working_days.map(days).transpose()?;
        let age = |asked: i32| u8::try_from(asked).map_err(|_| vec![no_such_age(asked)]);
        let min_age = self.min_age.map(age).transpose()?;
        let policy = self.policy.into();
        Ok(Definition {
            key: self.key,
            name: self.name.into(),
            scope: self.scope.into(),
            central_unit: self.central_unit_id.as_ref().map(id::read),
            owner: self.owner_id.as_ref().map(id::read),
            clock: working_days.map(|working_days| Clock { working_days, policy }),
            limits: Limits {
                started_by: Origin::from(self.started_by),
                min_age,
                by_proxy: self.by_proxy,
                secrecy: self.secrecy.into(),
                conversation: self.conversation,
            },
            fields,
        })
    }
}

fn no_such_age(asked: i32) -> UserError {
    let most = u8::MAX;
    let message = format!("{asked} is no age: it is 0 to {most} years");
    UserError::new(UserErrorCode::FieldInvalid, "minAge", message)
        .in_swedish(format!("{asked} är ingen ålder. Den är 0 till {most} år."))
}
