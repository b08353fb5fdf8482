//! A checkpoint says what was signed, and nothing that was not.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{Checkpoint, CheckpointError, KeyError, PublicKey, SecretKey};
use crate::{
    Hash,
    merkle::{Frontier, leaf},
};

const NAME: &str = "example.org/log";

fn key() -> SecretKey {
    SecretKey::new(NAME, [7; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    let mut frontier = Frontier::default();
    (0..5).for_each(|n| frontier.push(leaf(Hash([n; 32]))));
    Checkpoint::of(key().public(), &frontier)
}

/// `text`, signed as it stands.
fn signed(text: &str) -> String {
    let mut note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[key().signer()]).unwrap();
    String::from_utf8(note.to_bytes()).unwrap()
}

#[test]
fn a_checkpoint_is_three_lines_and_a_signature() {
    let checkpoint = checkpoint();
    let note = checkpoint.sign(&key()).unwrap();
    let [origin, size, root, "", signature, ""] = note.split('\n').collect::<Vec<_>>()[..] else {
        panic!("{note}")
    };
    assert_eq!((origin, size), (NAME, "5"));
    assert_eq!(root, BASE64_STANDARD.encode(checkpoint.root.0));
    assert!(signature.starts_with("— example.org/log "), "{signature}");
    assert_eq!(Checkpoint::unverified(&note), Ok(checkpoint.clone()));
    assert_eq!(Checkpoint::verify(&note, key().public()), Ok(checkpoint));
}

/// The example that the specification of signed notes in Go gives for its keys.
#[test]
fn keys_of_other_tools_are_read() {
    let text = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let key = SecretKey::parse(text).unwrap();
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(key.public().to_string(), public);
    assert_eq!(key.to_secret_text(), text);
    assert_eq!(public.parse::<PublicKey>().unwrap().name(), "PeterNeumann");
}

#[test]
fn no_byte_of_a_checkpoint_can_be_changed() {
    let note = checkpoint().sign(&key()).unwrap();
    let signature = note.rfind(' ').unwrap();
    for at in 0..note.len() {
        let mut changed = note.clone().into_bytes();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let verified = Checkpoint::verify(&changed, key().public());
        assert!(verified.is_err(), "byte {at} of {note}: {verified:?}");
        let is_text = (NAME.len() + 1..note.find("\n\n").unwrap()).contains(&at);
        if is_text && note.as_bytes()[at] != b'\n' {
            let changed = CheckpointError::Signature { name: NAME.to_owned() };
            assert_eq!(verified, Err(changed), "byte {at}");
        }
    }
    assert!(Checkpoint::verify(&note[..signature], key().public()).is_err());
}

#[test]
fn another_key_of_the_same_name_does_not_do() {
    let note = checkpoint().sign(&key()).unwrap();
    let other = SecretKey::new(NAME, [8; 32]).unwrap();
    let unsigned = CheckpointError::Unsigned { name: NAME.to_owned() };
    assert_eq!(Checkpoint::verify(&note, other.public()), Err(unsigned));
    // A witness' signature beside the log's own changes nothing.
    let witness = SecretKey::new("example.org/witness", [9; 32]).unwrap();
    let mut both = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    both.add_sigs(&[witness.signer()]).unwrap();
    let both = String::from_utf8(both.to_bytes()).unwrap();
    assert_eq!(Checkpoint::verify(&both, key().public()), Ok(checkpoint()));
    let elsewhere =
        CheckpointError::Origin { origin: NAME.to_owned(), name: "example.org/witness".to_owned() };
    assert_eq!(Checkpoint::verify(&both, witness.public()), Err(elsewhere.clone()));
    assert_eq!(checkpoint().sign(&witness), Err(elsewhere));
}

#[test]
fn what_is_signed_and_no_checkpoint_is_refused_by_its_line() {
    let root = BASE64_STANDARD.encode([1; 32]);
    let verify = |text: &str| Checkpoint::verify(&signed(text), key().public());
    for (text, line) in [
        (format!("\n5\n{root}\n"), "origin"),
        (format!("{NAME}\n"), "size"),
        (format!("{NAME}\n05\n{root}\n"), "size"),
        (format!("{NAME}\n-5\n{root}\n"), "size"),
        (format!("{NAME}\n5\n"), "root"),
        (format!("{NAME}\n5\n{}\n", &root[1..]), "root"),
        (format!("{NAME}\n5\n{root}\n\nmore\n"), "extension"),
    ] {
        assert_eq!(verify(&text), Err(CheckpointError::Text { line }), "{text:?}");
    }
    assert_eq!(verify(&format!("{NAME}\n5\n{root}\nmore\n")).map(|it| it.size), Ok(5));
    let empty = Checkpoint::of(key().public(), &Frontier::default());
    assert_eq!(Checkpoint::verify(&empty.sign(&key()).unwrap(), key().public()), Ok(empty));
}

#[test]
fn what_is_no_key_is_told_apart_from_what_is() {
    let key = key();
    let secret = key.to_secret_text();
    assert_eq!(SecretKey::parse(&format!("{secret}\n")).unwrap().to_secret_text(), secret);
    let public = key.public().to_string();
    for text in ["", "log", &public, &secret[..secret.len() - 4], &secret.replace("/log+", "/lag+")]
    {
        assert_eq!(SecretKey::parse(text).unwrap_err(), KeyError::Secret, "{text}");
    }
    for text in ["", "log", &secret, &public[1..], &public[..public.len() - 4]] {
        assert_eq!(text.parse::<PublicKey>().unwrap_err(), KeyError::Public, "{text}");
    }
    for name in ["", "a log", "a+b", "a\nb", "a\u{7}b"] {
        let refused = SecretKey::new(name, [7; 32]).unwrap_err();
        assert_eq!(refused, KeyError::Name { name: name.to_owned() });
    }
    assert!(!format!("{key:?}").contains(&secret[40..]));
}
