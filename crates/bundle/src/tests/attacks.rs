//! What can be done to a bundle: each is found, or the bundle is refused; none is called clean.

use std::io::{Read, Write};

use bulla_core::audit::Outcome;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::world::{World, archive, audited, forged, header, members, refused};

type Members = Vec<(String, Vec<u8>)>;

fn exported() -> Members {
    members(&World::new().export())
}

fn place(members: &Members, name: &str) -> usize {
    members.iter().position(|(known, _)| known.starts_with(name)).unwrap()
}

/// The kinds and places of what an audit finds beyond information.
fn found(bundle: &[u8]) -> Vec<String> {
    let report = audited(bundle).unwrap();
    assert_ne!(report.outcome, Outcome::Clean, "{}", report.json());
    let grave = report.findings.iter().filter(|finding| finding.severity.name() != "info");
    grave
        .map(|finding| {
            let place = [&finding.table, &finding.row, &finding.column];
            let place = place.into_iter().flatten().map(String::as_str);
            [finding.kind.name()].into_iter().chain(place).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn replaced(members: &mut Members, name: &str, from: &str, to: &str) {
    let at = place(members, name);
    let text = String::from_utf8(members[at].1.clone()).unwrap();
    assert!(text.contains(from));
    members[at].1 = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn a_member_that_was_removed_is_refused_whichever_it_was() {
    let all = exported();
    for removed in 0..all.len() {
        let mut members = all.clone();
        let (name, _) = members.remove(removed);
        let told = refused(&archive(&members));
        assert!(told.starts_with("b.tar.gz, byte "), "{name}: {told}");
    }
    let mut without = all.clone();
    without.remove(place(&all, "rows/T"));
    assert!(refused(&archive(&without)).ends_with("rows/T is missing"));
    without = all.clone();
    without.pop();
    assert!(refused(&archive(&without)).ends_with("the archive ends without its manifest"));
}

#[test]
fn a_member_that_was_removed_with_care_is_found_as_what_is_missing() {
    let all = exported();
    let without = |name: &str| {
        let mut members = all.clone();
        members.remove(place(&all, name));
        forged(&members)
    };
    assert_eq!(found(&without("rows/T")), ["ROW_MISSING T 1", "ROW_MISSING T 2"]);
    assert_eq!(found(&without("anchors/")), ["ANCHOR_MISSING"]);
    assert_eq!(found(&without("ledger/BULLA_RECORD")), ["TRUNCATED BULLA_RECORD loans/node-1#1"]);
    assert_eq!(found(&without("ledger/BULLA_CHECKPOINT")), ["LOG_GAP BULLA_CHECKPOINT loans/node-1#3"]);
    let told = refused(&without("tables.json"));
    assert!(told.ends_with("in member schema/000001.ndjson: tables.json is missing before it"), "{told}");
}

#[test]
fn a_row_that_was_edited_is_refused_and_with_care_found() {
    let mut members = exported();
    replaced(&mut members, "rows/T", "größe", "blöße");
    let told = refused(&archive(&members));
    assert!(told.ends_with("rows/T is not as the manifest says: it is damaged"), "{told}");
    assert_eq!(found(&forged(&members)), ["METADATA_CHANGED T 1 TEXT_"]);
}

#[test]
fn a_double_moved_by_its_last_bit_is_found() {
    let mut members = exported();
    replaced(&mut members, "rows/T", "0.1}", "0.10000000000000002}");
    assert_eq!(found(&forged(&members)), ["METADATA_CHANGED T 1 DOUBLE_"]);
}

#[test]
fn a_row_removed_or_invented_is_found() {
    let mut members = exported();
    let at = place(&members, "rows/T");
    let text = String::from_utf8(members[at].1.clone()).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    members[at].1 = second.as_bytes().to_vec();
    assert_eq!(found(&forged(&members)), ["ROW_MISSING T 1"]);
    members[at].1 = format!("{text}{}\n", first.replace(r#""ID_":"1""#, r#""ID_":"3""#)).into_bytes();
    assert_eq!(found(&forged(&members)), ["ROW_UNRECORDED T 3"]);
    members[at].1 = format!("{text}{first}\n").into_bytes();
    assert_eq!(found(&forged(&members)), ["ROW_UNRECORDED T 1"]);
}

#[test]
fn a_member_twice_is_refused() {
    let all = exported();
    for (at, (name, content)) in all.iter().enumerate() {
        let mut members = all.clone();
        members.insert(at, (name.clone(), content.clone()));
        let told = refused(&forged(&members));
        assert!(told.contains(&format!("in member {name}: ")), "{told}");
    }
}

#[test]
fn members_in_another_order_are_refused() {
    let all = exported();
    for at in 0..all.len() - 1 {
        let mut members = all.clone();
        members.swap(at, at + 1);
        let bundle = archive(&members);
        assert!(audited(&bundle).is_err(), "{} before {}", members[at].0, members[at + 1].0);
    }
}

#[test]
fn a_record_that_was_edited_is_found() {
    let mut members = exported();
    replaced(&mut members, "ledger/BULLA_RECORD", "mary", "marx");
    assert!(found(&forged(&members)).contains(&"BAD_SIGNATURE BULLA_RECORD loans/node-1#2".to_owned()));
}

#[test]
fn an_invented_table_is_found_and_one_that_is_not_listed_refused() {
    let mut members = exported();
    let rows = place(&members, "rows/T");
    let content = members[rows].1.clone();
    members.insert(rows + 1, ("rows/V/000001.ndjson".into(), content));
    let told = refused(&forged(&members));
    assert!(told.ends_with("in member rows/V/000001.ndjson: tables.json does not list the table"), "{told}");
    replaced(&mut members, "tables.json", r#"{"tables":["#, r#"{"tables":[{"columns":["ID_"],"name":"V"},"#);
    assert_eq!(found(&forged(&members)), ["COVERAGE_GAP V"]);
}

#[test]
fn a_covered_table_that_is_not_listed_is_missed() {
    let mut members = exported();
    let at = place(&members, "rows/T");
    members.remove(at);
    replaced(&mut members, "tables.json", r#""name":"T""#, r#""name":"W""#);
    let report = audited(&forged(&members)).unwrap();
    assert_eq!(report.outcome, Outcome::Findings);
    assert!(report.missing[0].starts_with("Table T was not exported"), "{:?}", report.missing);
}

#[test]
fn a_column_left_out_is_found() {
    let mut members = exported();
    replaced(&mut members, "tables.json", r#""TEXT_","#, "");
    for _ in 0..2 {
        replaced(&mut members, "rows/T", r#""TEXT_":"größe\n🔒","#, "");
    }
    let found = found(&forged(&members));
    assert!(found.contains(&"SCHEMA_ALTERED T".to_owned()), "{found:?}");
    assert!(found.contains(&"METADATA_CHANGED T 2 TEXT_".to_owned()), "{found:?}");
}

#[test]
fn a_bundle_cut_off_anywhere_is_refused_with_the_byte() {
    let bundle = World::new().export();
    for length in (0..bundle.len()).step_by(5) {
        let told = refused(&bundle[..length]);
        assert!(told.starts_with("b.tar.gz, byte "), "{length}: {told}");
        assert!(told.contains("its end is missing; copy it once more"), "{length}: {told}");
    }
}

#[test]
fn a_flipped_byte_is_refused_unless_the_same_comes_of_it() {
    let bundle = World::new().export();
    let expanded = |bundle: &[u8]| {
        let mut tar = Vec::new();
        GzDecoder::new(bundle).read_to_end(&mut tar).map(|_| tar).ok()
    };
    let genuine = expanded(&bundle);
    for at in (0..bundle.len()).step_by(3) {
        let mut damaged = bundle.clone();
        damaged[at] ^= 0x55;
        let refused = audited(&damaged).is_err();
        assert!(refused || expanded(&damaged) == genuine, "byte {at} of {}", bundle.len());
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    let bundle = World::new().export();
    let told = refused(&[&bundle[..], b"x"].concat());
    assert!(told.ends_with("something follows the archive's end"), "{told}");
    let told = refused(&[&bundle[..], &bundle[..]].concat());
    assert!(told.ends_with("something follows the archive's end"), "{told}");
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in ["../x", "/etc/passwd", "rows/../../x", "anchors/../../x", "anchors/C:\\x", "notes.txt"] {
        let mut members = exported();
        members.insert(1, (name.into(), b"x\n".to_vec()));
        let told = refused(&forged(&members));
        assert!(told.ends_with(&format!("in member {name}: no export has a member of this name")), "{told}");
    }
}

#[test]
fn links_and_folders_are_refused() {
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Directory,
        tar::EntryType::GNULongName,
    ] {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, content) in exported() {
            tar.append(&header(&name, content.len()), &content[..]).unwrap();
            if name == "bundle.json" {
                let mut link = header("anchors/x", 0);
                link.set_entry_type(kind);
                link.set_link_name("/etc/passwd").unwrap();
                link.set_cksum();
                tar.append(&link, &[][..]).unwrap();
            }
        }
        let told = refused(&tar.into_inner().unwrap().finish().unwrap());
        assert!(told.contains("\"anchors/x\" is not a regular file"), "{told}");
    }
}

/// A gzip of so many MiB of zeros, and little to read.
fn zeros(mebibytes: usize) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..mebibytes {
        gzip.write_all(&vec![0; 1 << 20]).unwrap();
    }
    gzip.finish().unwrap()
}

#[test]
fn a_member_of_any_length_is_refused_before_it_is_read() {
    let (name, content) = exported().remove(0);
    let mut long = header("ledger/BULLA_RECORD/000001.ndjson", 0);
    long.set_size(1 << 40);
    long.set_cksum();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(header(&name, content.len()).as_bytes()).unwrap();
    gzip.write_all(&content).unwrap();
    gzip.write_all(&vec![0; content.len().next_multiple_of(512) - content.len()]).unwrap();
    gzip.write_all(long.as_bytes()).unwrap();
    let told = refused(&gzip.finish().unwrap());
    assert!(told.ends_with("1099511627776 bytes are more than the 536870912 that one may have"), "{told}");
}

#[test]
fn an_anchor_that_expands_without_end_is_refused() {
    let mut members = exported();
    let anchor = place(&members, "anchors/");
    members[anchor].1 = zeros(513);
    let told = audited(&forged(&members)).unwrap_err().to_string();
    assert!(
        told.contains("line 1: byte ") && told.contains("a batch has more than 536870912 bytes"),
        "{told}"
    );
}
