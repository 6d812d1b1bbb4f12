//! What an engine in C recorded, audited: an honest database is clean, a tampered one is not.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "other tests need the rest")]
#[path = "c/compile.rs"]
mod compile;

use std::process::Command;

use bulla_core::audit::{Audit, MemorySpill};
use bulla_core::ledger::LogVerifier;
use bulla_core::packed::{Value, Writer};
use bulla_kms::KeySource;
use bulla_kms::local::read_signer;
use compile::{SANITIZED, configuration, program, succeeded};

const LOG: &str = "loans/node-1";
/// The salt of `engine.c` in base64url.
const SALT: &str = "AQIDBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// When the audit is, after the engine ended.
const LATER: i64 = 3_600_000;

/// What `engine.c` left, and the row of its database.
struct Engine {
    directory: tempfile::TempDir,
    row: Vec<(&'static str, Value<'static>)>,
}

fn ran() -> Engine {
    let directory = tempfile::tempdir().unwrap();
    let program = program("cc", "-std=c99", "engine.c", "libbulla.a", SANITIZED, directory.path());
    let mut command = Command::new(program);
    command.arg(configuration(directory.path())).arg(directory.path());
    succeeded(command.env("ASAN_OPTIONS", "detect_leaks=1:exitcode=9"));
    let note = std::fs::read_to_string(directory.path().join("note")).unwrap();
    let row = vec![
        ("AMOUNT", Value::Integer(3000)),
        ("CREATED", Value::Timestamp(1_790_000_000_000_000)),
        ("CUSTOMER", Value::Text("Ur-Nammu")),
        ("ID", Value::Text("1")),
        ("INSTANCE", Value::Text("instance-1")),
        ("NOTE", Value::Text(note.leak())),
        ("SCAN", Value::Null),
        ("WEIGHT", Value::Double(0.5)),
    ];
    Engine { directory, row }
}

impl Engine {
    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.directory.path().join(name)).unwrap()
    }

    fn policy(&self) -> String {
        let key = |name: &str| {
            read_signer(&KeySource::File(self.directory.path().join(name)), &|_| unreachable!()).unwrap()
        };
        let log = LogVerifier::new(LOG, *key("log.jwk").public()).unwrap();
        let identity = key("identity.jwk").kid();
        format!("identities = [\"{identity}\"]\n[logs]\n\"{LOG}\" = \"{log}\"\n")
    }

    fn packed_row(&self) -> Vec<u8> {
        let mut packed = Writer::new();
        for (_, value) in &self.row {
            packed.value(*value);
        }
        packed.finish()
    }

    /// The findings of an audit of these rows and of the records that pass, and its outcome.
    fn audit(&self, rows: &[Vec<u8>], passes: impl Fn(&str) -> bool) -> (Vec<String>, String) {
        let now = bulla_kms::now() + LATER;
        let spill = Box::new(MemorySpill::default());
        let mut audit =
            Audit::new(&self.policy(), "policy.toml", Some(&self.file("keys")), now, spill).unwrap();
        audit.expect_anchors().unwrap();
        audit.anchor("anchor", 1, self.file("anchor").as_bytes()).unwrap();
        let mut records = Writer::new();
        for line in self.file("records").lines().filter(|line| passes(line)) {
            let parts: Vec<&str> = line.split('\t').collect();
            records.string(Some(LOG)).i64(parts[0].parse().unwrap());
            records.string(Some(parts[1])).string(Some(parts[2]));
        }
        audit.records(&records.finish()).unwrap();
        let mut checkpoints = Writer::new();
        for each in self.file("checkpoints").split_terminator('\u{c}') {
            let parts: Vec<&str> = each.splitn(3, '\t').collect();
            checkpoints.string(Some(LOG)).i64(parts[0].parse().unwrap());
            checkpoints.i64(parts[1].parse().unwrap()).string(Some(parts[2]));
        }
        audit.checkpoints(&checkpoints.finish()).unwrap();
        let mut keys = Writer::new();
        for line in self.file("registry").lines() {
            let parts: Vec<&str> = line.split(' ').collect();
            keys.string(Some(parts[1])).string(Some(parts[0])).string(Some(parts[2]));
        }
        audit.keys(&keys.finish()).unwrap();
        let mut salts = Writer::new();
        salts.string(Some("instance-1")).string(Some(SALT));
        audit.salts(&salts.finish()).unwrap();
        let coverage = audit.coverage().unwrap();
        let columns: Vec<&str> = self.row.iter().map(|(name, _)| *name).collect();
        assert_eq!(coverage, [("ORDERS".to_owned(), columns.iter().map(ToString::to_string).collect())]);
        audit.rows("ORDERS", &rows.concat()).unwrap();
        let report = audit.finish().unwrap();
        let grave = report.findings.iter().filter(|finding| finding.severity.name() != "info");
        let findings = grave.map(|finding| {
            let place = [&finding.table, &finding.row, &finding.column];
            let place = place.into_iter().flatten().map(String::as_str);
            [finding.kind.name()].into_iter().chain(place).collect::<Vec<_>>().join(" ")
        });
        (findings.collect(), format!("{:?}", report.outcome))
    }
}

#[test]
fn the_ledger_of_an_engine_in_c_is_clean_and_finds_what_was_changed() {
    let mut engine = ran();
    let honest = engine.packed_row();
    let all = |_: &str| true;
    assert_eq!(engine.audit(std::slice::from_ref(&honest), all), (vec![], "Clean".into()));
    assert_eq!(engine.audit(&[], all).0, ["ROW_MISSING ORDERS 1"]);

    let found = |engine: &mut Engine, column: usize, value| {
        let before = std::mem::replace(&mut engine.row[column].1, value);
        let findings = engine.audit(&[engine.packed_row()], all).0;
        engine.row[column].1 = before;
        findings
    };
    let seen = [
        (0, Value::Integer(2500), "METADATA_CHANGED ORDERS 1 AMOUNT"),
        (2, Value::Text("Shulgi"), "METADATA_CHANGED ORDERS 1 CUSTOMER"),
        (5, Value::Text("on credit"), "VALUE_CHANGED ORDERS 1 NOTE"),
        (7, Value::Null, "METADATA_CHANGED ORDERS 1 WEIGHT"),
    ];
    for (column, value, finding) in seen {
        assert_eq!(found(&mut engine, column, value), [finding]);
    }

    let without = |line: &str| !line.contains("cancelled");
    assert_eq!(engine.audit(&[honest], without).0, ["LOG_GAP BULLA_RECORD loans/node-1#6"]);
}

#[test]
fn the_anchor_of_an_engine_in_c_is_where_the_audit_looks() {
    let engine = ran();
    std::fs::write(engine.directory.path().join("anchor"), "").unwrap();
    let (findings, _) = engine.audit(&[engine.packed_row()], |_| true);
    assert!(findings.iter().any(|finding| finding.starts_with("ANCHOR_MISSING")), "{findings:?}");
}
