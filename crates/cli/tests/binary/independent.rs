//! Deadline statistics straight from the text of a log, in another way than the product's.
//!
//! No XML reader, no calendar, no time zones, no events of cases: lines are scanned for `key` and
//! `value`, time is seconds since 1970, working days come from a list of dates, and a case is five
//! variables. It knows just enough of the two real logs, and nothing of the product.

use std::collections::{BTreeMap, HashMap};

/// The weekdays of 2010 to 2012 on which nobody in Sweden works, the three eves among them.
const FREE: [&str; 27] = [
    "2010-01-01",
    "2010-01-06",
    "2010-04-02",
    "2010-04-05",
    "2010-05-13",
    "2010-06-25",
    "2010-12-24",
    "2010-12-31",
    "2011-01-06",
    "2011-04-22",
    "2011-04-25",
    "2011-06-02",
    "2011-06-06",
    "2011-06-24",
    "2011-12-26",
    "2012-01-06",
    "2012-04-06",
    "2012-04-09",
    "2012-05-01",
    "2012-05-17",
    "2012-06-06",
    "2012-06-22",
    "2012-12-24",
    "2012-12-25",
    "2012-12-26",
    "2012-12-31",
    "2013-01-01",
];

/// What an event does, by its letter: Work, Queue, asK, Partial, Answer, Close, canceL, Note.
pub(crate) type Action = char;

/// One event of the source: time in ms, then trace, then place; unit; action.
type Source = (i64, usize, usize, String, Action);

/// How many, and p50, p90 and mean in ms where there are any.
pub(crate) type Spans = (usize, Option<[i64; 3]>);

/// Numbers to compare with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) received: u64,
    pub(crate) open: u64,
    pub(crate) undistributed: u64,
    pub(crate) awaiting: u64,
    pub(crate) overdue: u64,
    /// Numerator and denominator.
    pub(crate) responded_on_time: (u64, u64),
    pub(crate) answered_on_time: (u64, u64),
    pub(crate) to_first_response: Spans,
    pub(crate) to_answer: Spans,
    pub(crate) to_distribute: Spans,
    pub(crate) lead_time: Spans,
}

/// A case: when it came, what was first and when, and how it stands.
#[derive(Default)]
struct Case {
    received: i64,
    responded: Option<i64>,
    answered: Option<i64>,
    distributed: Option<i64>,
    closed: Option<i64>,
    /// Working, Kept waiting by the resident, or Answered.
    stands: char,
    held: bool,
    unit: String,
}

/// The statistics of a whole log at its last moment, which is given too, in ms.
pub(crate) fn numbers(
    text: &str,
    unit: &str,
    days: usize,
    action: fn(&HashMap<&str, &str>) -> Action,
) -> (Numbers, i64) {
    let mut events = scan(text, unit, action);
    events.sort();
    let now = events.last().unwrap().0;
    let mut cases = BTreeMap::<usize, Case>::new();
    for (at, trace, _, unit, action) in events {
        let new = || Case { received: at, stands: 'W', unit: unit.clone(), ..Case::default() };
        cases.entry(trace).or_insert_with(new).take(at, &unit, action);
    }
    let free = FREE.map(day_of);
    let mut sum = Numbers { received: cases.len() as u64, ..Numbers::default() };
    let (mut response, mut answer, mut distribute, mut lead) = (vec![], vec![], vec![], vec![]);
    for case in cases.values() {
        let due = due(case.received, days, &free);
        let in_time = |at: Option<i64>| u64::from(at.is_some_and(|at| at < due));
        if case.closed.is_none() {
            sum.open += 1;
            sum.undistributed += u64::from(!case.held && case.stands != 'A');
            sum.awaiting += u64::from(case.stands == 'K');
            sum.overdue += u64::from(case.responded.is_none() && due <= now);
        }
        if case.responded.is_some() || case.closed.is_some() || due <= now {
            sum.responded_on_time.0 += in_time(case.responded);
            sum.answered_on_time.0 += in_time(case.answered);
            sum.responded_on_time.1 += 1;
            sum.answered_on_time.1 += 1;
        }
        let since = |at: i64| at - case.received;
        response.extend(case.responded.map(since));
        answer.extend(case.answered.map(since));
        distribute.extend(case.distributed.map(since));
        lead.extend(case.closed.map(since));
    }
    sum.to_first_response = summary(response);
    sum.to_answer = summary(answer);
    sum.to_distribute = summary(distribute);
    sum.lead_time = summary(lead);
    (sum, now)
}

impl Case {
    fn take(&mut self, at: i64, unit: &str, action: Action) {
        let ends = "CL".contains(action);
        if action == 'N' || (action == 'C' && self.closed.is_some()) {
            return;
        }
        if !ends {
            // Only the end of a case leaves it closed, and only more work makes it unanswered.
            let closed = self.closed.take().is_some();
            if closed || (self.stands == 'A' && action != 'A') {
                self.stands = 'W';
            }
            self.held &= self.unit == unit;
            unit.clone_into(&mut self.unit);
        }
        let again = (self.stands, action) == ('K', 'K') || (self.stands, action) == ('A', 'A');
        if self.stands == 'K' && action != 'K' {
            self.stands = 'W';
        }
        let answers = action == 'A' || (action == 'C' && self.stands != 'A');
        if !again && ("WKPA".contains(action) || answers) {
            self.held = true;
            self.distributed = self.distributed.or(Some(at));
        }
        if "KP".contains(action) || answers {
            self.responded = self.responded.or(Some(at));
        }
        if answers {
            self.answered = self.answered.or(Some(at));
            self.stands = 'A';
        }
        match action {
            'K' => self.stands = 'K',
            'Q' => self.held = false,
            'C' | 'L' => self.closed = Some(at),
            _ => (),
        }
    }
}

/// Every event of the text.
fn scan(text: &str, unit: &str, action: fn(&HashMap<&str, &str>) -> Action) -> Vec<Source> {
    let mut events = vec![];
    for (i, trace) in text.split("<trace>").skip(1).enumerate() {
        let of_trace = pairs(trace.split("<event>").next().unwrap());
        for (k, event) in trace.split("<event>").skip(1).enumerate() {
            let event = pairs(event.split("</event>").next().unwrap());
            let team = event.get(unit).or_else(|| of_trace.get(unit)).unwrap();
            let at = instant(event["time:timestamp"]);
            events.push((at, i, k, (*team).to_owned(), action(&event)));
        }
    }
    events
}

fn pairs(text: &str) -> HashMap<&str, &str> {
    let tags = text.split("key=\"").skip(1);
    let quoted = |it: &'_ str| it.find('"').unwrap();
    tags.filter_map(|tag| {
        let (_, value) = tag.split_once("value=\"")?;
        Some((&tag[..quoted(tag)], &value[..quoted(value)]))
    })
    .collect()
}

/// `2010-03-31T16:59:42.123+02:00` in ms since 1970.
fn instant(text: &str) -> i64 {
    let n = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let offset = &text[text.len() - 6..];
    let minutes = offset[1..3].parse::<i64>().unwrap() * 60 + offset[4..].parse::<i64>().unwrap();
    let minutes = if offset.starts_with('-') { -minutes } else { minutes };
    let ms = if text.as_bytes()[19] == b'.' { n(20..23) } else { 0 };
    let seconds = n(11..13) * 3_600 + n(14..16) * 60 + n(17..19) - minutes * 60;
    (day_of(&text[..10]) * 86_400 + seconds) * 1_000 + ms
}

/// Days from 1970-01-01 to a date, by counting leap days.
fn day_of(date: &str) -> i64 {
    let (y, m, d): (i64, i64, i64) =
        (date[..4].parse().unwrap(), date[5..7].parse().unwrap(), date[8..10].parse().unwrap());
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let years: i64 = (1970..y).map(|y| 365 + i64::from(leap(y))).sum();
    let months = [31, 28 + i64::from(leap(y)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + months[..usize::try_from(m - 1).unwrap()].iter().sum::<i64>() + d - 1
}

/// Hours that Sweden was ahead of UTC: two from the last Sunday of March to that of October, 01:00
/// UTC.
fn ahead(ms: i64) -> i64 {
    let year =
        (2010..2100).find(|year| day_of(&format!("{}-01-01", year + 1)) * 86_400_000 > ms).unwrap();
    let last_sunday = |month| {
        let last = day_of(&format!("{year}-{month}-31"));
        (last - (last + 4) % 7) * 86_400_000 + 3_600_000
    };
    1 + i64::from((last_sunday("03")..last_sunday("10")).contains(&ms))
}

/// The midnight that ends the `days`-th working day after the day of `received`.
fn due(received: i64, days: usize, free: &[i64]) -> i64 {
    let local = |ms: i64| (ms + ahead(ms) * 3_600_000).div_euclid(86_400_000);
    // 1970-01-01 was a Thursday.
    let works = |day: &i64| (day + 3).rem_euclid(7) < 5 && !free.contains(day);
    let last = (local(received) + 1..).filter(works).nth(days - 1).unwrap();
    let midnight = (last + 1) * 86_400_000;
    midnight - ahead(midnight - 2 * 3_600_000) * 3_600_000
}

/// How many, the ⌈p·n⌉-th smallest for one half and nine tenths, and the mean.
fn summary(mut all: Vec<i64>) -> Spans {
    all.sort_unstable();
    let n = all.len();
    let rank = |tenths: usize| all[(n * tenths).div_ceil(10) - 1];
    let mean = |n: usize| all.iter().sum::<i64>().div_euclid(i64::try_from(n).unwrap());
    (n, (n > 0).then(|| [rank(5), rank(9), mean(n)]))
}

#[test]
fn it_reckons_a_few_cases_that_were_worked_by_hand() {
    let free = FREE.map(day_of);
    for (received, expected) in [
        // Over Easter 2012; into summer time; over Christmas, when the Monday is an eve.
        ("2012-04-05T16:00:00+02:00", "2012-04-12T00:00:00+02:00"),
        ("2012-03-23T23:59:00+01:00", "2012-03-28T00:00:00+02:00"),
        ("2011-10-28T08:00:00+02:00", "2011-11-02T00:00:00+01:00"),
        ("2012-12-21T08:00:00+01:00", "2012-12-29T00:00:00+01:00"),
    ] {
        assert_eq!(due(instant(received), 2, &free), instant(expected), "{received}");
    }
    assert_eq!(summary((1..=25).collect()), (25, Some([13, 23, 13])));
    assert_eq!(summary(vec![]), (0, None));
    assert_eq!(instant("1970-01-02T00:00:00.250-01:00"), 90_000_250);
}
