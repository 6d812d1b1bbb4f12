//! What a sealed value is bound to.

use std::borrow::Cow;
use std::fmt;

use crate::json::{Object, Value};
use crate::{Error, Result, json, packed};

/// The place a sealed value belongs to. An envelope opens only where the caller names just this
/// place.
///
/// In an envelope's header it is an object with these members; one that is `None` is left out:
///
/// | member | is | member | is |
/// |---|---|---|---|
/// | `g` | group | `o` | tenant (owner) |
/// | `i` | process instance | `r` | row |
/// | `l` | log (installation) | `t` | table |
/// | `n` | variable name | `y` | type |
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Context<'a> {
    /// The installation, the first part of every log's name.
    pub log: Cow<'a, str>,
    /// The table, in upper case, without schema and prefix.
    pub table: Cow<'a, str>,
    /// The row's id.
    pub row: Cow<'a, str>,
    /// Which of the row's columns are sealed together.
    pub group: Cow<'a, str>,
    /// The variable's name, where the row is a variable's.
    pub name: Option<Cow<'a, str>>,
    /// The variable's type, where the row is a variable's.
    pub type_: Option<Cow<'a, str>>,
    /// The tenant, where the row has one.
    pub tenant: Option<Cow<'a, str>>,
    /// The process instance, where the row has one and keeps it.
    pub instance: Option<Cow<'a, str>>,
}

impl<'a> Context<'a> {
    /// Reads what a binding hands over: table, row, group, name, type, tenant and instance as
    /// packed strings, the last four nullable.
    pub fn read(log: &'a str, reader: &mut packed::Reader<'a>) -> Result<Self> {
        Ok(Self {
            log: log.into(),
            table: reader.text()?.into(),
            row: reader.text()?.into(),
            group: reader.text()?.into(),
            name: reader.string()?.map(Into::into),
            type_: reader.string()?.map(Into::into),
            tenant: reader.string()?.map(Into::into),
            instance: reader.string()?.map(Into::into),
        })
    }

    /// Writes what [`read`](Self::read) reads.
    pub fn write(&self, writer: &mut packed::Writer) {
        writer.string(Some(&self.table)).string(Some(&self.row)).string(Some(&self.group));
        writer.string(self.name.as_deref()).string(self.type_.as_deref());
        writer.string(self.tenant.as_deref()).string(self.instance.as_deref());
    }

    /// Fails with the first member in which `found`, the context an envelope states, differs from
    /// `self`, the one that the caller expects.
    pub fn must_be(&self, found: &Context<'_>) -> Result<()> {
        for ((member, expected), (_, found)) in self.members().into_iter().zip(found.members()) {
            if expected != found {
                return Err(Error::ContextMismatch {
                    member: member.into(),
                    expected: expected.map(str::to_owned),
                    found: found.map(str::to_owned),
                });
            }
        }
        Ok(())
    }

    /// The members in the order in which a difference is told, outermost first.
    fn members(&self) -> [(&'static str, Option<&str>); 8] {
        [
            ("installation", Some(&self.log)),
            ("table", Some(&self.table)),
            ("process instance", self.instance.as_deref()),
            ("variable name", self.name.as_deref()),
            ("row", Some(&self.row)),
            ("column group", Some(&self.group)),
            ("type", self.type_.as_deref()),
            ("tenant", self.tenant.as_deref()),
        ]
    }

    /// Appends the header's `ctx` object, in canonical form.
    pub(crate) fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"g\":\"");
        json::append_text(&self.group, out);
        let mut member = |start: &[u8; 7], value: Option<&str>| {
            if let Some(value) = value {
                out.extend_from_slice(start);
                json::append_text(value, out);
            }
        };
        member(b"\",\"i\":\"", self.instance.as_deref());
        member(b"\",\"l\":\"", Some(&self.log));
        member(b"\",\"n\":\"", self.name.as_deref());
        member(b"\",\"o\":\"", self.tenant.as_deref());
        member(b"\",\"r\":\"", Some(&self.row));
        member(b"\",\"t\":\"", Some(&self.table));
        member(b"\",\"y\":\"", self.type_.as_deref());
        out.extend_from_slice(b"\"}");
    }

    /// An upper bound, for text that needs no escapes, of what `write_json` writes.
    pub(crate) fn json_len(&self) -> usize {
        self.members().iter().filter_map(|(_, value)| value.map(|value| value.len() + 7)).sum::<usize>() + 2
    }
}

impl Context<'static> {
    /// Reads a header's `ctx` object: its members and no others.
    pub(crate) fn from_json(object: &Object) -> Result<Self> {
        if let Some((name, _)) = object.iter().find(|(name, value)| {
            !matches!(*name, "g" | "i" | "l" | "n" | "o" | "r" | "t" | "y")
                || !matches!(value, Value::String(_))
        }) {
            return Err(Error::MalformedEnvelope {
                problem: format!("the context's member {name:?} is unknown or not a string"),
            });
        }
        let optional =
            |name: &str| object.get(name).and_then(Value::as_str).map(|text| text.to_owned().into());
        let required = |name: &str| {
            optional(name).ok_or_else(|| Error::MalformedEnvelope {
                problem: format!("the context's member {name:?} is missing"),
            })
        };
        Ok(Self {
            log: required("l")?,
            table: required("t")?,
            row: required("r")?,
            group: required("g")?,
            name: optional("n"),
            type_: optional("y"),
            tenant: optional("o"),
            instance: optional("i"),
        })
    }
}

impl fmt::Display for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "variable {name} in ")?;
        }
        write!(f, "{} row {} ({})", self.table, self.row, self.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context<'static> {
        Context {
            log: "loans".into(),
            table: "ACT_RU_VARIABLE".into(),
            row: "17".into(),
            group: "value".into(),
            name: Some("Größe \"q\"".into()),
            type_: Some("string".into()),
            tenant: None,
            instance: Some("4".into()),
        }
    }

    #[test]
    fn the_header_object_is_canonical_and_reads_back() {
        let mut out = Vec::new();
        context().write_json(&mut out);
        assert_eq!(json::canonicalize(&out, json::Limits::default()).unwrap(), out);
        let value = json::parse(&out, json::Limits::default()).unwrap();
        assert_eq!(Context::from_json(value.as_object().unwrap()).unwrap(), context());
    }

    #[test]
    fn a_header_object_with_other_members_is_refused() {
        for (text, problem) in [
            (r#"{"g":"","l":"","r":""}"#, "the context's member \"t\" is missing"),
            (
                r#"{"g":"","l":"","r":"","t":"","z":""}"#,
                "the context's member \"z\" is unknown or not a string",
            ),
            (r#"{"g":"","l":"","r":1,"t":""}"#, "the context's member \"r\" is unknown or not a string"),
            (
                r#"{"g":"","l":"","o":null,"r":"","t":""}"#,
                "the context's member \"o\" is unknown or not a string",
            ),
        ] {
            let value = json::parse(text.as_bytes(), json::Limits::default()).unwrap();
            let error = Context::from_json(value.as_object().unwrap()).unwrap_err();
            assert_eq!(error, Error::MalformedEnvelope { problem: problem.into() });
        }
    }

    #[test]
    fn the_packed_form_reads_back() {
        let mut writer = packed::Writer::new();
        context().write(&mut writer);
        let bytes = writer.finish();
        let mut reader = packed::Reader::new(&bytes);
        assert_eq!(Context::read("loans", &mut reader).unwrap(), context());
        assert!(reader.is_empty());
    }

    #[test]
    fn a_difference_is_named_with_both_sides() {
        let moved = Context { row: "18".into(), ..context() };
        let error = context().must_be(&moved).unwrap_err();
        assert_eq!(error.to_string(), "the envelope belongs elsewhere: row is \"18\" and should be \"17\"");
        let nameless = Context { name: None, ..context() };
        assert!(
            context()
                .must_be(&nameless)
                .unwrap_err()
                .to_string()
                .contains("variable name is missing and should be")
        );
    }
}
