//! What is left of a damaged log, as people are told of it.

use std::path::Path;

use event_log_sled::{Account, Lost, OpenError, Remains};

use crate::output;

/// Looks, with a progress bar, for what is left of the log in the first of `folders`, and in others
/// for what that lacks.
pub(crate) fn look(folders: &[&Path]) -> Result<Remains, OpenError> {
    let bar = output::progress_bar(0, "looking");
    let found = Remains::of(folders, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    found
}

/// How much is left, and what is not, in one line.
pub(crate) fn told(account: &Account) -> String {
    let Account { last, known, whole, .. } = account;
    let told = match account.lost {
        Some(lost) => format!("{whole} of {known} commits are whole; {}", lost_told(lost)),
        None if account.has_witness => {
            format!("all {known} commits are whole, each follows from the one before")
        }
        None => format!(
            "{last} commits are whole, each follows from the one before; no witness tells whether \
             there were more: hold them against a checkpoint"
        ),
    };
    if !account.is_disputed {
        return told;
    }
    format!("{told}; several commits claim the place after position {last}, and none is taken")
}

fn lost_told(Lost { position, followed }: Lost) -> String {
    let of = match followed {
        Some((stream, next)) => format!("of {stream}, whose next commit is position {next}"),
        None => "the last of its stream".to_owned(),
    };
    format!("position {position}, {of}, is not, or does not follow from what is before it")
}

#[cfg(test)]
mod tests {
    use domain::{CaseId, Position, StreamId};
    use event_log::Hash;
    use event_log_sled::{Account, Lost};

    use super::told;

    #[test]
    fn what_is_left_and_what_is_not_is_told() {
        let whole = Account {
            last: Position::new(9),
            hash: Hash::GENESIS,
            known: Position::new(9),
            has_witness: true,
            whole: 9,
            lost: None,
            is_disputed: false,
        };
        assert_eq!(told(&whole), "all 9 commits are whole, each follows from the one before");
        let unwitnessed = Account { has_witness: false, is_disputed: true, ..whole };
        assert_eq!(
            told(&unwitnessed),
            "9 commits are whole, each follows from the one before; no witness tells whether there \
             were more: hold them against a checkpoint; several commits claim the place after \
             position 9, and none is taken"
        );
        let case = StreamId::Case(CaseId::new(1));
        let lost = |followed| {
            let lost = Some(Lost { position: Position::new(4), followed });
            told(&Account { last: Position::new(3), whole: 8, lost, ..whole })
        };
        let end = "is not, or does not follow from what is before it";
        assert_eq!(
            lost(Some((case, Position::new(7)))),
            format!(
                "8 of 9 commits are whole; position 4, of case_1, whose next commit is position 7, {end}"
            )
        );
        assert_eq!(
            lost(None),
            format!("8 of 9 commits are whole; position 4, the last of its stream, {end}")
        );
    }
}
