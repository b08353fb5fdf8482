//! What goes on beside serving, for as long as a data folder is served.

use std::sync::Arc;

use engine::Engine;

use crate::{door::Door, folder::Folder};

/// Those who attend to a folder that is being served.
pub(crate) struct Attendants {
    /// None where there is no door: the folder is served all the same.
    door: Option<Door>,
}

impl Attendants {
    /// Starts them all. The caller has the folder's logs open.
    pub(crate) fn start(folder: &Folder, engine: &Arc<Engine>) -> Self {
        let door = Door::open(folder.door(), Arc::clone(engine));
        let door = door.inspect_err(|error| {
            let error = format!("{error:#}");
            tracing::error!(error, "no backup can be taken while the service runs");
        });
        Self { door: door.ok() }
    }

    /// Ends them all, once nothing more is asked of the service.
    pub(crate) fn finish(self) {
        drop(self.door);
    }
}
