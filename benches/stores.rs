//! What takes durable appends: the log, and what a user would pick instead.
//!
//! The others get what serves them best. Each is one table or file in the order of arrival, without
//! an index by stream, without a check of what was expected of it, without hashes: what the log
//! does beyond that, it does in the same time. One thread has the store to itself and writes what
//! waits as one group, durable before any of it is acknowledged.

mod arende;
mod first;
mod fjall;
mod raw;
mod redb;
mod sqlite;

use std::{path::Path, sync::mpsc, thread::JoinHandle};

use tokio::sync::oneshot;

pub(crate) use self::{
    arende::Arende, first::First, fjall::Fjall, raw::Raw, redb::Redb, sqlite::Sqlite,
};

/// Of each event. They cannot be compressed: what people write is stored sealed.
pub(crate) const PAYLOAD_BYTES: usize = 300;

/// Where numbered events are appended, and found again.
pub(crate) trait Store: Send + Sync + 'static {
    /// A store in `folder`, which is empty.
    fn open(folder: &Path) -> Self;

    /// Ready when the `n`-th event is durable.
    fn append(&self, n: u128) -> impl Future<Output = ()> + Send;

    /// The numbers of the events in a `folder` whose store was closed.
    fn stored(folder: &Path) -> Vec<u128>;
}

/// A store that is written by one thread, in groups.
pub(crate) trait Table: Send + 'static {
    fn open(folder: &Path) -> Self;

    /// Puts these payloads at the end, and returns when they are durable.
    fn write(&mut self, group: &[Vec<u8>]);

    /// The payloads in a `folder` whose table was closed.
    fn stored(folder: &Path) -> Vec<Vec<u8>>;
}

type Waiting = (Vec<u8>, oneshot::Sender<()>);

/// A table and the thread that writes it.
pub(crate) struct Grouped<T> {
    sender: Option<mpsc::Sender<Waiting>>,
    thread: Option<JoinHandle<T>>,
}

impl<T: Table> Store for Grouped<T> {
    fn open(folder: &Path) -> Self {
        let mut table = T::open(folder);
        let (sender, receiver) = mpsc::channel::<Waiting>();
        let thread = std::thread::spawn(move || {
            while let Ok(first) = receiver.recv() {
                let waiting = std::iter::once(first).chain(receiver.try_iter());
                let (group, answers): (Vec<_>, Vec<_>) = waiting.unzip();
                table.write(&group);
                for answer in answers {
                    let _ = answer.send(());
                }
            }
            table
        });
        Self { sender: Some(sender), thread: Some(thread) }
    }

    async fn append(&self, n: u128) {
        let (answer, answered) = oneshot::channel();
        let waiting = (benches::payload(n, PAYLOAD_BYTES), answer);
        self.sender.as_ref().unwrap().send(waiting).unwrap();
        answered.await.unwrap();
    }

    fn stored(folder: &Path) -> Vec<u128> {
        T::stored(folder).iter().map(|payload| benches::number(payload).unwrap()).collect()
    }
}

impl<T> Drop for Grouped<T> {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join().unwrap());
        }
    }
}
