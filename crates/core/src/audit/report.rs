//! The outcome of an audit.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingKind, RecordRef, Severity};
use crate::json;
use crate::packed::Writer;

/// What the audit as a whole came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was compared and nothing was found.
    Clean,
    /// Something was found.
    Findings,
    /// Something that the proof needs is missing, and nothing was found without it.
    Inconclusive,
}

impl Outcome {
    /// The outcome's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Findings => "findings",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// How far the anchors prove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// The newest record that an anchor proves.
    pub newest_anchored: Option<RecordRef>,
    /// How many committed records no anchor proves yet.
    pub not_anchored: u64,
}

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Logs.
    pub logs: u64,
    /// Epochs.
    pub epochs: u64,
    /// Records, each counted once however many copies there are.
    pub records: u64,
    /// Checkpoints whose root was recomputed.
    pub checkpoints: u64,
    /// Tables.
    pub tables: u64,
    /// Rows that were compared.
    pub rows: u64,
    /// Columns that were compared.
    pub columns: u64,
}

impl Counts {
    fn members(&self) -> [(&'static str, u64); 7] {
        [
            ("checkpoints", self.checkpoints),
            ("columns", self.columns),
            ("epochs", self.epochs),
            ("logs", self.logs),
            ("records", self.records),
            ("rows", self.rows),
            ("tables", self.tables),
        ]
    }
}

/// Findings of one kind beyond these are counted and not listed.
const LISTED: usize = 5000;

/// Collects findings; memory stays bounded however much was changed.
#[derive(Debug, Default)]
pub(super) struct Findings {
    listed: Vec<Finding>,
    found: BTreeMap<FindingKind, u64>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        let found = self.found.entry(finding.kind).or_default();
        *found += 1;
        if usize::try_from(*found).unwrap_or(usize::MAX) <= LISTED {
            self.listed.push(finding.shortened());
        }
    }

    pub(super) fn into_listed(mut self) -> Vec<Finding> {
        for (kind, found) in &self.found {
            if let Some(more) = found.checked_sub(LISTED as u64 + 1) {
                let detail = format!("{} more findings of this kind are not listed.", more + 1);
                self.listed.push(Finding::new(*kind, detail));
            }
        }
        self.listed.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.listed
    }
}

/// What an audit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The audit as a whole.
    pub outcome: Outcome,
    /// What was missing, one sentence each; an audit that missed something is never clean.
    pub missing: Vec<String>,
    /// How far the anchors prove.
    pub window: Window,
    /// How much was compared.
    pub counts: Counts,
    /// What was found, gravest first.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(findings: Findings, missing: Vec<String>, window: Window, counts: Counts) -> Self {
        let findings = findings.into_listed();
        let found = findings.iter().any(|finding| finding.severity > Severity::Info);
        let outcome = match (found, missing.is_empty()) {
            (true, _) => Outcome::Findings,
            (false, false) => Outcome::Inconclusive,
            (false, true) => Outcome::Clean,
        };
        Self { outcome, missing, window, counts, findings }
    }

    /// The report for machines, a JSON document.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = json::Writer::object();
        out.member("counts").begin_object();
        for (name, count) in self.counts.members() {
            out.member(name).integer(count.cast_signed());
        }
        out.end_object();
        out.member("findings").begin_array();
        for finding in &self.findings {
            let record = finding.record.as_ref();
            out.begin_object();
            out.member("column").optional_string(finding.column.as_deref());
            out.member("detail").string(&finding.detail);
            out.member("kind").string(finding.kind.name());
            out.member("processInstance").optional_string(finding.process_instance.as_deref());
            out.member("record").optional_string(record.map(ToString::to_string).as_deref());
            out.member("recordedAt").optional_string(recorded_at(record).as_deref());
            out.member("row").optional_string(finding.row.as_deref());
            out.member("severity").string(finding.severity.name());
            out.member("table").optional_string(finding.table.as_deref());
            out.member("user").optional_string(record.and_then(|record| record.user.as_deref()));
            out.member("variable").optional_string(finding.variable.as_deref());
            out.end_object();
        }
        out.end_array();
        out.member("missing").begin_array();
        for missing in &self.missing {
            out.string(missing);
        }
        out.end_array();
        out.member("outcome").string(self.outcome.name());
        let newest = self.window.newest_anchored.as_ref();
        out.member("window").begin_object();
        out.member("newestAnchored").optional_string(newest.map(ToString::to_string).as_deref());
        out.member("newestAnchoredAt").optional_string(recorded_at(newest).as_deref());
        out.member("notAnchored").integer(self.window.not_anchored.cast_signed());
        out.end_object();
        String::from_utf8(out.finish()).unwrap_or_default()
    }

    /// The report for bindings, packed: outcome, missing, window, counts, findings.
    #[must_use]
    pub fn packed(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.string(Some(self.outcome.name()));
        out.i32(length(&self.missing));
        for missing in &self.missing {
            out.string(Some(missing));
        }
        pack_record(&mut out, self.window.newest_anchored.as_ref());
        out.i64(self.window.not_anchored.cast_signed());
        let counts = self.counts.members();
        out.i32(length(&counts));
        for (name, count) in counts {
            out.string(Some(name)).i64(count.cast_signed());
        }
        out.i32(length(&self.findings));
        for finding in &self.findings {
            out.string(Some(finding.kind.name())).string(Some(finding.severity.name()));
            for place in
                [&finding.table, &finding.row, &finding.column, &finding.variable, &finding.process_instance]
            {
                out.string(place.as_deref());
            }
            pack_record(&mut out, finding.record.as_ref());
            out.string(Some(&finding.detail));
        }
        out.finish()
    }
}

fn recorded_at(record: Option<&RecordRef>) -> Option<String> {
    record?.recorded_at()
}

impl RecordRef {
    /// When it was recorded, as [`instant`] writes it.
    #[must_use]
    pub fn recorded_at(&self) -> Option<String> {
        self.time.map(instant)
    }
}

/// A time in milliseconds since 1970-01-01T00:00Z as ISO 8601 in UTC: `2000-02-29T12:34:56.789Z`.
#[must_use]
pub fn instant(millis: i64) -> String {
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Days to a civil date, counted in eras of 400 years that begin on 1 March.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

fn length<T>(list: &[T]) -> i32 {
    i32::try_from(list.len()).unwrap_or(i32::MAX)
}

fn pack_record(out: &mut Writer, record: Option<&RecordRef>) {
    out.string(record.map(ToString::to_string).as_deref());
    out.i64(record.and_then(|record| record.time).unwrap_or(i64::MIN));
    out.string(record.and_then(|record| record.user.as_deref()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(findings: Vec<Finding>, missing: Vec<String>) -> Report {
        let mut all = Findings::default();
        for finding in findings {
            all.add(finding);
        }
        Report::new(all, missing, Window::default(), Counts::default())
    }

    #[test]
    fn an_audit_that_missed_something_is_inconclusive() {
        assert_eq!(report(vec![], vec!["the key k is missing".into()]).outcome, Outcome::Inconclusive);
    }

    #[test]
    fn information_alone_leaves_an_audit_clean() {
        let info = Finding::new(FindingKind::AnchorStale, "x").severity(Severity::Info);
        assert_eq!(report(vec![info], vec![]).outcome, Outcome::Clean);
    }

    #[test]
    fn what_is_found_outweighs_what_is_missing() {
        let found = Finding::new(FindingKind::RowMissing, "x");
        assert_eq!(report(vec![found], vec!["y".into()]).outcome, Outcome::Findings);
    }

    #[test]
    fn findings_beyond_the_limit_are_counted() {
        let found = (0..LISTED + 3).map(|_| Finding::new(FindingKind::RowMissing, "x")).collect();
        let report = report(found, vec![]);
        assert_eq!(report.findings.len(), LISTED + 1);
        assert_eq!(report.findings[LISTED].detail, "3 more findings of this kind are not listed.");
    }

    #[test]
    fn times_are_told_in_utc() {
        assert_eq!(instant(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(instant(951_827_696_789), "2000-02-29T12:34:56.789Z");
        assert_eq!(instant(4_102_444_799_999), "2099-12-31T23:59:59.999Z");
        assert_eq!(instant(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_report_for_machines_has_the_promised_members() {
        let mut found = Finding::new(FindingKind::ValueChanged, "It was \"edited\".").row("T", "1");
        found.record =
            Some(RecordRef { log: "l/n".into(), seq: 7, time: Some(0), user: Some("mary".into()) });
        let json = report(vec![found], vec![]).json();
        let expected = concat!(
            r#"{"column":null,"detail":"It was \"edited\".","kind":"VALUE_CHANGED","processInstance":null,"#,
            r#""record":"l/n#7","recordedAt":"1970-01-01T00:00:00.000Z","row":"1","severity":"critical","#,
            r#""table":"T","user":"mary","variable":null}"#
        );
        assert!(json.contains(expected), "{json}");
        assert!(json.contains(r#""outcome":"findings""#), "{json}");
    }
}
