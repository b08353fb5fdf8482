//! Patterns: regular expressions that mean the same to us and to every JSON Schema validator.

use std::str::Chars;

use regex_lite::{Regex, RegexBuilder};
use thiserror::Error;

/// The longest pattern, in bytes.
pub(super) const LENGTH_MAX: usize = 200;
/// The largest pattern once it is compiled, in bytes: what bounds the time that matching takes.
const SIZE_MAX_BYTES: usize = 1 << 16;

/// A pattern that the whole of a text must match.
///
/// Letters, `.`, classes such as `[a-z]`, groups, `|`, `*`, `+`, `?`, `{2,4}`, `\d`, `\w`, and a
/// backslash before punctuation. Nothing that engines disagree on: no look-around, no flags, no
/// references back, no named classes. Matching takes time in proportion to the text.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

/// Why a pattern was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PatternError {
    /// It is longer than a pattern may be.
    #[error("a pattern has at most {LENGTH_MAX} bytes, this one {bytes}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It says something that not every engine understands alike.
    #[error("`{what}` does not mean the same everywhere")]
    NotPortable {
        /// What.
        what: String,
    },
    /// It is no regular expression, or one that grows too large.
    #[error("{why}")]
    Malformed {
        /// What the parser says.
        why: String,
    },
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.len() > LENGTH_MAX {
            return Err(PatternError::TooLong { bytes: text.len() });
        }
        portable(text)?;
        let regex = RegexBuilder::new(&anchored(text)).size_limit(SIZE_MAX_BYTES).build();
        regex.map(Self).map_err(|error| PatternError::Malformed { why: error.to_string() })
    }

    /// Whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// The pattern as a JSON Schema writes it, where a match anywhere would do.
pub(super) fn anchored(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}

fn portable(text: &str) -> Result<(), PatternError> {
    let refuse = |what: &str| Err(PatternError::NotPortable { what: what.to_owned() });
    let mut chars = text.chars();
    // How many quantifiers stand just before: a second one may only be a `?`, a third none.
    let mut quantifiers = 0;
    while let Some(char) = chars.next() {
        let before = std::mem::take(&mut quantifiers);
        match char {
            '\\' => escape(&mut chars)?,
            '[' => class(&mut chars)?,
            '(' if chars.as_str().starts_with('?') && !chars.as_str().starts_with("?:") => {
                return refuse("(?");
            }
            '(' if chars.as_str().starts_with("?:") => drop(chars.by_ref().nth(1)),
            '?' if before < 2 => quantifiers = before + 1,
            '*' | '+' | '}' if before == 0 => quantifiers = 1,
            '{' if before == 0 => (),
            '?' | '*' | '+' | '{' | '}' => return refuse("one quantifier after another"),
            _ => (),
        }
    }
    Ok(())
}

fn escape(chars: &mut Chars<'_>) -> Result<(), PatternError> {
    match chars.next() {
        Some('d' | 'w') => Ok(()),
        Some(char) if char.is_ascii_punctuation() => Ok(()),
        other => Err(PatternError::NotPortable { what: format!("\\{}", String::from_iter(other)) }),
    }
}

/// What stands between `[` and `]`.
fn class(chars: &mut Chars<'_>) -> Result<(), PatternError> {
    let refuse = |what: &str| Err(PatternError::NotPortable { what: what.to_owned() });
    if chars.as_str().starts_with('^') {
        chars.next();
    }
    if chars.as_str().starts_with(']') {
        return refuse("[]");
    }
    let mut before = ' ';
    while let Some(char) = chars.next() {
        match char {
            ']' => return Ok(()),
            '\\' => escape(chars)?,
            '[' => return refuse("[ within [ ]"),
            '&' | '-' | '~' if char == before => return refuse("an operator within [ ]"),
            _ => (),
        }
        before = char;
    }
    Ok(())
}
