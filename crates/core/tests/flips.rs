//! Whatever byte of whatever this library stores is changed, the change is noticed.
//!
//! The originals are those of `tests/vectors`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "vectors/support.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod support;

use bulla_core::context::Context;
use bulla_core::keys::{Certificate, RegistryRow};
use bulla_core::ledger::{AnchorLine, EpochKey, LogVerifier, UnverifiedRecord};
use proptest::prelude::*;
use proptest::sample::Index;

use support::{World, each, json, text};

/// What is asked of a text: whether it is refused.
type Refuses = Box<dyn Fn(&str) -> bool>;

/// All stored texts of the vectors, each with what must refuse any other.
fn stored() -> Vec<(String, Refuses)> {
    let all = [envelopes(), registry_rows(), certificates(), records(), checkpoints(), anchor_lines()];
    all.into_iter().flatten().collect()
}

fn envelopes() -> Vec<(String, Refuses)> {
    let each_of = |vector: &serde_json::Value| -> (String, Refuses) {
        let members = vector["context"].clone();
        let columns = text(vector, "content") == "columns";
        let vault = World::read().vault();
        let refuses = move |envelope: &str| {
            let optional = |member: &str| members[member].as_str().map(Into::into);
            let context = Context {
                log: text(&members, "log").into(),
                table: text(&members, "table").into(),
                row: text(&members, "row").into(),
                group: text(&members, "group").into(),
                name: optional("name"),
                type_: optional("type"),
                tenant: optional("tenant"),
                instance: optional("instance"),
            };
            let opened =
                if columns { vault.open_columns(&context, envelope) } else { vault.open(&context, envelope) };
            opened.is_err()
        };
        (text(vector, "envelope").to_owned(), Box::new(refuses))
    };
    each(&json("envelopes/opened.json")).map(each_of).collect()
}

fn registry_rows() -> Vec<(String, Refuses)> {
    let each_of = |vector: &serde_json::Value| -> (String, Refuses) {
        let world = World::read();
        let trust = world.trust();
        let refuses = move |row: &str| RegistryRow::verify(row, &world.installation, &trust).is_err();
        (text(vector, "row").to_owned(), Box::new(refuses))
    };
    each(&json("registry/accepted.json")).map(each_of).collect()
}

fn certificates() -> Vec<(String, Refuses)> {
    let world = World::read();
    let trust = world.trust();
    vec![(world.certificate, Box::new(move |text| Certificate::verify(text, &trust).is_err()))]
}

/// Records and their signatures, joined as in the leaves of the log.
fn records() -> Vec<(String, Refuses)> {
    let each_of = |vector: &serde_json::Value| -> (String, Refuses) {
        let world = World::read();
        let key = EpochKey::from(&Certificate::verify(&world.certificate, &world.trust()).unwrap());
        let refuses = move |leaf: &str| {
            let Some((record, signature)) = leaf.rsplit_once('\n') else { return true };
            UnverifiedRecord::parse(record, signature).and_then(|record| record.verify(&key)).is_err()
        };
        (format!("{}\n{}", text(vector, "record"), text(vector, "signature")), Box::new(refuses))
    };
    each(&json("records/accepted.json")).map(each_of).collect()
}

fn checkpoints() -> Vec<(String, Refuses)> {
    let vectors = json("checkpoints/accepted.json");
    let each_of = |vector: &serde_json::Value| -> (String, Refuses) {
        let verifier = LogVerifier::parse(text(&vectors, "verifier")).unwrap();
        (text(vector, "note").to_owned(), Box::new(move |note| verifier.verify(note).is_err()))
    };
    each(&vectors["notes"]).map(each_of).collect()
}

/// A line that can be read holds something that is refused.
fn anchor_lines() -> Vec<(String, Refuses)> {
    let vectors = json("checkpoints/accepted.json");
    let verifier = text(&vectors, "verifier").to_owned();
    let each_of = |line: &serde_json::Value| -> (String, Refuses) {
        let world = World::read();
        let verifier = LogVerifier::parse(&verifier).unwrap();
        let trust = world.trust();
        let key = EpochKey::from(&Certificate::verify(&world.certificate, &trust).unwrap());
        let refuses = move |line: &str| match AnchorLine::parse(line.as_bytes(), "anchor", 1) {
            Err(_) => true,
            Ok(AnchorLine::Key(row)) => RegistryRow::verify(&row, &world.installation, &trust).is_err(),
            Ok(AnchorLine::Checkpoint(note)) => verifier.verify(&note).is_err(),
            Ok(AnchorLine::Record { text, signature }) => {
                UnverifiedRecord::parse(&text, &signature).and_then(|record| record.verify(&key)).is_err()
            }
        };
        (line.as_str().unwrap().to_owned(), Box::new(refuses))
    };
    each(&json("anchors/accepted.json")).map(each_of).collect()
}

fn changed(original: &str, change: impl FnOnce(&mut Vec<u8>)) -> Option<String> {
    let mut bytes = original.as_bytes().to_vec();
    change(&mut bytes);
    // What is not UTF-8 comes out of no text column and is refused before it is read.
    String::from_utf8(bytes).ok().filter(|changed| changed != original)
}

#[test]
fn what_was_not_changed_is_taken() {
    for (original, refuses) in stored() {
        assert!(!refuses(&original), "{original}");
    }
}

#[test]
fn every_byte_counts() {
    for (original, refuses) in stored() {
        for position in 0..original.len() {
            let flipped = changed(&original, |bytes| bytes[position] ^= 1);
            assert!(flipped.is_none_or(|flipped| refuses(&flipped)), "byte {position} of {original}");
        }
    }
}

#[test]
fn nothing_can_be_cut_off_or_added() {
    for (original, refuses) in stored() {
        for end in (0..original.len()).filter(|end| original.is_char_boundary(*end)) {
            assert!(refuses(&original[..end]), "{end} bytes of {original}");
        }
        for addition in [" ", "A", "=", ".", "\0"] {
            assert!(refuses(&format!("{original}{addition}")), "{addition:?} behind {original}");
            assert!(refuses(&format!("{addition}{original}")), "{addition:?} before {original}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_byte_changed_in_any_way_is_refused(at: Index, flip in 1..=255_u8) {
        for (original, refuses) in stored() {
            let at = at.index(original.len());
            let flipped = changed(&original, |bytes| bytes[at] ^= flip);
            prop_assert!(flipped.is_none_or(|flipped| refuses(&flipped)), "byte {} of {}", at, original);
        }
    }
}
