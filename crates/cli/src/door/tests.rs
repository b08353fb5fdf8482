//! What is asked and answered, and what becomes of an answer that breaks off.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::UnixListener,
    path::Path,
};

use domain::Position;

use super::{Question, ask};

/// What is read of an `answer` that is sent as it is, whatever was asked.
fn read(answer: &[u8]) -> Result<Vec<u8>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("door");
    let listener = UnixListener::bind(&path).unwrap();
    let mut asked = ask(&path, Question::Keys).unwrap().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).unwrap();
    assert_eq!(line, "arende 2 keys\n");
    stream.write_all(answer).unwrap();
    drop(stream);
    let mut given = Vec::new();
    asked.read_to_end(&mut given).map_err(|error| error.to_string())?;
    Ok(given)
}

#[test]
fn a_question_is_read_back_as_it_was_asked() {
    let (since, access_since) = (Position::new(4_711), Position::START);
    let resend = |even_if_sent| Question::Resend { id: "000f-ab".to_owned(), even_if_sent };
    let backup = Question::Backup { since, access_since };
    for question in [backup, Question::Keys, resend(false), resend(true)] {
        assert_eq!(Question::of_line(&question.to_line()), Some(question));
    }
    for line in [
        "",
        "arende 3 keys\n",
        "arende 2 keys please\n",
        "arende 2 backup 1\n",
        "arende 2 resend 000f-ab\n",
        "GET /",
    ] {
        assert_eq!(Question::of_line(line), None, "{line}");
    }
}

#[test]
fn an_answer_is_whole_or_an_error() {
    let whole = b"\0\0\0\x02ab\0\0\0\x01c\0\0\0\0";
    assert_eq!(read(whole).unwrap(), b"abc");
    for cut in 0..whole.len() {
        assert_eq!(read(&whole[..cut]), Err("the service broke off: it is gone".into()), "{cut}");
    }
    let told = read(b"\0\0\0\x01a\xff\xff\xff\xffposition 3 does not verify").unwrap_err();
    assert_eq!(told, "the service broke off: position 3 does not verify");
}

#[test]
fn where_nobody_keeps_the_door_there_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("door");
    assert!(ask(&path, Question::Keys).unwrap().is_none());
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "a killed service leaves its door");
    assert!(ask(&path, Question::Keys).unwrap().is_none());
}

#[test]
fn a_door_may_be_in_a_folder_with_a_long_name() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a".repeat(120)).join("b".repeat(120));
    std::fs::create_dir_all(&deep).unwrap();
    let path = deep.join("door");
    let (near, held) = super::short(&path).unwrap();
    let _listener = UnixListener::bind(near).unwrap();
    drop(held);
    assert!(path.exists() && path.as_os_str().len() > 200);
    assert!(ask(&path, Question::Keys).unwrap().is_some());
    let (near, held) = super::short(Path::new("door")).unwrap();
    assert!(near == Path::new("door") && held.is_none());
}
