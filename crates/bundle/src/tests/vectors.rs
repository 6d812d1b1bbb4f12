//! The bundles in `tests/vectors`, which an engine's database was exported to.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_core::audit::{Outcome, Report};

use super::world::{archive, members, refused};
use crate::BundleAudit;

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/bundles").join(name)
}

fn audited(name: &str) -> Report {
    let (policy, keys) = (vector("audit-policy.toml"), vector("audit-keys.jwks"));
    let (policy, keys) = (fs::read_to_string(policy).unwrap(), fs::read_to_string(keys).unwrap());
    let bundle = fs::File::open(vector(name)).unwrap();
    BundleAudit::open(bundle, name, &policy, "policy.toml", Some(&keys)).unwrap().finish().unwrap()
}

#[test]
fn bundles_are_audited_as_the_databases_were() {
    let clean = audited("clean.tar.gz");
    assert_eq!(clean.outcome, Outcome::Clean, "{}", clean.json());
    assert!(clean.counts.rows > 100 && clean.window.newest_anchored.is_some());
    let expected = fs::read_to_string(vector("edited.json")).unwrap();
    assert_eq!(audited("edited.tar.gz").json() + "\n", expected);
}

#[test]
fn no_member_of_an_engines_bundle_can_be_left_out() {
    let all = members(&fs::read(vector("clean.tar.gz")).unwrap());
    assert!(all.len() > 20, "one for each table at least");
    for left_out in 0..all.len() {
        let mut members = all.clone();
        members.remove(left_out);
        refused(&archive(&members));
    }
}
