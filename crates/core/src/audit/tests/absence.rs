//! Accounts and checkpoints that the anchors have and the database has not.

use super::world::{End, LOGS, World, Write};
use super::{only, settled};
use crate::audit::{FindingKind, Outcome, Severity};

/// The numbers of a log's accounts.
fn accounts(world: &World, log: &str) -> Vec<u64> {
    let accounts = world.checkpoints.iter().filter(|point| point.log == log);
    accounts.map(|point| point.account).collect()
}

#[test]
fn the_last_account_of_an_epoch_is_missed_once_another_has_begun() {
    let mut world = settled();
    let end = (LOGS[0].to_owned(), *accounts(&world, LOGS[0]).last().unwrap());
    world.start(0);
    assert_eq!(world.audit().outcome, Outcome::Clean);
    world.records.remove(&end);
    let report = world.audit();
    let found = only(&report);
    assert_eq!((found.kind, found.severity), (FindingKind::LogGap, Severity::Critical));
    assert_eq!(found.row, Some(format!("{}#{}", end.0, end.1)));
    assert_eq!(
        found.detail,
        format!(
            "Account {} of log loans/node-1 was anchored and deleted from the database, or kept from being stored in it.",
            end.1
        )
    );
}

#[test]
fn accounts_that_are_kept_from_the_database_are_missed_after_a_while_and_once() {
    let mut world = World::new();
    let update = [
        Write::Insert { id: "a".into(), root: "r".into() },
        Write::Update { id: "a".into(), column: "REV_" },
    ];
    let mut kept = 0;
    while world.now < World::new().now + 400_000 {
        world.transact(0, &update, End::Commit);
        world.checkpoint(0, true);
        world.pause = 20_000;
        kept += 1;
    }
    let all = accounts(&world, LOGS[0]);
    let lose = |world: &mut World, from: usize| {
        let lost = all[from];
        world.records.retain(|(log, seq), _| log != LOGS[0] || *seq < lost || !all.contains(seq));
        world.checkpoints.retain(|point| point.log != LOGS[0] || point.account < lost);
    };
    // A crash may have left the newest ones out, and the others were on their way.
    lose(&mut world, kept - 10);
    let report = world.audit();
    assert_eq!((report.outcome, only(&report).severity), (Outcome::Clean, Severity::Info));
    lose(&mut world, 1);
    let report = world.audit();
    let grave: Vec<_> = report.findings.iter().filter(|found| found.severity != Severity::Info).collect();
    assert_eq!(grave.len(), 1, "{grave:#?}");
    assert_eq!(grave[0].kind, FindingKind::LogGap);
    assert!(grave[0].detail.contains(" accounts of log loans/node-1, numbers "), "{}", grave[0].detail);
    assert!(grave[0].detail.ends_with("or kept from being stored in it."), "{}", grave[0].detail);
}

#[test]
fn checkpoints_that_are_deleted_are_missed() {
    let mut world = settled();
    let own: Vec<u64> = world.checkpoints.iter().filter(|p| p.log == LOGS[0]).map(|p| p.size).collect();
    world.checkpoints.retain(|point| point.log != LOGS[0] || point.size == own[0]);
    let report = world.audit();
    let found = only(&report);
    assert_eq!((found.kind, found.table.as_deref()), (FindingKind::LogGap, Some("BULLA_CHECKPOINT")));
    assert_eq!(found.row, Some(format!("{}#{}", LOGS[0], own[1])));
    let (count, last) = (own.len() - 1, own.last().unwrap());
    assert!(
        found.detail.starts_with(&format!(
            "{count} checkpoints of log loans/node-1, of {} to {last} leaves, were ",
            own[1]
        )),
        "{}",
        found.detail
    );
    let mut world = settled();
    world.checkpoints.retain(|point| point.log != LOGS[0] || point.size != own[1]);
    let report = world.audit();
    assert!(
        only(&report)
            .detail
            .starts_with(&format!("The checkpoint of {} leaves of log loans/node-1 was ", own[1]))
    );
}
