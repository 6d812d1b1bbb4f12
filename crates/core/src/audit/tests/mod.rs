//! The audit as a whole: clean databases are clean, and what is done to one is found where it was
//! done.

mod absence;
mod checkpoints;
mod deletion;
mod world;

use proptest::prelude::*;

use super::{Audit, FindingKind, MemorySpill, Outcome, Report, Severity};
use crate::base64url;
use crate::crypto::{Active, Backend};
use crate::ledger::Checkpoint;
use world::{End, LOGS, World, Write};

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let id = || (0..12_u8).prop_map(|n| format!("row-{n}"));
    let root = || (0..3_u8).prop_map(|n| format!("root-{n}"));
    let column = || prop_oneof![Just("REV_"), Just("TEXT2_"), Just("STATE_")];
    let write = prop_oneof![
        4 => (id(), root()).prop_map(|(id, root)| Write::Insert { id, root }),
        4 => (id(), column()).prop_map(|(id, column)| Write::Update { id, column }),
        1 => (id(), column()).prop_map(|(id, column)| Write::Clear { id, column }),
        1 => (id(), column()).prop_map(|(id, column)| Write::Disowned { id, column }),
        1 => root().prop_map(|root| Write::Sweep { root }),
        1 => id().prop_map(|id| Write::Delete { id }),
    ];
    proptest::collection::vec(write, 1..5)
}

/// What happens to the world.
#[derive(Debug, Clone)]
enum Step {
    Transact(usize, Vec<Write>, End),
    Checkpoint(usize),
    CrashBetween(usize),
    Stop(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let end = prop_oneof![
        8 => Just(End::Commit),
        2 => Just(End::RollBack),
        1 => Just(End::Doubt),
        1 => Just(End::DoubtLost),
        1 => Just(End::Crash),
    ];
    let step = prop_oneof![
        10 => (0..2_usize, writes(), end).prop_map(|(node, writes, end)| Step::Transact(node, writes, end)),
        3 => (0..2_usize).prop_map(Step::Checkpoint),
        1 => (0..2_usize).prop_map(Step::CrashBetween),
        1 => (0..2_usize).prop_map(Step::Stop),
    ];
    proptest::collection::vec(step, 1..30)
}

fn live(steps: &[Step]) -> World {
    let mut world = World::new();
    for step in steps {
        match step {
            Step::Transact(node, writes, end) => world.transact(*node, writes, *end),
            Step::Checkpoint(node) => world.checkpoint(*node, true),
            Step::CrashBetween(node) => world.checkpoint(*node, false),
            Step::Stop(node) => world.stop(*node),
        }
    }
    world
}

/// A few transactions, all anchored.
fn settled() -> World {
    let mut world = World::new();
    let insert = |id: &str, root: &str| Write::Insert { id: id.into(), root: root.into() };
    let update = |id: &str, column| Write::Update { id: id.into(), column };
    world.transact(0, &[insert("a", "r"), insert("b", "r"), insert("gone", "r")], End::Commit);
    world.transact(1, &[insert("c", "s"), update("a", "TEXT2_")], End::Commit);
    world.checkpoint(1, true);
    world.transact(0, &[Write::Delete { id: "gone".into() }, update("b", "REV_")], End::Commit);
    world.transact(0, &[Write::Sweep { root: "r".into() }], End::Commit);
    world.checkpoint(0, true);
    world.transact(0, &[update("c", "TEXT2_")], End::Commit);
    world.stop(0);
    world.stop(1);
    world
}

fn kinds(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.kind.name()).collect()
}

/// The one finding that there is.
fn only(report: &Report) -> &super::Finding {
    assert_eq!(report.findings.len(), 1, "{:#?}", report.findings);
    &report.findings[0]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_database_that_nobody_touched_is_clean_whatever_happened_to_the_nodes(steps in steps()) {
        let report = live(&steps).audit();
        let harmless = report.findings.iter().all(|finding| finding.severity == Severity::Info);
        prop_assert!(harmless, "{:#?}", report.findings);
        prop_assert_eq!(report.outcome, Outcome::Clean);
    }

    #[test]
    fn any_one_row_that_is_tampered_with_is_found_at_that_row(
        steps in steps(), pick in any::<prop::sample::Index>(), column in 0..7_usize, how in 0..3_u8,
    ) {
        let mut world = live(&steps);
        prop_assume!(!world.rows.is_empty());
        let id = pick.get(&world.rows.keys().cloned().collect::<Vec<_>>()).clone();
        let column = world::COLUMNS[column];
        match how {
            0 => { world.rows.remove(&id); }
            1 => { world.rows.get_mut(&id).unwrap().insert(column, "edited".into()); }
            _ => {
                let had = world.rows.get_mut(&id).unwrap().remove(column);
                prop_assume!(had.is_some());
            }
        }
        let report = world.audit();
        let located = report.findings.iter().any(|finding| {
            finding.table.as_deref() == Some("T") && finding.row.as_deref() == Some(&*id)
                && (how == 0 || column == "ID_" || finding.column.as_deref() == Some(column))
        });
        prop_assert!(located, "{column} of {id}: {:#?}", report.findings);
        prop_assert_eq!(report.outcome, Outcome::Findings);
    }

    #[test]
    fn any_one_record_that_is_altered_or_removed_is_found(
        steps in steps(), pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), remove: bool,
    ) {
        let mut world = live(&steps);
        world.stop(0);
        world.stop(1);
        let key = pick.get(&world.records.keys().cloned().collect::<Vec<_>>()).clone();
        let text = world.records[&key].0.replace('"', "\\\"");
        let anchored = world.anchors.values().any(|lines| String::from_utf8_lossy(lines).contains(&text));
        // What no anchor holds can be taken away unseen: that is the window.
        prop_assume!(anchored || !remove);
        if remove {
            world.records.remove(&key);
        } else {
            let text = &mut world.records.get_mut(&key).unwrap().0;
            let place = at.index(text.len());
            let other = if text.as_bytes()[place] == b'x' { "y" } else { "x" };
            text.replace_range(place..=place, other);
        }
        let report = world.audit();
        let name = format!("{}#{}", key.0, key.1);
        let located = report.findings.iter().any(|finding| finding.row.as_deref() == Some(&*name));
        prop_assert!(located, "{name}: {:#?}", report.findings);
        // What no anchor holds is lost with its record; everything else is proven all the same.
        let about = |found: &&super::Finding| {
            found.severity != Severity::Info || found.row.as_deref() == Some(&*name)
        };
        let count = report.findings.iter().filter(about).count();
        prop_assert!(!anchored || count == 1, "{name}: {:#?}", report.findings);
    }
}

#[test]
fn accounts_that_the_database_lacks_at_the_end_are_told_from_the_first_of_them_on() {
    let mut world = World::new();
    let insert = |id: &str| Write::Insert { id: id.into(), root: "r".into() };
    world.transact(0, &[insert("a")], End::Commit);
    world.checkpoint(0, true);
    let deleted = world.records.keys().filter(|key| key.0 == LOGS[0]).max().unwrap().clone();
    world.transact(0, &[insert("b")], End::Commit);
    world.checkpoint(0, false);
    world.stop(0);
    world.stop(1);
    world.records.remove(&deleted);
    let report = world.audit();
    let found = only(&report);
    assert_eq!((found.kind, found.severity), (FindingKind::LogGap, Severity::Info));
    assert_eq!(found.row, Some(format!("{}#{}", deleted.0, deleted.1)));
    assert!(found.detail.contains("are anchored and not in the database"), "{}", found.detail);
}

#[test]
fn an_edited_value_is_one_finding_with_place_record_user_and_time() {
    let mut world = settled();
    world.rows.get_mut("a").unwrap().insert("TEXT2_", "edited".into());
    let report = world.audit();
    let found = only(&report);
    assert_eq!((found.kind, found.column.as_deref()), (FindingKind::ValueChanged, Some("TEXT2_")));
    assert_eq!((found.variable.as_deref(), found.process_instance.as_deref()), (Some("a"), Some("r/1")));
    let record = found.record.as_ref().unwrap();
    assert_eq!((record.log.as_str(), record.user.as_deref()), (LOGS[1], Some("mary")));
    assert!(record.time.is_some());
}

#[test]
fn an_older_value_that_was_put_back_is_told_with_the_record_that_wrote_it() {
    let mut world = World::new();
    world.transact(0, &[Write::Insert { id: "a".into(), root: "r".into() }], End::Commit);
    let old = world.rows["a"].clone();
    world.transact(0, &[Write::Update { id: "a".into(), column: "TEXT2_" }], End::Commit);
    world.rows.insert("a".into(), old);
    let report = world.audit();
    let found = only(&report);
    assert_eq!(found.kind, FindingKind::RolledBack);
    assert_eq!(found.record.as_ref().unwrap().seq, 4);
    assert!(found.detail.contains("loans/node-1#3"), "{}", found.detail);
}

#[test]
fn a_deleted_row_is_missing_and_an_invented_one_unrecorded() {
    let mut world = settled();
    let mut row = world.rows.remove("b").unwrap();
    row.insert("ID_", "z".into());
    world.rows.insert("z".into(), row);
    let report = world.audit();
    let mut found: Vec<_> =
        report.findings.iter().map(|f| (f.kind.name(), f.row.as_deref().unwrap())).collect();
    found.sort_unstable();
    assert_eq!(found, [("ROW_MISSING", "b"), ("ROW_UNRECORDED", "z")]);
}

#[test]
fn a_deleted_row_that_is_back_is_resurrected() {
    let mut world = settled();
    let (id, row) = world.deleted[0].clone();
    world.rows.insert(id, row);
    assert_eq!(kinds(&world.audit()), ["ROW_RESURRECTED"]);
}

#[test]
fn a_forged_tombstone_does_not_excuse_a_deletion() {
    let mut world = settled();
    let ((log, _), (text, signature)) = world
        .records
        .iter()
        .find(|(_, (text, _))| text.contains("\"o\":\"D\""))
        .map(|(key, record)| (key.clone(), record.clone()))
        .unwrap();
    let next = world.numbers(&log).last().unwrap() + 1;
    let forged = text.replace("\"gone\"", "\"b\"");
    world.records.insert((log, next), (forged, signature));
    world.rows.remove("b");
    let mut found = kinds(&world.audit());
    found.sort_unstable();
    assert_eq!(found, ["BAD_SIGNATURE", "UNAUTHORISED_DELETION"]);
}

#[test]
fn records_cut_off_the_end_are_truncated_and_others_a_gap() {
    let mut world = settled();
    let numbers: Vec<u64> = world.numbers(LOGS[0]).into_iter().collect();
    let cut =
        |world: &mut World, from: u64| world.records.retain(|(log, seq), _| log != LOGS[0] || *seq < from);
    cut(&mut world, numbers[numbers.len() - 3]);
    world.checkpoints.retain(|point| point.log != LOGS[0] || point.account < numbers[numbers.len() - 3]);
    assert_eq!(kinds(&world.audit()), ["TRUNCATED"]);
    // Wherever it is cut, the first number that is gone is named, though accounts alone may be.
    let transaction = |seq: u64| settled().records[&(LOGS[0].to_owned(), seq)].0.contains("\"kind\":\"tx\"");
    for from in
        numbers[2..].iter().copied().filter(|from| (*from..=numbers[numbers.len() - 1]).any(transaction))
    {
        let mut world = settled();
        cut(&mut world, from);
        world.checkpoints.retain(|point| point.log != LOGS[0] || point.account < from);
        let report = world.audit();
        assert_eq!(only(&report).kind, FindingKind::Truncated, "{from}");
        assert_eq!(only(&report).row, Some(format!("{}#{from}", LOGS[0])));
    }
    let mut world = settled();
    world.records.remove(&(LOGS[0].to_owned(), numbers[1]));
    world.records.remove(&(LOGS[0].to_owned(), numbers[2]));
    let report = world.audit();
    assert_eq!(only(&report).kind, FindingKind::LogGap);
    assert!(only(&report).detail.starts_with("2 records"), "{}", only(&report).detail);
}

#[test]
fn a_genuine_record_in_another_place_is_replayed() {
    let mut world = settled();
    let numbers: Vec<u64> = world.numbers(LOGS[0]).into_iter().collect();
    let record = world.records[&(LOGS[0].to_owned(), numbers[2])].clone();
    world.records.insert((LOGS[0].to_owned(), numbers.last().unwrap() + 1), record);
    assert_eq!(kinds(&world.audit()), ["RECORD_REPLAYED"]);
}

#[test]
fn a_record_of_a_transaction_that_was_rolled_back_is_replayed() {
    let mut world = World::new();
    let insert = [Write::Insert { id: "a".into(), root: "r".into() }];
    world.transact(0, &insert, End::RollBack);
    world.checkpoint(0, true);
    assert_eq!(world.audit().outcome, Outcome::Clean);
    let (log, record) = world.lost.pop().unwrap();
    world.records.insert((log, record.seq), (record.text.clone(), record.signature.clone()));
    assert_eq!(kinds(&world.audit()), ["RECORD_REPLAYED"]);
}

#[test]
fn of_two_nodes_that_wrote_within_the_skew_of_clocks_either_may_have_been_last() {
    let mut world = World::new();
    let update = [Write::Update { id: "a".into(), column: "TEXT2_" }];
    world.transact(0, &[Write::Insert { id: "a".into(), root: "r".into() }], End::Commit);
    world.pause = 100;
    world.transact(0, &update, End::Commit);
    let first = world.rows["a"].clone();
    world.transact(1, &update, End::Commit);
    world.rows.insert("a".into(), first.clone());
    let report = world.audit();
    assert_eq!((report.outcome, only(&report).severity), (Outcome::Clean, Severity::Info));
    world.pause = 2000;
    world.transact(1, &update, End::Commit);
    world.rows.insert("a".into(), first);
    assert_eq!(kinds(&world.audit()), ["ROLLED_BACK"]);
}

#[test]
fn a_lost_salt_is_one_finding_for_its_instance() {
    let mut world = settled();
    world.salts.remove("r/1");
    let report = world.audit();
    let found = only(&report);
    assert_eq!((found.kind, found.process_instance.as_deref()), (FindingKind::KeyMissing, Some("r/1")));
}

#[test]
fn an_altered_salt_is_found() {
    let mut world = settled();
    world.salts.insert("r/1".into(), [99; 32]);
    assert_eq!(kinds(&world.audit()), ["KEY_MISSING"]);
}

#[test]
fn without_commitment_keys_the_audit_is_inconclusive() {
    let report = settled().audit_with(None);
    assert_eq!(report.outcome, Outcome::Inconclusive);
    assert!(report.missing[0].contains("disclose"), "{:?}", report.missing);
}

#[test]
fn anchors_that_are_gone_are_missing_and_older_ones_stale() {
    let mut world = settled();
    world.anchors.retain(|file, _| !file.starts_with(LOGS[0]));
    assert_eq!(kinds(&world.audit()), ["ANCHOR_MISSING"]);
    let mut world = settled();
    for (_, lines) in world.anchors.iter_mut().filter(|(file, _)| file.starts_with(LOGS[0])) {
        let first = lines.windows(14).position(|part| part == b"{\"checkpoint\":").unwrap();
        let end = first + lines[first..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
        lines.truncate(end);
    }
    assert_eq!(kinds(&world.audit()), ["ANCHOR_STALE"]);
}

#[test]
fn anchors_that_are_all_gone_are_missing_if_they_were_looked_for() {
    let mut world = settled();
    world.anchors.clear();
    assert_eq!(kinds(&world.audit()), ["ANCHOR_MISSING", "ANCHOR_MISSING"]);
}

#[test]
fn a_clock_behind_what_the_nodes_signed_hides_no_missing_anchor() {
    let mut world = settled();
    world.pause = 400_000;
    world.transact(0, &[Write::Update { id: "a".into(), column: "REV_" }], End::Commit);
    world.checkpoint(0, true);
    world.anchors.retain(|file, _| !file.starts_with(LOGS[0]));
    world.later = -world.now;
    assert_eq!(kinds(&world.audit()), ["ANCHOR_MISSING"]);
}

#[test]
fn a_table_that_was_left_out_is_missing_and_one_that_is_not_covered_is_found() {
    let world = settled();
    let mut audit = world.fed(&World::policy(), Some(&World::keys()));
    audit.left_out("U");
    let report = audit.finish().unwrap();
    assert_eq!(report.outcome, Outcome::Inconclusive);
    assert!(report.missing[0].starts_with("Table U was not exported"), "{:?}", report.missing);
    let mut audit = world.fed(&World::policy(), Some(&World::keys()));
    audit.uncovered("V");
    let report = audit.finish().unwrap();
    assert_eq!((only(&report).kind, only(&report).table.as_deref()), (FindingKind::CoverageGap, Some("V")));
}

#[test]
fn an_altered_checkpoint_is_found_in_its_row() {
    let mut world = settled();
    let point = &mut world.checkpoints[1];
    point.note = point.note.replacen('\n', "\n1", 1);
    let report = world.audit();
    assert_eq!(only(&report).kind, FindingKind::BadSignature);
    assert_eq!(only(&report).table.as_deref(), Some("BULLA_CHECKPOINT"));
}

#[test]
fn what_is_not_anchored_yet_is_the_window() {
    let mut world = settled();
    world.transact(0, &[Write::Update { id: "a".into(), column: "REV_" }], End::Commit);
    let report = world.audit();
    assert_eq!((report.outcome, report.window.not_anchored), (Outcome::Clean, 1));
    assert!(report.window.newest_anchored.is_some());
}

#[test]
fn a_node_that_is_kept_from_making_checkpoints_is_told() {
    let mut world = settled();
    let update = [Write::Update { id: "a".into(), column: "REV_" }];
    world.transact(0, &update, End::Commit);
    world.pause = 299_000;
    world.transact(0, &update, End::Commit);
    assert_eq!(world.audit().outcome, Outcome::Clean);
    world.transact(0, &update, End::Commit);
    let report = world.audit();
    assert_eq!(only(&report).kind, FindingKind::AnchorStale);
    assert!(only(&report).detail.contains("for 598 seconds"), "{}", only(&report).detail);
    world.checkpoint(0, true);
    assert_eq!(world.audit().outcome, Outcome::Clean);
}

#[test]
fn a_second_row_of_a_record_is_found_and_hides_no_genuine_one() {
    let numbers = settled().numbers(LOGS[0]);
    for seq in numbers {
        let mut world = settled();
        world.doubles.push((LOGS[0].into(), seq, "{}".into()));
        let report = world.audit();
        let found = only(&report);
        assert_eq!(found.kind, FindingKind::RecordReplayed);
        assert_eq!(found.row, Some(format!("{}#{seq}", LOGS[0])));
    }
}

#[test]
fn a_history_that_no_pinned_identity_certified_is_not_trusted() {
    let policy =
        World::policy().replace(&world::signer(1).kid().to_string(), &world::signer(9).kid().to_string());
    let report = settled().audit_under(&policy, Some(&World::keys()));
    assert_eq!(report.outcome, Outcome::Findings);
    assert!(kinds(&report).contains(&"UNTRUSTED_KEY"));
    assert!(!report.missing.is_empty());
}

#[test]
fn logs_that_nobody_pinned_are_told_once_and_take_no_room() {
    let mut world = settled();
    let (text, signature) = world.records.values().next().unwrap().clone();
    for n in 0..1000 {
        world.records.insert((format!("invented/{n:03}"), 7), (text.clone(), signature.clone()));
    }
    let mut checkpoint = world.checkpoints[0].clone();
    checkpoint.log = "invented/node".into();
    world.checkpoints.push(checkpoint);
    let report = world.audit();
    let found = only(&report);
    assert_eq!(found.kind, FindingKind::UntrustedKey);
    assert_eq!(
        found.detail,
        "1000 records and 1 checkpoints are of logs for which the policy pins no key; the first of them is of \
         log invented/000. They were not looked at. If a node of this installation wrote them, add its log to \
         the policy."
    );
    assert_eq!(report.counts.logs, 2);
}

#[test]
fn keys_that_nobody_certified_are_told_a_hundred_times_at_most_for_a_log() {
    let mut world = settled();
    let (text, signature) = world.records[&(LOGS[0].to_owned(), 1)].clone();
    let header = signature.split('.').next().unwrap();
    let header = String::from_utf8(base64url::decode(header).unwrap()).unwrap();
    let kid = header.split("\"kid\":\"").nth(1).unwrap().split('"').next().unwrap();
    for n in 0..300_u64 {
        let other = base64url::encode(&Active::sha256(&[&n.to_be_bytes()]));
        let header = base64url::encode(header.replace(kid, &other).as_bytes());
        let (_, rest) = signature.split_once('.').unwrap();
        let record = text.replace("\"seq\":1,", &format!("\"seq\":{},", 1000 + n));
        world.records.insert((LOGS[0].into(), 1000 + n), (record, format!("{header}.{rest}")));
    }
    let report = world.audit();
    assert_eq!(kinds(&report).iter().filter(|kind| **kind == "UNTRUSTED_KEY").count(), 100);
}

#[test]
fn a_name_that_fills_the_memory_is_cut_in_what_is_told_of_it() {
    let mut world = settled();
    let long = "é".repeat(1 << 20);
    world.rows.insert(long.clone(), world.rows["a"].clone());
    world.rows.get_mut(&long).unwrap().insert("ID_", long.clone());
    let report = world.audit();
    let found = only(&report);
    assert_eq!(found.kind, FindingKind::RowUnrecorded);
    let row = found.row.as_deref().unwrap();
    assert!(row.starts_with("éé") && row.ends_with('…'), "{}", row.len());
    assert!(row.len() <= 1010, "{}", row.len());
}

#[test]
fn what_is_compared_a_few_rows_at_a_time_comes_to_the_same() {
    let mut world = settled();
    world.rows.get_mut("a").unwrap().insert("TEXT2_", "edited".into());
    world.rows.get_mut("c").unwrap().insert("REV_", "9".into());
    let mut audit = world.fed(&World::policy(), Some(&World::keys()));
    let mut compared = Vec::new();
    while let rows @ 1.. = audit.compare(2).unwrap() {
        compared.push(rows);
    }
    assert_eq!(compared, [2, 1]);
    assert_eq!(audit.finish().unwrap(), world.audit());
    assert_eq!(world.audit().counts.rows, 3);
}

#[test]
fn values_that_were_not_read_leave_an_audit_inconclusive() {
    let mut audit = settled().fed(&World::policy(), Some(&World::keys()));
    audit.too_large("T", "TEXT2_", 1024);
    audit.too_large("T", "TEXT2_", 1024);
    let report = audit.finish().unwrap();
    assert_eq!(report.outcome, Outcome::Inconclusive);
    assert_eq!(
        report.missing,
        ["Column TEXT2_ of table T holds values of more than 1024 bytes, which were not read; nothing is \
          proven of them. They are read if Java is given more memory (-Xmx)."]
    );
}

#[test]
fn a_database_with_another_history_than_its_anchors_is_a_fork() {
    let (mut world, other) = (settled(), settled());
    world.anchors = other.anchors;
    let found = kinds(&world.audit());
    assert_eq!(found.iter().filter(|kind| **kind == "FORK").count(), LOGS.len(), "{found:?}");
}

fn resigned(world: &World, place: usize) -> String {
    let point = &world.checkpoints[place];
    let root = [7; 32];
    Checkpoint { origin: point.log.clone(), size: point.size, root }.sign(&world::signer(2))
}

#[test]
fn two_roots_for_one_size_are_equivocation() {
    let mut world = settled();
    world.checkpoints[2].note = resigned(&world, 2);
    assert_eq!(only(&world.audit()).kind, FindingKind::Equivocation);
}

#[test]
fn records_that_do_not_add_up_to_their_checkpoint_are_told() {
    let mut world = settled();
    world.checkpoints[2].note = resigned(&world, 2);
    world.anchors.clear();
    let found = kinds(&world.audit());
    assert!(found.contains(&"ROOT_MISMATCH"), "{found:?}");
}

#[test]
fn a_record_from_before_its_epoch_is_backdated() {
    let mut world = World::new();
    world.stop(0);
    world.ahead = 1_000_000;
    world.transact(0, &[Write::Insert { id: "a".into(), root: "r".into() }], End::Commit);
    let found = kinds(&world.audit());
    assert!(!found.is_empty() && found.iter().all(|kind| *kind == "BACKDATED"), "{found:?}");
}

#[test]
fn rows_that_nobody_understood_are_a_gap_in_the_coverage() {
    let mut world = World::new();
    world.transact(0, &[Write::Unknown], End::Commit);
    let report = world.audit();
    let found = only(&report);
    assert_eq!((found.kind, found.severity), (FindingKind::CoverageGap, Severity::Warning));
    assert!(found.detail.contains("3 rows"), "{}", found.detail);
}

#[test]
fn an_audit_that_is_fed_out_of_order_says_so() {
    let spill = Box::new(MemorySpill::default());
    let mut audit = Audit::new(&World::policy(), "policy.toml", None, 0, spill).unwrap();
    assert!(audit.rows("T", &[]).unwrap_err().to_string().contains("out of order"));
    audit.coverage().unwrap();
    assert!(audit.records(&[]).unwrap_err().to_string().contains("out of order"));
}

#[test]
fn a_damaged_anchor_is_refused_with_file_and_line() {
    let spill = Box::new(MemorySpill::default());
    let mut audit = Audit::new(&World::policy(), "policy.toml", None, 0, spill).unwrap();
    let error = audit.anchor("node-1/x.jsonl.gz", 7, b"{\"key\":\"k\"}\n{\"what\":1}\n").unwrap_err();
    assert!(error.to_string().starts_with("node-1/x.jsonl.gz, line 8: "), "{error}");
}
