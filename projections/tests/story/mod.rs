//! Tells a story again, from its events.
//!
//! | block | holds |
//! |---|---|
//! | `events` | more of the log, one event a line |
//! | `refused` | one event that does not fit, and why; the log is as it was |
//! | `born` | what is sealed in a log and the rules ask for: a resident and their date of birth |
//! | `answers` | answers to a form, sealed in a log, and what is wrong with them: see [`shown`] |
//! | any other | what a read model shows by then: see [`shown`] |
//!
//! A line `Goes on from [another story](file.md).` puts that story's events before this one's.

mod around;
mod log;
mod rules;
mod shown;

use std::{error::Error, fmt::Write as _, path::Path};

use self::log::Log;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where the stories are. A folder without any is a broken build, not a passed test.
pub(crate) fn folder() -> &'static str {
    let folder = "../replay-fixtures";
    assert!(holds_stories(Path::new(folder)), "{folder} holds no story");
    folder
}

/// Whether there is at least one story in `folder`.
pub(crate) fn holds_stories(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|it| it.path()).any(|path| path.extension().is_some_and(|it| it == "md"))
}

/// `fixture` as it reads when each block holds what its read model shows.
pub(crate) fn retell(folder: &Path, fixture: &str) -> Result<String> {
    let mut told = String::new();
    tell(Some(folder), fixture, &mut Log::default(), &mut told)?;
    Ok(told)
}

/// Refuses a story that was told otherwise, naming the first line that differs; or, if asked to,
/// puts what was told in its place, in one step: another story may be going on from it.
pub(crate) fn settle(path: &Path, fixture: &str, told: &str, rewrite: bool) -> Result<()> {
    if fixture == told {
        return Ok(());
    }
    if rewrite {
        let beside = path.with_extension("md.new");
        std::fs::write(&beside, told)?;
        return Ok(std::fs::rename(&beside, path)?);
    }
    let same = fixture.lines().zip(told.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("the end").to_owned();
    let (path, expected, shown) = (path.display(), line(fixture), line(told));
    let at = same + 1;
    Err(format!("{path}:{at} is\n{expected}\nbut the read models show\n{shown}").into())
}

/// `folder` is where earlier stories stand; none within one, which stands by itself.
fn tell(folder: Option<&Path>, fixture: &str, log: &mut Log, told: &mut String) -> Result<()> {
    let mut lines = fixture.lines();
    while let Some(line) = lines.next() {
        writeln!(told, "{line}")?;
        if let Some(earlier) = goes_on_from(line) {
            let folder = folder.ok_or("a story that others go on from stands by itself")?;
            let earlier = std::fs::read_to_string(folder.join(earlier))
                .map_err(|why| format!("failed to read {earlier}: {why}"))?;
            tell(None, &earlier, log, &mut String::new())?;
        }
        let Some(block) = line.strip_prefix("```") else { continue };
        let mut inside = vec![];
        loop {
            match lines.next() {
                Some("```") => break,
                Some(line) => inside.push(line),
                None => return Err(format!("the block `{block}` does not end").into()),
            }
        }
        fill(block, &inside, log, told)?;
        writeln!(told, "```")?;
    }
    Ok(())
}

fn fill(block: &str, inside: &[&str], log: &mut Log, told: &mut String) -> Result<()> {
    match block {
        "events" => {
            for line in inside {
                log.take(line).map_err(|why| format!("{why}\nin the line {line}"))?;
                writeln!(told, "{line}")?;
            }
        }
        "refused" => {
            let line = inside.first().ok_or("a `refused` block begins with an event")?;
            match log.clone().take(line) {
                Ok(()) => return Err(format!("nothing refuses the line {line}").into()),
                Err(why) => writeln!(told, "{line}\n{why}")?,
            }
        }
        "born" => {
            for line in inside {
                let (resident, day) = line.split_once(' ').ok_or("a resident and a day")?;
                log.born.insert(resident.parse()?, day.trim().parse()?);
                writeln!(told, "{line}")?;
            }
        }
        _ if block.starts_with("answers ") => {
            let answers = inside.first().ok_or("an `answers` block begins with answers")?;
            let problems = around::problems(log, block, answers);
            let problems = problems.map_err(|why| format!("{block}: {why}"))?;
            writeln!(told, "{answers}\n{problems}")?;
        }
        _ => told.push_str(&shown::show(log, block).map_err(|why| format!("{block}: {why}"))?),
    }
    Ok(())
}

/// The file of the story that this one goes on from, where `line` says so.
fn goes_on_from(line: &str) -> Option<&str> {
    line.strip_prefix("Goes on from [")?.split_once("](")?.1.strip_suffix(").")
}
