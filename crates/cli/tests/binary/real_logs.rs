//! Two real logs, where `ARENDE_EVENT_LOGS` names the folder that has them: exact figures, and
//! statistics that agree with a calculation of another make.

use std::{collections::HashMap, fs::File, io::Read as _};

use flate2::read::GzDecoder;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    independent::{Action, Numbers, numbers},
    running::{Desk, arende, mapping, real_log},
    serving::Serving,
};

fn import(desk: &Desk, log: &str, mapping_name: &str) -> Value {
    let (mapping, data) = (mapping(mapping_name), desk.data());
    arende(&["import", "xes", log, "--mapping", &mapping, "--data", &data, "--json"]).json()
}

fn text(log: &str) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(log).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// The statistics of the whole region at `now`, as `arende replay statistics` tells them.
fn replayed(desk: &Desk, region: &Value, now: i64) -> Numbers {
    let now = Timestamp::from_millisecond(now).unwrap().to_string();
    let region = region.as_str().unwrap();
    let period = ["--from", FROM, "--to", TO, "--as-of", &now, "--json"];
    numbers_in(&desk.replay(&[&["statistics", region][..], &period].concat()).json())
}

/// The same, as an analyst is answered through GraphQL.
fn asked(desk: &Desk, region: &Value, now: i64) -> Numbers {
    let data = desk.data();
    let token = arende(&["token", "--data", &data, "--as", "analyst"]);
    let served =
        Serving::start(&["serve", "--data", &data, "--dev", "--listen", LOOPBACK], "serving");
    let query = "query Q($scope: StatisticsScope!, $period: Period!, $asOf: AsOf!) {
        statistics(scope: $scope, period: $period, asOf: $asOf) {
            received open undistributed awaitingResident overdue
            respondedOnTime { numerator denominator } answeredOnTime { numerator denominator }
            timeToFirstResponse { count p50 p90 mean } timeToAnswer { count p50 p90 mean }
            timeToDistribute { count p50 p90 mean } leadTime { count p50 p90 mean } } }";
    let variables = json!({
        "scope": { "regionId": region },
        "period": { "from": FROM, "to": TO },
        "asOf": { "time": Timestamp::from_millisecond(now).unwrap().to_string() },
    });
    numbers_in(&served.data(token.out.trim(), query, variables)["statistics"])
}

const FROM: &str = "2010-01-01";
const TO: &str = "2012-12-31";
const LOOPBACK: &str = "127.0.0.1:0";

/// The numbers of statistics in JSON, by the names that the API gives them.
fn numbers_in(it: &Value) -> Numbers {
    let n = |key: &str| it[key].as_u64().unwrap();
    let share = |key: &str| {
        let part = |part: &str| it[key][part].as_u64().unwrap();
        (part("numerator"), part("denominator"))
    };
    let durations = |key: &str| {
        let ms = |part: &str| {
            let span = it[key][part].as_str()?.parse::<SignedDuration>().unwrap();
            i64::try_from(span.as_millis()).ok()
        };
        let count = usize::try_from(it[key]["count"].as_u64().unwrap()).unwrap();
        let all = [ms("p50"), ms("p90"), ms("mean")];
        let all = all.into_iter().collect::<Option<Vec<i64>>>();
        (count, all.map(|all| all.try_into().unwrap()))
    };
    Numbers {
        received: n("received"),
        open: n("open"),
        undistributed: n("undistributed"),
        awaiting: n("awaitingResident"),
        overdue: n("overdue"),
        responded_on_time: share("respondedOnTime"),
        answered_on_time: share("answeredOnTime"),
        to_first_response: durations("timeToFirstResponse"),
        to_answer: durations("timeToAnswer"),
        to_distribute: durations("timeToDistribute"),
        lead_time: durations("leadTime"),
    }
}

fn incident(event: &HashMap<&str, &str>) -> Action {
    match (event["concept:name"], event["lifecycle:transition"]) {
        ("Accepted", "In Progress" | "Assigned") => 'W',
        ("Queued", _) => 'Q',
        ("Accepted", "Wait - User") => 'K',
        ("Completed", "Resolved" | "In Call") => 'A',
        ("Completed", "Closed") => 'C',
        ("Completed", "Cancelled") => 'L',
        _ => 'N',
    }
}

fn permit(event: &HashMap<&str, &str>) -> Action {
    match event["concept:name"].split(' ').next().unwrap() {
        "Confirmation" => 'Q',
        "T05" => 'P',
        "T15" => 'A',
        "T20" => 'K',
        "T08" | "T09-1" | "T09-2" | "T09-3" | "T09-4" | "T16" => 'N',
        _ => 'W',
    }
}

#[test]
fn the_incident_log_imports_to_the_event_twice_and_its_statistics_agree() {
    let Some(log) = real_log("bpic2013_incidents.xes.gz") else { return };
    let desk = Desk::new();
    let mut report = import(&desk, &log, "bpic2013_incidents");
    let seconds = report.as_object_mut().unwrap().remove("seconds").unwrap();
    assert!(seconds.as_f64().unwrap() > 0.0);
    let region = report["regionId"].clone();
    let expected = json!({
        "regionId": region,
        "cases": 7_554,
        "sourceEvents": 65_533,
        "commits": 65_533,
        "events": {
            "CaseSubmitted": 7_554, "CaseDistributed": 17_553, "CaseReassigned": 3_934,
            "CaseRedirected": 9_454, "CaseReturned": 1_146, "CounterQuestionAsked": 3_863,
            "ResidentReplied": 3_859, "CaseAnswered": 8_126, "CaseClosed": 5_705,
            "CaseReopened": 581, "NoteAdded": 25_498,
        },
        "states": {
            "CLOSED": 5_574, "ANSWERED": 1_972, "DISTRIBUTED": 4, "AWAITING_RESIDENT": 4,
        },
    });
    assert_eq!(report, expected);
    let counts = report["events"].as_object().unwrap().values();
    assert_eq!(counts.map(|it| it.as_u64().unwrap()).sum::<u64>(), 87_273);

    let before = desk.verified();
    assert_eq!(import(&desk, &log, "bpic2013_incidents")["commits"], 0);
    assert_eq!(desk.verified(), before);

    let (expected, now) = numbers(&text(&log), "org:group", 2, incident);
    assert_eq!(expected.received, 7_554);
    assert_eq!(replayed(&desk, &region, now), expected);
    assert_eq!(asked(&desk, &region, now), expected);
}

#[test]
fn the_permit_log_imports_cleanly_and_its_statistics_agree() {
    let Some(log) = real_log("wabo_receipt.xes.gz") else { return };
    let desk = Desk::new();
    let report = import(&desk, &log, "wabo_receipt");
    assert_eq!((&report["cases"], &report["sourceEvents"]), (&1_434.into(), &8_577.into()));
    assert_eq!(report["commits"], 8_577);
    assert_eq!(report["events"]["CaseSubmitted"], 1_434);
    let states = json!({
        "RECEIVED": 116, "DISTRIBUTED": 18, "PARTIALLY_ANSWERED": 1_246, "AWAITING_RESIDENT": 15,
        "ANSWERED": 39,
    });
    assert_eq!(report["states"], states);
    assert_eq!(import(&desk, &log, "wabo_receipt")["commits"], 0);

    let (expected, now) = numbers(&text(&log), "department", 40, permit);
    assert_eq!((expected.received, expected.lead_time), (1_434, (0, None)));
    assert_eq!(replayed(&desk, &report["regionId"], now), expected);
    assert_eq!(asked(&desk, &report["regionId"], now), expected);
}
