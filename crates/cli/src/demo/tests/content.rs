//! Forms are filled in as their case types ask, and every message says something.

use std::collections::BTreeMap;

use domain::case::Event;

use super::stage::play;

#[tokio::test]
async fn every_form_is_filled_in_as_its_case_type_asks() {
    let played = play(600, 7).await;
    let written = played.written().await;
    let view = played.engine.view(None).await.unwrap().unwrap();
    let (mut seen, mut checked) = (BTreeMap::new(), 0);
    for (case, event, content) in &written {
        let id = match event {
            Event::CaseSubmitted(it) => it.case_type,
            Event::CaseOpened(it) => it.case_type,
            _ => {
                assert!(!content.text.trim().is_empty(), "{case} has an empty message");
                continue;
            }
        };
        let (key, problems) = view.with(|models, _| {
            let directory = models.directory();
            let case_type = directory.case_type(id).unwrap();
            let problems = case_type.forms[&1].problems(&content.answers, directory);
            (case_type.key.clone(), problems)
        });
        assert_eq!(problems, [], "{case}, {key}");
        *seen.entry(key).or_insert(0) += 1;
        checked += 1;
    }
    assert_eq!(checked, 600);
    assert!(seen.len() >= 15, "only {seen:?}");
}
