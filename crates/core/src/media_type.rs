//! Media types, as headers name them (`cty`).

use crate::{Error, Result};

/// Fails if `text` cannot be a media type: it is empty, or holds anything but printable ASCII (RFC
/// 2045 §5.1). Whether it is registered is not asked, and `application/` may be left out before it
/// (RFC 7515 §4.1.10).
pub(crate) fn must_be_one(text: &str) -> Result<()> {
    let odd = text.char_indices().find(|(_, c)| !matches!(c, ' '..='~'));
    let problem = match odd {
        None if text.is_empty() => "is empty: name a media type, or none at all".into(),
        None => return Ok(()),
        Some((position, c)) => {
            let code = u32::from(c);
            format!("holds U+{code:04X} at byte {position}: a media type is printable ASCII")
        }
    };
    Err(Error::InvalidArgument { what: "content type", problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_media_type_is_refused() {
        for good in ["json", "text/plain", "text/plain; charset=\"utf-8\"", "application/vnd.x+json"] {
            must_be_one(good).unwrap();
        }
        for (bad, expected) in [
            ("", "content type is empty: name a media type, or none at all"),
            ("text/plain\n", "content type holds U+000A at byte 10: a media type is printable ASCII"),
            ("\u{1b}[2J", "content type holds U+001B at byte 0: a media type is printable ASCII"),
            ("text/größe", "content type holds U+00F6 at byte 7: a media type is printable ASCII"),
        ] {
            assert_eq!(must_be_one(bad).unwrap_err().to_string(), expected);
        }
    }
}
