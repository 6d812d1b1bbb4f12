//! What the headers of all JOSE messages have in common.

use crate::json::Object;

/// What a header declares critical, the first of it: RFC 7515 §4.1.11 makes whoever does not
/// understand it stop.
pub(crate) fn critical(header: &Object) -> Option<String> {
    let names = header.get("crit")?;
    let first = names.as_array().and_then(|names| names.first()).and_then(|name| name.as_str());
    Some(first.unwrap_or_default().into())
}
