//! The key registry: its rows are signed, and the anchors have a copy of each.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, FindingKind};
use super::ground::Ground;
use crate::keys::RegistryRow;
use crate::packed::Reader;
use crate::{Error, Result};

const TABLE: &str = "BULLA_KEY";

/// The rows of the database and of the anchors.
#[derive(Debug, Default)]
pub(super) struct Registry {
    /// The purpose of each genuine key that the anchors have.
    anchored: BTreeMap<String, &'static str>,
    /// Those of them that the database has, whether their rows are genuine or not.
    stored: BTreeSet<String>,
}

impl Registry {
    /// Takes a row that an anchor has.
    pub(super) fn anchor(&mut self, ground: &Ground, row: &str) {
        if let Ok(row) = verify(ground, row) {
            self.anchored.insert(row.kid.to_string(), row.purpose.name());
        }
    }

    /// Takes rows of `BULLA_KEY`: kid, purpose, row.
    pub(super) fn rows(&mut self, ground: &mut Ground, packed: &[u8]) -> Result<()> {
        let mut rows = Reader::new(packed);
        while !rows.is_empty() {
            let (kid, purpose) = (rows.string()?.unwrap_or_default(), rows.string()?.unwrap_or_default());
            let row = rows.string()?.unwrap_or_default();
            if self.anchored.contains_key(kid) {
                self.stored.insert(kid.to_owned());
            }
            let problem = match verify(ground, row) {
                Ok(row) if row.kid.as_str() == kid && row.purpose.name() == purpose => continue,
                Ok(_) => "it stands in the row of another key".to_owned(),
                Err(error @ Error::UntrustedKey { .. }) => {
                    let detail = format!("A row of the key registry is not of this installation: {error}.");
                    ground.found(Finding::new(FindingKind::UntrustedKey, detail).row(TABLE, kid));
                    continue;
                }
                Err(error) => error.to_string(),
            };
            let detail = format!("A row of the key registry was altered: {problem}.");
            ground.found(Finding::new(FindingKind::BadSignature, detail).row(TABLE, kid).column("ROW_"));
        }
        Ok(())
    }

    /// Reports keys that the anchors have and the database has not.
    pub(super) fn finish(self, ground: &mut Ground) {
        for (kid, purpose) in self.anchored {
            if !self.stored.contains(&kid) {
                let detail = format!(
                    "The row of {purpose} key {kid} is gone from the key registry; the anchors have a copy."
                );
                ground.found(Finding::new(FindingKind::KeyMissing, detail).row(TABLE, &kid));
            }
        }
    }
}

/// Verifies a row for any of the installations whose logs are pinned.
fn verify(ground: &Ground, row: &str) -> Result<RegistryRow> {
    let installation = ground.verifiers.keys().next().and_then(|log| log.split_once('/'));
    RegistryRow::verify(row, installation.map_or("", |(installation, _)| installation), &ground.trust)
}
