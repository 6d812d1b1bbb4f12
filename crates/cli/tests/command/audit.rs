use std::path::{Path, PathBuf};

use crate::place::{Place, Run};

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/bundles").join(name)
}

/// A place with a bundle, its policy and keys.
fn place(bundle: &str) -> Place {
    let place = Place::new();
    for (name, from) in
        [("evidence.tar.gz", bundle), ("policy.toml", "audit-policy.toml"), ("keys.jwks", "audit-keys.jwks")]
    {
        place.write(name, std::fs::read(vector(from)).unwrap());
    }
    place
}

fn audit(place: &Place, more: &str) -> Run {
    place.run(&format!("audit evidence.tar.gz --policy policy.toml {more}"))
}

#[test]
fn a_bundle_that_nobody_touched_is_clean() {
    let run = audit(&place("clean.tar.gz"), "--keys keys.jwks");
    run.must_end(0, "");
    assert!(run.out.starts_with("Bundle: exported at 2026-"), "{}", run.out);
    assert!(run.out.contains(" from jdbc:h2:mem:loans, installation loans\nCompared: "), "{}", run.out);
    assert!(run.out.ends_with(" 0 not yet anchored\nOutcome: clean\n"), "{}", run.out);
}

#[test]
fn what_is_found_is_listed_with_its_place_and_exits_with_1() {
    let run = audit(&place("edited.tar.gz"), "--keys keys.jwks");
    run.must_end(1, "");
    let lines: Vec<_> = run.out.lines().collect();
    assert!(lines[1].starts_with("FINDING "), "{}", run.out);
    let columns = ["ROW_MISSING ", " ACT_HI_VARINST ", " rate ", " loans/node-1#", " mary "];
    assert!(lines.iter().any(|line| columns.iter().all(|part| line.contains(part))), "{}", run.out);
    assert!(lines.iter().any(|line| line.contains("METADATA_CHANGED") && line.contains(" ASSIGNEE_ ")));
    assert!(run.out.contains("Outcome: findings ("), "{}", run.out);
}

#[test]
fn machines_get_the_report_that_the_jar_makes() {
    let run = audit(&place("edited.tar.gz"), "--keys keys.jwks --json");
    run.must_end(1, "");
    assert_eq!(run.out, std::fs::read_to_string(vector("edited.json")).unwrap());
}

#[test]
fn a_bundle_may_come_from_standard_input() {
    let place = place("clean.tar.gz");
    let bundle = std::fs::read(place.path("evidence.tar.gz")).unwrap();
    let mut command = place.command();
    let arguments = "audit - --policy policy.toml --keys keys.jwks".split(' ');
    command.args(arguments).write_stdin(bundle).assert().code(0);
}

#[test]
fn without_the_commitment_keys_the_audit_is_inconclusive() {
    let run = audit(&place("clean.tar.gz"), "");
    run.must_end(3, "");
    assert!(run.out.contains("\nMissing: Commitment key "), "{}", run.out);
    assert!(run.out.ends_with("Outcome: inconclusive\n"), "{}", run.out);
}

#[test]
fn a_damaged_bundle_is_told_apart_from_findings() {
    let place = place("clean.tar.gz");
    let bundle = std::fs::read(place.path("evidence.tar.gz")).unwrap();
    place.write("evidence.tar.gz", &bundle[..bundle.len() / 2]);
    let run = audit(&place, "--keys keys.jwks --json");
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.told.starts_with("bulla: evidence.tar.gz, byte "), "{}", run.told);
    assert!(
        run.told.ends_with("the file ends here, and its end is missing; copy it once more\n"),
        "{}",
        run.told
    );
}

#[test]
fn what_cannot_be_read_is_told_by_its_name() {
    let place = place("clean.tar.gz");
    place
        .run("audit none.tar.gz --policy policy.toml")
        .must_end(2, "bulla: none.tar.gz: cannot be read: No such file or directory (os error 2)\n");
    place
        .run("audit evidence.tar.gz --policy none.toml")
        .must_end(2, "bulla: none.toml: cannot be read: No such file or directory (os error 2)\n");
    place.write("policy.toml", "skew = \"1s\"\n");
    let run = audit(&place, "");
    run.must_end(
        2,
        "bulla: policy.toml, line 1: no identity is pinned; copy audit-policy.toml as keygen wrote it\n",
    );
}
