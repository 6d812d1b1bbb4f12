//! Memory stays bounded however many rows there are.

use std::fs::{self, File};
use std::time::Instant;

use bulla_core::audit::Outcome;

use super::world::{World, row};
use crate::{BundleAudit, Export};

const ROWS: usize = 1_000_000;
/// What an audit may take beyond what it began with, in KiB.
const LIMIT: u64 = 400 << 10;

/// A figure of this process in KiB.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How much more memory `work` has at its peak than before, in KiB.
fn taken(what: &str, work: impl FnOnce()) -> u64 {
    // From now on the kernel counts the peak anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let (before, began) = (status("VmRSS:"), Instant::now());
    work();
    let taken = status("VmHWM:").saturating_sub(before);
    println!("{what} of {ROWS} rows: {} MiB more at the peak, {:.1?}", taken >> 10, began.elapsed());
    taken
}

#[test]
#[ignore = "takes a minute; part of make test-all"]
fn a_million_rows_are_exported_and_audited_in_bounded_memory() {
    let world = World::with((0..ROWS).map(|id| row(&id.to_string())).collect());
    let export = taken("export", || {
        let (target, policy) = (world.bundle(), World::policy());
        let mut export =
            Export::create(&target, "d", "p", &policy, "policy.toml", super::world::LATER).unwrap();
        world.feed(&mut export).unwrap();
        export.finish().unwrap();
    });
    let bundle = world.bundle();
    println!("bundle of {} MiB", fs::metadata(&bundle).unwrap().len() >> 20);
    let audit = taken("audit", || {
        let (file, policy, keys) = (File::open(&bundle).unwrap(), World::policy(), World::keys());
        let mut audit = BundleAudit::open(file, "b", &policy, "policy.toml", Some(&keys)).unwrap();
        let report = audit.finish().unwrap();
        assert_eq!((report.outcome, report.counts.rows), (Outcome::Clean, ROWS as u64));
    });
    assert!(export < LIMIT && audit < LIMIT, "export took {export} KiB, audit {audit} KiB");
}
