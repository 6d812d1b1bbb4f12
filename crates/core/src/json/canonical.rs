//! From any document to its canonical form (RFC 8785).

use super::{Limits, parse};
use crate::Result;

/// The canonical form of `document`.
pub fn canonicalize(document: &[u8], limits: Limits) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(document.len());
    parse(document, limits)?.write(&mut out);
    Ok(out)
}
