//! Looking for units: by words, by division, by what they offer.

use domain::{CaseTypeId, DivisionId, organisation::UnitKind};

use super::{Directory, Unit};

/// Which units. What is not given does not matter; what is given must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitFilter {
    /// Words, each to be found in the unit's name, in its division's, or in the name of a case type
    /// that it offers, in either language.
    pub words: String,
    /// Part of this division.
    pub division: Option<DivisionId>,
    /// Offering this case type.
    pub case_type: Option<CaseTypeId>,
    /// Of this kind.
    pub kind: Option<UnitKind>,
}

impl Directory {
    /// Whether `filter` lets `unit` through. Case and accents do not matter.
    pub fn passes(&self, unit: &Unit, filter: &UnitFilter) -> bool {
        filter.division.is_none_or(|it| unit.division == it)
            && filter.case_type.is_none_or(|it| unit.offered.contains(&it))
            && filter.kind.is_none_or(|it| unit.kind == it)
            && self.is_named(unit, &filter.words)
    }

    fn is_named(&self, unit: &Unit, words: &str) -> bool {
        let words = folded(words);
        if words.trim().is_empty() {
            return true;
        }
        let division = self.division(unit.division).map(|it| it.name.as_str());
        let types = unit.offered.iter().filter_map(|id| self.case_type(*id));
        let types = types.flat_map(|it| [it.name_sv.as_str(), it.name_en.as_str()]);
        let names: Vec<String> =
            std::iter::once(unit.name.as_str()).chain(division).chain(types).map(folded).collect();
        words.split_whitespace().all(|word| names.iter().any(|name| name.contains(word)))
    }
}

/// `text` as it is compared: in small letters, without accents. A letter that stands by itself in
/// Swedish is written as it is without them, too: who has no `å` on the keyboard finds Åsen.
fn folded(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for letter in letters {
        match letter {
            'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' | 'ā' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ī' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ø' | 'ō' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'š' => folded.push('s'),
            'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            // An accent that stands behind its letter.
            '\u{300}'..='\u{36f}' => (),
            letter => folded.push(letter),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn case_and_accents_do_not_matter() {
        for (text, expected) in [
            ("Björkens VÅRDCENTRAL", "bjorkens vardcentral"),
            ("Bjo\u{308}rken", "bjorken"),
            ("Café Ærlig Łódź", "cafe aerlig lodz"),
            ("Straße", "strasse"),
            ("Поликлиника №1", "поликлиника №1"),
        ] {
            assert_eq!(folded(text), expected);
            assert_eq!(folded(&folded(text)), expected);
        }
    }
}
