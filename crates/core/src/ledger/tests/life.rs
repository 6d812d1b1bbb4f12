//! Epoch after epoch of one log, with crashes between them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::ErrorKind;

/// What a node leaves behind: the database, and its anchor.
#[derive(Default)]
pub(super) struct World {
    pub(super) records: BTreeMap<u64, SignedRecord>,
    pub(super) checkpoint: Option<SavedCheckpoint>,
    pub(super) anchored: Vec<Vec<u8>>,
}

impl World {
    pub(super) fn insert(&mut self, record: &SignedRecord) {
        assert!(self.records.insert(record.seq, record.clone()).is_none(), "number given twice");
    }

    pub(super) fn anchor(&mut self, batch: &Batch) {
        self.anchored.push(batch.lines.clone());
    }

    pub(super) fn store(&mut self, batch: &Batch) {
        self.insert(&batch.account);
        let (note, frontier) = (batch.note.clone(), batch.frontier.clone());
        self.checkpoint = Some(SavedCheckpoint { note, frontier, account: batch.account.clone() });
    }

    fn anchored_lines(&self, skip: usize) -> Vec<AnchorLine> {
        let lines = self.anchored[skip..].iter().flat_map(|batch| batch.split_inclusive(|b| *b == b'\n'));
        lines.map(|line| AnchorLine::parse(line, "anchor", 1).unwrap()).collect()
    }

    fn remains(&self, anchored: Vec<AnchorLine>) -> Remains {
        let mut remains = Remains { checkpoint: self.checkpoint.clone(), anchored, ..Remains::default() };
        let wanted = remains.wanted().unwrap();
        let wants = |seq: u64| seq > wanted.above || wanted.numbers.contains(&seq);
        remains.records = self.records.values().filter(|record| wants(record.seq)).cloned().collect();
        remains
    }

    pub(super) fn recover(&self, anchored: Vec<AnchorLine>) -> Recovery {
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

pub(super) fn start(world: &mut World, recovery: Recovery) -> Ledger {
    for batch in &recovery.unsaved {
        world.store(batch);
    }
    let ledger = Ledger::resume(setup(LOG), recovery).unwrap();
    let first = ledger.begin(10).unwrap();
    world.insert(&first);
    ledger.committed(first.seq).unwrap();
    ledger
}

pub(super) fn checkpoint(world: &mut World, ledger: &Ledger) {
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
    let recovery = world.recover(world.anchored_lines(1));
    assert_eq!(recovery.missing, [3]);
    let ledger = start(&mut world, recovery);
    let first = world.records.values().last().unwrap();
    assert!(first.text.contains(",\"missing\":[1,3,3],\"seq\":5,"), "{}", first.text);
    let claimed = UnverifiedRecord::parse(&first.text, &first.signature).unwrap();
    let key = certified(claimed.certificate().unwrap());
    let Body::Epoch { missing, .. } = claimed.verify(&key).unwrap().body else { panic!() };
    assert_eq!(missing, Some(Missing { count: 1, first: 3, last: 3 }));
    drop(ledger);
}

#[test]
fn the_first_record_of_an_epoch_is_taken_from_the_anchor_if_the_database_lost_it() {
    let mut world = World::default();
    let ledger = start(&mut world, Recovery::default());
    checkpoint(&mut world, &ledger);
    let record = ledger.record(20, None, &inserts(1)).unwrap().remove(0);
    world.insert(&record);
    drop(ledger);
    world.records.remove(&1);
    let mut remains = world.remains(vec![]);
    let error = Recovery::verify(&verifier(), &trust(), remains.clone()).unwrap_err();
    assert!(error.to_string().contains("neither in the database nor in the anchors"), "{error}");
    remains.epochs = world.anchored_lines(0);
    let recovery = Recovery::verify(&verifier(), &trust(), remains).unwrap();
    assert_eq!((&recovery.missing[..], recovery.refused.len()), (&[1][..], 0));
    let ledger = start(&mut world, recovery);
    checkpoint(&mut world, &ledger);
    assert_eq!(world.audit(), [1, 3, 4]);
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
