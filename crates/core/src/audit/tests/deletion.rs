//! Rows that the engine deleted because somebody had made them look like others.

use super::world::{End, World, Write};
use super::{only, settled};
use crate::audit::FindingKind;

/// Has the engine delete row `b` of process instance `r/1` once a column of it was edited.
fn deleted_with(column: &'static str, value: &str) -> World {
    let mut world = settled();
    world.rows.get_mut("b").unwrap().insert(column, value.into());
    world.transact(0, &[Write::Delete { id: "b".into() }], End::Commit);
    world.checkpoint(0, true);
    world
}

#[test]
fn a_row_deleted_as_one_of_another_process_instance_is_not_deleted_for_good_reason() {
    let report = deleted_with("PI_", "s/1").audit();
    let found = only(&report);
    assert_eq!(found.kind, FindingKind::UnauthorisedDeletion);
    assert_eq!((found.row.as_deref(), found.column.as_deref()), (Some("b"), Some("PI_")));
    assert_eq!((found.variable.as_deref(), found.process_instance.as_deref()), (Some("b"), Some("r/1")));
    assert_eq!(found.record.as_ref().unwrap().to_string(), "loans/node-1#3");
    assert_eq!(found.detail, "The row was deleted as one of another process instance than its own.");
}

#[test]
fn a_row_deleted_as_one_of_another_root_instance_was_cleaned_up_early() {
    let report = deleted_with("ROOT_PROC_INST_ID_", "s").audit();
    let found = only(&report);
    assert_eq!(found.kind, FindingKind::EarlyCleanup);
    assert_eq!(found.column.as_deref(), Some("ROOT_PROC_INST_ID_"));
}
