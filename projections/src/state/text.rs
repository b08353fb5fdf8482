//! What an event decided as a whole is kept as its JSON, the same that an export of the log has.
//!
//! These shapes nest, and there are few of each; what there is one of for each case is not here.

use domain::{
    form::{Choice, Form, Label},
    organisation::{AnswerTemplate, BaseOfferingDecided, CaseTypeLimited, UnitSettingsChanged},
};

use super::{Kept, StateError, Taken};

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                // What has no JSON is kept as no text, which is refused: the log is replayed.
                serde_json::to_string(self).unwrap_or_default().put(out);
            }

            fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
                let wrong = from.wrong(concat!("no ", stringify!($name)));
                serde_json::from_str(&String::take(from)?).map_err(|_| wrong)
            }
        }
    )*};
}

texts! { AnswerTemplate BaseOfferingDecided CaseTypeLimited Choice Form Label UnitSettingsChanged }
