use bulla_core::keys::{Certificate, KeyId};
use bulla_core::ledger::{
    AnchorLine, Column, Commitment, CommitmentKey, EpochKey, Frontier, Hash, LogVerifier, Record,
    UnverifiedRecord, leaf_hash, salt_digest,
};
use bulla_core::packed::{Reader, Value as Packed};
use bulla_core::{Error, Result};
use serde_json::Value;

use super::support::hex::hex;
use super::support::{World, decoded, each, expect_refusal, json, text, unhex};

fn verified(world: &World, record: &str, signature: &str) -> Result<Record> {
    let certificate = Certificate::verify(&world.certificate, &world.trust())?;
    UnverifiedRecord::parse(record, signature)?.verify(&EpochKey::from(&certificate))
}

#[test]
fn records_are_taken_as_their_vectors_say() {
    let world = World::read();
    for vector in each(&json("records/accepted.json")) {
        let (text_, signature) = (text(vector, "record"), text(vector, "signature"));
        let record = verified(&world, text_, signature).unwrap();
        let members: Value = serde_json::from_str(text_).unwrap();
        assert_eq!(Some(record.seq), members["seq"].as_u64());
        assert_eq!(Some(record.time), members["time"].as_i64());
        let leaf = leaf_hash(&[text_.as_bytes(), b"\n", signature.as_bytes()]);
        assert_eq!(hex(&leaf), text(vector, "leaf"));
    }
}

#[test]
fn records_are_refused_as_their_vectors_say() {
    let world = World::read();
    for vector in each(&json("records/refused.json")) {
        expect_refusal(vector, verified(&world, text(vector, "record"), text(vector, "signature")));
    }
}

#[test]
fn the_examples_of_rfc_7515_7520_7797_and_8037_are_refused_as_signatures_of_records() {
    for vector in each(&json("jose/signed.json")) {
        let error = UnverifiedRecord::parse("{}", text(vector, "statement")).unwrap_err();
        assert_eq!(error.kind().name(), text(vector, "detached"), "{vector}");
    }
}

#[test]
fn commitments_and_locators_are_those_of_their_vectors() {
    let world = World::read();
    let vector = json("records/commitments.json");
    let salt: [u8; 32] = decoded(&vector, "salt").try_into().unwrap();
    let key = CommitmentKey::new(&world.secret("commitment"));
    let instance = key.instance(Some(&salt));
    let (table, id) = (text(&vector, "table"), text(&vector, "id"));
    let row = instance.row(table, id);
    let fixed: Vec<Vec<u8>> = each(&vector["fixedColumns"])
        .map(|packed| decoded(&Value::from_iter([("c", packed.clone())]), "c"))
        .collect();
    let columns: Vec<_> =
        fixed.iter().map(|packed| Column::read(&mut Reader::new(packed)).unwrap()).collect();
    let locators = instance.locators(table, id);
    let locators: Vec<u8> = columns.iter().flat_map(|column| locators.of(column).0).collect();
    let packed = decoded(&vector, "updatableColumn");
    let updatable = Column::read(&mut Reader::new(&packed)).unwrap();
    let packed = decoded(&vector, "predicateColumn");
    let set = Column::read(&mut Reader::new(&packed)).unwrap();
    let predicate = instance.predicate(table, "PROC_INST_ID_", Packed::Text("pi-1"));

    assert_eq!(instance.secret().expose()[..], decoded(&vector, "instanceKey"));
    assert_eq!(key.instance(None).secret().expose()[..], decoded(&vector, "installationKey"));
    assert_eq!(row.secret().expose()[..], decoded(&vector, "rowKey"));
    assert_eq!(salt_digest(text(&vector, "instance"), &salt).0[..], decoded(&vector, "saltDigest"));
    assert_eq!(row.fixed(&columns), Commitment::parse(text(&vector, "fixed")).unwrap());
    assert_eq!(locators, decoded(&vector, "locators"));
    assert_eq!(row.updatable(&updatable), Commitment::parse(text(&vector, "updatable")).unwrap());
    assert_eq!(predicate.secret().expose()[..], decoded(&vector, "predicateKey"));
    assert_eq!(predicate.updatable(&set), Commitment::parse(text(&vector, "predicate")).unwrap());
}

#[test]
fn the_records_of_the_vectors_hold_these_commitments() {
    let commitments = json("records/commitments.json");
    let records = json("records/accepted.json");
    let transaction: Value = serde_json::from_str(text(&records[1], "record")).unwrap();
    let rows = &transaction["rows"];
    assert_eq!(rows[0]["f"], commitments["fixed"]);
    assert_eq!(rows[0]["l"], commitments["locators"]);
    assert_eq!(rows[1]["u"]["REV_"], commitments["updatable"]);
    assert_eq!(rows[2]["u"]["TEXT_"], commitments["predicate"]);
    assert_eq!(transaction["salts"][0][1], commitments["saltDigest"]);
    let key = KeyId::of_secret(&World::read().secret("commitment"));
    assert_eq!(transaction["ck"].as_str(), Some(key.as_str()));
}

#[test]
fn checkpoints_are_taken_as_their_vectors_say() {
    let vectors = json("checkpoints/accepted.json");
    let verifier = LogVerifier::parse(text(&vectors, "verifier")).unwrap();
    for vector in each(&vectors["notes"]) {
        let checkpoint = verifier.verify(text(vector, "note")).unwrap();
        assert_eq!(checkpoint.origin, text(vector, "origin"));
        assert_eq!(Some(checkpoint.size), vector["size"].as_u64());
        assert_eq!(hex(&checkpoint.root), text(vector, "root"));
        Frontier::restore(text(vector, "frontier"), checkpoint.size, &checkpoint.root).unwrap();
    }
}

#[test]
fn checkpoints_are_refused_as_their_vectors_say() {
    let accepted = json("checkpoints/accepted.json");
    let verifier = LogVerifier::parse(text(&accepted, "verifier")).unwrap();
    for vector in each(&json("checkpoints/refused.json")) {
        expect_refusal(vector, verifier.verify(text(vector, "note")));
    }
}

#[test]
fn the_roots_of_the_checkpoints_are_those_of_the_records_in_the_anchor() {
    let vectors = json("checkpoints/accepted.json");
    let mut notes = each(&vectors["notes"]);
    let mut tree = Frontier::new();
    for line in each(&json("anchors/accepted.json")) {
        match AnchorLine::parse(line.as_str().unwrap().as_bytes(), "anchor", 1).unwrap() {
            AnchorLine::Record { text, signature } => {
                tree.push(leaf_hash(&[text.as_bytes(), b"\n", signature.as_bytes()]));
            }
            AnchorLine::Checkpoint(note) => {
                let vector = notes.next().unwrap();
                assert_eq!(note, text(vector, "note"));
                assert_eq!(hex(&tree.root()), text(vector, "root"));
            }
            AnchorLine::Key(_) => {}
        }
    }
    assert!(notes.next().is_none());
}

#[test]
fn anchor_lines_are_refused_as_their_vectors_say() {
    for vector in each(&json("anchors/refused.json")) {
        let refused = AnchorLine::parse(text(vector, "line").as_bytes(), "node-1.jsonl", 7);
        if let Err(error @ Error::MalformedAnchor { .. }) = &refused {
            assert!(error.to_string().starts_with("node-1.jsonl, line 7: "), "{error}");
        }
        expect_refusal(vector, refused);
    }
}

#[test]
fn trees_hash_as_rfc_6962_says() {
    let vector = json("rfc6962/tree.json");
    let mut tree = Frontier::new();
    assert_eq!(hex(&tree.root()), text(&vector, "empty"));
    for (leaf, root) in each(&vector["leaves"]).zip(each(&vector["roots"])) {
        tree.push(leaf_hash(&[&unhex(leaf.as_str().unwrap())]));
        let root: Hash = unhex(root.as_str().unwrap()).try_into().unwrap();
        assert_eq!(tree.root(), root);
    }
}
