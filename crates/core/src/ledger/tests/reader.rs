//! A log read from its beginning, and what an anchor's text leaves.

use super::life::{World, checkpoint, start};
use super::*;
use crate::ErrorKind;

/// The text of an anchor with two epochs: two records, a crash, another record, the end.
fn anchor_of_two_epochs() -> (World, Vec<u8>) {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    ledger.key_registered(&key_row());
    for _ in 0..2 {
        let record = ledger.record(20, None, &inserts(1)).unwrap().remove(0);
        world.insert(&record);
        ledger.committed(record.seq).unwrap();
    }
    checkpoint(&mut world, &ledger);
    drop(ledger);
    let recovery = world.recover(vec![]);
    let ledger = start(&mut world, recovery);
    let record = ledger.record(30, None, &inserts(1)).unwrap().remove(0);
    world.insert(&record);
    ledger.committed(record.seq).unwrap();
    checkpoint(&mut world, &ledger);
    let batch = ledger.end(40).unwrap();
    world.anchor(&batch);
    world.store(&batch);
    let anchor = world.anchored.concat();
    (world, anchor)
}

fn key_row() -> String {
    struct Plain;
    impl crate::keys::MasterKey for Plain {
        fn kid(&self) -> &'static str {
            "plain"
        }
        fn wrap(&self, key: &Secret) -> crate::Result<Vec<u8>> {
            Ok(key.expose().to_vec())
        }
        fn unwrap(&self, wrapped: &[u8]) -> crate::Result<Secret> {
            Ok(Secret::new(wrapped.try_into().expect("32 bytes were wrapped")))
        }
    }
    let epoch = Arc::new(Epoch::start(&signer(1), LOG, 0).unwrap());
    let vault = crate::keys::Vault::new("loans", vec![Arc::new(Plain)], trust(), Some(epoch));
    vault.new_key(crate::keys::Purpose::Data, 0).unwrap().text
}

fn parsed(anchor: &[u8]) -> Vec<AnchorLine> {
    let lines = anchor.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| AnchorLine::parse(line, "anchor", 1).unwrap()).collect()
}

#[test]
fn a_reader_follows_a_log_to_its_end() {
    let (world, anchor) = anchor_of_two_epochs();
    let mut reader = LogReader::new(verifier(), trust());
    let mut proven = Vec::new();
    for line in parsed(&anchor) {
        reader.follow(&line).unwrap();
        proven.push(reader.proven());
    }
    assert_eq!(proven, [0, 0, 0, 0, 0, 4, 4, 4, 4, 7, 7, 8]);
    for record in world.records.values() {
        assert_eq!(reader.verify(&record.text, &record.signature).unwrap().seq, record.seq);
    }
}

#[test]
fn a_reader_refuses_a_log_from_which_a_line_is_missing_or_in_which_two_changed_places() {
    let (_, anchor) = anchor_of_two_epochs();
    let lines = parsed(&anchor);
    let refuses = |lines: &[AnchorLine]| {
        let mut reader = LogReader::new(verifier(), trust());
        lines.iter().find_map(|line| reader.follow(line).err())
    };
    assert_eq!(refuses(&lines), None);
    // Without the last lines it is only shorter; a key's row belongs to no leaf.
    for missing in (0..lines.len() - 2).filter(|index| !matches!(lines[*index], AnchorLine::Key(_))) {
        let mut fewer = lines.clone();
        fewer.remove(missing);
        assert!(refuses(&fewer).is_some(), "{missing}");
    }
    for first in (0..lines.len() - 1).filter(|index| !matches!(lines[*index], AnchorLine::Key(_))) {
        let mut swapped = lines.clone();
        swapped.swap(first, first + 1);
        assert!(refuses(&swapped).is_some(), "{first}");
    }
}

#[test]
fn a_refused_line_leaves_a_reader_as_it_was() {
    let (_, anchor) = anchor_of_two_epochs();
    let lines = parsed(&anchor);
    let others: Vec<_> =
        lines.iter().filter(|line| matches!(line, AnchorLine::Checkpoint(_))).cloned().collect();
    let mut reader = LogReader::new(verifier(), trust());
    for line in &lines {
        for checkpoint in others.iter().filter(|checkpoint| *checkpoint != line) {
            reader.follow(checkpoint).unwrap_err();
        }
        reader.follow(line).unwrap();
    }
    assert_eq!(reader.proven(), 8);
}

#[test]
fn a_reader_refuses_what_others_signed() {
    let (_, anchor) = anchor_of_two_epochs();
    let first = &parsed(&anchor)[1];
    let kind = |log: LogVerifier, trust| LogReader::new(log, trust).follow(first).unwrap_err().kind();
    assert_eq!(kind(verifier(), Trust::new([signer(9).kid()])), ErrorKind::UntrustedKey);
    let other = LogVerifier::new("loans/node-2", *signer(2).public()).unwrap();
    assert_eq!(kind(other, trust()), ErrorKind::LedgerState);
    let key = LogVerifier::new(LOG, *signer(3).public()).unwrap();
    let mut reader = LogReader::new(key, trust());
    let error = parsed(&anchor).iter().find_map(|line| reader.follow(line).err()).unwrap();
    assert_eq!(error.kind(), ErrorKind::BadSignature);
}

#[test]
fn remains_are_found_in_the_text_of_an_anchor() {
    let (world, anchor) = anchor_of_two_epochs();
    let lines = parsed(&anchor);
    let all = Remains::of(None, &anchor).unwrap();
    assert_eq!((all.anchored, all.epochs.len()), (lines.clone(), 0));

    let (saved, at) = (world.checkpoint.unwrap(), lines.len());
    let rest = Remains::of(Some(saved.clone()), &anchor).unwrap();
    assert_eq!((rest.anchored.len(), rest.epochs.len()), (0, 2));

    let AnchorLine::Checkpoint(note) = &lines[5] else { panic!("{:?}", lines[5]) };
    let earlier = SavedCheckpoint { note: note.clone(), ..saved.clone() };
    let mut torn = anchor.clone();
    torn.extend_from_slice(b"{\"record\":\"of a batch that a crash cut o");
    let some = Remains::of(Some(earlier.clone()), &torn).unwrap();
    assert_eq!((some.anchored, some.epochs.len()), (lines[6..at].to_vec(), 1));

    assert!(Remains::of(Some(earlier.clone()), b"").unwrap().anchored.is_empty());
    let without: Vec<u8> = world.anchored[1..].concat();
    let error = Remains::of(Some(earlier), &without).unwrap_err().to_string();
    assert!(error.starts_with("the anchor does not have the newest checkpoint"), "{error}");
}
