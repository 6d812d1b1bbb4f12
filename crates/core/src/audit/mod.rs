//! The audit: compares a database with what its ledger and the anchors prove.
//!
//! Whoever reads the database feeds it in three steps, each in any order inside:
//!
//! 1. the lines of the anchors, read *before* the database's snapshot is taken;
//! 2. Bulla's own tables; [`Audit::coverage`] then verifies the ledger and tells which columns of
//!    which tables it covers;
//! 3. the rows of these tables, and what in the schema could falsify them; [`Audit::compare`] then
//!    compares them, some at a time, and [`Audit::finish`] reports.
//!
//! Memory stays bounded: records, events and rows meet in external sorters, which spill to a
//! [`Spill`] of the caller's. What it sorts by is never the database's order, which follows a
//! collation that its administrator chose.
//!
//! ```text
//! anchors ─┐            ┌─ accounts ── leaves ── roots = checkpoints?
//! records ─┴─ by number ┤
//!                       └─ events ─┐
//! rows ────────────────────────────┴─ by row ── replay = row?
//! ```

mod accounts;
mod epochs;
mod events;
mod finding;
mod ground;
mod input;
mod opened;
mod policy;
mod records;
mod registry;
mod replay;
mod report;
mod roots;
mod sorter;
mod sweeps;
mod tables;
mod verdict;

#[cfg(test)]
mod tests;

pub use finding::{Finding, FindingKind, RecordRef, Severity};
pub use policy::Policy;
pub use report::{Counts, Outcome, Report, Window, instant};
pub use sorter::{MemorySpill, Spill};

use std::collections::BTreeSet;

use self::accounts::LogEnd;
use self::events::{Deed, Event, ROW, split_row_key};
use self::ground::Ground;
use self::input::{Input, Salts};
use self::registry::Registry;
use self::replay::Replay;
use self::sorter::{Sorted, Sorter};
use self::tables::{TableRow, Tables};
use crate::packed::Reader;
use crate::{Error, Result};

/// An audit that is under way.
pub struct Audit {
    ground: Ground,
    stage: Stage,
}

enum Stage {
    Ledger(Box<(Input, Registry)>),
    Rows(Box<Rows>),
    Comparing(Box<Comparing>),
    Finished,
}

/// What the rows are compared with.
struct Rows {
    tables: Tables,
    events: Sorter,
    sweeps: Sorter,
    salts: Salts,
    window: Window,
}

impl Audit {
    /// Begins an audit.
    ///
    /// `keys` is the JWK Set of the commitment keys; without them the audit compares what it can
    /// and is inconclusive. `now` is in milliseconds since 1970-01-01T00:00Z.
    pub fn new(
        policy: &str,
        policy_file: &str,
        keys: Option<&str>,
        now: i64,
        spill: Box<dyn Spill>,
    ) -> Result<Self> {
        let policy = Policy::parse(policy, policy_file)?;
        let ground = Ground::new(&policy, policy_file, keys, now, spill)?;
        let input = Input::new(&ground);
        Ok(Self { ground, stage: Stage::Ledger(Box::new((input, Registry::default()))) })
    }

    /// Takes whole lines of an anchor's file, of which the first has the number `first`.
    pub fn anchor(&mut self, file: &str, first: u64, lines: &[u8]) -> Result<()> {
        let (ground, input, registry) = self.ledger()?;
        input.anchor(ground, registry, file, first, lines)
    }

    /// Notes that anchors were looked for: from now on it is missed if there are none.
    pub fn expect_anchors(&mut self) -> Result<()> {
        self.ledger()?.1.anchors_read = true;
        Ok(())
    }

    /// Notes that the last batch of an anchor's file is cut off, as a crash leaves it.
    pub fn torn_anchor(&mut self, file: &str) -> Result<()> {
        let (ground, input, _) = self.ledger()?;
        input.anchors_read = true;
        let detail = format!("The last batch of {file} is cut off, as a crash leaves it.");
        ground.found(Finding::new(FindingKind::AnchorStale, detail).severity(Severity::Info));
        Ok(())
    }

    /// Takes rows of `BULLA_RECORD`: log, seq, record, signature, packed and repeated to the end.
    pub fn records(&mut self, packed: &[u8]) -> Result<()> {
        let (ground, input, _) = self.ledger()?;
        input.records(ground, packed)
    }

    /// Takes rows of `BULLA_CHECKPOINT`: log, size, seq of the account, note.
    pub fn checkpoints(&mut self, packed: &[u8]) -> Result<()> {
        let (ground, input, _) = self.ledger()?;
        input.checkpoints(ground, packed)
    }

    /// Takes rows of `BULLA_KEY`: kid, purpose, row.
    pub fn keys(&mut self, packed: &[u8]) -> Result<()> {
        let (ground, _, registry) = self.ledger()?;
        registry.rows(ground, packed)
    }

    /// Takes rows of `BULLA_SALT`: instance, salt.
    pub fn salts(&mut self, packed: &[u8]) -> Result<()> {
        self.ledger()?.1.salts(packed)
    }

    fn ledger(&mut self) -> Result<(&mut Ground, &mut Input, &mut Registry)> {
        match &mut self.stage {
            Stage::Ledger(stage) => Ok((&mut self.ground, &mut stage.0, &mut stage.1)),
            _ => Err(out_of_order("the ledger's part has ended")),
        }
    }

    /// Ends the ledger's part and verifies it. Returns the covered tables, and for each the columns
    /// in which [`Self::rows`] wants them.
    pub fn coverage(&mut self) -> Result<Vec<(String, Vec<String>)>> {
        self.ledger()?;
        let Stage::Ledger(stage) = std::mem::replace(&mut self.stage, Stage::Finished) else {
            return Err(out_of_order("the ledger's part has ended"));
        };
        let ground = &mut self.ground;
        let (input, registry) = *stage;
        let Input { mut copies, accounts, mut roots, epochs, mut salts, anchored, anchors_read, strangers } =
            input;
        strangers.report(ground);
        registry.finish(ground);
        let ends = accounts::follow(ground, &epochs, accounts, &mut copies, &mut roots)?;
        if anchors_read {
            anchors(ground, &anchored, &ends);
        }
        let records = records::examine(ground, &epochs, &mut salts, copies)?;
        roots::compare(ground, records.leaves, roots, &records.broken, &ends)?;
        let newest: BTreeSet<usize> = epochs.newest().map(|epoch| epoch.catalogue).collect();
        let tables = Tables::new(epochs.catalogues(), &newest, &records.swept);
        for catalogue in epochs.catalogues() {
            for (name, _) in catalogue.iter().filter(|(name, _)| tables.get(name).is_none()) {
                let detail = format!("Table {name} was covered once and is no longer: it is not compared.");
                ground.found(Finding::new(FindingKind::CoverageGap, detail));
            }
        }
        ground.counts.logs = ends.len() as u64;
        ground.counts.epochs = epochs.len() as u64;
        ground.counts.tables = tables.iter().len() as u64;
        if epochs.len() == 0 {
            ground.missing.insert(
                "No record of an epoch was found that a pinned identity certified; see whether --policy is the \
                 one of this installation."
                    .into(),
            );
        }
        let listed = |table: &tables::Table| {
            let columns = table.columns.iter().map(|column| column.name.clone());
            (table.name.clone(), columns.collect())
        };
        let coverage = tables.iter().map(listed).collect();
        let (events, mut sweeps, window) = (records.events, records.sweeps, records.window);
        let mut tombstones = records.tombstones.finish()?;
        while let Some((key, tombstone)) = tombstones.next()? {
            let (table, id, _) = split_row_key(key)?;
            let mut tombstone = Reader::new(tombstone);
            if let Some(table) = tables.get(table) {
                let (instance, root) = (tombstone.string()?, tombstone.string()?);
                table.deleted(id, instance, root, tombstone.i64()?, &mut sweeps)?;
            }
        }
        self.stage = Stage::Rows(Box::new(Rows { tables, events, sweeps, salts, window }));
        Ok(coverage)
    }

    /// Notes that a column holds values of more than `limit` bytes, which were not read.
    pub fn too_large(&mut self, table: &str, column: &str, limit: u64) {
        self.ground.missing.insert(format!(
            "Column {column} of table {table} holds values of more than {limit} bytes, which were not read; \
             nothing is proven of them. They are read if Java is given more memory (-Xmx)."
        ));
    }

    /// Notes that whoever read the database left a table out that the ledger covers.
    pub fn left_out(&mut self, table: &str) {
        self.ground.missing.insert(format!(
            "Table {} was not exported though the ledger covers it: its rows look missing. Export once more, with \
             the policy of this audit.",
            finding::cut(table)
        ));
    }

    /// Notes that whoever read the database brought a table that the ledger does not cover.
    pub fn uncovered(&mut self, table: &str) {
        let detail = "The table was exported and the ledger does not cover it: nothing in it is compared.";
        let mut finding = Finding::new(FindingKind::CoverageGap, detail);
        finding.table = Some(table.to_owned());
        self.ground.found(finding);
    }

    /// Notes something in the schema that can change what a covered table shows or keeps;
    /// `harmless` if it only reads the table.
    pub fn schema_object(&mut self, kind: &str, name: &str, table: &str, harmless: bool) {
        let detail = if harmless {
            format!("There is a {kind} {name} that reads the table; it changes nothing in it.")
        } else {
            format!("There is a {kind} {name} on the table, which the engine did not make.")
        };
        let mut finding = Finding::new(FindingKind::SchemaAltered, detail);
        if harmless {
            finding = finding.severity(Severity::Info);
        }
        finding.table = Some(table.to_owned());
        self.ground.found(finding);
    }

    /// Takes rows of a covered table: the values of its columns as [`Self::coverage`] listed them,
    /// packed and repeated to the end.
    pub fn rows(&mut self, table: &str, packed: &[u8]) -> Result<()> {
        let Stage::Rows(rows) = &mut self.stage else {
            return Err(out_of_order("rows are taken between coverage and finish"));
        };
        let known = rows.tables.get(table).ok_or_else(|| Error::InvalidArgument {
            what: "table",
            problem: format!("{table} is not covered by the ledger"),
        })?;
        self.ground.counts.rows += known.rows(packed, &mut rows.events, &mut rows.sweeps)?;
        Ok(())
    }

    /// Compares up to `limit` rows with what their records say, and returns how many: 0 if all were.
    pub fn compare(&mut self, limit: u64) -> Result<u64> {
        if matches!(self.stage, Stage::Rows(_)) {
            self.sort()?;
        }
        let Stage::Comparing(comparing) = &mut self.stage else {
            return Err(out_of_order("the audit is finished by now, or coverage was not asked for"));
        };
        comparing.rows(&mut self.ground, limit)
    }

    /// The rows are all there: brings them together with their events.
    fn sort(&mut self) -> Result<()> {
        let Stage::Rows(rows) = std::mem::replace(&mut self.stage, Stage::Finished) else {
            return Err(out_of_order("the rows' part has ended"));
        };
        let Rows { tables, mut events, sweeps, salts, window } = *rows;
        sweeps::spread(&self.ground, &salts, &tables, sweeps, &mut events)?;
        let sorted = events.finish()?;
        let group = Group::default();
        self.stage = Stage::Comparing(Box::new(Comparing { tables, salts, window, sorted, group }));
        Ok(())
    }

    /// Compares what is not compared yet, and reports.
    pub fn finish(&mut self) -> Result<Report> {
        while self.compare(u64::MAX)? > 0 {}
        let Stage::Comparing(comparing) = std::mem::replace(&mut self.stage, Stage::Finished) else {
            return Err(out_of_order("the audit is finished by now, or coverage was not asked for"));
        };
        let ground = &mut self.ground;
        let findings = std::mem::take(&mut ground.findings);
        let missing = std::mem::take(&mut ground.missing).into_iter().collect();
        Ok(Report::new(findings, missing, comparing.window, ground.counts))
    }
}

fn out_of_order(problem: &str) -> Error {
    Error::InvalidArgument { what: "audit", problem: format!("was fed out of order: {problem}") }
}

/// Sees whether the anchors hold what the database's accounts speak of.
fn anchors(ground: &mut Ground, anchored: &[u32], ends: &[LogEnd]) {
    // Whoever brings an older copy of the database can be wrong about when it was made; the nodes
    // signed when they wrote what is in it.
    let now = ends.iter().filter_map(|end| end.newest).fold(ground.now, i64::max);
    for (log, end) in (0_u32..).zip(ends) {
        let Some(since) = end.unanchored_since else { continue };
        // What was anchored while the anchors were being read here is not missed.
        if since > now - ground.stale {
            continue;
        }
        let name = ground.logs.name(log).to_owned();
        let (kind, detail) = if end.hole {
            (FindingKind::AnchorMissing, format!("The anchors of log {name} have a hole: a file is gone."))
        } else if anchored.contains(&log) {
            let detail = format!("The anchors of log {name} end before the ledger in the database does.");
            (FindingKind::AnchorStale, detail)
        } else {
            (FindingKind::AnchorMissing, format!("There is no anchor of log {name}."))
        };
        ground.found(Finding::new(kind, detail));
    }
}

/// From so many events of one row on, no more are taken of those that anybody can invent.
const MANY: usize = 1000;

/// Rows that meet their events.
struct Comparing {
    tables: Tables,
    salts: Salts,
    window: Window,
    sorted: Sorted,
    /// What was read of the next row.
    group: Group,
}

impl Comparing {
    /// Replays the events of each row and compares the row with what came of them.
    fn rows(&mut self, ground: &mut Ground, limit: u64) -> Result<u64> {
        let mut compared = 0;
        while compared < limit {
            let Some((key, payload)) = self.sorted.next()? else { break };
            let (table, id, class) = split_row_key(key)?;
            if table != self.group.table || id != self.group.id {
                self.group.compare(ground, &self.salts, &self.tables)?;
                compared += u64::from(self.group.row.is_some());
                self.group = Group { table: table.to_owned(), id: id.to_owned(), ..Group::default() };
            }
            self.group.take(class, payload)?;
        }
        if compared == 0 {
            let last = std::mem::take(&mut self.group);
            last.compare(ground, &self.salts, &self.tables)?;
            compared = u64::from(last.row.is_some());
        }
        Ok(compared)
    }
}

/// Everything about one row.
#[derive(Default)]
struct Group {
    table: String,
    id: String,
    row: Option<Vec<u8>>,
    doubles: u64,
    events: Vec<Vec<u8>>,
}

impl Group {
    fn take(&mut self, class: u8, payload: &[u8]) -> Result<()> {
        if class != ROW {
            if self.events.len() < MANY || !Event::read(payload)?.is_forged() {
                self.events.push(payload.to_vec());
            }
        } else if self.row.is_none() {
            self.row = Some(payload.to_vec());
        } else {
            self.doubles += 1;
        }
        Ok(())
    }

    fn compare(&self, ground: &mut Ground, salts: &Salts, tables: &Tables) -> Result<()> {
        let Some(table) = tables.get(&self.table) else { return Ok(()) };
        let row = self.row.as_ref().map(|row| TableRow::read(table, row)).transpose()?;
        let events = self.events.iter().map(|event| Event::read(event)).collect::<Result<Vec<_>>>()?;
        let kept_until = events.iter().rev().find_map(|event| match event.deed {
            Deed::Deleted { removal_time, .. } => removal_time,
            _ => None,
        });
        let ghost = kept_until.filter(|_| row.is_none()).map(|until| table.ghost(until));
        let ghost = ghost.as_ref().map(|ghost| TableRow::read(table, ghost)).transpose()?;
        let mut replay = Replay::new(ground, table, &self.id, row.as_ref(), ghost.as_ref());
        for event in &events {
            replay.apply(ground, salts, event);
        }
        replay.finish(ground);
        if self.doubles > 0 {
            let detail = format!("The table has {} more rows of this id.", self.doubles);
            ground.found(Finding::new(FindingKind::RowUnrecorded, detail).row(&self.table, &self.id));
        }
        Ok(())
    }
}
