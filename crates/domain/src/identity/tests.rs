//! Every listed number and id, then what must hold of any.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{
    AgeBand, HSA_ID_LENGTH_MAX, HsaId, HsaIdError, Mode, NationalId, NationalIdError,
    NationalIdKind, SYNTHETIC_PER_DAY, Sex, age_on, synthetic, synthetic_nth,
};

/// Columns: input, `reference_date`, kind, valid, normalized, `birth_date`, sex, note. A row
/// without a reference date is an HSA-id.
const LISTED: &str = include_str!("../../data/id_vectors.csv");

#[test]
fn every_listed_number_is_read_or_refused_as_it_says() {
    let mut seen = 0;
    for line in listed().filter(|it| !it[1].is_empty()) {
        let [input, on, kind, valid, normalized, birth_date, sex, note] = line;
        let (on, mode) = match on.strip_suffix(" (synthetic off)") {
            Some(on) => (on, Mode::Live),
            None => (on, Mode::Synthetic),
        };
        let read = NationalId::parse(input, on.parse().unwrap(), mode);
        seen += 1;
        if valid == "no" {
            assert!(read.is_err(), "`{input}` ({note}) was taken");
            continue;
        }
        let read = read.unwrap_or_else(|refusal| panic!("`{input}` ({note}): {refusal}"));
        assert_eq!(read.expose_digits(), normalized, "{note}");
        assert_eq!(read.birth_date().to_string(), birth_date, "{note}");
        assert_eq!(format!("{:?}", read.kind()).to_lowercase(), kind, "{note}");
        assert_eq!(format!("{:?}", read.sex()).to_lowercase(), sex, "{note}");

        let live = NationalId::parse(input, on.parse().unwrap(), Mode::Live);
        assert_eq!(live.is_ok(), kind != "synthetic", "{note}");
    }
    assert_eq!(seen, 44);
}

#[test]
fn every_listed_hsa_id_is_read_or_refused_as_it_says() {
    let mut seen = 0;
    for [input, _, _, valid, normalized, _, _, note] in listed().filter(|it| it[1].is_empty()) {
        let read: Option<HsaId> = input.parse().ok();
        assert_eq!(read.is_some(), valid == "yes", "`{input}` ({note})");
        assert_eq!(read.as_ref().map_or("", HsaId::as_str), normalized, "{note}");
        seen += 1;
    }
    assert_eq!(seen, 9);
}

fn listed() -> impl Iterator<Item = [&'static str; 8]> {
    LISTED.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        fields.try_into().unwrap_or_else(|_| panic!("not eight fields: {line}"))
    })
}

const TODAY: Date = date(2026, 6, 1);

#[test]
fn a_refusal_names_what_is_wrong() {
    for (text, refusal) in [
        ("198503", NationalIdError::Length(6)),
        ("", NationalIdError::Length(0)),
        ("1985030523867", NationalIdError::Length(13)),
        ("99999999999999999999999999999999", NationalIdError::Length(32)),
        ("ABC", NationalIdError::NotADigit(1)),
        ("1985O3052386", NationalIdError::NotADigit(5)),
        ("1985-03052386", NationalIdError::NotADigit(5)),
        ("1985030-52386", NationalIdError::NotADigit(8)),
        ("١٩٨٥٠٣٠٥٢٣٨٦", NationalIdError::NotADigit(1)),
        ("8503052386", NationalIdError::NoSeparator),
        ("19850305+2386", NationalIdError::PlusWithFullYear),
        ("198513052386", NationalIdError::Month),
        ("198500052386", NationalIdError::Month),
        ("198593052386", NationalIdError::Month),
        ("198502300000", NationalIdError::Day),
        ("198502290000", NationalIdError::Day),
        ("198502602380", NationalIdError::Day),
        ("198583652389", NationalIdError::Day),
        ("198501010006", NationalIdError::Serial),
        ("198503052387", NationalIdError::CheckDigit),
        ("208503052386", NationalIdError::Future),
    ] {
        let read = NationalId::parse(text, TODAY, Mode::Synthetic);
        assert_eq!(read, Err(refusal), "`{text}`");
    }
    let unborn = synthetic(TODAY.tomorrow().unwrap(), Sex::Male).expose_digits();
    let read = NationalId::parse(&unborn, TODAY, Mode::Synthetic);
    assert_eq!(read, Err(NationalIdError::Future));

    let read = NationalId::parse("198583052389", TODAY, Mode::Live);
    assert_eq!(
        read.unwrap_err().to_string(),
        "the personal number is synthetic (month + 80), which is not accepted here"
    );
}

#[test]
fn a_plus_replaces_the_hyphen_in_the_year_of_the_hundredth_birthday() {
    let born_in =
        |text, on| NationalId::parse(text, on, Mode::Live).map(|it| it.birth_date().year());
    assert_eq!(born_in("121212-1212", date(2111, 12, 31)), Ok(2012));
    assert_eq!(born_in("121212-1212", date(2112, 1, 1)), Err(NationalIdError::Future));
    assert_eq!(born_in("121212+1212", date(2112, 1, 1)), Ok(2012));
    assert_eq!(born_in("121212+1212", date(2011, 12, 31)), Ok(1812));
}

#[test]
fn nothing_but_the_accessor_shows_the_digits() {
    let id = NationalId::parse("19810228-2384", TODAY, Mode::Live).unwrap();
    assert_eq!(id.to_string(), "••••••••-••••");
    assert_eq!(format!("{id:?}"), "NationalId(Personnummer ••••••••••••)");
    assert_eq!(id.expose_digits(), "198102282384");
}

#[test]
fn made_up_numbers_are_the_tax_agencys_where_it_has_the_year() {
    let listed = synthetic(date(1981, 2, 28), Sex::Female);
    assert_eq!(listed.expose_digits(), "198102282384");
    assert_eq!(listed.kind(), NationalIdKind::Personnummer);

    let beyond = synthetic(date(1990, 2, 28), Sex::Male);
    assert_eq!(&beyond.expose_digits()[..11], "19908228239");
    assert_eq!(beyond.kind(), NationalIdKind::Synthetic);

    let listed_years = (1970..=2020).filter(|year| {
        synthetic(date(*year, 1, 1), Sex::Male).kind() == NationalIdKind::Personnummer
    });
    let years: Vec<i16> = listed_years.collect();
    assert_eq!(
        years,
        [
            1977, 1978, 1979, 1981, 1982, 1983, 1984, 1985, 1986, 1987, 1988, 1991, 1992, 1993,
            1994, 1995, 1996, 1997, 1998, 1999, 2003, 2004, 2006, 2008, 2009, 2012, 2013
        ]
    );
}

proptest! {
    #[test]
    fn a_made_up_number_is_read_back(days in 0..55_000_i32, male: bool) {
        let birth_date = date(1890, 1, 1) + jiff::Span::new().days(days);
        let sex = if male { Sex::Male } else { Sex::Female };
        let id = synthetic(birth_date, sex);
        prop_assert_eq!((id.birth_date(), id.sex()), (birth_date, sex));

        let digits = id.expose_digits();
        let on = date(2100, 1, 1);
        prop_assert_eq!(NationalId::parse(&digits, on, Mode::Synthetic), Ok(id));
        let on_list = id.kind() == NationalIdKind::Personnummer;
        prop_assert_eq!(NationalId::parse(&digits, on, Mode::Live).is_ok(), on_list);

        let hundred = on.year() - birth_date.year() >= 100;
        let separator = if hundred { '+' } else { '-' };
        let short = format!("{}{separator}{}", &digits[2..8], &digits[8..]);
        let short_read = NationalId::parse(&short, on, Mode::Synthetic);
        prop_assert_eq!(short_read == Ok(id), birth_date.year() > 1900, "{}", short);
    }

    #[test]
    fn one_wrong_digit_is_always_found(days in 0..45_000_i32, place in 2..12_usize, off in 1..10_u8) {
        let id = synthetic(date(1900, 1, 1) + jiff::Span::new().days(days), Sex::Female);
        let mut digits = id.expose_digits().into_bytes();
        digits[place] = b'0' + (digits[place] - b'0' + off) % 10;
        let wrong = String::from_utf8(digits).unwrap();
        prop_assert!(NationalId::parse(&wrong, date(2100, 1, 1), Mode::Synthetic).is_err());
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,20}", digits in "[0-9]{6,8}[-+]?[0-9]{4}", year in -9999..=9999_i16) {
        let on = date(year, 6, 1);
        let _ = NationalId::parse(&text, on, Mode::Synthetic);
        let _ = NationalId::parse(&digits, on, Mode::Synthetic);
        let _ = text.parse::<HsaId>();
    }
}

#[test]
fn hsa_ids_that_differ_in_case_are_equal() {
    let id: HsaId = " se2321000131-e00000000012a\n".parse().unwrap();
    assert_eq!(id, "SE2321000131-E00000000012A".parse().unwrap());
    assert_eq!(id.to_string(), "SE2321000131-E00000000012A");

    let text = "\"SE2321000131-E00000000012A\"";
    assert_eq!(serde_json::to_string(&id).unwrap(), text);
    assert_eq!(serde_json::from_str::<HsaId>(text).unwrap(), id);
    assert!(serde_json::from_str::<HsaId>("\"SE2321000131\"").is_err());
}

#[test]
fn an_hsa_id_refused_says_where() {
    assert_eq!(HSA_ID_LENGTH_MAX, 31);
    for (text, refusal) in [
        ("", HsaIdError::Country),
        ("NO9999999999-1", HsaIdError::Country),
        ("SE99-1", HsaIdError::Organisation),
        ("SE9999999999", HsaIdError::Organisation),
        ("SE999999999X-1", HsaIdError::Organisation),
        ("SE165565594230-1", HsaIdError::Organisation),
        ("SE9999999999-", HsaIdError::NoSuffix),
        ("SE9999999999-å1", HsaIdError::Character('å')),
        ("SE9999999999-1-2", HsaIdError::Character('-')),
        ("SE9999999999-AAAAAAAAAAAAAAAAAAA", HsaIdError::TooLong(32)),
    ] {
        assert_eq!(text.parse::<HsaId>(), Err(refusal), "`{text}`");
    }
}

#[test]
fn a_year_is_completed_on_the_birthday() {
    let born = date(2013, 5, 31);
    assert_eq!(age_on(born, date(2026, 5, 30)), 12);
    assert_eq!(age_on(born, date(2026, 5, 31)), 13);
    assert_eq!(age_on(born, born), 0);
    assert_eq!(age_on(born, date(2000, 1, 1)), 0, "before birth");
    assert_eq!(age_on(date(2012, 2, 29), date(2025, 2, 28)), 12);
    assert_eq!(age_on(date(2012, 2, 29), date(2025, 3, 1)), 13);
    assert_eq!(synthetic(born, Sex::Male).age_on(date(2026, 5, 31)), 13);
}

#[test]
fn every_age_is_in_the_band_its_label_says() {
    for age in 0..200 {
        let label = AgeBand::of(age).label();
        let (first, last) = match label.split_once('–') {
            Some((first, last)) => (first.parse().unwrap(), last.parse().unwrap()),
            None => (label.trim_end_matches('+').parse().unwrap(), u16::MAX),
        };
        assert!((first..=last).contains(&age), "{age} in {label}");
    }
    assert!(AgeBand::ALL.is_sorted());
    assert_eq!([0, 13, 18, 30, 45, 65, 80].map(AgeBand::of), AgeBand::ALL);
}

#[test]
fn made_up_numbers_of_one_day_and_sex_are_all_different_and_only_the_first_can_be_live() {
    let born = date(1985, 3, 5);
    for sex in [Sex::Female, Sex::Male] {
        let numbers: std::collections::BTreeSet<String> = (0..SYNTHETIC_PER_DAY)
            .map(|nth| synthetic_nth(born, sex, nth).expose_digits())
            .collect();
        assert_eq!(numbers.len(), usize::from(SYNTHETIC_PER_DAY));
        for number in numbers {
            let read = NationalId::parse(&number, TODAY, Mode::Synthetic).unwrap();
            assert_eq!((read.birth_date(), read.sex()), (born, sex));
            let is_first = read == synthetic(born, sex);
            assert_eq!(NationalId::parse(&number, TODAY, Mode::Live).is_ok(), is_first);
        }
    }
}
