//! Replays what records say of one row, and compares the row with what came of it.

use std::rc::Rc;

use super::events::{Deed, Event};
use super::finding::{Finding, FindingKind, RecordRef};
use super::ground::Ground;
use super::input::Salts;
use super::opened::Opened;
use super::tables::{REMOVAL_TIME, ROOT_INSTANCE, Table, TableRow};
use super::verdict;
use crate::ledger::{Commitment, InstanceKey, Locator, RowKey};
use crate::packed::{Value, Writer};

/// The record that an event came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) log: u32,
    pub(super) seq: u64,
    pub(super) time: i64,
    pub(super) user: Option<String>,
}

impl Mark {
    pub(super) fn reference(&self, ground: &Ground) -> RecordRef {
        RecordRef { time: Some(self.time), user: self.user.clone(), ..ground.record(self.log, self.seq) }
    }
}

/// What records say of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Setting {
    /// Who set it last.
    pub(super) last: Option<Rc<Mark>>,
    /// Whether the row holds what was set last.
    pub(super) holds: bool,
    /// Whether it was set by an update of many rows.
    swept: bool,
    /// Whether the row holds what another node set within the skew of clocks.
    pub(super) held_by_other: bool,
    /// Who had set what the row holds, if it was set once.
    pub(super) older: Option<Rc<Mark>>,
}

/// One row, and how far its events were replayed.
pub(super) struct Replay<'a> {
    pub(super) table: &'a Table,
    pub(super) id: &'a str,
    pub(super) row: Option<&'a TableRow<'a>>,
    /// What is known of a row that is gone; see [`Table::ghost`].
    ghost: Option<&'a TableRow<'a>>,
    skew: i64,
    alive: bool,
    /// Who wrote the row first; nothing if no record did.
    pub(super) inserted: Option<Rc<Mark>>,
    tombstone: Option<Rc<Mark>>,
    forged_deletion: Option<(u32, u64)>,
    /// Who had set the date until which the row was to be kept, if it was deleted under another.
    early: Option<Rc<Mark>>,
    /// What the record that wrote the row holds to find its root instance by, and under which key: a
    /// later record need not know the row's instance.
    root: Option<(Locator, Rc<InstanceKey>)>,
    /// Whether the row was deleted under the root instance that it was written with, if it is known.
    rooted: Option<bool>,
    /// The process instance that the row was written with.
    home: Option<String>,
    /// Whether the row was deleted as one of another process instance.
    misfiled: bool,
    /// The fixed columns that differ, and whether they could be told apart.
    pub(super) fixed: Option<Vec<usize>>,
    pub(super) settings: Vec<Setting>,
    pub(super) last: Option<Rc<Mark>>,
    pub(super) instance: Option<String>,
    pub(super) variable: Option<String>,
    /// A key is gone, so nothing can be compared.
    unprovable: bool,
    key: Option<(String, Option<String>, Rc<InstanceKey>, RowKey)>,
    pub(super) catalogue: usize,
    opened: Opened,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        ground: &Ground,
        table: &'a Table,
        id: &'a str,
        row: Option<&'a TableRow<'a>>,
        ghost: Option<&'a TableRow<'a>>,
    ) -> Self {
        Self {
            table,
            id,
            row,
            ghost,
            early: None,
            root: None,
            rooted: None,
            home: None,
            misfiled: false,
            skew: ground.skew,
            alive: false,
            inserted: None,
            tombstone: None,
            forged_deletion: None,
            fixed: None,
            settings: vec![Setting::default(); table.columns.len()],
            last: None,
            instance: None,
            variable: None,
            unprovable: false,
            key: None,
            catalogue: 0,
            opened: Opened::new(ground.stale),
        }
    }

    /// Takes up the next event.
    pub(super) fn apply(&mut self, ground: &Ground, salts: &Salts, event: &Event<'_>) {
        let origin = &event.origin;
        let mark = Rc::new(Mark {
            log: origin.log,
            seq: origin.seq,
            time: origin.time,
            user: origin.user.map(str::to_owned),
        });
        match &event.deed {
            Deed::ForgedDeletion => self.forged_deletion = Some((origin.log, origin.seq)),
            Deed::Seen { tag } => self.opened.seen(mark, *tag),
            Deed::Deleted { root, removal_time, .. } => {
                self.describe(event, &mark);
                // A deletion that knows the row's date has looked at the row, and seen what it tells of.
                let looked = root.is_some() || removal_time.is_some();
                self.rooted = looked.then(|| self.is_root(*root)).flatten();
                let known = looked || event.instance.is_some() && self.home.is_some();
                self.misfiled = self.inserted.is_some() && known && event.instance != self.home.as_deref();
                self.alive = false;
                self.tombstone = Some(mark);
                self.early = self.early();
            }
            Deed::Inserted { fixed, locators, columns } => {
                self.describe(event, &mark);
                self.catalogue = origin.catalogue;
                let outrun = self.tombstone.as_ref().is_some_and(|end| self.overtakes(end, &mark));
                self.alive = !(outrun && self.row.is_none());
                self.inserted = Some(mark.clone());
                self.home = event.instance.map(str::to_owned);
                self.find_key(ground, salts, event);
                self.insert(fixed, locators);
                for place in self.updatable(origin.catalogue) {
                    let name = self.table.columns[place].name.as_str();
                    let set = columns.iter().find(|(column, _)| *column == name).and_then(|(_, set)| *set);
                    self.set(place, &mark, set);
                }
            }
            Deed::Updated { columns } => {
                self.describe(event, &mark);
                self.find_key(ground, salts, event);
                for (name, set) in columns {
                    if let Some(place) = self.table.place(name) {
                        self.set(place, &mark, *set);
                    }
                }
            }
            Deed::Swept { columns } if self.inserted.is_some() => {
                for (name, holds) in columns {
                    if let Some(place) = self.table.place(name) {
                        self.settle(place, &mark, *holds, true);
                    }
                }
            }
            Deed::Swept { .. } => {}
        }
    }

    fn describe(&mut self, event: &Event<'_>, mark: &Rc<Mark>) {
        self.last = Some(mark.clone());
        if event.instance.is_some() {
            self.instance = event.instance.map(str::to_owned);
        }
        if event.variable.is_some() {
            self.variable = event.variable.map(str::to_owned);
        }
    }

    /// Whether `earlier`, of another node, may have come after `later` by a true clock.
    fn overtakes(&self, earlier: &Mark, later: &Mark) -> bool {
        earlier.log != later.log && later.time - earlier.time <= self.skew
    }

    fn updatable(&self, catalogue: usize) -> Vec<usize> {
        self.table.version(catalogue).map_or_else(Vec::new, |version| version.updatable.clone())
    }

    /// Prepares the key of the event's commitments.
    fn find_key(&mut self, ground: &Ground, salts: &Salts, event: &Event<'_>) {
        let instance = event.instance.filter(|_| event.salted);
        if let Some((key, of, _, _)) = &self.key
            && key == event.origin.key
            && of.as_deref() == instance
        {
            return;
        }
        self.key = ground.instance_key(salts, event).map(|key| {
            let row = key.row(&self.table.name, self.id);
            (event.origin.key.to_owned(), instance.map(str::to_owned), Rc::new(key), row)
        });
        self.unprovable |= self.key.is_none();
    }

    fn insert(&mut self, fixed: &Commitment, locators: &[Locator]) {
        self.fixed = None;
        let version = self.table.version(self.catalogue);
        let root = version.and_then(|version| {
            version.fixed.iter().position(|place| self.table.columns[*place].name == ROOT_INSTANCE)
        });
        let key = self.key.as_ref().map(|(_, _, instance, _)| Rc::clone(instance));
        self.root = root.and_then(|index| locators.get(index).copied()).zip(key);
        let (Some(row), Some((_, _, instance, key))) = (self.row, &self.key) else { return };
        let Some(version) = self.table.version(self.catalogue) else { return };
        let columns: Vec<_> = version.fixed.iter().map(|place| row.column(*place)).collect();
        if key.fixed(&columns) == *fixed {
            return;
        }
        let of = instance.locators(&self.table.name, self.id);
        let differ = |index: usize| {
            let column = &columns[index];
            let actual = if column.is_null() { of.of_null(column.name()) } else { of.of(column) };
            locators.get(index) != Some(&actual)
        };
        let differing = (0..columns.len()).filter(|index| differ(*index));
        self.fixed = Some(differing.map(|index| version.fixed[index]).collect());
    }

    /// Whether the row was written with this root instance, or with none, if that can be told.
    fn is_root(&self, root: Option<&str>) -> Option<bool> {
        let (locator, instance) = self.root.as_ref()?;
        let of = instance.locators(&self.table.name, self.id);
        let Some(root) = root else { return Some(of.of_null(ROOT_INSTANCE) == *locator) };
        let mut value = Writer::new();
        value.value(Value::Text(root));
        let value = value.finish();
        let column = self.table.columns[self.table.place(ROOT_INSTANCE)?].with(&value);
        Some(of.of(&column) == *locator)
    }

    fn set(&mut self, place: usize, mark: &Rc<Mark>, set: Option<Commitment>) {
        let holds = match (self.row.or(self.ghost), &self.key) {
            (Some(row), Some((_, _, _, key))) => {
                let column = row.column(place);
                match set {
                    None => column.is_null(),
                    Some(set) => !column.is_null() && key.updatable(&column) == set,
                }
            }
            _ => false,
        };
        self.settle(place, mark, holds, false);
    }

    fn settle(&mut self, place: usize, mark: &Rc<Mark>, holds: bool, swept: bool) {
        let before = std::mem::take(&mut self.settings[place]);
        let other = before.last.as_ref().is_some_and(|last| self.overtakes(last, mark));
        let older = if holds { Some(mark.clone()) } else { before.older };
        self.settings[place] = Setting {
            last: Some(mark.clone()),
            holds,
            swept,
            held_by_other: other && (before.holds || before.held_by_other),
            older,
        };
        if self.table.version(self.catalogue).is_some_and(|version| version.sealed.contains(&place)) {
            self.opened.set(mark);
        }
    }

    /// Who had set the date until which the row was to be kept, if it was another than the one that
    /// stood in the row when it was deleted.
    fn early(&self) -> Option<Rc<Mark>> {
        self.ghost?;
        let place = self.table.place(REMOVAL_TIME)?;
        let date = &self.settings[place];
        // Where it is not known by which columns of a row that is gone an update may have chosen it,
        // another date tells nothing: such an update may have set it later. Its instance is known, and
        // that one's root may be.
        let known = !self.table.is_swept_otherwise(place)
            && (date.swept || self.rooted.is_some() || !self.table.is_swept_by_root(place));
        let other = !date.holds && !date.held_by_other && known && !self.unprovable;
        date.last.clone().filter(|_| other)
    }

    /// Ends the replay: what is wrong with the row.
    pub(super) fn finish(mut self, ground: &mut Ground) {
        if let Some(row) = self.row {
            self.instance = self.instance.take().or_else(|| row.instance());
            self.variable = self.variable.take().or_else(|| row.variable());
        }
        match (self.row, self.alive) {
            (None, false) if self.rooted == Some(false) => {
                let detail = "The row was deleted as one of another root process instance than its own.";
                let finding = Finding::new(FindingKind::EarlyCleanup, detail).column(ROOT_INSTANCE);
                self.found(ground, finding, self.inserted.as_deref());
            }
            (None, false) if self.misfiled => {
                let detail = "The row was deleted as one of another process instance than its own.";
                let mut finding = Finding::new(FindingKind::UnauthorisedDeletion, detail);
                finding.column = self.table.instance().map(str::to_owned);
                self.instance.clone_from(&self.home);
                self.found(ground, finding, self.inserted.as_deref());
            }
            (None, false) => {
                if let (Some(mark), Some(tombstone)) = (self.early.clone(), &self.tombstone) {
                    let detail = format!(
                        "The row was cleaned up under a date that the engine had not set; {} records the deletion.",
                        tombstone.reference(ground)
                    );
                    let finding = Finding::new(FindingKind::EarlyCleanup, detail).column(REMOVAL_TIME);
                    self.found(ground, finding, Some(&mark));
                }
            }
            (None, true) => self.missing(ground),
            (Some(_), false) if self.inserted.is_none() => {
                let detail = "No record wrote this row: it was put in from outside the engine.";
                self.found(ground, Finding::new(FindingKind::RowUnrecorded, detail), None);
            }
            (Some(_), false) => {
                let detail = "The engine deleted this row and it is there again.";
                let tombstone = self.tombstone.clone();
                self.found(ground, Finding::new(FindingKind::RowResurrected, detail), tombstone.as_deref());
            }
            (Some(row), true) => {
                if !self.unprovable {
                    let columns = self.settings.iter().filter(|setting| setting.last.is_some()).count();
                    let fixed = self.table.version(self.catalogue).map_or(0, |version| version.fixed.len());
                    ground.counts.columns += (columns + fixed) as u64;
                    let changed = verdict::compare(ground, &self, row);
                    let version = self.table.version(self.catalogue).filter(|_| !changed);
                    let actual = verdict::tags(row, version);
                    self.opened.finish(&actual);
                }
            }
        }
        self.opened.finish(&[]);
        if let Some(mark) = self.opened.stale.clone() {
            let detail = "A transaction was given an older value than the one written last: it had been put in \
                          its place meanwhile.";
            self.found(ground, Finding::new(FindingKind::StaleRead, detail), Some(&mark));
        }
    }

    fn missing(&self, ground: &mut Ground) {
        let finding = match self.forged_deletion {
            None => {
                Finding::new(FindingKind::RowMissing, "The row was deleted; the engine recorded no deletion.")
            }
            Some((log, seq)) => {
                let record = ground.record(log, seq);
                let detail =
                    format!("The row was deleted, and {record} claims a deletion that is not genuine.");
                Finding::new(FindingKind::UnauthorisedDeletion, detail)
            }
        };
        self.found(ground, finding, self.last.as_deref());
    }

    /// Reports a finding at this row.
    pub(super) fn found(&self, ground: &mut Ground, finding: Finding, contradicts: Option<&Mark>) {
        let finding = self.located(ground, finding, contradicts);
        ground.found(finding);
    }

    /// The finding with this row for its place.
    pub(super) fn located(&self, ground: &Ground, finding: Finding, contradicts: Option<&Mark>) -> Finding {
        let mut finding = finding.row(&self.table.name, self.id);
        finding.variable.clone_from(&self.variable);
        finding.process_instance.clone_from(&self.instance);
        finding.record = contradicts.map(|mark| mark.reference(ground));
        finding
    }

    pub(super) fn is_null(&self, place: usize) -> bool {
        self.row.is_none_or(|row| row.value(place) == Value::Null)
    }
}
