//! How the service has been, as numbers: no ids, no names, no words of a query.

mod notices;
mod soundness;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, AtomicU64},
    time::Duration,
};

use async_graphql::parser::types::OperationType;
use engine::{Notices, Soundness};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use self::{notices::NoticeMetrics, soundness::SoundnessMetrics};

/// Upper ends of the buckets of answer times, in seconds.
const BUCKETS: [f64; 11] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    operation: Kind,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    operation: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Kind {
    #[expect(non_camel_case_types, reason = "the name is the label")]
    query,
    #[expect(non_camel_case_types, reason = "the name is the label")]
    mutation,
    #[expect(non_camel_case_types, reason = "the name is the label")]
    subscription,
}

impl From<OperationType> for Kind {
    fn from(kind: OperationType) -> Self {
        match kind {
            OperationType::Query => Self::query,
            OperationType::Mutation => Self::mutation,
            OperationType::Subscription => Self::subscription,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct By {
    model: String,
}

pub(super) struct Metrics {
    registry: Registry,
    answers: Family<Answered, Counter>,
    seconds: Family<Of, Histogram>,
    subscriptions: Gauge<i64, AtomicI64>,
    head: Gauge<u64, AtomicU64>,
    lag: Gauge<u64, AtomicU64>,
    parked: Family<By, Gauge<u64, AtomicU64>>,
    soundness: SoundnessMetrics,
    notices: NoticeMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("arende");
        let answers = Family::default();
        let seconds = Family::new_with_constructor(answer_seconds as fn() -> Histogram);
        let (subscriptions, head, lag) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("answers", "Operations answered, by kind and outcome", answers.clone());
        registry.register("answer_seconds", "Time to answer an operation", seconds.clone());
        registry.register("subscriptions", "Subscriptions that are open", subscriptions.clone());
        registry.register("log_head", "The last durable log position", head.clone());
        registry.register(
            "read_models_lag",
            "Commits the read models have yet to show",
            lag.clone(),
        );
        let parked = Family::<By, Gauge<u64, AtomicU64>>::default();
        registry.register(
            "parked_streams",
            "Streams that stand still, by the read model that could not follow",
            parked.clone(),
        );
        let soundness = SoundnessMetrics::new(&mut registry);
        let notices = NoticeMetrics::new(&mut registry);
        Self { registry, answers, seconds, subscriptions, head, lag, parked, soundness, notices }
    }
}

fn answer_seconds() -> Histogram {
    Histogram::new(BUCKETS)
}

/// Counts a subscription as open until it is dropped.
pub(super) struct Open(Gauge<i64, AtomicI64>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// An operation was answered; `outcome` is `OK` or an error's code.
    pub(super) fn answered(&self, kind: OperationType, outcome: &str, took: Duration) {
        let operation = Kind::from(kind);
        let labels = Answered { operation, outcome: outcome.to_owned() };
        self.answers.get_or_create(&labels).inc();
        self.seconds.get_or_create(&Of { operation }).observe(took.as_secs_f64());
    }

    /// A subscription was opened.
    pub(super) fn watching(&self) -> Open {
        self.subscriptions.inc();
        Open(self.subscriptions.clone())
    }

    /// What is known of the logs' soundness.
    pub(super) fn sound(&self, soundness: &Soundness) {
        self.soundness.set(soundness);
    }

    /// What is known of notices to people.
    pub(super) fn told(&self, notices: &Notices) {
        self.notices.set(notices);
    }

    /// How many streams each read model has parked.
    pub(super) fn parked(&self, parked: &BTreeMap<String, u64>) {
        for (model, streams) in parked {
            self.parked.get_or_create(&By { model: model.clone() }).set(*streams);
        }
    }

    /// Everything, in the OpenMetrics text format.
    pub(super) fn text(&self, head: u64, lag: u64) -> String {
        self.head.set(head);
        self.lag.set(lag);
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => format!("# {error}\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_graphql::parser::types::OperationType;

    use super::Metrics;

    #[test]
    fn what_was_answered_is_counted() {
        let metrics = Metrics::default();
        metrics.answered(OperationType::Query, "OK", Duration::from_millis(2));
        metrics.answered(OperationType::Query, "NOT_FOUND", Duration::from_millis(2));
        let open = metrics.watching();
        let text = metrics.text(7, 2);
        for line in [
            r#"arende_answers_total{operation="query",outcome="OK"} 1"#,
            r#"arende_answers_total{operation="query",outcome="NOT_FOUND"} 1"#,
            r#"arende_answer_seconds_bucket{le="0.0025",operation="query"} 2"#,
            "arende_subscriptions 1",
            "arende_log_head 7",
            "arende_read_models_lag 2",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
        drop(open);
        assert!(metrics.text(7, 2).contains("arende_subscriptions 0\n"));
    }
}
