//! `arende serve`: the GraphQL API over a data folder.

use std::{fmt::Write as _, fs, sync::Arc};

use anyhow::{Context as _, bail};
use api::{PersistedDocuments, token::KeySet};
use clap::ValueEnum as _;
use domain::Role;
use engine::{Engine, SystemWorld, World};

use super::print;
use crate::{
    args::{As, ServeArgs},
    attendants::Attendants,
    folder::Folder,
    issuer,
    people::People,
    server::{self, Served, Signals},
    signing, telling,
};

pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    if args.dev {
        server::check_loopback(args.listen)?;
    }
    let channels = telling::channels(&args.telling)?;
    let folder = if args.new { Folder::new(&args.data)? } else { Folder::existing(&args.data)? };
    let world: Arc<dyn World> = Arc::new(SystemWorld::default());
    let keys = keys(&args, &folder, &*world)?;
    let documents = documents(&args)?;
    let listener = server::listen(args.listen).await?;
    if !args.dev && Folder::keeps_its_own_key(&args.master_key) {
        tracing::warn!(
            folder = %args.data.display(),
            "the master key lies in the data folder; for real casework keep it elsewhere"
        );
    }
    let master = folder.master(&args.master_key, &*world)?;
    let engine = folder.engine(master, world).await?;
    let mut first = As::Operator;
    if args.dev {
        let people = people(&engine).await?;
        if people.staff(Role::Receiver, None, None).is_some() {
            first = As::Receiver;
        }
        issuer::list_people(&folder, &people)?;
        signing::create_if_missing(&folder, &SystemWorld::default())?;
    }
    let introspection = !args.no_introspection;
    let signals = Signals::take()?;
    let attendants = Attendants::start(&folder, &engine, &args.proving, channels)?;
    let data = args.data.display();
    let mut text = format!("serving {data} on http://{}\n", listener.local_addr()?);
    if args.dev {
        // In a folder where nobody works, the one who founds its first region.
        let first = first.to_possible_value().context("a capacity has a name")?;
        let first = first.get_name();
        writeln!(text, "a token to ask with: arende token --data {data} --as {first}")?;
    }
    print(&text)?;
    let served = Served { engine, keys, introspection, documents };
    let outcome = server::run(listener, served, signals).await;
    attendants.finish().await;
    outcome
}

/// Whom tokens can be made for at present.
pub(crate) async fn people(engine: &Engine) -> anyhow::Result<People> {
    let view = engine.view(None).await?.context("the read models are not there")?;
    Ok(view.with(People::of))
}

fn keys(args: &ServeArgs, folder: &Folder, world: &dyn World) -> anyhow::Result<KeySet> {
    match (&args.issuer, &args.jwks) {
        _ if args.dev => Ok(issuer::open_or_create(folder, world)?.key_set()?),
        (Some(issuer), Some(path)) => {
            let set = fs::read_to_string(path)
                .with_context(|| format!("failed to read {}", path.display()))?;
            KeySet::new(issuer, &args.audience, &set)
                .with_context(|| format!("failed to take the keys in {}", path.display()))
        }
        _ => {
            bail!("whose tokens are trusted? name an issuer with --issuer and --jwks, or use --dev")
        }
    }
}

fn documents(args: &ServeArgs) -> anyhow::Result<PersistedDocuments> {
    let Some(path) = &args.documents else { return Ok(PersistedDocuments::default()) };
    let text =
        fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    PersistedDocuments::from_manifest(&text)
        .with_context(|| format!("failed to take the documents in {}", path.display()))
}
