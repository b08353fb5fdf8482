//! Plays the scripts of all cases in one order of time: what is due next is done next, and of two
//! at the same instant the case that began first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    vec,
};

use anyhow::{Context as _, bail};
use domain::{
    CaseId, MessageId,
    case::{Command, Opening, Submission},
    catalogue::ShippedType,
    deadline::local_date,
    identity::{Sex, age_on},
};
use engine::{Pipeline, Request, ScriptedWorld, Target, World as _, commit_id, message_id};
use jiff::Timestamp;

use super::{
    Author,
    arrivals::Arrival,
    catalogue::{CHLAMYDIA_TEST, Kind},
    chance::Chance,
    residents::Resident,
    script::{Beginning, Move, Script},
};

/// Plays every case that `arrivals` starts, up to the end of the span.
pub(super) async fn play(
    pipeline: &mut Pipeline<'_>,
    world: &ScriptedWorld,
    author: &Author<'_>,
    arrivals: Vec<Arrival>,
    chance: Chance,
    progress: &mut dyn FnMut(u64, u64),
) -> anyhow::Result<()> {
    let total = arrivals.len() as u64;
    let mut stage = Stage {
        pipeline,
        world,
        author,
        chance,
        begun: 0,
        running: BTreeMap::new(),
        due: BinaryHeap::new(),
        follow_ups: BTreeMap::new(),
    };
    for arrival in arrivals {
        stage.play_until(arrival.at).await?;
        stage.begin(arrival).await?;
        progress(stage.begun, total);
    }
    stage.play_until(author.until).await
}

struct Stage<'a, 'b> {
    pipeline: &'a mut Pipeline<'b>,
    world: &'a ScriptedWorld,
    author: &'a Author<'a>,
    chance: Chance,
    /// Cases begun so far; each has its number.
    begun: u64,
    running: BTreeMap<u64, Running>,
    /// When each running case goes on, and its number.
    due: BinaryHeap<Reverse<(Timestamp, u64)>>,
    /// New cases that will follow up old ones, by when.
    follow_ups: BTreeMap<(Timestamp, u64), Beginning>,
}

struct Running {
    case: CaseId,
    next: Move,
    rest: vec::IntoIter<Move>,
    done: u64,
}

impl Stage<'_, '_> {
    async fn begin(&mut self, arrival: Arrival) -> anyhow::Result<()> {
        self.begun += 1;
        let beginning = self.beginning(arrival);
        self.world.set(arrival.at);
        let case = CaseId::new(self.world.new_id());
        let script = Script::write(self.author, beginning, self.chance.fork(self.begun));
        if let Some(at) =
            script.followed_up_at.filter(|at| *at < self.author.until && !beginning.by_unit)
        {
            let later = Beginning { at, follows_up: Some(case), ..beginning };
            self.follow_ups.insert((at, self.begun), later);
        }
        let mut moves = script.moves.into_iter();
        let Some(next) = moves.next() else { bail!("the script of a case is empty") };
        let running = Running { case, next, rest: moves, done: 0 };
        self.go_on(self.begun, running).await
    }

    /// How the case begins: one that comes in, unless a follow-up is due, which takes its place.
    fn beginning(&mut self, arrival: Arrival) -> Beginning {
        let Arrival { at, unit, entry, by_unit } = arrival;
        if !by_unit && let Some(first) = self.follow_ups.first_entry().filter(|it| it.key().0 <= at)
        {
            return Beginning { at, ..first.remove() };
        }
        let case_type = &self.author.catalogue[entry];
        let kind = self.author.region.units[unit].kind;
        let fits = |resident: &Resident| may_concern(resident, case_type, kind, at);
        let mut chance = self.chance.fork(u64::MAX - self.begun);
        let subject = self.author.residents.draw(unit, &mut chance, fits);
        Beginning { at, unit, entry, subject, by_unit, follows_up: None }
    }

    async fn play_until(&mut self, end: Timestamp) -> anyhow::Result<()> {
        while let Some(Reverse((_, number))) = self.due.peek().filter(|it| it.0.0 <= end).copied() {
            self.due.pop();
            if let Some(running) = self.running.remove(&number) {
                self.go_on(number, running).await?;
            }
        }
        Ok(())
    }

    /// Does what is next in a case, and puts what comes after that in line.
    async fn go_on(&mut self, number: u64, running: Running) -> anyhow::Result<()> {
        let Running { case, next, mut rest, done } = running;
        self.perform(number, case, done, next).await?;
        if let Some(next) = rest.next().filter(|it| it.at <= self.author.until) {
            self.due.push(Reverse((next.at, number)));
            self.running.insert(number, Running { case, next, rest, done: done + 1 });
        }
        Ok(())
    }

    async fn perform(
        &mut self,
        number: u64,
        case: CaseId,
        done: u64,
        it: Move,
    ) -> anyhow::Result<()> {
        self.world.set(it.at);
        let id = commit_id(&it.by, &format!("demo:{number}:{done}"));
        let request = Request {
            by: it.by,
            id,
            correlation: "demo".to_owned(),
            target: match done {
                0 => Target::New,
                _ => Target::Existing { case, expected_version: None },
            },
            command: with_message(it.command, message_id(id)),
            content: it.content,
        };
        let what = || format!("step {done} of {case}, {:?} at {}", request.command, it.at);
        let events = self.pipeline.execute(case, &request).await.with_context(what)?;
        if events.is_empty() {
            bail!("nothing came of {}", what());
        }
        Ok(())
    }
}

/// Whether a case of that type, at that kind of unit, may concern them.
fn may_concern(resident: &Resident, case_type: &ShippedType, kind: Kind, at: Timestamp) -> bool {
    let (born, sex) = (resident.number.birth_date(), resident.number.sex());
    let age = age_on(born, local_date(at));
    let alone = case_type.limits.min_age.is_none_or(|least| age >= u16::from(least));
    let acted_for = case_type.limits.by_proxy || age >= 13;
    let fits = match (case_type.key.as_str(), kind) {
        (CHLAMYDIA_TEST, _) => age < 45,
        ("extend_sick_leave" | "lifestyle_support" | "pre_surgery_questions", _) => {
            (18..67).contains(&age)
        }
        (_, Kind::ChildAndMaternalHealth) => {
            age < 13 || (sex == Sex::Female && (18..45).contains(&age))
        }
        _ => true,
    };
    alone && acted_for && fits
}

/// The command, with the message that the request brings.
fn with_message(command: Command, message: MessageId) -> Command {
    match command {
        Command::Submit(it) => Command::Submit(Submission { message, ..it }),
        Command::Open(it) => Command::Open(Opening { message, ..it }),
        Command::SendPartialAnswer { .. } => Command::SendPartialAnswer { message },
        Command::AskCounterQuestion { .. } => Command::AskCounterQuestion { message },
        Command::Reply { .. } => Command::Reply { message },
        Command::Answer { .. } => Command::Answer { message },
        Command::AddNote { .. } => Command::AddNote { message },
        Command::Attach { files, to } => {
            Command::Attach { files, to: Box::new(with_message(*to, message)) }
        }
        Command::Distribute { .. }
        | Command::Reassign { .. }
        | Command::ReassignFrom { .. }
        | Command::Return
        | Command::Redirect { .. }
        | Command::ConsentToRedirect { .. }
        | Command::Close { .. }
        | Command::Withdraw => command,
    }
}
