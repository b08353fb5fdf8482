//! What can be wrong with an answer, in words for whoever answered.

use serde::Serialize;

use super::Language;

/// Something wrong with the answer to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where: the path of the field, as an answer to it names it, such as `medicines.0.name`.
    pub field: String,
    /// What.
    pub problem: Problem,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is missing, or a text that says nothing.
    Required,
    /// The form has no such field.
    Unknown,
    /// The field is not shown, and must not be answered.
    Hidden,
    /// It was answered before.
    AnsweredTwice,
    /// It is of another kind.
    WrongKind {
        /// What was expected.
        expected: Expected,
    },
    /// A text that says nothing, in a field that could have been left out.
    Blank,
    /// More than one line.
    ManyLines,
    /// Too few characters.
    TooShort {
        /// The fewest.
        min: u32,
    },
    /// Too many characters.
    TooLong {
        /// The most.
        max: u32,
    },
    /// It does not match the field's pattern.
    Mismatch,
    /// It is not found where it must be.
    NotFound,
    /// It is not one of the options.
    NotAnOption,
    /// An option was chosen twice.
    OptionTwice,
    /// It is no date.
    NotADate,
    /// It is no phone number.
    NotAPhoneNumber,
    /// Only the other answer is taken.
    MustBe {
        /// Which.
        yes: bool,
    },
    /// Too few items in a group.
    TooFewItems {
        /// The fewest.
        min: u32,
    },
    /// Too many items in a group.
    TooManyItems {
        /// The most.
        max: u32,
    },
    /// An item in a group, before the last, with nothing in it.
    EmptyItem,
}

/// The kind of answer that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Text.
    Text,
    /// A list of options.
    Choices,
    /// Yes or no.
    YesNo,
    /// Items of a group, each answer at its own path.
    Items,
}

impl Problem {
    /// A name for programs. Never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::Unknown => "UNKNOWN",
            Self::Hidden => "HIDDEN",
            Self::AnsweredTwice => "ANSWERED_TWICE",
            Self::WrongKind { .. } => "WRONG_KIND",
            Self::Blank => "BLANK",
            Self::ManyLines => "MANY_LINES",
            Self::TooShort { .. } => "TOO_SHORT",
            Self::TooLong { .. } => "TOO_LONG",
            Self::Mismatch => "MISMATCH",
            Self::NotFound => "NOT_FOUND",
            Self::NotAnOption => "NOT_AN_OPTION",
            Self::OptionTwice => "OPTION_TWICE",
            Self::NotADate => "NOT_A_DATE",
            Self::NotAPhoneNumber => "NOT_A_PHONE_NUMBER",
            Self::MustBe { .. } => "MUST_BE",
            Self::TooFewItems { .. } => "TOO_FEW_ITEMS",
            Self::TooManyItems { .. } => "TOO_MANY_ITEMS",
            Self::EmptyItem => "EMPTY_ITEM",
        }
    }

    /// The problem, for whoever answered. Never quotes what they wrote.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Sv => self.text_sv(),
            Language::En => self.text_en(),
        }
    }

    fn text_sv(&self) -> String {
        match self {
            Self::Required => "Frågan måste besvaras.".into(),
            Self::Unknown => "Frågan finns inte i formuläret.".into(),
            Self::Hidden => "Frågan ställs inte och ska inte besvaras.".into(),
            Self::AnsweredTwice => "Frågan har besvarats två gånger.".into(),
            Self::WrongKind { expected } => match expected {
                Expected::Text => "Svaret ska vara text.".into(),
                Expected::Choices => "Svaret ska vara en lista av alternativ.".into(),
                Expected::YesNo => "Svaret ska vara ja eller nej.".into(),
                Expected::Items => "Svaren ska anges var för sig, under varsin fråga.".into(),
            },
            Self::Blank => "Skriv något, eller lämna frågan obesvarad.".into(),
            Self::ManyLines => "Skriv på en rad.".into(),
            Self::TooShort { min } => format!("Skriv minst {min} tecken."),
            Self::TooLong { max } => format!("Skriv högst {max} tecken."),
            Self::Mismatch => "Svaret har inte rätt form.".into(),
            Self::NotFound => "Det finns inget sådant.".into(),
            Self::NotAnOption => "Välj bland alternativen.".into(),
            Self::OptionTwice => "Välj varje alternativ högst en gång.".into(),
            Self::NotADate => "Ange ett datum: år, månad och dag, som 2026-03-02.".into(),
            Self::NotAPhoneNumber => "Ange ett telefonnummer, som 070-174 06 05.".into(),
            Self::MustBe { yes: true } => "Svara ja för att gå vidare.".into(),
            Self::MustBe { yes: false } => "Svara nej för att gå vidare.".into(),
            Self::TooFewItems { min } => format!("Ange minst {min}."),
            Self::TooManyItems { max } => format!("Ange högst {max}."),
            Self::EmptyItem => "Fyll i, eller ta bort raden.".into(),
        }
    }

    fn text_en(&self) -> String {
        match self {
            Self::Required => "This must be answered.".into(),
            Self::Unknown => "The form does not ask this.".into(),
            Self::Hidden => "This is not asked, and must not be answered.".into(),
            Self::AnsweredTwice => "This was answered twice.".into(),
            Self::WrongKind { expected } => match expected {
                Expected::Text => "The answer must be text.".into(),
                Expected::Choices => "The answer must be a list of options.".into(),
                Expected::YesNo => "The answer must be yes or no.".into(),
                Expected::Items => "Answer each question of each item by itself.".into(),
            },
            Self::Blank => "Write something, or leave this out.".into(),
            Self::ManyLines => "Write on one line.".into(),
            Self::TooShort { min } => format!("Write at least {min} characters."),
            Self::TooLong { max } => format!("Write at most {max} characters."),
            Self::Mismatch => "The answer does not have the right form.".into(),
            Self::NotFound => "There is no such thing.".into(),
            Self::NotAnOption => "Choose among the options.".into(),
            Self::OptionTwice => "Choose each option at most once.".into(),
            Self::NotADate => "Give a date: year, month and day, such as 2026-03-02.".into(),
            Self::NotAPhoneNumber => "Give a phone number, such as 070-174 06 05.".into(),
            Self::MustBe { yes: true } => "Answer yes to go on.".into(),
            Self::MustBe { yes: false } => "Answer no to go on.".into(),
            Self::TooFewItems { min } => format!("Give at least {min}."),
            Self::TooManyItems { max } => format!("Give at most {max}."),
            Self::EmptyItem => "Fill it in, or remove the row.".into(),
        }
    }
}
