//! What is known of the logs' soundness, as numbers.
//!
//! All are gauges: they are what the board says, which others write. A time is in seconds since
//! 1970, UTC, and 0 for never.

use std::sync::atomic::AtomicU64;

use engine::{Soundness, Verification};
use jiff::Timestamp;
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    log: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Which {
    #[expect(non_camel_case_types, reason = "the name is the label")]
    log,
    #[expect(non_camel_case_types, reason = "the name is the label")]
    access,
}

type PerLog = Family<Of, Gauge<u64, AtomicU64>>;
type One = Gauge<u64, AtomicU64>;

pub(super) struct SoundnessMetrics {
    position: PerLog,
    completed: PerLog,
    failures: PerLog,
    faulty: PerLog,
    redone: PerLog,
    mended: PerLog,
    size: One,
    signed: One,
    signing_failures: One,
    refused: One,
}

impl SoundnessMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let per_log = |registry: &mut Registry, name, help| {
            let family = PerLog::default();
            registry.register(name, help, family.clone());
            family
        };
        let one = |registry: &mut Registry, name, help| {
            let gauge = One::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        Self {
            position: per_log(
                registry,
                "verification_position",
                "How far the last verification came, or has come",
            ),
            completed: per_log(
                registry,
                "verification_completed_seconds",
                "When a verification last found the whole log sound",
            ),
            failures: per_log(
                registry,
                "verification_failures",
                "Verifications since the start that found a fault",
            ),
            faulty: per_log(
                registry,
                "verification_faulty",
                "1 where the last verification found a fault",
            ),
            redone: per_log(
                registry,
                "opening_redone_blocks",
                "Blocks that a crash had left out of sled, given to it from the journal at the start",
            ),
            mended: per_log(
                registry,
                "opening_mended_blocks",
                "Blocks that sled had lost or changed, mended from the journal at the start",
            ),
            size: one(registry, "checkpoint_size", "Commits that the last checkpoint is over"),
            signed: one(registry, "checkpoint_seconds", "When the last checkpoint was written"),
            signing_failures: one(
                registry,
                "checkpoint_failures",
                "Checkpoints since the start that were not written or not copied",
            ),
            refused: one(
                registry,
                "checkpoint_refused",
                "1 where the log is not the one that was signed before",
            ),
        }
    }

    pub(super) fn set(&self, soundness: &Soundness) {
        self.verified(Which::log, &soundness.log());
        self.verified(Which::access, &soundness.access());
        let signing = soundness.signing();
        self.size.set(signing.size);
        self.signed.set(seconds(signing.signed_at));
        self.signing_failures.set(signing.failures);
        self.refused.set(signing.refused.is_some().into());
    }

    fn verified(&self, which: Which, verification: &Verification) {
        let of = Of { log: which };
        self.position.get_or_create(&of).set(verification.position.get());
        self.completed.get_or_create(&of).set(seconds(verification.completed_at));
        self.failures.get_or_create(&of).set(verification.failures);
        self.faulty.get_or_create(&of).set(verification.fault.is_some().into());
        self.redone.get_or_create(&of).set(verification.redone);
        self.mended.get_or_create(&of).set(verification.mended);
    }
}

fn seconds(at: Option<Timestamp>) -> u64 {
    at.map_or(0, |at| u64::try_from(at.as_second()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use domain::Position;
    use engine::Soundness;
    use jiff::Timestamp;

    use super::super::Metrics;

    #[test]
    fn what_is_known_of_the_logs_is_told_for_each() {
        let (metrics, board) = (Metrics::default(), Soundness::default());
        board.note_log(|it| {
            it.position = Position::new(4_711);
            (it.redone, it.mended) = (12, 3);
            it.completed_at = Some(Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(99));
        });
        board.note_access(|it| {
            it.failures += 1;
            it.fault = Some("position 3 does not verify".into());
        });
        board.note_signing(|it| it.size = 1_200);
        metrics.sound(&board);
        let text = metrics.text(7, 2);
        for line in [
            r#"arende_verification_position{log="log"} 4711"#,
            r#"arende_verification_completed_seconds{log="log"} 99"#,
            r#"arende_verification_faulty{log="log"} 0"#,
            r#"arende_opening_redone_blocks{log="log"} 12"#,
            r#"arende_opening_mended_blocks{log="log"} 3"#,
            r#"arende_opening_mended_blocks{log="access"} 0"#,
            r#"arende_verification_completed_seconds{log="access"} 0"#,
            r#"arende_verification_failures{log="access"} 1"#,
            r#"arende_verification_faulty{log="access"} 1"#,
            "arende_checkpoint_size 1200",
            "arende_checkpoint_refused 0",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("does not verify"));
    }
}
