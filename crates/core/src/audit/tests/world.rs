//! An engine in miniature: two nodes that write a small database through real ledgers, commit, roll
//! back, doubt, checkpoint, end, crash and take up again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audit::{Audit, MemorySpill, Report};
use crate::crypto::Secret;
use crate::keys::{Epoch, Signer, Trust, jwk};
use crate::ledger::{
    AnchorLine, Batch, CommitmentKey, Coverage, Ledger, LogVerifier, Recovery, Remains, SavedCheckpoint,
    Setup, SignedRecord,
};
use crate::packed::{Value, Writer};

pub(super) const LOGS: [&str; 2] = ["loans/node-1", "loans/node-2"];
const ROOT: &str = "ROOT_PROC_INST_ID_";
pub(super) const COLUMNS: [&str; 7] = ["ID_", "NAME_", "PI_", "REV_", ROOT, "STATE_", "TEXT2_"];
const FIXED: [&str; 4] = ["ID_", "NAME_", "PI_", ROOT];

/// A row of table `T` by column; what is not there is NULL.
pub(super) type TestRow = BTreeMap<&'static str, String>;

pub(super) fn signer(seed: u8) -> Signer {
    Signer::from_seed(&Secret::new([seed; 32]))
}

/// What one statement of a transaction does.
#[derive(Debug, Clone)]
pub(super) enum Write {
    Insert {
        id: String,
        root: String,
    },
    Update {
        id: String,
        column: &'static str,
    },
    Clear {
        id: String,
        column: &'static str,
    },
    /// An update that does not say whose row it is.
    Disowned {
        id: String,
        column: &'static str,
    },
    Sweep {
        root: String,
    },
    Delete {
        id: String,
    },
    /// A statement that the recorder does not understand.
    Unknown,
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Commit,
    RollBack,
    /// It committed, and nobody knows for sure until the next checkpoint.
    Doubt,
    /// It did not, and nobody knows for sure until the next checkpoint.
    DoubtLost,
    /// It committed, and the node crashed before it knew.
    Crash,
}

struct Node {
    ledger: Ledger,
    file: String,
}

#[derive(Clone, Debug)]
pub(super) struct StoredCheckpoint {
    pub(super) log: String,
    pub(super) size: u64,
    pub(super) account: u64,
    pub(super) note: String,
    frontier: String,
}

/// The database, the anchors and the nodes.
pub(super) struct World {
    pub(super) rows: BTreeMap<String, TestRow>,
    pub(super) records: BTreeMap<(String, u64), (String, String)>,
    /// Further rows of the table of records, which has no primary key any more.
    pub(super) doubles: Vec<(String, u64, String)>,
    pub(super) checkpoints: Vec<StoredCheckpoint>,
    pub(super) salts: BTreeMap<String, [u8; 32]>,
    pub(super) anchors: BTreeMap<String, Vec<u8>>,
    pub(super) deleted: Vec<(String, TestRow)>,
    /// Records of transactions that did not commit.
    pub(super) lost: Vec<(String, Arc<SignedRecord>)>,
    nodes: [Option<Node>; 2],
    epochs: u32,
    values: u64,
    pub(super) now: i64,
    /// How long after one transaction the next comes, in milliseconds.
    pub(super) pause: i64,
    /// How long after the last transaction the audit is, in milliseconds.
    pub(super) later: i64,
    /// How far certificates of epochs are ahead of their records, in milliseconds.
    pub(super) ahead: i64,
}

fn coverage() -> Coverage {
    let mut packed = Writer::new();
    packed.i32(1).string(Some("T"));
    let names = |packed: &mut Writer, names: &[&str]| {
        packed.i32(i32::try_from(names.len()).unwrap());
        for name in names {
            packed.string(Some(name));
        }
    };
    names(&mut packed, &["ID_"]);
    packed.string(Some("PI_")).string(Some("NAME_"));
    names(&mut packed, &FIXED);
    names(&mut packed, &["REV_", "STATE_", "TEXT2_"]);
    names(&mut packed, &["TEXT2_"]);
    Coverage::read(&packed.finish()).unwrap()
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            rows: BTreeMap::new(),
            records: BTreeMap::new(),
            doubles: Vec::new(),
            checkpoints: Vec::new(),
            salts: BTreeMap::new(),
            anchors: BTreeMap::new(),
            deleted: Vec::new(),
            lost: Vec::new(),
            nodes: [None, None],
            epochs: 0,
            values: 0,
            now: 1_800_000_000_000,
            pause: 1001,
            later: 3_600_000,
            ahead: 0,
        };
        world.start(0);
        world.start(1);
        world
    }

    fn setup(&self, node: usize) -> Setup {
        Setup {
            epoch: Arc::new(Epoch::start(&signer(1), LOGS[node], self.now + self.ahead).unwrap()),
            log_key: Arc::new(signer(2)),
            commitment_key: CommitmentKey::new(&Secret::new([50; 32])),
            coverage: coverage(),
            heartbeat: 60_000,
        }
    }

    /// Starts a node, taking up what its last epoch left.
    pub(super) fn start(&mut self, node: usize) {
        self.now += 5;
        let log = LOGS[node];
        let newest = self.checkpoints.iter().filter(|point| point.log == log).max_by_key(|point| point.size);
        let mut remains = Remains {
            checkpoint: newest.map(|point| SavedCheckpoint {
                note: point.note.clone(),
                frontier: point.frontier.clone(),
                account: self.stored(log, point.account).unwrap(),
            }),
            ..Remains::default()
        };
        // What the anchor holds after the newest stored checkpoint.
        let newest_note = newest.map(|point| point.note.clone());
        let mut after = newest_note.is_none();
        for (_, lines) in self.anchors.iter().filter(|(file, _)| file.starts_with(log)) {
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                let line = AnchorLine::parse(line, "anchor", 1).unwrap();
                if after {
                    remains.anchored.push(line);
                } else {
                    after =
                        matches!(&line, AnchorLine::Checkpoint(text) if Some(text) == newest_note.as_ref());
                }
            }
        }
        let wanted = remains.wanted().unwrap();
        let own = self.records.iter().filter(|((of, _), _)| of == log);
        remains.records = own
            .filter(|((_, seq), _)| *seq > wanted.above || wanted.numbers.contains(seq))
            .map(|((_, seq), (text, signature))| SignedRecord {
                seq: *seq,
                text: text.clone(),
                signature: signature.clone(),
            })
            .collect();
        let verifier = LogVerifier::new(log, *signer(2).public()).unwrap();
        let trust = Trust::new([signer(1).kid()]);
        let recovery = Recovery::verify(&verifier, &trust, remains).unwrap();
        assert!(recovery.missing.is_empty() && recovery.refused.is_empty());
        for batch in &recovery.unsaved {
            self.store(log, batch);
        }
        let ledger = Ledger::resume(self.setup(node), recovery).unwrap();
        self.epochs += 1;
        let file = format!("{log}-{:04}", self.epochs);
        let first = ledger.begin(self.now).unwrap();
        self.save(log, &first);
        ledger.committed(first.seq).unwrap();
        self.nodes[node] = Some(Node { ledger, file });
        self.checkpoint(node, true);
    }

    fn stored(&self, log: &str, seq: u64) -> Option<SignedRecord> {
        let (text, signature) = self.records.get(&(log.to_owned(), seq))?.clone();
        Some(SignedRecord { seq, text, signature })
    }

    fn save(&mut self, log: &str, record: &SignedRecord) {
        self.records.insert((log.to_owned(), record.seq), (record.text.clone(), record.signature.clone()));
    }

    fn store(&mut self, log: &str, batch: &Batch) {
        self.save(log, &batch.account);
        self.checkpoints.push(StoredCheckpoint {
            log: log.to_owned(),
            size: batch.size,
            account: batch.account.seq,
            note: batch.note.clone(),
            frontier: batch.frontier.clone(),
        });
    }

    /// Makes a checkpoint; `saved` unless the node crashes between anchor and database.
    pub(super) fn checkpoint(&mut self, node: usize, saved: bool) {
        self.now += 3;
        let log = LOGS[node];
        let Some(running) = &self.nodes[node] else { return };
        for seq in running.ledger.doubtful() {
            running.ledger.resolve(seq, self.records.contains_key(&(log.to_owned(), seq))).unwrap();
        }
        let Some(batch) = running.ledger.checkpoint(self.now).unwrap() else { return };
        self.anchors.entry(running.file.clone()).or_default().extend_from_slice(&batch.lines);
        if saved {
            self.store(log, &batch);
        } else {
            self.nodes[node] = None;
        }
    }

    /// Ends a node's epoch as it should be.
    pub(super) fn stop(&mut self, node: usize) {
        self.checkpoint(node, true);
        let Some(running) = self.nodes[node].take() else { return };
        self.now += 1;
        let batch = running.ledger.end(self.now).unwrap();
        self.anchors.entry(running.file).or_default().extend_from_slice(&batch.lines);
        self.store(LOGS[node], &batch);
    }

    /// Carries out a transaction on a node.
    pub(super) fn transact(&mut self, node: usize, writes: &[Write], end: End) {
        if self.nodes[node].is_none() {
            self.start(node);
        }
        self.now += self.pause;
        let (mut rows, mut gone) = (self.rows.clone(), Vec::new());
        let mut changes: Vec<Vec<u8>> = Vec::new();
        for write in writes {
            changes.extend(self.write(&mut rows, &mut gone, write));
        }
        let mut packed = Writer::new();
        packed.i32(i32::try_from(changes.len()).unwrap());
        let mut packed = packed.finish();
        packed.extend(changes.into_iter().flatten());
        packed.extend_from_slice(&0_i32.to_be_bytes());
        let Some(running) = &self.nodes[node] else { return };
        let records = running.ledger.record(self.now, Some("mary"), &packed).unwrap();
        let present = matches!(end, End::Commit | End::Doubt | End::Crash);
        for record in &records {
            match end {
                End::Commit => running.ledger.committed(record.seq).unwrap(),
                End::RollBack => running.ledger.rolled_back(record.seq).unwrap(),
                End::Doubt | End::DoubtLost => running.ledger.in_doubt(record.seq).unwrap(),
                End::Crash => {}
            }
        }
        if present {
            for record in &records {
                self.save(LOGS[node], record);
            }
            self.rows = rows;
            self.deleted.extend(gone);
        } else {
            self.lost.extend(records.iter().map(|record| (LOGS[node].to_owned(), Arc::clone(record))));
        }
        if end == End::Crash {
            self.nodes[node] = None;
        }
    }

    fn fresh(&mut self) -> String {
        self.values += 1;
        format!("value {}", self.values)
    }

    fn write(
        &mut self,
        rows: &mut BTreeMap<String, TestRow>,
        gone: &mut Vec<(String, TestRow)>,
        write: &Write,
    ) -> Option<Vec<u8>> {
        let mut out = Writer::new();
        match write {
            Write::Insert { id, root } => {
                if rows.contains_key(id) || self.deleted.iter().any(|(known, _)| known == id) {
                    return None;
                }
                let instance = format!("{root}/{}", id.len() % 2);
                let mut row = TestRow::new();
                row.insert("ID_", id.clone());
                row.insert("NAME_", format!("name of {id}"));
                row.insert("PI_", instance.clone());
                row.insert(ROOT, root.clone());
                row.insert("REV_", "1".into());
                row.insert("TEXT2_", self.fresh());
                self.head(&mut out, b'I', Some(id), Some(&instance));
                out.i32(7);
                for column in COLUMNS {
                    column_of(&mut out, column, row.get(column).map(String::as_str));
                }
                rows.insert(id.clone(), row);
            }
            Write::Update { id, column } | Write::Clear { id, column } | Write::Disowned { id, column } => {
                let value = (!matches!(write, Write::Clear { .. })).then(|| self.fresh());
                let row = rows.get_mut(id)?;
                match &value {
                    Some(value) => row.insert(column, value.clone()),
                    None => row.remove(column),
                };
                let instance = Some(row["PI_"].clone()).filter(|_| !matches!(write, Write::Disowned { .. }));
                self.head(&mut out, b'U', Some(id), instance.as_deref());
                out.i32(1);
                column_of(&mut out, column, value.as_deref());
            }
            Write::Sweep { root } => {
                let value = self.fresh();
                self.head(&mut out, b'P', None, Some(root));
                out.string(Some(ROOT)).value(Value::Text(root)).i32(1);
                column_of(&mut out, "STATE_", Some(&value));
                for row in rows.values_mut().filter(|row| row[ROOT] == *root) {
                    row.insert("STATE_", value.clone());
                }
            }
            Write::Unknown => {
                self.head(&mut out, b'X', None, None);
                out.string(Some("update T set REV_ = REV_ + 1")).string(None).i64(3);
            }
            Write::Delete { id } => {
                let row = rows.remove(id)?;
                self.head(&mut out, b'D', Some(id), Some(&row["PI_"]));
                out.string(None).value(Value::Null).string(Some(&row[ROOT]));
                gone.push((id.clone(), row));
            }
        }
        Some(out.finish())
    }

    fn head(&mut self, out: &mut Writer, operation: u8, id: Option<&str>, instance: Option<&str>) {
        out.string(Some("T")).u8(operation).string(id).string(instance).string(id);
        let salt = instance.map(|instance| {
            let next = u8::try_from(self.salts.len() % 200).unwrap() + 1;
            *self.salts.entry(instance.to_owned()).or_insert([next; 32])
        });
        out.bytes(salt.as_ref().map(|salt| &salt[..]));
    }

    pub(super) fn policy() -> String {
        let verifier = |log| LogVerifier::new(log, *signer(2).public()).unwrap().to_string();
        format!(
            "identities = [\"{}\"]\n[logs]\n\"{}\" = \"{}\"\n\"{}\" = \"{}\"\n",
            signer(1).kid(),
            LOGS[0],
            verifier(LOGS[0]),
            LOGS[1],
            verifier(LOGS[1])
        )
    }

    pub(super) fn keys() -> String {
        jwk::write_secrets([Secret::new([50; 32])].iter(), "HS256").to_string()
    }

    /// Audits the database and the anchors as they stand.
    pub(super) fn audit(&self) -> Report {
        self.audit_with(Some(&Self::keys()))
    }

    pub(super) fn audit_with(&self, keys: Option<&str>) -> Report {
        self.audit_under(&Self::policy(), keys)
    }

    pub(super) fn audit_under(&self, policy: &str, keys: Option<&str>) -> Report {
        self.fed(policy, keys).finish().unwrap()
    }

    /// An audit that was fed the database and the anchors as they stand.
    pub(super) fn fed(&self, policy: &str, keys: Option<&str>) -> Audit {
        let spill = Box::new(MemorySpill::default());
        let mut audit = Audit::new(policy, "policy.toml", keys, self.now + self.later, spill).unwrap();
        audit.expect_anchors().unwrap();
        for (file, lines) in &self.anchors {
            audit.anchor(file, 1, lines).unwrap();
        }
        let mut packed = Writer::new();
        for (log, seq, text) in &self.doubles {
            packed.string(Some(log)).i64(seq.cast_signed()).string(Some(text)).string(None);
        }
        for ((log, seq), (text, signature)) in &self.records {
            packed.string(Some(log)).i64(seq.cast_signed()).string(Some(text)).string(Some(signature));
        }
        audit.records(&packed.finish()).unwrap();
        let mut packed = Writer::new();
        for point in &self.checkpoints {
            packed.string(Some(&point.log)).i64(point.size.cast_signed()).i64(point.account.cast_signed());
            packed.string(Some(&point.note));
        }
        audit.checkpoints(&packed.finish()).unwrap();
        let mut packed = Writer::new();
        for (instance, salt) in &self.salts {
            packed.string(Some(instance)).string(Some(&crate::base64url::encode(salt)));
        }
        audit.salts(&packed.finish()).unwrap();
        let covered = audit.coverage().unwrap();
        for (table, columns) in covered {
            let mut packed = Writer::new();
            for row in self.rows.values() {
                for column in &columns {
                    packed.value(row.get(column.as_str()).map_or(Value::Null, |text| Value::Text(text)));
                }
            }
            audit.rows(&table, &packed.finish()).unwrap();
        }
        audit
    }

    /// The numbers of a log that the database holds.
    pub(super) fn numbers(&self, log: &str) -> BTreeSet<u64> {
        self.records.keys().filter(|(of, _)| of == log).map(|(_, seq)| *seq).collect()
    }
}

fn column_of(out: &mut Writer, column: &str, value: Option<&str>) {
    let class = if FIXED.contains(&column) { b'F' } else { b'U' };
    out.string(Some(column)).u8(class).value(value.map_or(Value::Null, Value::Text));
}
