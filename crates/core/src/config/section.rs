//! TOML with positions: each problem is told with its file and line.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Error, Result};

/// The text that a section came from.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

/// A TOML document.
pub(crate) struct Document<'a> {
    source: Source<'a>,
    root: Spanned<DeTable<'a>>,
}

/// One table of it. It remembers what it was asked for, so that [`finish`](Self::finish) can
/// refuse the rest.
pub(crate) struct Section<'d> {
    source: Source<'d>,
    /// The table's name and a dot; nothing for the root.
    prefix: String,
    table: &'d DeTable<'d>,
    span: Range<usize>,
    known: Vec<&'static str>,
}

impl<'a> Document<'a> {
    /// Reads `text`; `file` is named in errors.
    pub(crate) fn parse(text: &'a str, file: &'a str) -> Result<Self> {
        let source = Source { text, file };
        let root = DeTable::parse(text)
            .map_err(|error| source.invalid(&error.span().unwrap_or(0..0), error.message()))?;
        Ok(Self { source, root })
    }

    /// The table that holds all others.
    pub(crate) fn root(&self) -> Section<'_> {
        Section {
            source: self.source,
            prefix: String::new(),
            table: self.root.get_ref(),
            span: 0..0,
            known: Vec::new(),
        }
    }
}

impl<'d> Section<'d> {
    /// The table `name`, if there is one.
    pub(crate) fn section(&mut self, name: &'static str) -> Result<Option<Section<'d>>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let table = value.get_ref().as_table().ok_or_else(|| self.wrong(name, value, "a table"))?;
        Ok(Some(self.child(name, table, value.span())))
    }

    /// The tables of the array `[[name]]`.
    pub(crate) fn sections(&mut self, name: &'static str) -> Result<Vec<Section<'d>>> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let wrong = || self.wrong(name, value, &format!("written as [[{name}]]"));
        let entries = value.get_ref().as_array().ok_or_else(wrong)?;
        let child = |entry: &'d Spanned<DeValue<'d>>| {
            entry.get_ref().as_table().map(|table| self.child(name, table, entry.span())).ok_or_else(wrong)
        };
        entries.iter().map(child).collect()
    }

    /// A text that must be there.
    pub(crate) fn required_text(&mut self, key: &'static str) -> Result<String> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        self.value(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A list of texts.
    pub(crate) fn list(&mut self, key: &'static str) -> Result<Option<Vec<String>>> {
        self.value(key, "a list of strings", |value| {
            value.as_array()?.iter().map(|entry| entry.get_ref().as_str().map(str::to_owned)).collect()
        })
    }

    /// `true` or `false`.
    pub(crate) fn truth(&mut self, key: &'static str) -> Result<Option<bool>> {
        self.value(key, "true or false", DeValue::as_bool)
    }

    /// An integer of at least one.
    pub(crate) fn count(&mut self, key: &'static str) -> Result<Option<u64>> {
        self.value(key, "an integer of at least 1", |value| {
            let integer = value.as_integer()?;
            u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|count| *count > 0)
        })
    }

    /// A duration, such as `"500ms"`, `"1s"`, `"5m"` or `"24h"`.
    pub(crate) fn duration(&mut self, key: &'static str) -> Result<Option<Duration>> {
        self.value(key, "a duration, such as \"500ms\", \"1s\", \"5m\" or \"24h\"", |value| {
            duration(value.as_str()?)
        })
    }

    /// The error that the value of `key` is not as it should be.
    pub(crate) fn refuse(&self, key: &str, problem: &str) -> Error {
        let span = self.table.get(key).map_or(self.span.clone(), Spanned::span);
        self.source.invalid(&span, &format!("{}{key} {problem}", self.prefix))
    }

    /// Refuses keys that were not asked for.
    pub(crate) fn finish(self) -> Result<()> {
        match self.table.keys().find(|key| !self.known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let (prefix, known) = (&self.prefix, self.known.join(", "));
                let problem = format!("{prefix}{} is not a setting; known are {known}", key.get_ref());
                Err(self.source.invalid(&key.span(), &problem))
            }
        }
    }

    fn value<T>(
        &mut self,
        key: &'static str,
        form: &str,
        convert: impl FnOnce(&'d DeValue<'d>) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        convert(value.get_ref()).map(Some).ok_or_else(|| self.wrong(key, value, form))
    }

    fn get(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn child(&self, name: &str, table: &'d DeTable<'d>, span: Range<usize>) -> Section<'d> {
        let prefix = format!("{}{name}.", self.prefix);
        Section { source: self.source, prefix, table, span, known: Vec::new() }
    }

    fn missing(&self, key: &str) -> Error {
        self.source.invalid(&self.span, &format!("{}{key} is missing", self.prefix))
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, form: &str) -> Error {
        self.source.invalid(&value.span(), &format!("{}{key} must be {form}", self.prefix))
    }
}

impl Source<'_> {
    fn invalid(self, span: &Range<usize>, problem: &str) -> Error {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Error::InvalidConfig { file: self.file.into(), line, problem: problem.into() }
    }
}

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let millis = count.parse::<u64>().ok()?.checked_mul(millis)?;
    (millis > 0).then(|| Duration::from_millis(millis))
}
