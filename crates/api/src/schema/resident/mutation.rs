//! Commands about residents.

use async_graphql::{Context, Object, Result};
use domain::{
    Actor, ResidentId,
    identity::{NationalId, NationalIdError},
    organisation::{
        ContactDetails, Person, RegionCommand, Rejection, ResidentCommand, ResidentRejection,
    },
    policy::Question,
};
use engine::{Change, Secret, access::Action};

use super::input::{
    ChangeContactPreferencesInput, ChangeResidentNameInput, GrantProxyInput, RegisterResidentInput,
    ReplaceIdentityInput, RevokeProxyInput, SetGuardianLimitInput, SetProtectedIdentityInput,
};
use crate::{
    asking::Asking,
    schema::{
        administration::{
            Told, Wish,
            payload::{
                ChangeContactPreferencesPayload, ChangeResidentNamePayload, GrantProxyPayload,
                RegisterResidentPayload, ReplaceIdentityPayload, RevokeProxyPayload,
                SetGuardianLimitPayload, SetProtectedIdentityPayload,
            },
            refused::errors,
        },
        error::Refusal,
        id,
        mutation::user_error::{UserError, UserErrorCode},
        types::{Region, Resident},
    },
};

/// Commands about residents.
#[derive(Default)]
pub(crate) struct ResidentMutation;

/// Commands about residents.
#[Object]
impl ResidentMutation {
    /// Makes an account for a resident (invånare): for themselves, at their first login with an
    /// e-id, and for those who open cases to someone who has none. Whoever has an account already
    /// keeps it.
    async fn register_resident(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and in which region.")] input: RegisterResidentInput,
    ) -> Result<RegisterResidentPayload> {
        let asking = Asking::of_anyone(ctx)?;
        let (id, number, name) = match who(&asking, &input).await? {
            Ok(known) => known,
            Err(errors) => {
                let nobody = Resident::named(id::nothing());
                return Ok(RegisterResidentPayload::new(nobody, Told::refused_for(errors)));
            }
        };
        let number_hash = asking.engine.number_hash(&number);
        let register =
            ResidentCommand::Register { region: id::read(&input.region_id), number_hash };
        let person = Person { name, number: number.expose_digits() };
        let change = Change::Resident(id, register);
        let secret = Some(Secret::Person(person));
        let told = Wish::new(&asking, &input.idempotency_key).ask(change, secret).await?;
        if asking.engine.resident_of_number(number_hash) == Some(id) {
            asking.has_account();
        }
        Ok(RegisterResidentPayload::new(Resident::named(id), told))
    }

    /// Decides how the viewer is told of news. For residents.
    async fn change_contact_preferences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How, and where to.")] input: ChangeContactPreferencesInput,
    ) -> Result<ChangeContactPreferencesPayload> {
        let asking = Asking::of(ctx)?;
        let Actor::Resident { who, .. } = asking.viewer.actor else {
            let (nobody, refused) =
                (Resident::named(id::nothing()), errors(&Rejection::NotAllowed));
            return Ok(ChangeContactPreferencesPayload::new(nobody, Told::refused_for(refused)));
        };
        let ChangeContactPreferencesInput { idempotency_key, by_email, by_text_message, .. } =
            input;
        let command = ResidentCommand::ChangeContactPreferences { by_email, by_text_message };
        let contact = ContactDetails {
            email: input.email.trim().to_owned(),
            phone: input.phone.trim().to_owned(),
        };
        let (change, secret) = (Change::Resident(who, command), Secret::Contact(contact));
        let told = Wish::new(&asking, &idempotency_key).ask(change, Some(secret)).await?;
        Ok(ChangeContactPreferencesPayload::new(Resident::named(who), told))
    }

    /// Decides whether a resident's identity is protected (skyddade personuppgifter): name and
    /// addresses are shown to whoever handles a case of theirs, and to nobody else. For regional
    /// administrators.
    async fn set_protected_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and whether.")] input: SetProtectedIdentityInput,
    ) -> Result<SetProtectedIdentityPayload> {
        let asking = Asking::of(ctx)?;
        let command = ResidentCommand::SetProtectedIdentity(input.protected);
        let resident = id::read(&input.resident_id);
        let change = Change::Resident(resident, command);
        let told = Wish::new(&asking, &input.idempotency_key).ask(change, None).await?;
        Ok(SetProtectedIdentityPayload::new(Resident::named(resident), told))
    }

    /// Lets someone act for a resident: a guardian (vårdnadshavare), as long as the limit in force
    /// says, or another proxy (ombud). Guardians are for regional administrators to grant; another
    /// proxy is the resident's own choice, unless they are a child.
    async fn grant_proxy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, for whom, until when.")] input: GrantProxyInput,
    ) -> Result<GrantProxyPayload> {
        let asking = Asking::of(ctx)?;
        let proxy = id::read(&input.proxy_id);
        let resident = own_or(&asking, input.resident_id.as_ref().map(id::read));
        let command = match (input.guardian, input.until) {
            (true, None) => Ok(ResidentCommand::GrantGuardian { guardian: proxy }),
            (false, Some(until)) => Ok(ResidentCommand::GrantProxy { proxy, until: until.0 }),
            (true, Some(_)) => {
                let why = "a guardian acts until the birthday that the limit in force says";
                Err(UserError::new(UserErrorCode::FieldInvalid, "until", why).in_swedish(
                    "En vårdnadshavare företräder till den födelsedag som den gällande gränsen \
                     säger.",
                ))
            }
            (false, None) => {
                let why = "say until when they may act";
                Err(UserError::new(UserErrorCode::FieldRequired, "until", why)
                    .in_swedish("Ange hur länge ombudet får företräda."))
            }
        };
        let told = match command {
            Err(error) => Told::refused(error),
            Ok(command) => {
                let change = Change::Resident(resident, command);
                Wish::new(&asking, &input.idempotency_key).ask(change, None).await?
            }
        };
        Ok(GrantProxyPayload::new(Resident::named(resident), told))
    }

    /// Lets someone act for a resident no longer. For the resident, unless they are a child; for the
    /// proxy; and for regional administrators.
    async fn revoke_proxy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, for whom.")] input: RevokeProxyInput,
    ) -> Result<RevokeProxyPayload> {
        let asking = Asking::of(ctx)?;
        let command = ResidentCommand::RevokeProxy { proxy: id::read(&input.proxy_id) };
        let resident = own_or(&asking, input.resident_id.as_ref().map(id::read));
        let change = Change::Resident(resident, command);
        let told = Wish::new(&asking, &input.idempotency_key).ask(change, None).await?;
        Ok(RevokeProxyPayload::new(Resident::named(resident), told))
    }

    /// Gives a resident another number: the old one finds nobody any more, and the account goes on.
    /// For regional administrators.
    async fn replace_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which number.")] input: ReplaceIdentityInput,
    ) -> Result<ReplaceIdentityPayload> {
        let asking = Asking::of(ctx)?;
        let resident = id::read(&input.resident_id);
        let told = match read(&asking, Some(&input.number)) {
            Err(errors) => Told::refused_for(errors),
            Ok(number) => {
                let number_hash = asking.engine.number_hash(&number);
                let command = ResidentCommand::ReplaceIdentity { number_hash };
                let person = Person { name: input.name, number: number.expose_digits() };
                let change = Change::Resident(resident, command);
                let secret = Some(Secret::Person(person));
                Wish::new(&asking, &input.idempotency_key).ask(change, secret).await?
            }
        };
        Ok(ReplaceIdentityPayload::new(Resident::named(resident), told))
    }

    /// Gives a resident another name, as after a marriage: the number stays, and the account goes
    /// on. In their history it is an `IdentityReplaced`. For regional administrators.
    async fn change_resident_name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which.")] input: ChangeResidentNameInput,
    ) -> Result<ChangeResidentNamePayload> {
        let asking = Asking::of(ctx)?;
        let resident = id::read(&input.resident_id);
        let person = Person { name: input.name, number: String::new() };
        let change = Change::Resident(resident, ResidentCommand::ChangeName);
        let secret = Some(Secret::Person(person));
        let told = Wish::new(&asking, &input.idempotency_key).ask(change, secret).await?;
        Ok(ChangeResidentNamePayload::new(Resident::named(resident), told))
    }

    /// Decides until which birthday guardians act for a child, from a day on. It is for what is
    /// granted later; what was granted keeps its end. For regional administrators.
    async fn set_guardian_limit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Until which birthday, from which day.")] input: SetGuardianLimitInput,
    ) -> Result<SetGuardianLimitPayload> {
        let asking = Asking::of(ctx)?;
        let region = id::read(&input.region_id);
        let years = u8::try_from(input.years).unwrap_or(0);
        let command = RegionCommand::SetGuardianLimit { years, valid_from: input.valid_from.0 };
        let change = Change::Region(region, command);
        let told = Wish::new(&asking, &input.idempotency_key).ask(change, None).await?;
        Ok(SetGuardianLimitPayload::new(Region { id: region }, told))
    }
}

/// The resident named, or else the viewer.
fn own_or(asking: &Asking, named: Option<ResidentId>) -> ResidentId {
    match (named, asking.viewer.actor) {
        (Some(named), _) => named,
        (None, Actor::Resident { who, .. }) => who,
        (None, Actor::Staff { .. } | Actor::System) => id::nothing(),
    }
}

/// Who is to be registered, by which number and name.
async fn who(
    asking: &Asking,
    input: &RegisterResidentInput,
) -> Result<Result<(ResidentId, NationalId, String), Vec<UserError>>, Refusal> {
    let name = input.name.clone().unwrap_or_default();
    if let Actor::Resident { who, .. } = asking.viewer.actor {
        let Some(claim) = &asking.viewer.claim else {
            let why = "log in with an e-id that says your number";
            let error = UserError::new(UserErrorCode::FieldRequired, "number", why);
            let sv = "Logga in med en e-legitimation som anger ditt personnummer.";
            return Ok(Err(vec![error.in_swedish(sv)]));
        };
        if let Some(number) = &input.number
            && asking.read_number(number).as_ref() != Ok(&claim.number)
        {
            let why = "the number is the one that the token says";
            let error = UserError::new(UserErrorCode::FieldInvalid, "number", why);
            return Ok(Err(vec![
                error.in_swedish("Personnumret är det som e-legitimationen anger."),
            ]));
        }
        return Ok(Ok((who, claim.number, claim.name.clone().unwrap_or(name))));
    }
    if !asking.has_own(Question::FindResident) {
        return Ok(Err(errors(&Rejection::NotAllowed)));
    }
    let number = match read(asking, input.number.as_deref()) {
        Ok(number) => number,
        Err(errors) => return Ok(Err(errors)),
    };
    // Whoever registers a number learns whether it has an account.
    let opening = asking.opening(vec![], Action::FindResident);
    let found = asking.engine.find_resident(opening, &number).await;
    found.map_err(|failure| asking.failed(&failure))?;
    let id = asking.engine.resident_id(asking.engine.number_hash(&number));
    Ok(Ok((id, number, name)))
}

/// The number in a request, or what is wrong with it.
fn read(asking: &Asking, number: Option<&str>) -> Result<NationalId, Vec<UserError>> {
    let number = number.ok_or_else(|| errors(&ResidentRejection::NumberMissing.into()))?;
    let wrong = |it: NationalIdError| {
        let error = UserError::new(UserErrorCode::FieldInvalid, "number", it.to_string());
        vec![error.in_swedish(it.text_sv())]
    };
    asking.read_number(number).map_err(wrong)
}
