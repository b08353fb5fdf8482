//! When things come in, and when they are worked on.
//!
//! Staff work Monday to Friday 08:00–16:30 on working days; [`WorkingHours`] puts those hours end
//! to end, so that "150 working minutes later" is an addition. Residents write at any hour, as the
//! model's week says; [`arrival_rates`] gives each hour of a span its weight.

use domain::deadline::{
    Policy,
    calendar::{Day, day, is_working},
    hour_of_week, local_date, local_time, start_of_day,
};
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};

use super::model::Arrivals;

const OPENS_MINUTES: i64 = 8 * 60;
const DAY_MINUTES: i64 = 8 * 60 + 30;
const DAY_MS: i64 = DAY_MINUTES * 60_000;
/// The working day in minutes: how the model turns working days into working time.
pub(super) const WORKING_DAY_MINUTES: f64 = 510.0;
/// How far the working hours reach beyond the span; whatever lands later lands at their end.
const BEYOND_DAYS: i64 = 60;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The working days of a span, end to end.
pub(super) struct WorkingHours {
    /// When each working day opens, in milliseconds since 1970.
    opens: Vec<i64>,
}

impl WorkingHours {
    pub(super) fn new(from: Timestamp, until: Timestamp) -> Self {
        let last = local_date(until).saturating_add(BEYOND_DAYS.days());
        let opens = dates(local_date(from), last)
            .filter(|date| is_working(*date, Policy::Eod))
            .map(|date| start_of_day(date).as_millisecond() + OPENS_MINUTES * 60_000)
            .collect();
        Self { opens }
    }

    /// `minutes` of working time after `at`.
    pub(super) fn after(&self, at: Timestamp, minutes: f64) -> Timestamp {
        #[expect(clippy::cast_possible_truncation, reason = "saturates, far beyond the span")]
        let ms = (minutes * 60_000.0) as i64;
        self.at(self.worked(at).saturating_add(ms))
    }

    /// That share of the way from `from` to `to`, in working time.
    pub(super) fn between(&self, from: Timestamp, to: Timestamp, share: f64) -> Timestamp {
        #[expect(clippy::cast_precision_loss, reason = "a span is far below 2^53 ms")]
        let minutes = (self.worked(to) - self.worked(from)).max(0) as f64 / 60_000.0;
        self.after(from, minutes * share).clamp(from, to.max(from))
    }

    /// Working milliseconds from the first opening to `at`.
    fn worked(&self, at: Timestamp) -> i64 {
        let at = at.as_millisecond();
        let days = self.opens.partition_point(|opens| *opens <= at);
        let Some(today) = days.checked_sub(1) else { return 0 };
        let into = (at - self.opens[today]).min(DAY_MS);
        i64::try_from(today).unwrap_or(i64::MAX).saturating_mul(DAY_MS).saturating_add(into)
    }

    fn at(&self, worked: i64) -> Timestamp {
        let days = usize::try_from(worked / DAY_MS).unwrap_or(0);
        let ms = match (self.opens.get(days), self.opens.last()) {
            (Some(opens), _) => opens + worked % DAY_MS,
            (None, Some(last)) => last + DAY_MS,
            (None, None) => i64::MAX,
        };
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }
}

/// Each hour of the span, with how much comes in then compared with others.
pub(super) fn arrival_rates(
    arrivals: &Arrivals,
    from: Timestamp,
    until: Timestamp,
) -> Vec<(Timestamp, f64)> {
    let mut rates = Vec::new();
    let mut hour = from;
    while hour < until {
        // The last hour may be cut short.
        let part = until.duration_since(hour).min(HOUR).as_secs_f64() / HOUR.as_secs_f64();
        let years = hour.duration_since(from).as_secs_f64() / (365.25 * 86_400.0);
        let growth = arrivals.growth_per_year.powf(years);
        rates.push((hour, part * growth * rate(arrivals, hour)));
        hour += HOUR;
    }
    rates
}

fn rate(arrivals: &Arrivals, at: Timestamp) -> f64 {
    let (date, special) = (local_date(at), &arrivals.special_days);
    let hour = match day(date) {
        Day::PublicHoliday(_) | Day::Eve(_) => 6 * 24 + usize::from(local_hour(at)),
        Day::Working | Day::Saturday | Day::Sunday => usize::from(hour_of_week(at)),
    };
    let of_week = arrivals.hour_of_week_mon0.get(hour).copied().unwrap_or(0.0);
    let of_month = arrivals.month.get(&date.month()).copied().unwrap_or(1.0);
    let of_day = if date.month() == 12 && (24..=26).contains(&date.day()) {
        special.christmas
    } else if is_klamdag(date) {
        special.klamdag
    } else if follows_a_long_weekend(date) {
        special.after_long_weekend
    } else {
        1.0
    };
    of_week * of_month * of_day
}

fn local_hour(at: Timestamp) -> u8 {
    u8::try_from(local_time(at).hour()).unwrap_or(0)
}

fn works(date: Option<Date>) -> bool {
    date.is_some_and(|date| is_working(date, Policy::Eod))
}

/// A working day between two days off.
fn is_klamdag(date: Date) -> bool {
    works(Some(date)) && !works(date.yesterday().ok()) && !works(date.tomorrow().ok())
}

/// A working day after at least three that were not.
fn follows_a_long_weekend(date: Date) -> bool {
    works(Some(date)) && (1..=3).all(|days: i64| !works(Some(date.saturating_sub(days.days()))))
}

fn dates(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |date| *date <= to)
}

#[cfg(test)]
mod tests {
    use jiff::{
        Timestamp,
        civil::{Date, date},
    };

    use super::{WorkingHours, arrival_rates, follows_a_long_weekend, is_klamdag};
    use crate::demo::model::Model;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_time_runs_only_while_the_unit_is_open() {
        let hours = WorkingHours::new(at("2026-03-30T00:00:00+02:00"), at("2026-04-30T00:00Z"));
        for (from, minutes, to) in [
            ("2026-04-01T09:00:00+02:00", 60.0, "2026-04-01T10:00:00+02:00"),
            ("2026-04-01T16:00:00+02:00", 60.0, "2026-04-02T08:30:00+02:00"),
            // Thursday before Easter: the next working day is Tuesday.
            ("2026-04-02T16:00:00+02:00", 60.0, "2026-04-07T08:30:00+02:00"),
            ("2026-04-04T23:00:00+02:00", 0.0, "2026-04-07T08:00:00+02:00"),
            ("2026-04-01T05:00:00+02:00", 510.0, "2026-04-02T08:00:00+02:00"),
        ] {
            assert_eq!(hours.after(at(from), minutes), at(to), "{from} + {minutes} min");
        }
        let (from, to) = (at("2026-04-02T15:30:00+02:00"), at("2026-04-07T09:00:00+02:00"));
        assert_eq!(hours.between(from, to, 0.25), at("2026-04-02T16:00:00+02:00"));
        assert_eq!(hours.between(from, to, 0.75), at("2026-04-07T08:30:00+02:00"));
    }

    #[test]
    fn what_is_too_far_off_lands_beyond_the_span() {
        let until = at("2026-04-30T00:00:00Z");
        let hours = WorkingHours::new(at("2026-04-01T00:00:00Z"), until);
        assert!(hours.after(until, f64::INFINITY) > until);
    }

    #[test]
    fn special_days_are_known() {
        for (date, klamdag, after) in [
            (date(2026, 5, 15), true, false),  // Friday after Ascension Day
            (date(2026, 4, 7), false, true),   // Tuesday after Easter
            (date(2026, 4, 13), false, false), // any Monday
            (date(2026, 1, 2), true, false),   // Friday after New Year's Day
            (date(2026, 1, 5), true, false),   // Monday before Epiphany
        ] {
            assert_eq!(
                (is_klamdag(date), follows_a_long_weekend(date)),
                (klamdag, after),
                "{date}"
            );
        }
    }

    #[test]
    fn a_holiday_comes_in_like_a_sunday_and_an_hour_cut_short_counts_for_less() {
        let model = Model::load().unwrap();
        let of_day = |day: Date| -> f64 {
            let from = domain::deadline::start_of_day(day);
            let until = domain::deadline::start_of_day(day.tomorrow().unwrap());
            arrival_rates(&model.arrivals, from, until).iter().map(|(_, rate)| rate).sum()
        };
        let (good_friday, sunday) = (of_day(date(2026, 4, 3)), of_day(date(2026, 4, 12)));
        assert!((good_friday / sunday - 1.0).abs() < 0.01, "{good_friday} {sunday}");
        assert!(of_day(date(2026, 4, 13)) > 2.0 * sunday);

        let from = at("2026-04-13T08:00:00+02:00");
        let rates = arrival_rates(&model.arrivals, from, at("2026-04-13T09:15:00+02:00"));
        assert_eq!(rates.len(), 2);
        let whole = model.arrivals.hour_of_week_mon0[9] * model.arrivals.month[&4];
        assert!((rates[1].1 / whole - 0.25).abs() < 0.01);
    }
}
