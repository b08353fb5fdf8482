//! `arende token`: by our own id, by what others know people by, and what it makes of wrong ones.

use serde_json::{Value, json};

use crate::{demo::demo, running::arende, serving::Serving};

const ME: &str = "{ viewer { actor { staff { id } resident { id } unit { id } } } }";

/// A token for `asked`, and whom the program says that it is for.
#[track_caller]
fn token(data: &str, asked: &[&str]) -> (String, String) {
    let ran = arende(&[&["token", "--data", data, "--as"], asked].concat());
    assert_eq!(ran.code, 0, "{asked:?}: {ran:?}");
    (ran.out.trim().to_owned(), ran.err)
}

/// No token for `asked`, and an error that says why.
#[track_caller]
fn refused(data: &str, asked: &[&str], why: &str) {
    let ran = arende(&[&["token", "--data", data, "--as"], asked].concat());
    assert_eq!((ran.code, &*ran.out), (1, ""), "{asked:?}: {ran:?}");
    assert!(ran.error().contains(why), "{asked:?}: {}", ran.error());
    // A number is nobody's to read in a log of what was typed.
    assert!(!ran.err.contains("2384"), "{}", ran.err);
}

/// What the printout says of `role` after `before`.
fn printed(said: &str, role: &str, before: &str) -> String {
    let line = said.lines().find(|it| it.starts_with(role)).unwrap();
    line.split_once(before).unwrap().1.to_owned()
}

fn me(demo: &Serving, token: &str) -> Value {
    demo.data(token, ME, json!({}))["viewer"]["actor"].take()
}

fn serve(data: &str) -> Serving {
    Serving::start(&["serve", "--data", data, "--dev", "--listen", "127.0.0.1:0"], "serving")
}

#[test]
fn whoever_the_printout_names_gets_the_same_session_by_number_or_hsa_id() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let demo = demo(data);
    let roles = ["receiver", "handler", "unit-admin", "region-admin", "auditor", "analyst"];
    let mut asked: Vec<(&str, String)> =
        roles.iter().map(|role| (*role, printed(&demo.said, role, ", with the HSA-id "))).collect();
    asked.push(("resident", printed(&demo.said, "resident", " with the number ")));
    let same = |served: &Serving, expected: &[Value]| {
        for ((role, subject), expected) in asked.iter().zip(expected) {
            let (token, said) = token(data, &[role, "--subject", subject]);
            assert_eq!(me(served, &token), *expected, "{role}");
            let who = [&expected["staff"]["id"], &expected["resident"]["id"]];
            let who = who.into_iter().find_map(Value::as_str).unwrap();
            assert!(said.contains(who) && !said.contains("2384"), "{said}");
        }
    };
    let expected: Vec<Value> = asked.iter().map(|(role, _)| me(&demo, &demo.token(role))).collect();
    same(&demo, &expected);
    // A resident is found however the number is written.
    let (_, number) = asked.last().unwrap();
    let written = format!("{}-{}", &number[..8], &number[8..]);
    let (token, _) = token(data, &["resident", "--subject", &written]);
    assert_eq!(me(&demo, &token), *expected.last().unwrap());
    assert_eq!(demo.stop(), 0);
    // Also while nobody serves the folder.
    let tokens: Vec<String> = asked
        .iter()
        .map(|(role, subject)| self::token(data, &[role, "--subject", subject]).0)
        .collect();
    let served = serve(data);
    for (token, expected) in tokens.iter().zip(&expected) {
        assert_eq!(me(&served, token), *expected);
    }
    same(&served, &expected);
    assert_eq!(served.stop(), 0);
}

#[test]
fn a_wrong_subject_is_told_and_makes_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let demo = demo(data);
    let handler = printed(&demo.said, "handler", ", with the HSA-id ");
    let number = printed(&demo.said, "resident", " with the number ");
    // While another process has the log, too.
    for served in [Some(demo), None] {
        for (asked, why) in [
            (
                ["resident", "--subject", "198102282385"],
                "the personal number's check digit is wrong",
            ),
            (["resident", "--subject", "198102282"], "has 10 or 12 digits"),
            (["resident", "--subject", &handler], "--subject names a member of staff"),
            (["handler", "--subject", &number], "--subject names a resident"),
            (["handler", "--subject", "SE232100013-1"], "ten digits and a hyphen after SE"),
            (["handler", "--subject", "unit_1"], "takes a person; unit_"),
            (["handler", "--subject", "Anna"], "a resident_… id or a personal number, not `Anna`"),
            (["region-admin", "--subject", &handler], "is region-admin"),
            (["operator", "--subject", "staff_1"], "has no --subject"),
            (["operator", "--name", "Eva Testsson"], "--name goes with a resident's number"),
        ] {
            // What someone was given since the folder was served, `token` cannot know of.
            if asked[0] != "region-admin" || served.is_none() {
                refused(data, &asked, why);
            }
        }
        if let Some(served) = served {
            assert_eq!(served.stop(), 0);
        }
    }
    let nobody = ["handler", "--subject", "SE2321000131-NOBODY"];
    refused(data, &nobody, "nobody in this folder is found by the HSA-id SE2321000131-NOBODY");
    let nobody = ["resident", "--subject", "198102282384"];
    refused(data, &nobody, "nobody in this folder has that personal number; with --name");
}

/// Someone who comes while the folder is served gets what they have: an account of their own, or an
/// assignment in a division.
#[test]
fn newcomers_get_tokens_by_what_others_know_them_by() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let demo = demo(data);
    let admin = demo.token("region-admin");
    let region = "query { units(first: 1) { nodes { region { id } division { id } } } }";
    let place = demo.data(&admin, region, json!({}))["units"]["nodes"][0].take();

    let newcomer = ["resident", "--subject", "198102282384", "--name", "Tess Testsson"];
    let (tess, said) = token(data, &newcomer);
    assert!(said.contains("someone whom this folder did not list, resident"), "{said}");
    let register = "mutation M($input: RegisterResidentInput!) { registerResident(input: $input) {
        resident { id name } userErrors { message } } }";
    let input = json!({ "idempotencyKey": "1", "regionId": place["region"]["id"] });
    let made = demo.data(&tess, register, json!({ "input": input }));
    assert_eq!(made["registerResident"]["resident"]["name"], "Tess Testsson", "{made}");
    let (again, _) = token(data, &newcomer[..3]);
    assert_eq!(me(&demo, &again)["resident"]["id"], made["registerResident"]["resident"]["id"]);

    let register = "mutation M($input: RegisterStaffInput!) { registerStaff(input: $input) {
        staff { id } userErrors { message } } }";
    let input = json!({ "idempotencyKey": "2", "regionId": place["region"]["id"],
        "name": "Disa Testsson", "hsaId": "SE2321000131-DISA" });
    let disa =
        demo.data(&admin, register, json!({ "input": input }))["registerStaff"]["staff"]["id"]
            .take();
    let grant = "mutation M($input: GrantRoleInput!) { grantRole(input: $input) {
        staff { id } userErrors { message } } }";
    let input = json!({ "idempotencyKey": "3", "staffId": disa, "role": "AUDITOR",
        "place": { "divisionId": place["division"]["id"] }, "reason": "granskning" });
    demo.data(&admin, grant, json!({ "input": input }));
    let by_hsa_id = ["auditor", "--subject", "se2321000131-disa"];
    let expected = json!({ "staff": { "id": disa }, "resident": null, "unit": null });
    assert_eq!(me(&demo, &token(data, &by_hsa_id).0), expected);
    let by_id = ["auditor", "--subject", disa.as_str().unwrap()];
    assert_eq!(me(&demo, &token(data, &by_id).0), expected);
    assert_eq!(demo.stop(), 0);
    let tokens = [token(data, &by_hsa_id).0, token(data, &by_id).0];
    let served = serve(data);
    for token in tokens {
        assert_eq!(me(&served, &token), expected);
    }
    assert_eq!(served.stop(), 0);
}

/// A new folder has nobody to ask as but whoever founds its region, and it is said.
#[test]
fn in_a_new_folder_whoever_came_since_it_is_served_must_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    let data = new.to_str().unwrap();
    let serve = ["serve", "--data", data, "--new", "--dev", "--listen", "127.0.0.1:0"];
    let served = Serving::start(&serve, "a token");
    let hint = format!("a token to ask with: arende token --data {data} --as operator");
    assert!(served.said.contains(&hint), "{}", served.said);
    token(data, &["operator"]);
    let why = "nobody in this folder was region-admin when its service started; name someone who \
               came since with --subject, or start the service anew";
    refused(data, &["region-admin"], why);
    assert_eq!(served.stop(), 0);
    refused(data, &["region-admin"], "nobody in this folder is region-admin; try another --unit");
}
