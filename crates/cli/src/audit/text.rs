//! An audit's report for people who read a terminal. Names in it come from the database.

use std::fmt::Write as _;

use bulla_core::audit::{Finding, Outcome, Report, Severity};
use bulla_core::printable::printable;
use comfy_table::{ContentArrangement, Table, presets};

const HEAD: [&str; 8] = ["FINDING", "TABLE", "ROW", "COLUMN", "VARIABLE", "CONTRADICTS", "BY", "RECORDED AT"];

/// The report under its `title`.
pub(super) fn report(title: &str, report: &Report) -> String {
    let mut out = format!("{}\n", printable(title));
    if !report.findings.is_empty() {
        table(&mut out, &report.findings);
        out.push('\n');
    }
    for missing in &report.missing {
        let _ = writeln!(out, "Missing: {}", printable(missing));
    }
    let counts = &report.counts;
    let _ = writeln!(
        out,
        "Compared: {} rows, {} columns, {} tables, {} records, {} checkpoints, {} epochs, {} logs",
        counts.rows,
        counts.columns,
        counts.tables,
        counts.records,
        counts.checkpoints,
        counts.epochs,
        counts.logs
    );
    let window = &report.window;
    let newest = match &window.newest_anchored {
        None => "no record is anchored".to_owned(),
        Some(record) => {
            let at = record.recorded_at().map_or_else(String::new, |at| format!(" of {at}"));
            format!("newest anchored record {record}{at}")
        }
    };
    let _ = writeln!(out, "Window: {}, {} not yet anchored", printable(&newest), window.not_anchored);
    let _ = writeln!(out, "Outcome: {}", outcome(report));
    out
}

/// A line for each finding, and below it what it means.
fn table(out: &mut String, findings: &[Finding]) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEAD);
    for finding in findings {
        table.add_row(cells(finding));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut lines = table.lines();
    let _ = writeln!(out, "{}", lines.next().unwrap_or_default().trim_end());
    for (line, finding) in lines.zip(findings) {
        let _ = writeln!(out, "{}", line.trim_end());
        let grade = match finding.severity {
            Severity::Critical => String::new(),
            other => format!("{}: ", other.name()),
        };
        let instance = finding.process_instance.as_ref();
        let instance = instance.map_or_else(String::new, |id| format!(" Process instance {id}."));
        let _ = writeln!(out, "    {}", printable(&format!("{grade}{}{instance}", finding.detail)));
    }
}

fn cells(finding: &Finding) -> [String; 8] {
    let record = finding.record.as_ref();
    let cells = [
        Some(finding.kind.name().to_owned()),
        finding.table.clone(),
        finding.row.clone(),
        finding.column.clone(),
        finding.variable.clone(),
        record.map(ToString::to_string),
        record.and_then(|record| record.user.clone()),
        record.and_then(bulla_core::audit::RecordRef::recorded_at),
    ];
    cells.map(|cell| cell.map_or_else(|| "-".into(), |cell| printable(&cell)))
}

fn outcome(report: &Report) -> String {
    if report.outcome != Outcome::Findings {
        return report.outcome.name().into();
    }
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    format!("findings ({} critical, {} warnings)", count(Severity::Critical), count(Severity::Warning))
}
