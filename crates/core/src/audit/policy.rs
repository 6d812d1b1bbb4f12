//! What the auditor trusts, brought along from outside the database: the policy file.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Error, Result};

/// The pinned keys, and how much the clocks of nodes may differ.
///
/// ```toml
/// identities = ["<thumbprint of an identity key>"]
/// skew = "1s"          # how much the clocks of two nodes may differ
/// stale = "5m"         # how long a transaction may go on with what it read
///
/// [logs]
/// "loans/node-1" = "<verifier key of its checkpoints>"
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Thumbprints (RFC 7638) of the identity keys whose epochs are believed.
    pub identities: Vec<String>,
    /// The verifier key (C2SP signed note) of each log's checkpoints.
    pub logs: BTreeMap<String, String>,
    /// How much the clocks of two nodes may differ, in milliseconds.
    pub skew: i64,
    /// How long a transaction may go on with what it read, in milliseconds.
    pub stale: i64,
}

impl Policy {
    /// Reads the policy file; every problem names the file and the line.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
        let invalid =
            |at: usize, problem: String| Error::InvalidConfig { file: file.into(), line: line(at), problem };
        let document = DeTable::parse(text).map_err(|error| {
            invalid(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let mut policy = Self { identities: Vec::new(), logs: BTreeMap::new(), skew: 1000, stale: 300_000 };
        for (name, value) in document.get_ref() {
            let at = value.span().start;
            match name.get_ref().as_ref() {
                "identities" => {
                    let array = value
                        .get_ref()
                        .as_array()
                        .ok_or_else(|| invalid(at, "identities must be an array of thumbprints".into()))?;
                    for identity in array {
                        policy.identities.push(text_of(identity).ok_or_else(|| {
                            invalid(
                                identity.span().start,
                                "an identity must be a thumbprint in quotes".into(),
                            )
                        })?);
                    }
                }
                "logs" => {
                    let table = value.get_ref().as_table().ok_or_else(|| {
                        invalid(at, "logs must be a table of log names and verifier keys".into())
                    })?;
                    for (log, key) in table {
                        let key_text = text_of(key).ok_or_else(|| {
                            invalid(key.span().start, "a verifier key must be in quotes".into())
                        })?;
                        policy.logs.insert(log.get_ref().clone().into_owned(), key_text);
                    }
                }
                "skew" => policy.skew = duration(value).ok_or_else(|| invalid(at, NO_DURATION.into()))?,
                "stale" => policy.stale = duration(value).ok_or_else(|| invalid(at, NO_DURATION.into()))?,
                other => {
                    return Err(invalid(
                        name.span().start,
                        format!("{other:?} is not known here; identities, logs, skew and stale are"),
                    ));
                }
            }
        }
        if policy.identities.is_empty() {
            return Err(invalid(
                0,
                "no identity is pinned; copy audit-policy.toml as keygen wrote it".into(),
            ));
        }
        Ok(policy)
    }
}

const NO_DURATION: &str = "a duration must be written like \"500ms\", \"1s\" or \"2m\"";

fn text_of(value: &Spanned<DeValue<'_>>) -> Option<String> {
    value.get_ref().as_str().map(str::to_owned)
}

fn duration(value: &Spanned<DeValue<'_>>) -> Option<i64> {
    let text = value.get_ref().as_str()?;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i64 = digits.parse().ok().filter(|number| *number >= 0)?;
    number.checked_mul(match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_whole() {
        let text = "identities = [\"a\", \"b\"]\nskew = \"2m\"\n[logs]\n\"loans/node-1\" = \"key\"\n";
        let policy = Policy::parse(text, "policy.toml").unwrap();
        assert_eq!(policy.identities, ["a", "b"]);
        assert_eq!(policy.logs["loans/node-1"], "key");
        assert_eq!((policy.skew, policy.stale), (120_000, 300_000));
    }

    #[test]
    fn an_unknown_name_is_told_with_file_and_line() {
        let error = Policy::parse("identities = [\"a\"]\n\nlog = 1\n", "policy.toml").unwrap_err();
        assert_eq!(
            error.to_string(),
            "policy.toml, line 3: \"log\" is not known here; identities, logs, skew and stale are"
        );
    }

    #[test]
    fn a_policy_that_pins_nobody_is_refused() {
        let error = Policy::parse("skew = \"1s\"\n", "policy.toml").unwrap_err();
        assert!(error.to_string().contains("no identity is pinned"), "{error}");
    }

    #[test]
    fn a_duration_without_its_unit_is_refused_with_its_line() {
        let error = Policy::parse("identities = [\"a\"]\nskew = \"10\"\n", "policy.toml").unwrap_err();
        assert!(error.to_string().starts_with("policy.toml, line 2: a duration"), "{error}");
    }
}
