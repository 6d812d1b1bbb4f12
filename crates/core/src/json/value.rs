//! A document in memory, and how its members are asked for.

use zeroize::Zeroize;

use super::{Number, utf16_order};
use crate::{Error, Result};

/// Any JSON value. Its `Debug` tells the kind and never the content.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

impl Value {
    /// The content of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(content) = self { Some(content) } else { None }
    }

    /// The value of a number that is an integer within ±2^53.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    /// The value of a number.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number.as_f64()) } else { None }
    }

    /// The truth of `true` and `false`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The object that a document called `what` must be.
    pub fn into_object(self, what: &'static str) -> Result<Object> {
        if let Self::Object(object) = self { Ok(object) } else { Err(unexpected(what, "not an object")) }
    }

    /// Appends the value in its canonical form.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(number) => number.write(out),
            Self::String(content) => super::text::write(content, out),
            Self::Array(elements) => {
                out.push(b'[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    element.write(out);
                }
                out.push(b']');
            }
            Self::Object(object) => object.write(out),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool(..)",
            Self::Number(_) => "Number(..)",
            Self::String(_) => "String(..)",
            Self::Array(_) => "Array(..)",
            Self::Object(_) => "Object(..)",
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Zeroize for Value {
    fn zeroize(&mut self) {
        match self {
            Self::Null | Self::Bool(_) => {}
            Self::Number(Number { .. }) => *self = Self::Null,
            Self::String(content) => content.as_mut_str().zeroize(),
            Self::Array(elements) => elements.iter_mut().for_each(Zeroize::zeroize),
            Self::Object(object) => object.zeroize(),
        }
    }
}

/// The members of an object, in canonical order.
#[derive(Clone, Default, PartialEq)]
pub struct Object {
    members: Vec<(String, Value)>,
}

impl Object {
    /// From members with the byte where each began, or the byte of the first one whose name was
    /// there before.
    pub(super) fn from_members(mut members: Vec<(usize, String, Value)>) -> Result<Self, usize> {
        if !members.is_sorted_by(|a, b| utf16_order(&a.1, &b.1).is_lt()) {
            members.sort_by(|a, b| utf16_order(&a.1, &b.1));
            let pairs = members.windows(2).filter(|pair| pair[0].1 == pair[1].1);
            if let Some(position) = pairs.map(|pair| pair[1].0).min() {
                return Err(position);
            }
        }
        Ok(Self { members: members.into_iter().map(|(_, name, value)| (name, value)).collect() })
    }

    /// The value of the member `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|member| member.0 == name).map(|member| &member.1)
    }

    /// All members, in canonical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The string that the member `name` of `what` must be.
    pub fn required_str(&self, what: &'static str, name: &str) -> Result<&str> {
        self.required(what, name, "a string", Value::as_str)
    }

    /// The integer within ±2^53 that the member `name` of `what` must be.
    pub fn required_i64(&self, what: &'static str, name: &str) -> Result<i64> {
        self.required(what, name, "an integer", Value::as_i64)
    }

    /// The truth that the member `name` of `what` must be.
    pub fn required_bool(&self, what: &'static str, name: &str) -> Result<bool> {
        self.required(what, name, "true or false", Value::as_bool)
    }

    /// The array that the member `name` of `what` must be.
    pub fn required_array(&self, what: &'static str, name: &str) -> Result<&[Value]> {
        self.required(what, name, "an array", Value::as_array)
    }

    /// The object that the member `name` of `what` must be.
    pub fn required_object(&self, what: &'static str, name: &str) -> Result<&Object> {
        self.required(what, name, "an object", Value::as_object)
    }

    /// The string that the member `name` of `what` is, or `None` if there is no such member. `null`
    /// is not a string.
    pub fn optional_str(&self, what: &'static str, name: &str) -> Result<Option<&str>> {
        self.optional(what, name, "a string", Value::as_str)
    }

    /// The integer within ±2^53 that the member `name` of `what` is, or `None` if there is no such
    /// member.
    pub fn optional_i64(&self, what: &'static str, name: &str) -> Result<Option<i64>> {
        self.optional(what, name, "an integer", Value::as_i64)
    }

    /// The array that the member `name` of `what` is, or `None` if there is no such member.
    pub fn optional_array(&self, what: &'static str, name: &str) -> Result<Option<&[Value]>> {
        self.optional(what, name, "an array", Value::as_array)
    }

    /// The object that the member `name` of `what` is, or `None` if there is no such member.
    pub fn optional_object(&self, what: &'static str, name: &str) -> Result<Option<&Object>> {
        self.optional(what, name, "an object", Value::as_object)
    }

    /// Refuses members of `what` that are not among `names`.
    pub fn only(&self, what: &'static str, names: &[&str]) -> Result<()> {
        match self.iter().find(|(name, _)| !names.contains(name)) {
            None => Ok(()),
            Some((name, _)) => Err(unexpected(what, &format!("member {name:?} is unknown"))),
        }
    }

    /// Appends the object in its canonical form.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (name, value)) in self.members.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            super::text::write(name, out);
            out.push(b':');
            value.write(out);
        }
        out.push(b'}');
    }

    fn required<'a, T>(
        &'a self,
        what: &'static str,
        name: &str,
        form: &str,
        convert: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T> {
        self.optional(what, name, form, convert)?
            .ok_or_else(|| unexpected(what, &format!("member {name:?} is missing")))
    }

    fn optional<'a, T>(
        &'a self,
        what: &'static str,
        name: &str,
        form: &str,
        convert: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        convert(value).map(Some).ok_or_else(|| unexpected(what, &format!("member {name:?} is not {form}")))
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Object({} members)", self.members.len())
    }
}

impl Zeroize for Object {
    fn zeroize(&mut self) {
        for (name, value) in &mut self.members {
            name.zeroize();
            value.zeroize();
        }
    }
}

fn unexpected(what: &'static str, problem: &str) -> Error {
    Error::UnexpectedJson { what, problem: problem.into() }
}
