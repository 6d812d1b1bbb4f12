mod attacks;
#[cfg(target_os = "linux")]
mod memory;
mod vectors;
mod world;

use bulla_core::ErrorKind;
use bulla_core::audit::Outcome;
use bulla_core::packed::Value;
use proptest::prelude::*;

use self::world::{Row, World, archive, audited, members, packed, row};
use crate::{BundleAudit, Export, Intake};

#[test]
fn an_audit_of_the_bundle_is_that_of_the_database_byte_for_byte() {
    let world = World::new();
    let report = world.audit();
    assert_eq!(report.outcome, Outcome::Clean, "{}", report.json());
    assert_eq!(audited(&world.export()).unwrap().json(), report.json());
}

#[test]
fn what_was_edited_in_the_database_is_found_in_the_bundle() {
    let mut world = World::new();
    world.rows[1][4] = packed(Value::Text("edited"));
    world.rows.push(row("3"));
    let report = world.audit();
    assert_eq!(report.outcome, Outcome::Findings);
    assert_eq!(audited(&world.export()).unwrap().json(), report.json());
}

#[test]
fn members_stand_in_their_order_and_hold_what_they_say() {
    let world = World::new();
    let members = members(&world.export());
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "bundle.json",
            "anchors/loans-node-1/1.jsonl.gz",
            "ledger/BULLA_CHECKPOINT/000001.ndjson",
            "ledger/BULLA_RECORD/000001.ndjson",
            "tables.json",
            "schema/000001.ndjson",
            "rows/T/000001.ndjson",
            "manifest.json"
        ]
    );
    assert_eq!(members[1].1, std::fs::read(world.directory.path().join("anchor.gz")).unwrap());
    let line = concat!(
        r#"{"BYTES_":{"b":"AP8"},"DOUBLE_":{"d":0.1},"ID_":"1","LONG_":{"i":"9223372036854775807"},"#,
        r#""TEXT_":"größe\n🔒","TIME_":{"t":"-1"}}"#,
    );
    assert_eq!(String::from_utf8_lossy(&members[6].1).lines().next(), Some(line));
}

#[test]
fn a_table_larger_than_a_member_goes_on_in_the_next() {
    let text = "x".repeat(300_000);
    let rows = (0..9).map(|id| {
        let mut row = row(&id.to_string());
        row[4] = packed(Value::Text(&text));
        row
    });
    let world = World::with(rows.collect());
    let bundle = world.export();
    assert!(members(&bundle).iter().any(|(name, _)| name == "rows/T/000003.ndjson"));
    assert_eq!(audited(&bundle).unwrap().json(), world.audit().json());
}

#[test]
fn values_that_were_not_read_stay_unproven() {
    let world = World::new();
    let (target, policy) = (world.bundle(), World::policy());
    let mut export = Export::create(&target, "jdbc:test", "Test 1", &policy, "policy.toml", 0).unwrap();
    world.feed(&mut export).unwrap();
    export.too_large("T", "TEXT_", 77);
    export.finish().unwrap();
    let bundle = std::fs::read(target).unwrap();
    let report = audited(&bundle).unwrap();
    assert_eq!(report.outcome, Outcome::Inconclusive);
    assert!(report.missing[0].starts_with("Column TEXT_ of table T holds values of more than 77 bytes"));

    let mut members = members(&bundle);
    let manifest = String::from_utf8(members.pop().unwrap().1).unwrap();
    let negative = manifest.replace(r#""limit":77"#, r#""limit":-77"#);
    members.push(("manifest.json".into(), negative.into_bytes()));
    let told = audited(&archive(&members)).unwrap_err().to_string();
    assert!(told.ends_with("manifest.json: member \"limit\" is negative"), "{told}");
}

#[test]
fn a_bundle_says_what_it_was_made_of() {
    let world = World::new();
    let bundle = world.export();
    let audit = BundleAudit::open(&bundle[..], "b", &World::policy(), "policy.toml", None).unwrap();
    assert_eq!(audit.about().database, "jdbc:test");
    assert_eq!(audit.about().product, "Test 1");
    assert_eq!(audit.about().installation, "loans");
    assert_eq!(audit.about().exported, 1_790_003_600_000);
}

#[test]
fn no_key_is_in_a_bundle() {
    let bundle = World::new().export();
    let secret =
        bulla_core::json::parse(World::keys().as_bytes(), bulla_core::json::Limits::default()).unwrap();
    let keys = secret.as_object().unwrap().get("keys").unwrap().as_array().unwrap().to_vec();
    let secret = keys[0].as_object().unwrap().get("k").unwrap().as_str().unwrap().to_owned();
    for (name, content) in members(&bundle) {
        assert!(!String::from_utf8_lossy(&content).contains(&secret), "{name}");
    }
}

#[test]
fn an_export_that_is_given_up_leaves_nothing_behind() {
    let world = World::new();
    let policy = World::policy();
    let mut export = Export::create(&world.bundle(), "d", "p", &policy, "policy.toml", 0).unwrap();
    world.feed(&mut export).unwrap();
    drop(export);
    let left: Vec<_> = std::fs::read_dir(world.directory.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "the anchor alone: {left:?}");
}

#[test]
fn a_file_that_is_there_is_never_replaced() {
    let world = World::new();
    let bundle = world.export();
    let Err(error) = Export::create(&world.bundle(), "d", "p", &World::policy(), "policy.toml", 0) else {
        panic!("the file is there");
    };
    assert!(error.to_string().ends_with("evidence.tar.gz: exists already; remove it, or name another file"));
    assert_eq!(std::fs::read(world.bundle()).unwrap(), bundle);
}

#[test]
fn an_export_fed_out_of_order_says_so() {
    let world = World::new();
    let mut export = Export::create(&world.bundle(), "d", "p", &World::policy(), "policy.toml", 0).unwrap();
    let refused = export.rows("T", &[]).unwrap_err();
    assert_eq!(refused.to_string(), "table T is not covered by the ledger");
    world.feed(&mut export).unwrap();
    assert_eq!(export.records(&[]).unwrap_err().to_string(), "export was fed out of order");
    export.rows("U", &row("1").concat()).unwrap();
    let refused = export.rows("T", &row("1").concat()).unwrap_err();
    assert_eq!(refused.to_string(), "export was fed rows of a table that had ended");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_bundle() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.export();
    assert_eq!(std::fs::metadata(world.bundle()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_anchor_that_a_crash_cut_off_is_told_as_in_the_database() {
    let world = World::new();
    let anchor = world.directory.path().join("anchor.gz");
    let bytes = std::fs::read(&anchor).unwrap();
    // The whole batch, and the beginning of another.
    std::fs::write(&anchor, [&bytes[..], &bytes[..20]].concat()).unwrap();
    let report = world.audit();
    assert!(report.json().contains("is cut off, as a crash leaves it"), "{}", report.json());
    assert_eq!(audited(&world.export()).unwrap().json(), report.json());
}

#[test]
fn a_damaged_anchor_is_refused_with_file_line_and_byte() {
    let world = World::new();
    let anchor = world.directory.path().join("anchor.gz");
    let mut bytes = std::fs::read(&anchor).unwrap();
    let half = bytes.len() / 2;
    bytes[half] ^= 0x55;
    std::fs::write(&anchor, &bytes).unwrap();
    let mut export = Export::create(&world.bundle(), "d", "p", &World::policy(), "policy.toml", 0).unwrap();
    let error = world.feed(&mut export).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedAnchor);
    assert!(error.to_string().starts_with("loans-node-1/1.jsonl.gz, line 1: byte "), "{error}");
    assert!(error.to_string().ends_with("; restore the file from a copy of the anchor"), "{error}");
}

/// A packed value of each type.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(packed(Value::Null)),
        any::<String>().prop_map(|text| packed(Value::Text(&text))),
        any::<i64>().prop_map(|integer| packed(Value::Integer(integer))),
        any::<u64>().prop_map(|bits| packed(Value::Double(f64::from_bits(bits)))),
        proptest::collection::vec(any::<u8>(), 0..100).prop_map(|bytes| packed(Value::Bytes(&bytes))),
        any::<i64>().prop_map(|micros| packed(Value::Timestamp(micros))),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    [any_value(), any_value(), any_value(), any_value(), any_value(), any_value()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_of_all_types_are_as_genuine_in_the_bundle_as_in_the_database(
        mut rows in proptest::collection::vec(any_row(), 1..20),
    ) {
        for (id, row) in rows.iter_mut().enumerate() {
            row[2] = packed(Value::Text(&id.to_string()));
        }
        let world = World::with(rows);
        let report = world.audit();
        prop_assert_eq!(report.outcome, Outcome::Clean, "{}", report.json());
        prop_assert_eq!(audited(&world.export()).unwrap().json(), report.json());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in any::<Vec<u8>>()) {
        prop_assert_eq!(audited(&bytes).unwrap_err().kind(), ErrorKind::MalformedBundle);
    }
}
