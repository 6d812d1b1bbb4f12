//! Canonical JSON written as it is made.

use super::{Number, text};

/// Appends canonical JSON to one buffer, without an allocation per member.
///
/// The caller names an object's members in canonical order (by UTF-16 code units; for ASCII
/// names, by bytes); debug builds check that.
///
/// ```
/// let mut writer = bulla_core::json::Writer::object();
/// writer.member("a").string("x").member("b").begin_array().integer(1).null().end_array();
/// assert_eq!(writer.finish(), br#"{"a":"x","b":[1,null]}"#);
/// ```
#[derive(Clone)]
pub struct Writer {
    out: Vec<u8>,
    #[cfg(debug_assertions)]
    names: Vec<Option<String>>,
}

impl Writer {
    /// Begins a document that is an object.
    #[must_use]
    pub fn object() -> Self {
        Self::object_in(Vec::with_capacity(256))
    }

    /// Begins a document that is an object behind what `out` holds already.
    #[must_use]
    pub fn object_in(out: Vec<u8>) -> Self {
        let mut writer = Self {
            out,
            #[cfg(debug_assertions)]
            names: Vec::new(),
        };
        writer.open(b'{');
        writer
    }

    /// Begins the next member of the current object; its value follows.
    pub fn member(&mut self, name: &str) -> &mut Self {
        #[cfg(debug_assertions)]
        self.remember(name);
        self.separate();
        text::write(name, &mut self.out);
        self.out.push(b':');
        self
    }

    #[cfg(debug_assertions)]
    fn remember(&mut self, name: &str) {
        if let Some(last) = self.names.last_mut() {
            let in_order = last.as_deref().is_none_or(|last| super::utf16_order(last, name).is_lt());
            debug_assert!(in_order, "member {name:?} is not in canonical order");
            *last = Some(name.into());
        }
    }

    /// A string.
    pub fn string(&mut self, content: &str) -> &mut Self {
        self.separate();
        text::write(content, &mut self.out);
        self
    }

    /// A string, or `null`.
    pub fn optional_string(&mut self, content: Option<&str>) -> &mut Self {
        match content {
            Some(content) => self.string(content),
            None => self.null(),
        }
    }

    /// An integer within ±2^53.
    pub fn integer(&mut self, value: i64) -> &mut Self {
        debug_assert!(value.abs() <= Number::MAX_INTEGER, "{value} is not within ±2^53");
        self.separate();
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = value.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.out.push(b'-');
        }
        self.out.extend_from_slice(&digits[at..]);
        self
    }

    /// A number.
    pub fn number(&mut self, value: Number) -> &mut Self {
        self.separate();
        value.write(&mut self.out);
        self
    }

    /// `true` or `false`.
    pub fn bool(&mut self, truth: bool) -> &mut Self {
        self.canonical(if truth { b"true" } else { b"false" })
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.canonical(b"null")
    }

    /// A value that is canonical JSON already.
    pub fn canonical(&mut self, json: &[u8]) -> &mut Self {
        self.separate();
        self.out.extend_from_slice(json);
        self
    }

    /// Begins an object; [`Self::end_object`] ends it.
    pub fn begin_object(&mut self) -> &mut Self {
        self.separate();
        self.open(b'{')
    }

    /// Ends the innermost object.
    pub fn end_object(&mut self) -> &mut Self {
        self.close(b'}')
    }

    /// Begins an array; [`Self::end_array`] ends it.
    pub fn begin_array(&mut self) -> &mut Self {
        self.separate();
        self.open(b'[')
    }

    /// Ends the innermost array.
    pub fn end_array(&mut self) -> &mut Self {
        self.close(b']')
    }

    /// How many bytes were written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written: never, the object has begun.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Ends the object that is the document.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.close(b'}');
        #[cfg(debug_assertions)]
        debug_assert!(self.names.is_empty(), "an object or array was not ended");
        self.out
    }

    fn open(&mut self, bracket: u8) -> &mut Self {
        self.out.push(bracket);
        #[cfg(debug_assertions)]
        self.names.push(None);
        self
    }

    fn close(&mut self, bracket: u8) -> &mut Self {
        #[cfg(debug_assertions)]
        debug_assert!(self.names.pop().is_some(), "nothing is there to be ended");
        self.out.push(bracket);
        self
    }

    /// Writes the comma before all but the first element. Strings end with a quote, so an opening
    /// bracket or a colon at the end is structure.
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} bytes)", self.out.len())
    }
}
