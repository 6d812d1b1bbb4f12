//! The strict reader.

use super::{Limits, Object, Value, number, text};
use crate::{Error, Result};

/// Reads the one JSON value that `document` is.
pub fn parse(document: &[u8], limits: Limits) -> Result<Value> {
    let mut reader = Reader { document: limits.admit(document)?, at: 0, open: 0, limits };
    let value = reader.value()?;
    reader.skip_space();
    if reader.at < document.len() {
        return Err(reader.syntax("something follows the value"));
    }
    Ok(value)
}

struct Reader<'a> {
    document: &'a str,
    at: usize,
    open: usize,
    limits: Limits,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value> {
        self.skip_space();
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'{') => self.object().map(Value::Object),
            Some(b'[') => self.array().map(Value::Array),
            Some(b'-' | b'0'..=b'9') => {
                let literal = number::Literal::scan(self.document, self.at)?;
                self.at = literal.end();
                literal.number(&self.limits).map(Value::Number)
            }
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.syntax("a value is missing")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value> {
        if !self.document[self.at..].starts_with(word) {
            return Err(self.syntax("a value is missing"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn string(&mut self) -> Result<String> {
        let literal = text::Literal::scan(self.document, self.at)?;
        self.at = literal.end;
        Ok(literal.content.into_owned())
    }

    fn array(&mut self) -> Result<Vec<Value>> {
        let mut elements = Vec::new();
        self.enter()?;
        if !self.takes(b']') {
            loop {
                elements.push(self.value()?);
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.syntax("',' or ']' is missing"));
                }
            }
        }
        self.open -= 1;
        Ok(elements)
    }

    fn object(&mut self) -> Result<Object> {
        let mut members = Vec::new();
        self.enter()?;
        if !self.takes(b'}') {
            loop {
                self.skip_space();
                let position = self.at;
                if self.peek() != Some(b'"') {
                    return Err(self.syntax("a member name is missing"));
                }
                let name = self.string()?;
                if !self.takes(b':') {
                    return Err(self.syntax("':' is missing"));
                }
                members.push((position, name, self.value()?));
                if self.takes(b'}') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.syntax("',' or '}' is missing"));
                }
            }
        }
        self.open -= 1;
        Object::from_members(members).map_err(|position| Error::DuplicateMember { position })
    }

    fn enter(&mut self) -> Result<()> {
        if self.open == self.limits.deepest() {
            return Err(Error::TooDeep { position: self.at, limit: self.limits.deepest() });
        }
        self.open += 1;
        self.at += 1;
        Ok(())
    }

    /// Skips white space and then `byte`, if it is there.
    fn takes(&mut self, byte: u8) -> bool {
        self.skip_space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.document.as_bytes().get(self.at).copied()
    }

    fn syntax(&self, problem: &'static str) -> Error {
        Error::JsonSyntax { position: self.at, problem }
    }
}
