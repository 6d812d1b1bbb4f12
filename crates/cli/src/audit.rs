//! `bulla audit`.

mod text;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use bulla_bundle::BundleAudit;
use bulla_core::Error;
use bulla_core::audit::{self, Report, instant};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::files::read_settings;
use crate::outcome::{Failure, Outcome, Result, print, print_line};

const EXAMPLES: &str = "\
Examples:
  bulla audit evidence.tar.gz --keys audit-keys.jwks --policy audit-policy.toml
  bulla audit evidence.tar.gz --keys audit-keys.jwks --policy audit-policy.toml --json > audit.json

bulla-audit.jar exports the bundle, discloses the keys, and makes the report in HTML:
  java -jar bulla-audit.jar export --jdbc-url URL --anchors DIR --policy FILE --out evidence.tar.gz
  java -jar bulla-audit.jar --bundle evidence.tar.gz --keys FILE --policy FILE --report audit.html

Exit codes:
  0  nothing was found
  1  something was found
  2  wrong use, or something cannot be read
  3  inconclusive: something that the proof needs is missing";

/// How many rows are compared before progress is shown.
const AT_A_TIME: u64 = 2000;

/// Compare the database in an evidence bundle with what its ledger and anchors prove
///
/// What does not fit into memory is kept in a temporary file that only this process can open, in the
/// directory that TMPDIR names.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Audit {
    /// The bundle, as bulla-audit.jar exported it; "-" is standard input
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The commitment keys (JWK Set), as bulla-audit.jar disclosed them; they open nothing
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Whom to trust (TOML), as keygen wrote it
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Print JSON in place of a table
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

impl Audit {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let policy = read_settings(&self.policy)?;
        let keys = self.keys.as_deref().map(read_settings).transpose()?;
        if self.bundle == Path::new("-") {
            return self.audit(io::stdin().lock(), "standard input", None, &policy, keys.as_deref());
        }
        let name = self.bundle.display().to_string();
        let unreadable = |error: io::Error| Failure::unusable(format!("{name}: cannot be read: {error}"));
        let bundle = File::open(&self.bundle).map_err(unreadable)?;
        let size = bundle.metadata().map_err(unreadable)?.len();
        self.audit(bundle, &name, Some(size), &policy, keys.as_deref())
    }

    fn audit(
        &self,
        bundle: impl io::Read,
        name: &str,
        size: Option<u64>,
        policy: &str,
        keys: Option<&str>,
    ) -> Result<Outcome> {
        let bar = self.bar(size);
        let policy_file = self.policy.display().to_string();
        let mut audit = BundleAudit::open(bundle, name, policy, &policy_file, keys).map_err(unusable)?;
        while audit.read().map_err(unusable)? {
            bar.set_position(audit.position());
        }
        bar.set_style(style("comparing rows: {human_pos}"));
        bar.set_position(0);
        loop {
            let compared = audit.compare(AT_A_TIME).map_err(unusable)?;
            if compared == 0 {
                break;
            }
            bar.inc(compared);
        }
        bar.finish_and_clear();
        let report = audit.finish().map_err(unusable)?;
        if self.json {
            print_line(&report.json())?;
        } else {
            let about = audit.about();
            let bundle = format!(
                "Bundle: exported at {} from {}, installation {}",
                instant(about.exported),
                about.database,
                about.installation
            );
            print(text::report(&bundle, &report).as_bytes())?;
        }
        Ok(outcome(&report))
    }

    fn bar(&self, size: Option<u64>) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = size.map_or_else(ProgressBar::no_length, ProgressBar::new);
        bar.set_style(match size {
            Some(_) => style("{bar:40} {bytes}/{total_bytes} read, {eta} left"),
            None => style("{bytes} read"),
        });
        bar
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn outcome(report: &Report) -> Outcome {
    match report.outcome {
        audit::Outcome::Clean => Outcome::Done,
        audit::Outcome::Findings => Outcome::Refused,
        audit::Outcome::Inconclusive => Outcome::Inconclusive,
    }
}

/// What an audit refuses, it cannot read: 1 would mean findings.
#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn unusable(error: Error) -> Failure {
    Failure::unusable(error.to_string())
}
