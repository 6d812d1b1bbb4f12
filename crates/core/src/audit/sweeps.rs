//! Works out which rows an update of many rows at once concerned, and whether they still hold what
//! it set.

use super::events::{Deed, Event, event_key};
use super::ground::Ground;
use super::input::Salts;
use super::sorter::Sorter;
use super::tables::Tables;
use crate::Result;
use crate::ledger::{Commitment, RowKey};
use crate::packed::{Reader, Value};

/// One such update.
struct Update {
    packed: Vec<u8>,
    key: Option<RowKey>,
    columns: Vec<(String, Option<Commitment>)>,
}

/// Pushes an event for each row that each update chose.
pub(super) fn spread(
    ground: &Ground,
    salts: &Salts,
    tables: &Tables,
    sweeps: Sorter,
    events: &mut Sorter,
) -> Result<()> {
    let mut sorted = sweeps.finish()?;
    let mut predicate = Vec::new();
    let mut updates: Vec<Update> = Vec::new();
    while let Some((key, payload)) = sorted.next()? {
        let Some((class, chosen)) = key.split_last() else { continue };
        if chosen != predicate {
            predicate = chosen.to_vec();
            updates.clear();
        }
        let mut reader = Reader::new(chosen);
        let (joined, column, value) = (reader.text()?, reader.text()?, reader.value()?);
        if *class == 0 {
            updates.push(Update::read(ground, salts, joined, column, value, payload)?);
        } else if !updates.is_empty() {
            row(tables, (joined, column), &updates, payload, events)?;
        }
    }
    Ok(())
}

impl Update {
    fn read(
        ground: &Ground,
        salts: &Salts,
        tables: &str,
        column: &str,
        value: Value<'_>,
        packed: &[u8],
    ) -> Result<Self> {
        let event = Event::read(packed)?;
        let Deed::Updated { columns } = &event.deed else {
            return Ok(Self { packed: packed.to_vec(), key: None, columns: Vec::new() });
        };
        let columns = columns.iter().map(|(name, set)| ((*name).to_owned(), *set)).collect();
        let key = ground.instance_key(salts, &event);
        let key = key.map(|key| key.predicate(tables, column, value));
        Ok(Self { packed: packed.to_vec(), key, columns })
    }
}

/// A row that the updates chose, if they came after it was written; the replay sees to that.
fn row(
    tables: &Tables,
    (joined, column): (&str, &str),
    updates: &[Update],
    member: &[u8],
    events: &mut Sorter,
) -> Result<()> {
    let mut reader = Reader::new(member);
    let (name, id) = (reader.text()?, reader.text()?);
    let Some(table) = tables.get(name) else { return Ok(()) };
    let mut values = Vec::new();
    for known in table.swept_columns(joined, column) {
        let start = reader.rest();
        reader.value()?;
        values.push((known, &start[..start.len() - reader.rest().len()]));
    }
    for update in updates {
        let Some(key) = &update.key else { continue };
        let mut event = Event::read(&update.packed)?;
        let holds = update.columns.iter().filter_map(|(name, set)| {
            let (known, value) = values.iter().find(|(known, _)| known.name == *name)?;
            let column = known.with(value);
            let holds = match set {
                None => column.is_null(),
                Some(set) => !column.is_null() && key.updatable(&column) == *set,
            };
            Some((known.name.as_str(), holds))
        });
        event.deed = Deed::Swept { columns: holds.collect() };
        events.push(&event_key(name, id, &event.origin), &event.pack())?;
    }
    Ok(())
}
