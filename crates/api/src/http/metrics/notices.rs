//! How notices to people stand, as numbers; none where none are sent.

use std::sync::atomic::AtomicU64;

use engine::Notices;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    channel: &'static str,
    state: &'static str,
}

type One = Gauge<u64, AtomicU64>;

pub(super) struct NoticeMetrics {
    notices: Family<Of, One>,
    stopped: One,
}

impl NoticeMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let (notices, stopped) = (Family::default(), One::default());
        registry.register(
            "notices",
            "Notices to people, by channel and state; those sent, since the start",
            notices.clone(),
        );
        registry.register(
            "notices_stopped",
            "1 where no notice is sent any more until the service is started anew",
            stopped.clone(),
        );
        Self { notices, stopped }
    }

    pub(super) fn set(&self, board: &Notices) {
        for (channel, it) in board.channels() {
            for (state, count) in [
                ("sent", it.sent),
                ("waiting", it.waiting),
                ("uncertain", it.uncertain),
                ("dead", it.dead),
            ] {
                self.notices.get_or_create(&Of { channel, state }).set(count);
            }
        }
        self.stopped.set(u64::from(board.stopped().is_some()));
    }
}
