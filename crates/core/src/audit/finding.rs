//! What an audit finds: kind, severity, place, and the record that is contradicted.

use std::borrow::Cow;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Something could not be proven.
    Warning,
    /// Something was changed.
    Critical,
}

impl Severity {
    /// The severity's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal $severity:ident,)*) => {
        /// What was done to the database, by the stable name that reports carry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind { $($(#[$doc])* $kind,)* }

        impl FindingKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// How grave a finding of this kind is unless it says otherwise.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$kind => Severity::$severity,)* }
            }
        }
    };
}

kinds! {
    /// A value was edited.
    ValueChanged = "VALUE_CHANGED" Critical,
    /// A column that is not a value was edited.
    MetadataChanged = "METADATA_CHANGED" Critical,
    /// A sealed value of another row stands here, or a byte array of another row is pointed to.
    ValueSwapped = "VALUE_SWAPPED" Critical,
    /// An older genuine value stands here.
    RolledBack = "ROLLED_BACK" Critical,
    /// An older genuine value was read by a transaction though a newer one had been written.
    StaleRead = "STALE_READ" Critical,
    /// A row is gone.
    RowMissing = "ROW_MISSING" Critical,
    /// A row stands here that no record wrote.
    RowUnrecorded = "ROW_UNRECORDED" Critical,
    /// A signature does not fit what it signs.
    BadSignature = "BAD_SIGNATURE" Critical,
    /// A genuine record stands where it does not belong.
    RecordReplayed = "RECORD_REPLAYED" Critical,
    /// Records are gone.
    LogGap = "LOG_GAP" Critical,
    /// The records do not add up to a signed checkpoint.
    RootMismatch = "ROOT_MISMATCH" Critical,
    /// The newest records are gone.
    Truncated = "TRUNCATED" Critical,
    /// A key signed that no pinned key vouches for.
    UntrustedKey = "UNTRUSTED_KEY" Critical,
    /// Two histories exist for one log.
    Fork = "FORK" Critical,
    /// Two roots were signed for one size.
    Equivocation = "EQUIVOCATION" Critical,
    /// A record claims a time before its epoch or its predecessors.
    Backdated = "BACKDATED" Critical,
    /// A row was deleted under a tombstone that the engine did not sign, or signed for a row of another
    /// process instance.
    UnauthorisedDeletion = "UNAUTHORISED_DELETION" Critical,
    /// History was cleaned up before its removal time.
    EarlyCleanup = "EARLY_CLEANUP" Critical,
    /// A deleted row is back.
    RowResurrected = "ROW_RESURRECTED" Critical,
    /// An anchor that should be there is not.
    AnchorMissing = "ANCHOR_MISSING" Warning,
    /// The anchors are older than the database.
    AnchorStale = "ANCHOR_STALE" Warning,
    /// Something was written, or could have been, that no record covers.
    CoverageGap = "COVERAGE_GAP" Warning,
    /// A key that the proof needs is gone.
    KeyMissing = "KEY_MISSING" Critical,
    /// A trigger, view, rule or policy was put on a covered table.
    SchemaAltered = "SCHEMA_ALTERED" Critical,
}

/// The record that a finding contradicts or concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRef {
    /// The log, `<installation>/<node>`.
    pub log: String,
    /// The record's number in its log.
    pub seq: u64,
    /// When it was recorded, in milliseconds since 1970.
    pub time: Option<i64>,
    /// Who was signed in to the engine.
    pub user: Option<String>,
}

impl std::fmt::Display for RecordRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.log, self.seq)
    }
}

/// One deed, located as closely as it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was done.
    pub kind: FindingKind,
    /// How grave it is.
    pub severity: Severity,
    /// The table concerned.
    pub table: Option<String>,
    /// The row's id.
    pub row: Option<String>,
    /// The column, or several separated by `, `.
    pub column: Option<String>,
    /// The process variable's name.
    pub variable: Option<String>,
    /// The process instance's id.
    pub process_instance: Option<String>,
    /// The record that is contradicted.
    pub record: Option<RecordRef>,
    /// A plain sentence that says what was found; never holds a value.
    pub detail: String,
}

/// What is told of a name at most, in bytes. Whoever owns the database can make names of any length.
const TOLD: usize = 1000;

/// The name, or its beginning if it is longer than any that an engine makes.
pub(super) fn cut(name: &str) -> Cow<'_, str> {
    if name.len() <= TOLD {
        return name.into();
    }
    let end = (0..TOLD).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &name[..end]).into()
}

impl Finding {
    /// The finding with names that can be shown, and kept by the thousand.
    pub(super) fn shortened(mut self) -> Self {
        let names = [
            &mut self.table,
            &mut self.row,
            &mut self.column,
            &mut self.variable,
            &mut self.process_instance,
        ];
        for name in names.into_iter().flatten().chain([&mut self.detail]) {
            if let Cow::Owned(cut) = cut(name) {
                *name = cut;
            }
        }
        self
    }

    /// A finding that is not located yet.
    pub(super) fn new(kind: FindingKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            severity: kind.severity(),
            table: None,
            row: None,
            column: None,
            variable: None,
            process_instance: None,
            record: None,
            detail: detail.into(),
        }
    }

    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(super) fn row(mut self, table: &str, row: &str) -> Self {
        self.table = Some(table.to_owned());
        self.row = Some(row.to_owned());
        self
    }

    pub(super) fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    pub(super) fn record(mut self, record: RecordRef) -> Self {
        self.record = Some(record);
        self
    }
}
