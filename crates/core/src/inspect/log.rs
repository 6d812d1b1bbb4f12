//! Records and checkpoints, one by one and all of a log.

use std::collections::{BTreeMap, BTreeSet};

use base64_turbo::STANDARD;

use crate::Result;
use crate::json::{self, Limits, Object, Writer};
use crate::keys::{Certificate, KeyId, RegistryRow};
use crate::ledger::{AnchorLine, Checkpoint, UnverifiedRecord};

const WHAT: &str = "record";

/// Whether an object is a line of an anchor.
pub(super) fn is_anchored(object: &Object) -> bool {
    ["checkpoint", "key", "record"]
        .iter()
        .any(|name| object.get(name).is_some_and(|it| it.as_str().is_some()))
}

/// Whether an object is a record.
pub(super) fn is_record(object: &Object) -> bool {
    ["kind", "log", "seq"].iter().all(|name| object.get(name).is_some())
}

pub(super) fn anchored(line: &str) -> Result<Vec<u8>> {
    match AnchorLine::parse(line.trim().as_bytes(), "what was given", 1)? {
        AnchorLine::Key(row) => super::inspect(&row),
        AnchorLine::Record { text, signature } => {
            let kid = UnverifiedRecord::parse(&text, &signature)?.kid().to_owned();
            record(&json::parse(text.as_bytes(), Limits::default())?.into_object(WHAT)?, Some(&kid))
        }
        AnchorLine::Checkpoint(note) => checkpoint(&note),
    }
}

/// A record, and the key that signed it if that is known.
pub(super) fn record(said: &Object, kid: Option<&str>) -> Result<Vec<u8>> {
    let mut json = Writer::object();
    json.member("epoch").string(said.required_str(WHAT, "epoch")?).member("form").string("record");
    if let Some(kid) = kid {
        json.member("kid").string(kid);
    }
    json.member("kind").string(said.required_str(WHAT, "kind")?);
    json.member("log").string(said.required_str(WHAT, "log")?);
    if let Some(rows) = said.optional_array(WHAT, "rows")? {
        json.member("rows").integer(super::length(rows.len()));
    }
    json.member("seq").integer(said.required_i64(WHAT, "seq")?);
    json.member("time").integer(said.required_i64(WHAT, "time")?);
    if let Some(user) = said.optional_str(WHAT, "user")? {
        json.member("user").string(user);
    }
    Ok(json.finish())
}

pub(super) fn checkpoint(note: &str) -> Result<Vec<u8>> {
    let (said, signers) = Checkpoint::claimed(note.trim_end())?;
    let mut json = Writer::object();
    json.member("form").string("checkpoint").member("log").string(&said.origin);
    json.member("root").string(&STANDARD.encode(said.root)).member("signers").begin_array();
    for signer in &signers {
        json.string(signer);
    }
    json.end_array().member("size").integer(number(said.size));
    Ok(json.finish())
}

/// What the lines of anchors and registries say, counted. Nothing of it is proven.
#[derive(Debug, Default)]
pub struct LogSummary {
    logs: BTreeMap<String, Log>,
    /// By purpose and master key.
    keys: BTreeMap<(&'static str, String), u64>,
    identities: BTreeSet<KeyId>,
}

/// What there is of one log.
#[derive(Debug, Default)]
struct Log {
    records: u64,
    checkpoints: u64,
    epochs: u64,
    /// The times of the first record and of the last.
    times: Option<(i64, i64)>,
    /// How many leaves the largest checkpoint has.
    size: u64,
}

impl LogSummary {
    /// Takes up a line of an anchor.
    pub fn line(&mut self, line: &AnchorLine) -> Result<()> {
        match line {
            AnchorLine::Key(row) => self.row(row),
            AnchorLine::Record { text, signature } => self.record(text, signature),
            AnchorLine::Checkpoint(note) => {
                let (said, _) = Checkpoint::claimed(note.trim_end())?;
                let log = self.logs.entry(said.origin).or_default();
                log.checkpoints += 1;
                log.size = log.size.max(said.size);
                Ok(())
            }
        }
    }

    /// Takes up a row of a key registry.
    pub fn row(&mut self, row: &str) -> Result<()> {
        let said = RegistryRow::claimed(row)?;
        self.identities.insert(said.certificate.identity);
        *self.keys.entry((said.purpose.name(), said.master)).or_default() += 1;
        Ok(())
    }

    fn record(&mut self, text: &str, signature: &str) -> Result<()> {
        let said = UnverifiedRecord::parse(text, signature)?;
        let time = said.time();
        let log = self.logs.entry(said.log().to_owned()).or_default();
        log.records += 1;
        log.times = Some(log.times.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        if let Some(certificate) = said.certificate() {
            log.epochs += 1;
            self.identities.insert(Certificate::claimed(certificate)?.identity);
        }
        Ok(())
    }

    /// The identities that certified epochs, as the value of a member.
    pub fn write_identities(&self, json: &mut Writer) {
        json.member("identities").begin_array();
        for identity in &self.identities {
            json.string(identity.as_str());
        }
        json.end_array();
    }

    /// The members `keys` (how many there are of a purpose under a master key) and `logs`.
    pub fn write_keys_and_logs(&self, json: &mut Writer) {
        json.member("keys").begin_array();
        for ((purpose, master), count) in &self.keys {
            json.begin_object().member("count").integer(number(*count));
            json.member("master").string(master).member("purpose").string(purpose).end_object();
        }
        json.end_array().member("logs").begin_array();
        for (name, log) in &self.logs {
            json.begin_object().member("checkpoints").integer(number(log.checkpoints));
            json.member("epochs").integer(number(log.epochs));
            if let Some((first, _)) = log.times {
                json.member("first").integer(first);
            }
            if let Some((_, last)) = log.times {
                json.member("last").integer(last);
            }
            json.member("log").string(name).member("records").integer(number(log.records));
            json.member("size").integer(number(log.size)).end_object();
        }
        json.end_array();
    }
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;

    /// What `tests/vectors` holds under this name.
    macro_rules! vectors {
        ($name:literal) => {
            json::parse(include_bytes!(concat!("../../../../tests/vectors/", $name)), Limits::default())
                .unwrap()
        };
    }

    const LOG: &str = "\"log\":\"loans/node-1\"";
    const EPOCH: &str = "\"epoch\":\"33b05265a558cb44\"";

    fn told(text: &str) -> String {
        String::from_utf8(inspect(text).unwrap()).unwrap()
    }

    fn lines() -> Vec<String> {
        let lines = vectors!("anchors/accepted.json");
        lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_line_of_an_anchor_tells_what_it_holds() {
        let (rows, others): (Vec<_>, _) = lines().into_iter().partition(|line| line.starts_with("{\"key\""));
        let said = told(&rows[0]);
        assert!(
            said.starts_with(&format!("{{\"created\":1900000000000,{EPOCH},\"form\":\"key\",")),
            "{said}"
        );
        assert!(said.contains(LOG) && said.contains("\"purpose\":\"data\""), "{said}");
        let said = told(&others[0]);
        assert!(said.starts_with(&format!("{{{EPOCH},\"form\":\"record\",\"kid\":\"Srob")), "{said}");
        assert!(
            said.ends_with(&format!("\"kind\":\"epoch\",{LOG},\"seq\":1,\"time\":1900000000000}}")),
            "{said}"
        );
        let said = told(others.last().unwrap());
        assert!(said.starts_with(&format!("{{\"form\":\"checkpoint\",{LOG},\"root\":\"")), "{said}");
        assert!(said.ends_with("\"signers\":[\"loans/node-1+a2770338\"],\"size\":4}"), "{said}");
    }

    #[test]
    fn a_certificate_tells_who_certified_whom() {
        let certificates = vectors!("registry/certificates.json");
        let first = certificates.as_array().unwrap()[0].as_object().unwrap();
        let text = |name| first.required_str("vector", name).unwrap();
        let said = told(text("certificate"));
        let (identity, key) = (text("identity"), text("key"));
        let expected = format!(
            "{{{EPOCH},\"form\":\"epoch\",\"identity\":\"{identity}\",\"kid\":\"{key}\",{LOG},\"started\":1900000000000}}"
        );
        assert_eq!(said, expected);
    }

    #[test]
    fn the_lines_of_an_anchor_are_counted() {
        let mut summary = LogSummary::default();
        for (line, number) in lines().iter().zip(1..) {
            summary.line(&AnchorLine::parse(line.as_bytes(), "anchor", number).unwrap()).unwrap();
        }
        let mut json = Writer::object();
        summary.write_identities(&mut json);
        summary.write_keys_and_logs(&mut json);
        let said = String::from_utf8(json.finish()).unwrap();
        let log = format!(
            "\"logs\":[{{\"checkpoints\":2,\"epochs\":1,\"first\":1900000000000,\"last\":1900000000004,{LOG},\
             \"records\":4,\"size\":4}}]}}"
        );
        assert!(said.ends_with(&log), "{said}");
        for purpose in ["commitment", "data", "search"] {
            assert!(said.contains(&format!("\"purpose\":\"{purpose}\"")), "{said}");
        }
    }

    #[test]
    fn a_row_that_is_cut_does_not_pass_for_one() {
        let AnchorLine::Key(row) = AnchorLine::parse(lines()[0].as_bytes(), "anchor", 1).unwrap() else {
            panic!("the first line is a key")
        };
        for length in 1..row.len() {
            let said = inspect(&row[..length]).map(|said| String::from_utf8(said).unwrap());
            assert!(!said.unwrap_or_default().contains("\"form\":\"key\""), "{length}");
        }
    }

    #[test]
    fn a_note_without_signatures_in_their_form_is_refused() {
        let AnchorLine::Checkpoint(note) =
            AnchorLine::parse(lines().last().unwrap().as_bytes(), "anchor", 9).unwrap()
        else {
            panic!("the last line is a checkpoint")
        };
        let message = |note: String| inspect(&note).unwrap_err().to_string();
        let no = "not a checkpoint: ";
        assert_eq!(
            message(note.replace("—  loans", "— ") + "x"),
            format!("{no}a signature line has not the form of one")
        );
        assert_eq!(message(note.replace("\n4\n", "\n04\n")), format!("{no}its size is not a number"));
    }
}
