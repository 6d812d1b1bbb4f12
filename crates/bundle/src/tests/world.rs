//! A small database with its ledger and anchor, and bundles of it taken apart and put together.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bulla_core::audit::{Audit, MemorySpill, Report};
use bulla_core::crypto::Secret;
use bulla_core::keys::{Epoch, Signer, jwk};
use bulla_core::ledger::{Batch, CommitmentKey, Coverage, Ledger, LogVerifier, Setup, SignedRecord};
use bulla_core::packed::{Value, Writer};
use bulla_core::{Error, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::manifest::{Manifest, Part, hexadecimal};
use crate::{BundleAudit, Export, Intake};

const LOG: &str = "loans/node-1";
const NOW: i64 = 1_790_000_000_000;
pub(super) const LATER: i64 = NOW + 3_600_000;
/// What is recorded of a row, and thus what an audit reads.
pub(super) const COLUMNS: [&str; 6] = ["BYTES_", "DOUBLE_", "ID_", "LONG_", "TEXT_", "TIME_"];

fn signer(seed: u8) -> Signer {
    Signer::from_seed(&Secret::new([seed; 32]))
}

fn commitment_secret() -> Secret {
    Secret::new([50; 32])
}

/// The values of a row, as [`COLUMNS`] names them.
pub(super) type Row = [Vec<u8>; 6];

pub(super) fn packed(value: Value<'_>) -> Vec<u8> {
    let mut out = Writer::new();
    out.value(value);
    out.finish()
}

pub(super) fn row(id: &str) -> Row {
    [
        packed(Value::Bytes(&[0, 255])),
        packed(Value::Double(0.1)),
        packed(Value::Text(id)),
        packed(Value::Integer(i64::MAX)),
        packed(Value::Text("größe\n\u{1F512}")),
        packed(Value::Timestamp(-1)),
    ]
}

/// A database whose table `T` was recorded, `U` covered and never written.
pub(super) struct World {
    pub(super) directory: TempDir,
    pub(super) rows: Vec<Row>,
    records: Vec<SignedRecord>,
    batch: Batch,
}

impl World {
    pub(super) fn with(rows: Vec<Row>) -> Self {
        let mut coverage = Writer::new();
        coverage.i32(2);
        for table in ["T", "U"] {
            coverage.string(Some(table)).i32(1).string(Some("ID_")).string(None).string(None);
            coverage.i32(1).string(Some("ID_")).i32(5);
            for column in COLUMNS.iter().filter(|column| **column != "ID_") {
                coverage.string(Some(column));
            }
            coverage.i32(0);
        }
        let setup = Setup {
            epoch: Arc::new(Epoch::start(&signer(1), LOG, NOW).unwrap()),
            log_key: Arc::new(signer(2)),
            commitment_key: CommitmentKey::new(&commitment_secret()),
            coverage: Coverage::read(&coverage.finish()).unwrap(),
            heartbeat: 60_000,
        };
        let ledger = Ledger::new(setup).unwrap();
        let began = ledger.begin(NOW).unwrap();
        ledger.committed(began.seq).unwrap();
        let mut changes = Writer::new();
        changes.i32(i32::try_from(rows.len()).unwrap());
        let mut changes = changes.finish();
        for row in &rows {
            let mut change = Writer::new();
            let id = bulla_core::packed::Reader::new(&row[2]).value().unwrap();
            let Value::Text(id) = id else { panic!("an id is a text") };
            change.string(Some("T")).u8(b'I').string(Some(id)).string(None).string(None).bytes(None).i32(6);
            changes.extend(change.finish());
            for (column, value) in COLUMNS.iter().zip(row) {
                let mut head = Writer::new();
                head.string(Some(column)).u8(if *column == "ID_" { b'F' } else { b'U' });
                changes.extend(head.finish());
                changes.extend(value);
            }
        }
        changes.extend_from_slice(&0_i32.to_be_bytes());
        let mut records = vec![began];
        for record in ledger.record(NOW + 1, Some("mary"), &changes).unwrap() {
            ledger.committed(record.seq).unwrap();
            records.push((*record).clone());
        }
        let batch = ledger.checkpoint(NOW + 2).unwrap().unwrap();
        records.push(batch.account.clone());
        let directory = tempfile::tempdir().unwrap();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&batch.lines).unwrap();
        std::fs::write(directory.path().join("anchor.gz"), gzip.finish().unwrap()).unwrap();
        Self { directory, rows, records, batch }
    }

    pub(super) fn new() -> Self {
        Self::with(vec![row("1"), row("2")])
    }

    pub(super) fn policy() -> String {
        let verifier = LogVerifier::new(LOG, *signer(2).public()).unwrap().to_string();
        format!("identities = [\"{}\"]\n[logs]\n\"{LOG}\" = \"{verifier}\"\n", signer(1).kid())
    }

    pub(super) fn keys() -> String {
        jwk::write_secrets([commitment_secret()].iter(), "HS256").to_string()
    }

    pub(super) fn bundle(&self) -> PathBuf {
        self.directory.path().join("evidence.tar.gz")
    }

    /// Feeds what stands in the database and the anchor.
    pub(super) fn feed(&self, intake: &mut dyn Intake) -> Result<()> {
        intake.expect_anchors()?;
        intake.anchor_file("loans-node-1/1.jsonl.gz", &self.directory.path().join("anchor.gz"))?;
        let mut points = Writer::new();
        points.string(Some(LOG)).i64(self.batch.size.cast_signed());
        points.i64(self.batch.account.seq.cast_signed()).string(Some(&self.batch.note));
        intake.checkpoints(&points.finish())?;
        for record in &self.records {
            let mut packed = Writer::new();
            packed.string(Some(LOG)).i64(record.seq.cast_signed());
            packed.string(Some(&record.text)).string(Some(&record.signature));
            intake.records(&packed.finish())?;
        }
        for (table, columns) in intake.coverage()? {
            intake.schema_object("view", "REPORTING", &table, true)?;
            assert_eq!(columns, COLUMNS);
        }
        for row in &self.rows {
            intake.rows("T", &row.concat())?;
        }
        Ok(())
    }

    /// Exports to [`Self::bundle`], and returns what is in it.
    pub(super) fn export(&self) -> Vec<u8> {
        let target = self.bundle();
        let mut export =
            Export::create(&target, "jdbc:test", "Test 1", &Self::policy(), "policy.toml", LATER).unwrap();
        self.feed(&mut export).unwrap();
        export.finish().unwrap();
        std::fs::read(target).unwrap()
    }

    /// Audits what stands in the database.
    pub(super) fn audit(&self) -> Report {
        let spill = Box::new(MemorySpill::default());
        let mut audit =
            Audit::new(&Self::policy(), "policy.toml", Some(&Self::keys()), LATER, spill).unwrap();
        self.feed(&mut audit).unwrap();
        audit.finish().unwrap()
    }
}

/// Audits a bundle.
pub(super) fn audited(bundle: &[u8]) -> Result<Report> {
    BundleAudit::open(bundle, "b.tar.gz", &World::policy(), "policy.toml", Some(&World::keys()))?.finish()
}

/// Why a bundle is refused.
pub(super) fn refused(bundle: &[u8]) -> String {
    let error = audited(bundle).expect_err("the bundle is refused");
    assert!(matches!(error, Error::MalformedBundle { .. }), "{error}");
    error.to_string()
}

/// The members of a bundle.
pub(super) fn members(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(GzDecoder::new(bundle));
    let member = |entry: std::io::Result<tar::Entry<'_, GzDecoder<&[u8]>>>| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (String::from_utf8(entry.path_bytes().into_owned()).unwrap(), content)
    };
    archive.entries().unwrap().map(member).collect()
}

pub(super) fn header(name: &str, size: usize) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    // Past the checks that the library makes of a name.
    header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(size as u64);
    header.set_cksum();
    header
}

/// A bundle of these members as they are.
pub(super) fn archive(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in members {
        tar.append(&header(name, content.len()), &content[..]).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A bundle of these members with a manifest that fits them, as whoever edits one with care makes it.
pub(super) fn forged(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut members = members.to_vec();
    let too_large = Manifest::read(&members.pop().unwrap().1).unwrap().too_large;
    let mut parts: Vec<Part> = Vec::new();
    let mut contents: Vec<Vec<u8>> = Vec::new();
    for (name, content) in &members {
        let lines = name.ends_with(".ndjson");
        let part = if lines { name.rsplit_once('/').unwrap().0 } else { name };
        if parts.last().is_none_or(|last| last.name != part) {
            parts.push(Part { name: part.into(), members: 0, bytes: 0, rows: 0, sha256: String::new() });
            contents.push(Vec::new());
        }
        let (last, all) = (parts.last_mut().unwrap(), contents.last_mut().unwrap());
        all.extend_from_slice(content);
        last.members += 1;
        last.bytes = all.len() as u64;
        last.rows = if lines { all.split_inclusive(|byte| *byte == b'\n').count() as u64 } else { 0 };
        last.sha256 = hexadecimal(&Sha256::digest(&all));
    }
    members.push(("manifest.json".into(), Manifest { parts, too_large }.write()));
    archive(&members)
}
