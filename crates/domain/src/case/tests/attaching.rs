//! Files that go with a message.

use super::*;

#[test]
fn files_stand_beside_the_message_that_they_go_with() {
    let files = vec![file(301), file(302)];
    given([submitted(), distributed()])
        .when(anna(), with_files(answer(3), 2))
        .then([answered(), AttachmentsAdded { message: message(3), files }.into()]);
    let Event::CaseSubmitted(first) = submitted() else { unreachable!() };
    given([]).when(eva(), with_files(Command::Submit(submission()), 1)).then([
        first.into(),
        AttachmentsAdded { message: message(1), files: vec![file(101)] }.into(),
    ]);
}

#[test]
fn no_files_are_no_event() {
    given([submitted(), distributed()]).when(anna(), with_files(answer(3), 0)).then([answered()]);
}

#[test]
fn staff_attach_ten_files_at_the_most_and_residents_five() {
    let held = || given([submitted(), distributed()]);
    assert!(matches!(
        held().when_refused(anna(), with_files(answer(3), 11)),
        Rejection::TooManyFiles { files: 11, most: 10 }
    ));
    assert!(matches!(
        held().when_refused(eva(), with_files(reply(3), 6)),
        Rejection::TooManyFiles { files: 6, most: 5 }
    ));
    let granted = |by, command| held().case.decide(&given::asked_by(by), &command).unwrap().len();
    assert_eq!(granted(anna(), with_files(answer(3), 10)), 2);
    assert_eq!(granted(eva(), with_files(reply(3), 5)), 2);
}

#[test]
fn whoever_may_not_say_it_may_not_attach_to_it() {
    given([submitted(), distributed()])
        .when(bo(), with_files(answer(3), 1))
        .then_rejected(Rejection::HeldByAnother { handler: ANNA });
    given([submitted(), distributed()])
        .when(stranger(), with_files(reply(3), 1))
        .then_rejected(Rejection::NotAllowed);
}

#[test]
fn files_go_with_a_message_to_or_from_the_resident_alone() {
    let note = Command::AddNote { message: message(3) };
    let nested = with_files(with_files(answer(3), 1), 1);
    for (by, command) in
        [(receiver(), with_files(note, 1)), (anna(), nested), (anna(), attached(Command::Return))]
    {
        given([submitted(), distributed()])
            .when(by, command)
            .then_rejected(Rejection::NothingToAttachTo);
    }
}

#[test]
fn an_empty_file_and_one_too_large_are_refused() {
    for bytes in [0, FILE_BYTES_MAX + 1] {
        let files = vec![crate::case::AttachedFile { bytes, ..file(1) }];
        given([submitted(), distributed()])
            .when(anna(), Command::Attach { files, to: Box::new(answer(3)) })
            .then_rejected(Rejection::FileTooLarge { bytes });
    }
}

#[test]
fn a_file_is_attached_once() {
    let twice = Command::Attach { files: vec![file(1), file(1)], to: Box::new(answer(3)) };
    let once = AttachmentsAdded { message: message(1), files: vec![file(1)] };
    let again = Command::Attach { files: vec![file(1)], to: Box::new(answer(3)) };
    for (history, command) in [
        (vec![submitted(), distributed()], twice),
        (vec![submitted(), once.into(), distributed()], again),
    ] {
        given(history)
            .when(anna(), command)
            .then_rejected(Rejection::AlreadyAttached { file: file(1).id });
    }
}

#[test]
fn a_file_is_what_it_begins_with() {
    for (head, expected) in [
        (&b"%PDF-1.7"[..], Some(MediaType::Pdf)),
        (b"\xff\xd8\xff\xe0\x00\x10JF", Some(MediaType::Jpeg)),
        (b"\x89PNG\r\n\x1a\n", Some(MediaType::Png)),
        (b"GIF89a..", Some(MediaType::Gif)),
        (b"GIF87a..", Some(MediaType::Gif)),
        (b"GIF88a..", None),
        (b"PK\x03\x04....", None),
        (b"<script>", None),
        (b" %PDF-1.", None),
        (b"\xff\xd8", None),
        (b"", None),
    ] {
        assert_eq!(MediaType::of_content(head), expected, "{head:?}");
    }
}

#[test]
fn a_file_has_a_name_that_it_can_be_saved_under() {
    for name in ["remiss.pdf", "Bild på knät (2).png", &"n".repeat(255)] {
        assert_eq!(check_file_name(name), Ok(()), "{name}");
    }
    for name in ["", " ", "../../etc/passwd", "a\\b", "a\nb", "a\u{0}", &"n".repeat(256)] {
        assert_eq!(check_file_name(name), Err(Rejection::FileNameInvalid), "{name:?}");
    }
}

fn attached(command: Command) -> Command {
    Command::Attach { files: vec![file(1)], to: Box::new(command) }
}
