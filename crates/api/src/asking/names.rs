//! Names of people, opened once for a request.
//!
//! A page of fifty cases asks for fifty residents' names, each on its own. They are gathered until
//! all have been asked for, and opened together: one entry in the access log for the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use domain::{ResidentId, StaffId, StreamId};
use engine::access;

use super::Asking;
use crate::schema::error::Refusal;

type Opened<T> = tokio::sync::Mutex<BTreeMap<T, Result<Option<String>, Refusal>>>;

#[derive(Default)]
pub(crate) struct Names {
    wanted: Mutex<BTreeSet<ResidentId>>,
    residents: Opened<ResidentId>,
    staff: Opened<StaffId>,
}

impl Names {
    /// The name of `id`, opened together with every other that is asked for at the same time.
    pub(crate) async fn resident(
        &self,
        asking: &Asking,
        id: ResidentId,
    ) -> Result<Option<String>, Refusal> {
        self.wanted().insert(id);
        // Every field of a page is polled once before any is polled again, so this lets the others
        // say whom they want.
        tokio::task::yield_now().await;
        let mut opened = self.residents.lock().await;
        if !opened.contains_key(&id) {
            let mut wanted = std::mem::take(&mut *self.wanted());
            wanted.insert(id);
            wanted.retain(|it| !opened.contains_key(it));
            let wanted: Vec<_> = wanted.into_iter().collect();
            let what = wanted.iter().copied().map(StreamId::Resident).collect();
            let opening = asking.opening(what, access::Action::ReadNames);
            match asking.engine.resident_names(opening, &wanted).await {
                Ok(names) => {
                    let names = names.into_iter().map(|it| Ok(it.map(|person| person.name)));
                    opened.extend(wanted.into_iter().zip(names));
                }
                Err(failure) => {
                    let refusal = asking.failed(&failure);
                    opened.extend(wanted.into_iter().map(|it| (it, Err(refusal.clone()))));
                }
            }
        }
        opened.get(&id).cloned().unwrap_or(Ok(None))
    }

    /// The name of the member of staff `id`. No patient data, so no entry in the access log.
    pub(crate) async fn staff(
        &self,
        asking: &Asking,
        id: StaffId,
    ) -> Result<Option<String>, Refusal> {
        let mut opened = self.staff.lock().await;
        if let Some(known) = opened.get(&id) {
            return known.clone();
        }
        let person = asking.engine.staff_name(id).await;
        let name = person.map_err(|failure| asking.failed(&failure));
        let name = name.map(|person| person.map(|it| it.name));
        opened.insert(id, name.clone());
        name
    }

    /// Lets go of what was opened, so that it is opened anew: for a stream, whose every event is a
    /// reading of its own.
    pub(crate) async fn forget(&self) {
        self.residents.lock().await.clear();
        self.staff.lock().await.clear();
    }

    fn wanted(&self) -> std::sync::MutexGuard<'_, BTreeSet<ResidentId>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
