//! Decides what was done to a row whose columns are not as they were recorded: one deed, one
//! finding.

use std::rc::Rc;

use super::finding::{Finding, FindingKind, Severity};
use super::ground::Ground;
use super::replay::{Mark, Replay};
use super::tables::{TableRow, Version};
use crate::envelope::{Inspection, Stored};
use crate::packed::Value;

/// Points to the row that holds a value's bytes.
const BYTE_ARRAY: &str = "BYTEARRAY_ID_";

/// Where envelopes are kept that do not fit their row; a row of it is named for that row.
const OVERFLOW_TABLE: &str = "BULLA_OVERFLOW";

/// Stands before the envelope of a null value.
const NULL_MARK: &str = "bulla:null:";

/// A column that is not as it was recorded.
struct Changed {
    place: usize,
    contradicts: Rc<Mark>,
    /// The record that had set what stands here.
    older: Option<Rc<Mark>>,
    value: bool,
}

/// Reports what is not as it was recorded; whether anything is.
pub(super) fn compare(ground: &mut Ground, replay: &Replay<'_>, row: &TableRow<'_>) -> bool {
    for (column, setting) in replay.table.columns.iter().zip(&replay.settings) {
        if let (Some(last), false, true) = (&setting.last, setting.holds, setting.held_by_other) {
            let detail = format!(
                "Two nodes wrote {} within the skew of their clocks; either may have been the last, and the one \
                 that stands here is accepted.",
                column.name
            );
            let finding = Finding::new(FindingKind::MetadataChanged, detail).severity(Severity::Info);
            replay.found(ground, finding.column(&column.name), Some(last));
        }
    }
    let changed = changed(replay);
    let Some(changed) = changed else {
        let detail = "Columns that never change were edited; which of them cannot be told.";
        let finding = Finding::new(FindingKind::MetadataChanged, detail);
        replay.found(ground, finding, replay.inserted.as_deref());
        return true;
    };
    let (values, metadata): (Vec<&Changed>, Vec<&Changed>) = changed.iter().partition(|column| column.value);
    let restored = values.first().and_then(|first| restored(&values, first));
    if !values.is_empty() {
        self::values(ground, replay, row, &values, &metadata, restored.as_deref());
    }
    for column in &metadata {
        if restored.is_some() && column.older.is_some() {
            continue;
        }
        let name = &replay.table.columns[column.place].name;
        let detail = if replay.is_null(column.place) {
            format!("{name} was emptied.")
        } else if let Some(older) = &column.older {
            format!("{name} was set back to what {} had written.", older.reference(ground))
        } else {
            format!("{name} was edited.")
        };
        let finding = Finding::new(FindingKind::MetadataChanged, detail).column(name);
        replay.found(ground, finding, Some(&column.contradicts));
    }
    !changed.is_empty()
}

/// The columns that differ; `None` if fixed ones do and their locators do not tell which.
fn changed(replay: &Replay<'_>) -> Option<Vec<Changed>> {
    let version = replay.table.version(replay.catalogue);
    let is_value = |place: usize| {
        version.is_some_and(|version| version.sealed.contains(&place))
            || replay.table.columns[place].name == BYTE_ARRAY
    };
    let mut changed = Vec::new();
    let mut moved = false;
    if let (Some(fixed), Some(inserted)) = (&replay.fixed, &replay.inserted) {
        if fixed.is_empty() {
            return None;
        }
        for place in fixed {
            moved |= replay.table.chooses_by(*place);
            let contradicts = inserted.clone();
            changed.push(Changed { place: *place, contradicts, older: None, value: is_value(*place) });
        }
    }
    for (place, setting) in replay.settings.iter().enumerate() {
        let Some(last) = &setting.last else { continue };
        if setting.holds || setting.held_by_other {
            continue;
        }
        // A row that was moved away from an update of many rows was not found among them.
        if moved && replay.table.is_swept(place) {
            continue;
        }
        changed.push(Changed {
            place,
            contradicts: last.clone(),
            older: setting.older.clone(),
            value: is_value(place),
        });
    }
    Some(changed)
}

/// The older record whose values stand here, if all of `values` are genuine ones of the past.
fn restored(values: &[&Changed], first: &Changed) -> Option<Rc<Mark>> {
    values.iter().all(|column| column.older.is_some()).then(|| first.older.clone()).flatten()
}

fn values(
    ground: &mut Ground,
    replay: &Replay<'_>,
    row: &TableRow<'_>,
    values: &[&Changed],
    metadata: &[&Changed],
    restored: Option<&Mark>,
) {
    let name = |column: &&Changed| replay.table.columns[column.place].name.as_str();
    let belongs = values.iter().find_map(|column| inspect(row.value(column.place)));
    let elsewhere = belongs.as_ref().filter(|envelope| {
        let context = &envelope.context;
        !is_of(&context.table, &context.row, &replay.table.name, replay.id)
    });
    let mut columns: Vec<&str> = values.iter().map(name).collect();
    let (kind, detail) = if let Some(envelope) = elsewhere {
        let context = &envelope.context;
        let whose = context.name.as_ref().map_or_else(String::new, |name| format!(" of variable {name}"));
        let detail = format!(
            "The value here is a genuine one of another place: it belongs to {} {}{whose}.",
            context.table, context.row
        );
        (FindingKind::ValueSwapped, detail)
    } else if let Some(older) = restored {
        columns.extend(metadata.iter().filter(|column| column.older.is_some()).map(name));
        let older = older.reference(ground);
        let detail = format!("The value was put back to an older one, which {older} had written.");
        (FindingKind::RolledBack, detail)
    } else if let Some(column) = values.iter().find(|column| name(column) == BYTE_ARRAY) {
        let points = match row.value(column.place) {
            Value::Text(id) => {
                format!("The value was made to point to byte array {id}, which is not its own.")
            }
            _ => "The value was cut off from its byte array.".to_owned(),
        };
        (FindingKind::ValueSwapped, points)
    } else if values.iter().all(|column| replay.is_null(column.place)) {
        (FindingKind::ValueChanged, "The value was taken away.".to_owned())
    } else {
        (FindingKind::ValueChanged, "The value is not the one that was recorded: it was edited.".to_owned())
    };
    let finding = Finding::new(kind, detail).column(columns.join(", "));
    let newest = values.iter().max_by_key(|column| column.contradicts.time);
    replay.found(ground, finding, newest.map(|column| &*column.contradicts));
}

/// Whether an envelope that was sealed for a row of a table belongs to this one.
fn is_of(sealed_table: &str, sealed_row: &str, table: &str, row: &str) -> bool {
    if table == OVERFLOW_TABLE {
        row.split_once(':') == Some((sealed_table, sealed_row))
    } else {
        (table, row) == (sealed_table, sealed_row)
    }
}

/// What an envelope that stands in a column says of itself.
fn inspect(value: Value<'_>) -> Option<Inspection> {
    let envelope = match value {
        Value::Text(text) => text,
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok()?,
        _ => return None,
    };
    Stored::parse(envelope.strip_prefix(NULL_MARK).unwrap_or(envelope)).ok()?.inspect().ok()
}

/// The tags of the sealed values in a row.
pub(super) fn tags(row: &TableRow<'_>, version: Option<&Version>) -> Vec<[u8; 16]> {
    let sealed = version.map_or(&[][..], |version| &version.sealed);
    sealed.iter().filter_map(|place| inspect(row.value(*place))).map(|envelope| envelope.tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_outside_its_row_belongs_to_the_row_that_it_is_named_for() {
        assert!(is_of("T", "1", "T", "1"));
        assert!(!is_of("T", "1", "T", "2"));
        assert!(!is_of("T", "1", "U", "1"));
        assert!(is_of("T", "1:2", OVERFLOW_TABLE, "T:1:2"));
        assert!(!is_of("T", "1", OVERFLOW_TABLE, "T:2"));
        assert!(!is_of(OVERFLOW_TABLE, "T:1", OVERFLOW_TABLE, "T:1"));
    }
}
