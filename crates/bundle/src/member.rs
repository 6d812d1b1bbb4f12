//! The names of a bundle's members, and the order in which they stand.

/// What a member is, by its name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Member<'a> {
    /// What the bundle says of itself.
    About,
    /// An anchor's file as it was.
    Anchor(&'a str),
    /// Lines of one of Bulla's own tables.
    Own(&'a str, u32),
    /// The covered tables and their columns.
    Tables,
    /// Lines about what in the schema could falsify a table.
    Schema(u32),
    /// Lines of a covered table.
    Rows(&'a str, u32),
    /// What all members were.
    Manifest,
}

pub(crate) const ABOUT: &str = "bundle.json";
pub(crate) const ANCHORS: &str = "anchors/";
pub(crate) const TABLES: &str = "tables.json";
pub(crate) const SCHEMA: &str = "schema";
pub(crate) const OWN: &str = "ledger/";
pub(crate) const ROWS: &str = "rows/";
pub(crate) const MANIFEST: &str = "manifest.json";

impl<'a> Member<'a> {
    /// What `name` is the name of. It names nothing outside the bundle, wherever that is unpacked.
    pub(crate) fn parse(name: &'a str) -> Option<Self> {
        Some(match name {
            ABOUT => Self::About,
            TABLES => Self::Tables,
            MANIFEST => Self::Manifest,
            _ => {
                if let Some(file) = name.strip_prefix(ANCHORS) {
                    return is_path(file).then_some(Self::Anchor(file));
                }
                let (part, number) = name.rsplit_once('/')?;
                let number = numbered(number)?;
                if part == SCHEMA {
                    Self::Schema(number)
                } else if let Some(table) = part.strip_prefix(OWN) {
                    Self::Own(table, number)
                } else {
                    let table = part.strip_prefix(ROWS)?;
                    is_table(table).then_some(Self::Rows(table, number))?
                }
            }
        })
    }

    /// Members of a lower stage stand before those of a higher one.
    pub(crate) fn stage(&self) -> u8 {
        match self {
            Self::About => 0,
            Self::Anchor(_) => 1,
            Self::Own(..) => 2,
            Self::Tables => 3,
            Self::Schema(_) => 4,
            Self::Rows(..) => 5,
            Self::Manifest => 6,
        }
    }
}

/// The name of the `number`th member of a part, from 1.
pub(crate) fn name_of(part: &str, number: u32) -> String {
    format!("{part}/{number:06}.ndjson")
}

fn numbered(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".ndjson")?;
    let number = digits.parse().ok()?;
    (format!("{number:06}") == digits).then_some(number)
}

/// Whether `name` can be a table's: it becomes part of a file's name.
pub(crate) fn is_table(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
}

/// Whether `path` stays in the directory that it is relative to.
pub(crate) fn is_path(path: &str) -> bool {
    path.split('/').all(|name| {
        !matches!(name, "" | "." | "..") && !name.contains(|c: char| c.is_control() || c == '\\' || c == ':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_by_their_names() {
        assert_eq!(Member::parse("bundle.json"), Some(Member::About));
        assert_eq!(Member::parse("anchors/loans-node-1/1.gz"), Some(Member::Anchor("loans-node-1/1.gz")));
        assert_eq!(Member::parse("ledger/BULLA_KEY/000001.ndjson"), Some(Member::Own("BULLA_KEY", 1)));
        assert_eq!(Member::parse("schema/000002.ndjson"), Some(Member::Schema(2)));
        assert_eq!(
            Member::parse("rows/ACT_HI_DETAIL/1234567.ndjson"),
            Some(Member::Rows("ACT_HI_DETAIL", 1_234_567))
        );
        assert_eq!(Member::parse(&name_of("schema", 7)), Some(Member::Schema(7)));
    }

    #[test]
    fn no_name_leads_out_of_the_directory_or_is_spelt_in_two_ways() {
        for name in [
            "../bundle.json",
            "/bundle.json",
            "./bundle.json",
            "anchors/../x",
            "anchors//x",
            "anchors/",
            "anchors/a/../../x",
            "anchors/C:\\x",
            "anchors/a\nb",
            "rows/../000001.ndjson",
            "rows/A/B/000001.ndjson",
            "rows/A/1.ndjson",
            "rows/A/+00001.ndjson",
            "rows/A/0000001.ndjson",
            "rows//000001.ndjson",
            "schema/x.ndjson",
            "else.txt",
            "",
        ] {
            assert_eq!(Member::parse(name), None, "{name:?}");
        }
    }
}
