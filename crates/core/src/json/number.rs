//! Numbers: read, judged by the number rule, and written as ECMAScript writes them.

use super::Limits;
use crate::{Error, Result};

/// A number as JSON has it: a finite double.
#[derive(Clone, Copy, PartialEq)]
pub struct Number(f64);

impl Number {
    /// The largest integer up to which every integer is a double of its own: 2^53.
    pub const MAX_INTEGER: i64 = 1 << 53;

    /// The number `value`, or `None` for infinities and NaN, which JSON has not.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// The number as a double.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0
    }

    /// The number as an integer, if it is one within ±2^53.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
    #[allow(clippy::cast_precision_loss, reason = "2^53 is a double")]
    pub fn as_i64(self) -> Option<i64> {
        let exact = self.0.fract() == 0.0 && self.0.abs() <= Self::MAX_INTEGER as f64;
        exact.then_some(self.0 as i64)
    }

    /// Appends the number as ECMAScript's `Number::toString` writes it (RFC 8785 §3.2.2.3).
    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(ryu_js::Buffer::new().format_finite(self.0).as_bytes());
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Number(..)")
    }
}

/// A number's text and what its digits say.
pub(super) struct Literal<'a> {
    text: &'a str,
    start: usize,
    /// The digits without sign, point, exponent, leading and trailing zeros.
    significant: usize,
    /// How many decimal places the last significant digit is left (or, negative, right) of the
    /// units.
    scale: i64,
    has_exponent: bool,
}

impl<'a> Literal<'a> {
    /// Reads the number that starts at byte `start` of `document`.
    pub(super) fn scan(document: &'a str, start: usize) -> Result<Self> {
        let bytes = document.as_bytes();
        let mut digits = Digits::default();
        let mut at = start + usize::from(bytes[start] == b'-');
        match bytes.get(at) {
            Some(b'0') => at += 1,
            Some(b'1'..=b'9') => at = digits.take(bytes, at),
            _ => return Err(syntax(at, "a digit is missing")),
        }
        let mut places = 0;
        if bytes.get(at) == Some(&b'.') {
            let point = at;
            at = digits.take(bytes, point + 1);
            places = at - point - 1;
            if places == 0 {
                return Err(syntax(at, "a digit is missing after the decimal point"));
            }
        }
        let mut exponent = 0_i64;
        let has_exponent = matches!(bytes.get(at), Some(b'e' | b'E'));
        if has_exponent {
            at += 1;
            let negative = bytes.get(at) == Some(&b'-');
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            let first = at;
            while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
                exponent = exponent.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
                at += 1;
            }
            if at == first {
                return Err(syntax(at, "a digit is missing in the exponent"));
            }
            exponent = if negative { -exponent } else { exponent };
        }
        let scale = exponent.saturating_add(length(digits.trailing_zeros)).saturating_sub(length(places));
        Ok(Self { text: &document[start..at], start, significant: digits.significant, scale, has_exponent })
    }

    /// The byte after the number.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The nearest double, unless the number rule refuses it.
    pub(super) fn number(&self, limits: &Limits) -> Result<Number> {
        let position = self.start;
        let value: f64 = self.text.parse().map_err(|_| Error::Internal { what: "reading a number" })?;
        let number = Number::new(value).ok_or(Error::NumberOutOfRange { position })?;
        if !limits.exact_numbers {
            return Ok(number);
        }
        if value == 0.0 && self.significant > 0 {
            return Err(Error::NumberOutOfRange { position });
        }
        if self.is_kept(number) { Ok(number) } else { Err(Error::InexactNumber { position }) }
    }

    fn is_kept(&self, number: Number) -> bool {
        // Decimals of up to 15 digits and doubles map one to one.
        self.significant <= 15
            || if self.is_integer() {
                self.is_canonical(number) || self.is_exact(number)
            } else {
                self.significant <= 17 || self.is_exact(number)
            }
    }

    /// Whether the number counts as an integer: it has no fraction, and is not so large that only
    /// floating-point notation reaches there.
    fn is_integer(&self) -> bool {
        self.scale >= 0 && (!self.has_exponent || length(self.significant).saturating_add(self.scale) <= 21)
    }

    fn is_canonical(&self, number: Number) -> bool {
        let mut canonical = Vec::new();
        number.write(&mut canonical);
        self.same_value(&canonical)
    }

    fn is_exact(&self, number: Number) -> bool {
        // No double has more than 767 significant digits.
        self.significant <= 767 && self.same_value(format!("{:.766e}", number.0).as_bytes())
    }

    fn same_value(&self, other: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(other) else { return false };
        Literal::scan(text, 0).is_ok_and(|other| {
            self.scale == other.scale && self.significant_digits().eq(other.significant_digits())
        })
    }

    fn significant_digits(&self) -> impl Iterator<Item = u8> {
        let mantissa = self.text.bytes().take_while(|byte| !matches!(byte, b'e' | b'E'));
        mantissa.filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').take(self.significant)
    }
}

/// Counts digits while they go by.
#[derive(Default)]
struct Digits {
    significant: usize,
    trailing_zeros: usize,
}

impl Digits {
    /// Takes the digits from byte `at` on and gives the byte after them.
    fn take(&mut self, bytes: &[u8], mut at: usize) -> usize {
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            if *digit != b'0' {
                self.significant += self.trailing_zeros + 1;
                self.trailing_zeros = 0;
            } else if self.significant > 0 {
                self.trailing_zeros += 1;
            }
            at += 1;
        }
        at
    }
}

fn syntax(position: usize, problem: &'static str) -> Error {
    Error::JsonSyntax { position, problem }
}

fn length(digits: usize) -> i64 {
    i64::try_from(digits).unwrap_or(i64::MAX)
}
