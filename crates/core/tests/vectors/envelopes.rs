use bulla_core::context::Context;
use bulla_core::keys::Vault;
use bulla_core::{Result, packed};
use serde_json::Value;

use super::support::{World, decoded, each, expect_refusal, json, text};

fn context(vector: &Value) -> Context<'_> {
    let members = &vector["context"];
    let optional = |member: &str| members[member].as_str().map(Into::into);
    Context {
        log: text(members, "log").into(),
        table: text(members, "table").into(),
        row: text(members, "row").into(),
        group: text(members, "group").into(),
        name: optional("name"),
        type_: optional("type"),
        tenant: optional("tenant"),
        instance: optional("instance"),
    }
}

fn opened(vault: &Vault, vector: &Value) -> Result<Vec<u8>> {
    let envelope = text(vector, "envelope");
    match text(vector, "content") {
        "columns" => vault.open_columns(&context(vector), envelope),
        _ => vault.open(&context(vector), envelope),
    }
}

#[test]
fn stored_envelopes_open_as_their_vectors_say() {
    let vault = World::read().vault();
    for vector in each(&json("envelopes/opened.json")) {
        let plaintext = opened(&vault, vector).unwrap();
        assert_eq!(plaintext, decoded(vector, "plaintext"), "{vector}");
        if text(vector, "content") == "columns" {
            let mut columns = packed::Reader::new(&plaintext);
            assert!(columns.i32().unwrap() > 0);
        }
    }
}

#[test]
fn stored_envelopes_are_refused_as_their_vectors_say() {
    let vault = World::read().vault();
    for vector in each(&json("envelopes/refused.json")) {
        expect_refusal(vector, opened(&vault, vector));
    }
}

#[test]
fn the_examples_of_rfc_7516_and_7520_are_refused_as_stored_envelopes() {
    let vault = World::read().vault();
    let vectors = json("envelopes/opened.json");
    let expected = context(&vectors[0]);
    for vector in each(&json("jose/encrypted.json")) {
        expect_refusal(vector, vault.open(&expected, text(vector, "envelope")));
    }
}
