//! What reading costs: folding a history into every read model, and one page of an inbox.
//!
//! `cargo bench -p benches --bench read`

use divan::{Bencher, counter::ItemsCount};
use domain::{Recorded, UnitId};
use projections::{Filter, Inbox, Order, PageRequest, ReadModels};

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

/// How many cases.
fn sizes() -> &'static [u64] {
    if benches::is_small() { &[100] } else { &[1_000, 100_000] }
}

fn folded(history: &[Recorded<domain::Event>]) -> ReadModels {
    let mut models = ReadModels::default();
    for recorded in history {
        models.apply(recorded);
    }
    models
}

/// Rebuilding all read models from nothing: what a start costs beyond reading the log.
#[divan::bench(args = sizes(), sample_count = 10)]
fn fold(bencher: Bencher<'_, '_>, cases: u64) {
    let history = benches::history(cases);
    bencher.counter(ItemsCount::new(history.len())).bench_local(|| folded(&history));
}

/// The first page of one unit's inbox, what is due first at the top.
#[divan::bench(args = sizes())]
fn inbox_page(bencher: Bencher<'_, '_>, cases: u64) {
    // Without the closing event, so that every case is in an inbox.
    let open = |it: &Recorded<domain::Event>| it.event.name() != "CaseClosed";
    let history: Vec<_> = benches::history(cases).into_iter().filter(open).collect();
    let models = folded(&history);
    let inbox = Inbox::Unit(UnitId::new(1));
    let page = PageRequest::first(50);
    bencher.bench_local(|| {
        models.page(&inbox, &Filter::default(), Order::DueAt, benches::start(), &page)
    });
}
