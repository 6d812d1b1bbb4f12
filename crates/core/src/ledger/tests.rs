//! The ledger as a whole: written, stored, anchored, lost and read.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::crypto::Secret;
use crate::keys::{Certificate, Epoch, Signer, Trust};
use crate::packed::{Value, Writer};
use crate::{ErrorKind, Result};

const LOG: &str = "loans/node-1";

fn signer(seed: u8) -> Signer {
    Signer::from_seed(&Secret::new([seed; 32]))
}

fn trust() -> Trust {
    Trust::new([signer(1).kid()])
}

fn certified(certificate: &str) -> EpochKey {
    EpochKey::from(&Certificate::verify(certificate, &trust()).unwrap())
}

fn setup(log: &str) -> Setup {
    let tables: [(&str, &[&str], &[&str]); 2] = [("T", &["A", "B", "C"], &["X", "Y"]), ("S", &["A"], &["X"])];
    Setup {
        epoch: Arc::new(Epoch::start(&signer(1), log, 0).unwrap()),
        log_key: Arc::new(signer(2)),
        commitment_key: commitment_key(),
        coverage: Coverage::read(&coverage::tests::pack(&tables)).unwrap(),
        heartbeat: 1000,
    }
}

fn commitment_key() -> CommitmentKey {
    CommitmentKey::new(&Secret::new([50; 32]))
}

fn verifier() -> LogVerifier {
    LogVerifier::new(LOG, *signer(2).public()).unwrap()
}

fn head(rows: &mut Writer, table: &str, operation: u8, id: Option<&str>) {
    rows.string(Some(table)).u8(operation).string(id);
    rows.string(Some("pi")).string(Some("name")).bytes(Some(&[1; 32]));
}

fn insert(rows: &mut Writer, id: &str) {
    head(rows, "T", b'I', Some(id));
    rows.i32(4);
    rows.string(Some("Y")).u8(b'U').value(Value::Null);
    rows.string(Some("B")).u8(b'F').value(Value::Null);
    rows.string(Some("A")).u8(b'F').value(Value::Text("a"));
    rows.string(Some("X")).u8(b'U').value(Value::Integer(1));
}

fn inserts(count: i32) -> Vec<u8> {
    let mut rows = Writer::new();
    rows.i32(count);
    for id in 0..count {
        insert(&mut rows, &id.to_string());
    }
    rows.i32(0);
    rows.finish()
}

fn one(rows: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut packed = Writer::new();
    packed.i32(1);
    rows(&mut packed);
    packed.i32(0);
    packed.finish()
}

/// A ledger whose epoch has begun, and its key.
struct Running {
    ledger: Ledger,
    key: EpochKey,
}

impl std::ops::Deref for Running {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

fn running() -> Running {
    let ledger = Ledger::new(setup(LOG)).unwrap();
    let first = ledger.begin(10).unwrap();
    ledger.committed(1).unwrap();
    let claimed = UnverifiedRecord::parse(&first.text, &first.signature).unwrap();
    let key = certified(claimed.certificate().unwrap());
    Running { ledger, key }
}

impl Running {
    fn one(&self, rows: &[u8]) -> Arc<SignedRecord> {
        self.record(20, None, rows).unwrap().remove(0)
    }

    fn read(&self, record: &SignedRecord) -> Record {
        UnverifiedRecord::parse(&record.text, &record.signature).unwrap().verify(&self.key).unwrap()
    }

    fn transaction(&self, record: &SignedRecord) -> Transaction {
        match self.read(record).body {
            Body::Transaction(transaction) => transaction,
            body => panic!("{body:?}"),
        }
    }

    fn account(&self, record: &SignedRecord) -> Account {
        match self.read(record).body {
            Body::Account(account) | Body::End(account) => account,
            body => panic!("{body:?}"),
        }
    }
}

fn pack(name: &str, value: Value<'_>) -> Vec<u8> {
    let mut packed = Writer::new();
    packed.string(Some(name)).value(value);
    packed.finish()
}

fn column(packed: &[u8]) -> Column<'_> {
    Column::read(&mut crate::packed::Reader::new(packed)).unwrap()
}

#[test]
fn an_epoch_begins_with_its_certificate_and_coverage() {
    let ledger = Ledger::new(setup(LOG)).unwrap();
    let record = ledger.begin(10).unwrap();
    let claimed = UnverifiedRecord::parse(&record.text, &record.signature).unwrap();
    let key = certified(claimed.certificate().unwrap());
    let record = claimed.verify(&key).unwrap();
    assert_eq!((record.seq, record.time), (1, 10));
    let Body::Epoch { coverage, .. } = record.body else { panic!("{record:?}") };
    assert_eq!(coverage, setup(LOG).coverage);
    assert_eq!(ledger.begin(11).unwrap_err().kind(), ErrorKind::LedgerState);
}

#[test]
fn an_inserted_row_is_committed_to_and_located() {
    let ledger = running();
    let record = ledger.record(20, Some("demo"), &inserts(1)).unwrap().remove(0);
    let transaction = ledger.transaction(&record);
    assert_eq!(transaction.user.as_deref(), Some("demo"));
    assert_eq!(transaction.commitment_key, commitment_key().kid().as_str());
    let row = &transaction.rows[0];
    assert_eq!((row.table.as_str(), row.id.as_str(), row.variable.as_deref()), ("T", "0", Some("name")));
    let instance = transaction.instance(row).unwrap();
    assert_eq!((instance.id.as_str(), instance.salt), ("pi", Some(salt_digest("pi", &[1; 32]))));

    let instance = commitment_key().instance(Some(&[1; 32]));
    let (key, locators) = (instance.row("T", "0"), instance.locators("T", "0"));
    let (a, x) = (pack("A", Value::Text("a")), pack("X", Value::Integer(1)));
    let expected = Change::Inserted {
        fixed: key.fixed(&[column(&a)]),
        locators: vec![locators.of(&column(&a)), locators.of_null("B"), locators.of_null("C")],
        columns: vec![("X".into(), key.updatable(&column(&x)))],
    };
    assert_eq!(row.change, expected);
}

#[test]
fn every_operation_is_read_back() {
    let ledger = running();
    let change = |rows: Vec<u8>| {
        let mut transaction = ledger.transaction(&ledger.one(&rows));
        transaction.rows.remove(0).change
    };
    let key = commitment_key().instance(Some(&[1; 32]));
    let x = pack("X", Value::Integer(2));

    let updated = change(one(|rows| {
        head(rows, "T", b'U', Some("1"));
        rows.i32(2).string(Some("Y")).u8(b'U').value(Value::Null);
        rows.string(Some("X")).u8(b'U').value(Value::Integer(2));
    }));
    let columns = vec![("X".into(), Some(key.row("T", "1").updatable(&column(&x)))), ("Y".into(), None)];
    assert_eq!(updated, Change::Updated { columns });

    let updated = change(one(|rows| {
        head(rows, "T,S", b'P', None);
        rows.string(Some("A")).value(Value::Text("root"));
        rows.i32(1).string(Some("X")).u8(b'U').value(Value::Integer(2));
    }));
    let row = key.predicate("T,S", "A", Value::Text("root"));
    let columns = vec![("X".into(), Some(row.updatable(&column(&x))))];
    let (name, value) = ("A".into(), Plain::Text("root".into()));
    assert_eq!(updated, Change::UpdatedWhere { column: name, value, columns });

    let deleted = change(one(|rows| {
        head(rows, "T", b'D', Some("1"));
        rows.string(Some("cleanup")).value(Value::Timestamp(-5));
    }));
    assert_eq!(deleted, Change::Deleted { rule: Some("cleanup".into()), removal_time: Some(-5) });

    let other = change(one(|rows| {
        head(rows, "T", b'X', None);
        rows.string(Some("delete from T")).string(None).i64(-1);
    }));
    let sql = <crate::crypto::Active as crate::crypto::Backend>::sha256(&[b"delete from T"]);
    assert_eq!(other, Change::NotUnderstood { sql, source: None, rows: None });
}

#[test]
fn opened_values_are_listed() {
    let mut rows = Writer::new();
    rows.i32(1);
    insert(&mut rows, "1");
    rows.i32(1).string(Some("T")).string(Some("7")).i64(0x0909_0909_0909_0909).i64(0x0909_0909_0909_0909);
    let ledger = running();
    let record = ledger.one(&rows.finish());
    let seen = vec![Seen { table: "T".into(), id: "7".into(), tag: [9; 16] }];
    assert_eq!(ledger.transaction(&record).seen, seen);
}

#[test]
fn rows_beyond_two_thousand_go_to_further_records() {
    let ledger = running();
    let records = ledger.record(20, None, &inserts(4001)).unwrap();
    let sizes: Vec<_> = records.iter().map(|record| ledger.transaction(record).rows.len()).collect();
    assert_eq!(sizes, [2000, 2000, 1]);
    assert_eq!(records.iter().map(|record| record.seq).collect::<Vec<_>>(), [2, 3, 4]);
    assert!(running().record(20, None, &inserts(0)).unwrap().is_empty());
}

#[test]
fn a_record_too_long_for_its_column_goes_on_in_another() {
    let id = "x".repeat(1000);
    let mut rows = Writer::new();
    rows.i32(1000);
    (0..1000).for_each(|_| insert(&mut rows, &id));
    rows.i32(1000);
    for _ in 0..1000 {
        rows.string(Some("T")).string(Some(&id)).i64(0).i64(0);
    }
    let ledger = running();
    let records = ledger.record(20, None, &rows.finish()).unwrap();
    assert!(records.len() > 3 && records.iter().all(|record| record.text.len() < 600_000));
    let transactions: Vec<_> = records.iter().map(|record| ledger.transaction(record)).collect();
    assert_eq!(transactions.iter().map(|transaction| transaction.rows.len()).sum::<usize>(), 1000);
    assert_eq!(transactions.iter().map(|transaction| transaction.seen.len()).sum::<usize>(), 1000);
}

#[test]
fn what_is_not_covered_is_refused_by_name_and_takes_no_number() {
    let ledger = running();
    let message = |rows: Vec<u8>| ledger.record(20, None, &rows).unwrap_err().to_string();
    let unknown_table = one(|rows| {
        head(rows, "Q", b'I', Some("1"));
        rows.i32(0);
    });
    assert_eq!(message(unknown_table), "packed rows: table Q is not in the coverage");
    let column = |operation, name: &'static str, class| {
        one(move |rows| {
            head(rows, "T", operation, Some("1"));
            rows.i32(1).string(Some(name)).u8(class).value(Value::Integer(1));
        })
    };
    let uncovered = "packed rows: column Q of table T is there twice, not covered, or of the other class";
    assert_eq!(message(column(b'I', "Q", b'F')), uncovered);
    let fixed = "packed rows: column A of table T is fixed and cannot be updated";
    assert_eq!(message(column(b'U', "A", b'F')), fixed);
    assert_eq!(message(vec![0]), "packed buffer the buffer ends early");
    assert_eq!(ledger.record(20, None, &inserts(1)).unwrap()[0].seq, 2);
}

#[test]
fn two_salts_for_one_instance_are_refused() {
    let mut rows = Writer::new();
    rows.i32(2);
    insert(&mut rows, "1");
    rows.string(Some("T")).u8(b'D').string(Some("2")).string(Some("pi")).string(None).bytes(None);
    rows.string(None).value(Value::Null).i32(0);
    let error = running().record(20, None, &rows.finish()).unwrap_err();
    assert_eq!(error.to_string(), "packed rows: process instance pi has two salts");
}

#[test]
fn time_never_runs_backwards_along_the_numbers() {
    let ledger = running();
    let late = ledger.record(500, None, &inserts(1)).unwrap().remove(0);
    let early = ledger.record(400, None, &inserts(1)).unwrap().remove(0);
    assert_eq!((ledger.read(&late).time, ledger.read(&early).time), (500, 500));
    assert_eq!(ledger.read(&ledger.checkpoint(300).unwrap().unwrap().account).time, 500);
}

#[test]
fn an_account_lists_leaves_in_the_order_of_their_commits() {
    let ledger = running();
    for _ in 2..=6 {
        ledger.record(20, None, &inserts(1)).unwrap();
    }
    ledger.committed(4).unwrap();
    ledger.committed(2).unwrap();
    ledger.rolled_back(3).unwrap();
    ledger.in_doubt(5).unwrap();
    assert_eq!(ledger.doubtful(), [5]);
    let batch = ledger.checkpoint(20).unwrap().unwrap();
    let expected = Account {
        start: 1,
        added: [1, 4, 2].into_iter().collect(),
        void: [3].into_iter().collect(),
        doubt: [5].into_iter().collect(),
        open: [6].into_iter().collect(),
        ..Account::default()
    };
    assert_eq!(ledger.account(&batch.account), expected);
    assert_eq!((batch.size, batch.account.seq), (4, 7));
    ledger.resolve(5, true).unwrap();
    let batch = ledger.checkpoint(20).unwrap().unwrap();
    let account = ledger.account(&batch.account);
    assert_eq!((account.added.iter().collect::<Vec<_>>(), account.previous, account.first), (vec![5], 7, 4));
}

#[test]
fn a_number_is_settled_once() {
    let ledger = running();
    ledger.record(20, None, &inserts(1)).unwrap();
    let refused = |result: Result<()>| result.unwrap_err().to_string();
    let open = "record 2 is not open: it was settled before, or never made";
    let doubt = "record 2 is not in doubt: it was settled before, or never made";
    assert_eq!(refused(ledger.resolve(2, true)), doubt);
    ledger.in_doubt(2).unwrap();
    assert_eq!(refused(ledger.in_doubt(2)), open);
    assert_eq!(refused(ledger.committed(2)), open);
    ledger.resolve(2, false).unwrap();
    assert_eq!(refused(ledger.rolled_back(2)), open);
    assert_eq!(refused(ledger.resolve(2, true)), doubt);
    assert!(ledger.committed(99).is_err());
}

#[test]
fn an_idle_node_sends_a_heartbeat() {
    let ledger = running();
    assert_eq!(ledger.checkpoint(100).unwrap().unwrap().size, 2);
    assert!(ledger.checkpoint(1099).unwrap().is_none());
    let heartbeat = ledger.checkpoint(1100).unwrap().unwrap();
    assert!(ledger.account(&heartbeat.account).is_heartbeat());
    assert_eq!(heartbeat.size, 3);
}

#[test]
fn a_new_registry_row_goes_to_the_anchors_with_the_next_batch() {
    let ledger = running();
    ledger.checkpoint(100).unwrap().unwrap();
    ledger.key_registered("row");
    let batch = ledger.checkpoint(101).unwrap().unwrap();
    assert!(batch.lines.starts_with(b"{\"key\":\"row\"}\n"));
}

#[test]
fn after_its_end_an_epoch_records_nothing() {
    let ledger = running();
    let end = ledger.end(30).unwrap();
    assert!(matches!(ledger.read(&end.account).body, Body::End(_)));
    assert!(ledger.record(30, None, &inserts(1)).is_err());
    assert!(ledger.checkpoint(30).is_err());
    assert!(ledger.end(30).is_err());
}

#[test]
fn a_record_of_another_key_epoch_or_log_does_not_verify() {
    let ledger = running();
    let record = ledger.one(&inserts(1));
    let refused = |key: EpochKey| {
        let claimed = UnverifiedRecord::parse(&record.text, &record.signature).unwrap();
        claimed.verify(&key).unwrap_err().to_string()
    };
    let genuine = ledger.key.clone();
    let EpochKey { log, epoch, kid, .. } = &genuine;
    let expected = format!("the signature of record 2 of log {log}, epoch {epoch}, is not that of key {kid}");
    assert_eq!(refused(EpochKey { public: [0; 32], ..genuine.clone() }), expected);
    assert_eq!(refused(EpochKey { epoch: "e2".into(), ..genuine.clone() }), expected);
    assert_eq!(refused(EpochKey { log: "loans/node-2".into(), ..genuine.clone() }), expected);
    refused(running().key);
}

#[test]
fn a_record_with_any_byte_flipped_is_refused() {
    let ledger = running();
    let transaction = ledger.record(20, Some("u"), &inserts(2)).unwrap().remove(0);
    let account = ledger.checkpoint(20).unwrap().unwrap().account;
    for record in [&*transaction, &account] {
        for position in 0..record.text.len() {
            let mut changed = record.text.clone().into_bytes();
            changed[position] ^= 1 << (position % 8);
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let result = UnverifiedRecord::parse(&changed, &record.signature)
                .and_then(|claimed| claimed.verify(&ledger.key));
            assert!(result.is_err(), "byte {position}");
        }
    }
}

/// What a node leaves behind: the database, and its anchor.
#[derive(Default)]
struct World {
    records: BTreeMap<u64, SignedRecord>,
    checkpoint: Option<SavedCheckpoint>,
    anchored: Vec<Vec<u8>>,
}

impl World {
    fn insert(&mut self, record: &SignedRecord) {
        assert!(self.records.insert(record.seq, record.clone()).is_none(), "number given twice");
    }

    fn anchor(&mut self, batch: &Batch) {
        self.anchored.push(batch.lines.clone());
    }

    fn store(&mut self, batch: &Batch) {
        self.insert(&batch.account);
        let (note, frontier) = (batch.note.clone(), batch.frontier.clone());
        self.checkpoint = Some(SavedCheckpoint { note, frontier, account: batch.account.clone() });
    }

    fn anchored_lines(&self, skip: usize) -> Vec<AnchorLine> {
        let lines = self.anchored[skip..].iter().flat_map(|batch| batch.split_inclusive(|b| *b == b'\n'));
        lines.map(|line| AnchorLine::parse(line, "anchor", 1).unwrap()).collect()
    }

    fn remains(&self, anchored: Vec<AnchorLine>) -> Remains {
        let mut remains = Remains { checkpoint: self.checkpoint.clone(), anchored, records: Vec::new() };
        let wanted = remains.wanted().unwrap();
        let wants = |seq: u64| seq > wanted.above || wanted.numbers.contains(&seq);
        remains.records = self.records.values().filter(|record| wants(record.seq)).cloned().collect();
        remains
    }

    fn recover(&self, anchored: Vec<AnchorLine>) -> Recovery {
        Recovery::verify(&verifier(), &trust(), self.remains(anchored)).unwrap()
    }

    /// Reads the whole anchor as an auditor does: the numbers in the order of their leaves.
    fn audit(&self) -> Vec<u64> {
        let mut keys: BTreeMap<String, EpochKey> = BTreeMap::new();
        let (mut frontier, mut log) = (Frontier::new(), Outstanding::new());
        let (mut leaves, mut batch) = (Vec::new(), Vec::new());
        for line in self.anchored_lines(0) {
            match line {
                AnchorLine::Key(_) => {}
                AnchorLine::Record { text, signature } => {
                    let claimed = UnverifiedRecord::parse(&text, &signature).unwrap();
                    if let Some(certificate) = claimed.certificate() {
                        let key = certified(certificate);
                        keys.insert(key.epoch.clone(), key);
                    }
                    frontier.push(claimed.leaf());
                    let key = &keys[claimed.epoch()];
                    batch.push(claimed.verify(key).unwrap());
                }
                AnchorLine::Checkpoint(note) => {
                    let checkpoint = verifier().verify(&note).unwrap();
                    assert_eq!((frontier.size(), frontier.root()), (checkpoint.size, checkpoint.root));
                    let last = batch.pop().unwrap();
                    let (Body::Account(account) | Body::End(account)) = &last.body else {
                        panic!("{last:?}")
                    };
                    assert!(account.added.iter().eq(batch.drain(..).map(|record| record.seq)));
                    log.apply(last.seq, account).unwrap();
                    leaves.extend(account.added.iter());
                }
            }
        }
        leaves
    }
}

fn start(world: &mut World, recovery: Recovery) -> Ledger {
    for batch in &recovery.unsaved {
        world.store(batch);
    }
    let ledger = Ledger::resume(setup(LOG), recovery).unwrap();
    let first = ledger.begin(10).unwrap();
    world.insert(&first);
    ledger.committed(first.seq).unwrap();
    ledger
}

fn checkpoint(world: &mut World, ledger: &Ledger) {
    let batch = ledger.checkpoint(20).unwrap().unwrap();
    world.anchor(&batch);
    world.store(&batch);
}

#[test]
fn after_a_crash_the_next_epoch_adds_what_the_database_holds() {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    let records: Vec<_> = (0..4).map(|_| ledger.record(20, None, &inserts(1)).unwrap().remove(0)).collect();
    ledger.in_doubt(2).unwrap();
    checkpoint(&mut world, &ledger);
    let late = ledger.record(20, None, &inserts(1)).unwrap().remove(0);
    // Committed in the database: the one in doubt, one that was open, one after the checkpoint.
    world.insert(&records[0]);
    world.insert(&records[2]);
    world.insert(&late);
    drop(ledger);

    let recovery = world.recover(vec![]);
    assert_eq!((recovery.missing.len(), recovery.refused.len()), (0, 0));
    let ledger = start(&mut world, recovery);
    let batch = ledger.checkpoint(30).unwrap().unwrap();
    world.anchor(&batch);
    let first = UnverifiedRecord::parse(&world.records[&8].text, &world.records[&8].signature).unwrap();
    let key = certified(first.certificate().unwrap());
    let record = UnverifiedRecord::parse(&batch.account.text, &batch.account.signature).unwrap();
    let Body::Account(account) = record.verify(&key).unwrap().body else { panic!() };
    assert_eq!(account.recovered.iter().collect::<Vec<_>>(), [2, 4, 7]);
    assert_eq!(account.added.iter().collect::<Vec<_>>(), [2, 4, 7, 8]);
    assert_eq!(account.void.iter().collect::<Vec<_>>(), [3, 5]);
    assert_eq!(world.audit(), [1, 2, 4, 7, 8]);
}

#[test]
fn a_batch_that_was_anchored_and_not_stored_is_taken_up() {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    checkpoint(&mut world, &ledger);
    let record = ledger.record(20, None, &inserts(1)).unwrap().remove(0);
    world.insert(&record);
    ledger.committed(record.seq).unwrap();
    let anchored = ledger.checkpoint(20).unwrap().unwrap();
    world.anchor(&anchored);
    drop(ledger);

    let recovery = world.recover(world.anchored_lines(1));
    let unsaved = &recovery.unsaved[0];
    assert_eq!((&unsaved.account, &unsaved.note), (&anchored.account, &anchored.note));
    assert_eq!(unsaved.frontier, anchored.frontier);
    let ledger = start(&mut world, recovery);
    checkpoint(&mut world, &ledger);
    assert_eq!(world.audit(), [1, 3, 5]);
}

#[test]
fn a_database_set_back_misses_what_the_anchor_holds() {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    checkpoint(&mut world, &ledger);
    let (backup, checkpoint_then) = (world.records.clone(), world.checkpoint.clone());
    let record = ledger.record(20, None, &inserts(1)).unwrap().remove(0);
    world.insert(&record);
    ledger.committed(record.seq).unwrap();
    checkpoint(&mut world, &ledger);
    (world.records, world.checkpoint) = (backup, checkpoint_then);
    assert_eq!(world.recover(world.anchored_lines(1)).missing, [3]);
}

#[test]
fn what_is_not_signed_is_not_taken_up() {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    checkpoint(&mut world, &ledger);
    let genuine = ledger.record(20, None, &inserts(1)).unwrap().remove(0);
    let text = genuine.text.replace("\"user\":null", "\"user\":\"x\"");
    world.insert(&SignedRecord { text, ..(*genuine).clone() });
    let moved = SignedRecord { seq: 9, ..(*genuine).clone() };
    world.insert(&moved);
    let recovery = world.recover(vec![]);
    assert_eq!(recovery.refused.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [3, 9]);
    assert_eq!(recovery.refused[0].1.kind(), ErrorKind::BadSignature);
    assert!(recovery.found.is_empty());
    let mut continued = Ledger::resume(setup(LOG), recovery).unwrap();
    assert_eq!(continued.begin(30).unwrap().seq, 10, "their numbers are taken");
    world.records.remove(&9);
    world.insert(&SignedRecord { seq: 1 << 40, ..moved });
    continued = Ledger::resume(setup(LOG), world.recover(vec![])).unwrap();
    assert_eq!(continued.begin(30).unwrap().seq, 4);

    let SavedCheckpoint { note, frontier, account } = world.checkpoint.clone().unwrap();
    let refuse = |checkpoint: SavedCheckpoint| {
        let mut remains = world.remains(vec![]);
        remains.checkpoint = Some(checkpoint);
        Recovery::verify(&verifier(), &trust(), remains).unwrap_err().kind()
    };
    let (saved, forged) = (SavedCheckpoint { note, frontier, account }, ErrorKind::BadSignature);
    let mut changed = saved.clone();
    changed.note = changed.note.replace("\n2\n", "\n3\n");
    assert_eq!(refuse(changed), forged);
    let mut changed = saved.clone();
    changed.account.text = changed.account.text.replace("\"time\":20", "\"time\":21");
    assert_eq!(refuse(changed), forged);
    let mut changed = saved;
    changed.frontier = changed.frontier.replacen('A', "B", 1).replacen("2:", "3:", 1);
    assert_eq!(refuse(changed), ErrorKind::LedgerState);
}

#[test]
fn an_untrusted_epoch_stops_the_recovery() {
    let mut world = World::default();
    start(&mut world, Recovery::default());
    let other = Trust::new([signer(3).kid()]);
    let error = Recovery::verify(&verifier(), &other, world.remains(vec![])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UntrustedKey);
}

#[test]
fn a_recovery_is_of_its_own_log() {
    let recovery = Recovery::verify(&verifier(), &trust(), Remains::default()).unwrap();
    let error = Ledger::resume(setup("loans/node-2"), recovery).unwrap_err();
    assert_eq!(error.to_string(), "the recovery is of another log");
}

#[test]
fn threads_leave_no_number_out_and_no_leaf() {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    let batches = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for thread in 0..6_u64 {
            let (ledger, batches) = (&ledger, &batches);
            threads.spawn(move || {
                for turn in 0..50 {
                    let seq = ledger.record(20, None, &inserts(1)).unwrap()[0].seq;
                    match (thread + turn) % 4 {
                        0 => ledger.rolled_back(seq).unwrap(),
                        1 => {
                            ledger.in_doubt(seq).unwrap();
                            ledger.resolve(seq, true).unwrap();
                        }
                        2 => {
                            ledger.committed(seq).unwrap();
                            let mut batches = batches.lock().unwrap();
                            batches.extend(ledger.checkpoint(20).unwrap());
                        }
                        _ => ledger.committed(seq).unwrap(),
                    }
                }
            });
        }
    });
    for batch in batches.into_inner().unwrap() {
        world.anchor(&batch);
    }
    world.anchor(&ledger.end(20).unwrap());
    // Three of four of 300, and the first record.
    assert_eq!(world.audit().len(), 226);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Record,
    Commit(usize),
    RollBack(usize),
    /// Whether the database took the commit that was never answered.
    Doubt(usize, bool),
    Resolve(usize),
    Checkpoint,
    /// Whether a last batch still reached the anchor and not the database.
    Crash(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => Just(Step::Record),
        4 => any::<usize>().prop_map(Step::Commit),
        1 => any::<usize>().prop_map(Step::RollBack),
        2 => any::<(usize, bool)>().prop_map(|(index, took)| Step::Doubt(index, took)),
        2 => any::<usize>().prop_map(Step::Resolve),
        2 => Just(Step::Checkpoint),
        1 => any::<bool>().prop_map(Step::Crash),
    ];
    prop::collection::vec(step, 0..60)
}

fn take<T>(list: &mut Vec<T>, index: usize) -> Option<T> {
    if list.is_empty() { None } else { Some(list.remove(index % list.len())) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_happens_each_number_is_accounted_for_once_and_what_committed_is_in_the_log(steps in steps()) {
        let mut world = World::default();
        let mut ledger = start(&mut world, Recovery::default());
        let mut stored = 0;
        let (mut open, mut doubt) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Record => open.extend(ledger.record(20, None, &inserts(1)).unwrap()),
                Step::Commit(index) => if let Some(record) = take(&mut open, index) {
                    world.insert(&record);
                    ledger.committed(record.seq).unwrap();
                },
                Step::RollBack(index) => if let Some(record) = take(&mut open, index) {
                    ledger.rolled_back(record.seq).unwrap();
                },
                Step::Doubt(index, took) => if let Some(record) = take(&mut open, index) {
                    if took {
                        world.insert(&record);
                    }
                    ledger.in_doubt(record.seq).unwrap();
                    doubt.push(record.seq);
                },
                Step::Resolve(index) => if let Some(seq) = take(&mut doubt, index) {
                    ledger.resolve(seq, world.records.contains_key(&seq)).unwrap();
                },
                Step::Checkpoint => if let Some(batch) = ledger.checkpoint(20).unwrap() {
                    world.anchor(&batch);
                    world.store(&batch);
                    stored = world.anchored.len();
                },
                Step::Crash(anchored) => {
                    if anchored && let Some(batch) = ledger.checkpoint(20).unwrap() {
                        world.anchor(&batch);
                    }
                    let recovery = world.recover(world.anchored_lines(stored));
                    prop_assert!(recovery.missing.is_empty() && recovery.refused.is_empty());
                    ledger = start(&mut world, recovery);
                    stored = world.anchored.len();
                    (open, doubt) = (Vec::new(), Vec::new());
                }
            }
        }
        for seq in doubt {
            ledger.resolve(seq, world.records.contains_key(&seq)).unwrap();
        }
        let end = ledger.end(20).unwrap();
        world.anchor(&end);
        world.store(&end);
        let mut leaves = world.audit();
        leaves.sort_unstable();
        let engine: Vec<u64> = world.records.values()
            .filter(|record| !record.text.contains("\"added\"") && record.text.contains("\"kind\":\"tx\"")
                || record.text.contains("\"kind\":\"epoch\""))
            .map(|record| record.seq).collect();
        prop_assert_eq!(leaves, engine);
    }
}
