//! Statistics as a table that people read and fixtures expect.

use std::fmt;

use jiff::SignedDuration;

use super::{Durations, Share, Statistics};

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flow = &self.flow;
        writeln!(f, "policy {}, up to position {}", self.policies.join(", "), self.position)?;
        writeln!(
            f,
            "in the period  received {}  opened {}  answered {}  closed {}  reopened {}  withdrawn {}",
            flow.received, flow.opened, flow.answered, flow.closed, flow.reopened, flow.withdrawn
        )?;
        write!(f, "now            open {}  undistributed {}", self.open, self.undistributed)?;
        if self.to_be_reassigned > 0 {
            write!(f, "  to be reassigned {}", self.to_be_reassigned)?;
        }
        writeln!(
            f,
            "  awaiting resident {}  due today {}  overdue {}",
            self.awaiting_resident, self.due_today, self.overdue
        )?;
        writeln!(f, "responded on time  {}", Shown(&self.responded_on_time))?;
        writeln!(f, "answered on time   {}", Shown(&self.answered_on_time))?;
        for (what, durations) in [
            ("first response", &self.time_to_first_response),
            ("answer", &self.time_to_answer),
            ("distribution", &self.time_to_distribute),
            ("lead time", &self.lead_time),
        ] {
            writeln!(f, "{what:<18} {}", Shown(durations))?;
        }
        Ok(())
    }
}

/// A figure as people read it.
struct Shown<'a, T>(&'a T);

impl fmt::Display for Shown<'_, Share> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Share { numerator, denominator } = self.0;
        match self.0.ratio() {
            Some(ratio) => write!(f, "{numerator} of {denominator}  ({:.1} %)", ratio * 100.0),
            None => f.write_str("none yet"),
        }
    }
}

impl fmt::Display for Shown<'_, Durations> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Durations { count, p50, p90, mean } = *self.0;
        write!(f, "{count} {}", if count == 1 { "case" } else { "cases" })?;
        for (name, duration) in [("mean", mean), ("p50", p50), ("p90", p90)] {
            match duration {
                Some(duration) => write!(f, "  {name} {}", Shown(&duration))?,
                None if count > 0 => write!(f, "  {name} too few")?,
                None => (),
            }
        }
        Ok(())
    }
}

impl fmt::Display for Shown<'_, SignedDuration> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.as_mins();
        let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
        if days > 0 {
            write!(f, "{days} d ")?;
        }
        write!(f, "{hours} h {minutes:02} min")
    }
}
