//! The same in Swedish, for those who make forms. One row for each, so that a new one is not
//! forgotten.

use super::{
    super::{
        ANSWER_LENGTH_MAX, FIELDS_MAX, FORM_BYTES_MAX, LABEL_LENGTH_MAX, OPTIONS_MAX, PatternError,
        REPEATS_MAX,
    },
    Flaw, FlawKind, KEY_LENGTH_MAX,
};
use crate::form::pattern::LENGTH_MAX;

impl Flaw {
    /// What is wrong, in Swedish: a sentence that names the field.
    pub fn text_sv(&self) -> String {
        let kind = self.kind.text_sv();
        if self.field.is_empty() {
            format!("Formuläret {kind}.")
        } else {
            format!("Fältet `{}` {kind}.", self.field)
        }
    }
}

impl FlawKind {
    /// Completes a sentence that begins with the field.
    fn text_sv(&self) -> String {
        match self {
            Self::AsksNothing => "frågar inget".to_owned(),
            Self::TooManyFields { fields } => {
                format!("har {fields} fält; {FIELDS_MAX} är det mesta")
            }
            Self::TooLarge { bytes } => {
                format!("har {bytes} byte text; {FORM_BYTES_MAX} är det mesta")
            }
            Self::BadKey => format!(
                "har en nyckel som inte är någon: en liten bokstav a–z och sedan små bokstäver, \
                 siffror och `_`, högst {KEY_LENGTH_MAX} tecken"
            ),
            Self::KeyTwice => "har samma nyckel som ett tidigare fält".to_owned(),
            Self::BadLabel => {
                format!("behöver en svensk ledtext på högst {LABEL_LENGTH_MAX} tecken")
            }
            Self::UnknownSibling { sibling } => {
                format!("visas av `{sibling}`, som inte finns bredvid det")
            }
            Self::LaterSibling { sibling } => {
                format!("visas av `{sibling}`, som inte frågas före det")
            }
            Self::NeverShown { sibling } => {
                format!("visas av ett svar som `{sibling}` inte kan ha")
            }
            Self::BadLengths => format!(
                "måste tillåta minst 1 och högst {ANSWER_LENGTH_MAX} tecken, och inte fler som \
                 minst än som högst"
            ),
            Self::BadPattern(error) => {
                format!("har ett mönster som inte kan användas: {}", pattern_sv(error))
            }
            Self::PatternOfLines => {
                "har ett mönster och flera rader; bara en rad kan jämföras".to_owned()
            }
            Self::NoOptions => "har inga alternativ".to_owned(),
            Self::TooManyOptions { options } => {
                format!("har {options} alternativ; {OPTIONS_MAX} är det mesta")
            }
            Self::BadOption { value } => format!(
                "har alternativet `{value}`, som inte är något: små bokstäver a–z, siffror och \
                 `_`, högst {KEY_LENGTH_MAX} tecken"
            ),
            Self::OptionTwice { value } => format!("har alternativet `{value}` två gånger"),
            Self::BadOptionLabel { value } => {
                format!("behöver en svensk ledtext till alternativet `{value}`")
            }
            Self::BadRepeats => format!(
                "måste kunna upprepas minst en och högst {REPEATS_MAX} gånger, och inte fler som \
                 minst än som högst"
            ),
            Self::NestedGroup => "är en grupp i en grupp".to_owned(),
        }
    }
}

fn pattern_sv(error: &PatternError) -> String {
    match error {
        PatternError::TooLong { bytes } => {
            format!("ett mönster har högst {LENGTH_MAX} byte, detta {bytes}")
        }
        PatternError::NotPortable { what } => format!("`{what}` betyder inte detsamma överallt"),
        // The parser's own words, which are English.
        PatternError::Malformed { why } => format!("det är inget reguljärt uttryck ({why})"),
    }
}
