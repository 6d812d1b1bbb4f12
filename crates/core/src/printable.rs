//! Text that others wrote, fit for a terminal or a line of a log.

/// How much of a name a message tells.
const NAME: usize = 300;

/// The text without what would move a terminal's cursor, end a line of a log or turn the direction of
/// writing: U+FFFD stands in its place.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().map(replaced).collect()
}

/// A name that a message tells: printable, and its beginning only if it is long.
pub(crate) fn name(text: &str) -> String {
    let mut told: String = text.chars().take(NAME).map(replaced).collect();
    if text.chars().nth(NAME).is_some() {
        told.push('…');
    }
    told
}

fn replaced(c: char) -> char {
    if is_printable(c) { c } else { char::REPLACEMENT_CHARACTER }
}

fn is_printable(c: char) -> bool {
    // Behind another character a mark is no more than that; quotes are escaped for other reasons.
    matches!(c, '"' | '\'' | '\\') || String::from_iter(['x', c]).escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_replaced_and_what_is_read_stays() {
        assert_eq!(
            printable("a\u{1b}[2Jb\nc\u{202e}d\u{200b}e\u{2028}"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}"
        );
        let read = "größe \"'\\ o\u{308} 日本 🔒 —";
        assert_eq!(printable(read), read);
    }

    #[test]
    fn of_a_long_name_the_beginning_is_told() {
        assert_eq!(name(&"ä".repeat(300)), "ä".repeat(300));
        assert_eq!(name(&"ä".repeat(301)), "ä".repeat(300) + "…");
    }
}
