//! What stands beside a checkpoint's note.

use super::{only, settled};
use crate::audit::FindingKind;

#[test]
fn a_checkpoint_that_names_another_account_is_found_in_its_row() {
    let mut world = settled();
    let place = world.checkpoints.iter().rposition(|point| point.log == "loans/node-1").unwrap();
    let edited = &mut world.checkpoints[place];
    edited.account -= 1;
    let row = format!("{}#{}", edited.log, edited.size);
    let report = world.audit();
    let found = only(&report);
    assert_eq!(found.kind, FindingKind::BadSignature);
    assert_eq!(found.table.as_deref(), Some("BULLA_CHECKPOINT"));
    assert_eq!((found.row.as_ref(), found.column.as_deref()), (Some(&row), Some("SEQ_")));
}
