//! Column values in JSON, and rows as lines of it.
//!
//! Text, null and integers within ±2^53 are themselves; what JSON cannot tell apart or hold is an
//! object of one member:
//!
//! | member | value |
//! |---|---|
//! | `b` | bytes, base64url |
//! | `d` | a double: a number, or 16 hexadecimal digits of its bits where no JSON number is it (NaN, infinities, -0) |
//! | `i` | an integer beyond ±2^53, in decimal digits |
//! | `t` | a timestamp: microseconds of the wall clock, in decimal digits |

use zeroize::Zeroizing;

use super::{Reader, Value, Writer};
use crate::json::{self, Limits, Number, Object};
use crate::{Error, Result, base64url};

/// Writes a value.
pub(crate) fn append(writer: &mut json::Writer, value: Value<'_>) {
    match value {
        Value::Null => writer.null(),
        Value::Text(text) => writer.string(text),
        Value::Integer(integer) if integer.unsigned_abs() <= Number::MAX_INTEGER.unsigned_abs() => {
            writer.integer(integer)
        }
        Value::Integer(integer) => tagged(writer, "i", |writer| {
            writer.string(&integer.to_string());
        }),
        Value::Double(double) => tagged(writer, "d", |writer| match Number::new(double) {
            Some(number) if double.to_bits() != (-0.0_f64).to_bits() => {
                writer.number(number);
            }
            _ => {
                writer.string(&format!("{:016x}", double.to_bits()));
            }
        }),
        Value::Bytes(bytes) => tagged(writer, "b", |writer| {
            writer.string(&Zeroizing::new(base64url::encode(bytes)));
        }),
        Value::Timestamp(micros) => tagged(writer, "t", |writer| {
            writer.string(&micros.to_string());
        }),
    };
}

fn tagged<'w>(
    writer: &'w mut json::Writer,
    tag: &str,
    value: impl FnOnce(&mut json::Writer),
) -> &'w mut json::Writer {
    writer.begin_object().member(tag);
    value(writer);
    writer.end_object()
}

/// Packs a value that was written, or says why it is none.
pub(crate) fn pack(value: &json::Value, out: &mut Writer) -> Result<(), &'static str> {
    match value {
        json::Value::Null => out.value(Value::Null),
        json::Value::String(text) => out.value(Value::Text(text)),
        json::Value::Number(number) => {
            out.value(Value::Integer(number.as_i64().ok_or("a number is not an integer")?))
        }
        json::Value::Object(object) => return pack_tagged(object, out),
        json::Value::Bool(_) | json::Value::Array(_) => return Err("a value is of no column"),
    };
    Ok(())
}

fn pack_tagged(object: &Object, out: &mut Writer) -> Result<(), &'static str> {
    let mut members = object.iter();
    let (Some((tag, value)), None) = (members.next(), members.next()) else {
        return Err("a value has not one member");
    };
    if let ("d", json::Value::Number(number)) = (tag, value) {
        out.value(Value::Double(number.as_f64()));
        return Ok(());
    }
    let text = value.as_str().ok_or("a value's member is not a string")?;
    let digits = || text.parse::<i64>().map_err(|_| "an integer is not one");
    match tag {
        "b" => {
            let bytes = base64url::decode(text).ok_or("bytes are not base64url")?;
            out.value(Value::Bytes(&Zeroizing::new(bytes)))
        }
        "d" => {
            let bits = u64::from_str_radix(text, 16).map_err(|_| "a double is not one")?;
            out.value(Value::Double(f64::from_bits(bits)))
        }
        "i" => out.value(Value::Integer(digits()?)),
        "t" => out.value(Value::Timestamp(digits()?)),
        _ => return Err("a value's member is unknown"),
    };
    Ok(())
}

/// Appends a packed row as one line: an object with a member for each of its columns that is not
/// NULL.
///
/// `columns` names the values of `row` in their order, which must be that of canonical JSON.
pub fn write_line(columns: &[String], row: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<()> {
    let mut writer = json::Writer::object_in(std::mem::take(out));
    let mut values = || {
        for column in columns {
            let value = row.value()?;
            if value != Value::Null {
                writer.member(column);
                append(&mut writer, value);
            }
        }
        Ok(())
    };
    let written = values();
    *out = writer.finish();
    out.push(b'\n');
    written
}

/// Packs the row that [`write_line`] wrote, as values of `columns`; one that the line has not is
/// NULL.
///
/// `columns` must be in the order of canonical JSON. A member that is not among them is refused
/// unless it is among `others`.
pub fn read_line(line: &[u8], columns: &[String], others: &[String], out: &mut Writer) -> Result<()> {
    let limits = Limits { depth: 2, size: usize::MAX, exact_numbers: true };
    let row = json::parse(line, limits)?.into_object("row")?;
    let mut members = row.iter().peekable();
    for column in columns {
        while let Some((name, _)) = members.next_if(|(name, _)| json::utf16_order(name, column).is_lt()) {
            listed(name, others)?;
        }
        match members.next_if(|(name, _)| name == column) {
            None => {
                out.value(Value::Null);
            }
            Some((_, value)) => pack(value, out)
                .map_err(|problem| Error::UnexpectedJson { what: "row", problem: problem.into() })?,
        }
    }
    members.try_for_each(|(name, _)| listed(name, others))
}

fn listed(name: &str, columns: &[String]) -> Result<()> {
    if columns.iter().any(|column| column == name) {
        return Ok(());
    }
    Err(Error::UnexpectedJson { what: "row", problem: format!("column {name:?} is not one of the table's") })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A value that owns what it holds.
    #[derive(Debug, Clone)]
    enum Owned {
        Null,
        Text(String),
        Integer(i64),
        Double(u64),
        Bytes(Vec<u8>),
        Timestamp(i64),
    }

    impl Owned {
        fn value(&self) -> Value<'_> {
            match self {
                Self::Null => Value::Null,
                Self::Text(text) => Value::Text(text),
                Self::Integer(integer) => Value::Integer(*integer),
                Self::Double(bits) => Value::Double(f64::from_bits(*bits)),
                Self::Bytes(bytes) => Value::Bytes(bytes),
                Self::Timestamp(micros) => Value::Timestamp(*micros),
            }
        }
    }

    fn any_value() -> impl Strategy<Value = Owned> {
        prop_oneof![
            Just(Owned::Null),
            any::<String>().prop_map(Owned::Text),
            any::<i64>().prop_map(Owned::Integer),
            (-9i64..9).prop_map(|near| Owned::Integer((1 << 53) + near)),
            any::<u64>().prop_map(Owned::Double),
            any::<f64>().prop_map(|double| Owned::Double(double.to_bits())),
            Just(Owned::Double((-0.0_f64).to_bits())),
            proptest::collection::vec(any::<u8>(), 0..50).prop_map(Owned::Bytes),
            any::<i64>().prop_map(Owned::Timestamp),
        ]
    }

    fn packed(row: &[Owned]) -> Vec<u8> {
        let mut out = Writer::new();
        for value in row {
            out.value(value.value());
        }
        out.finish()
    }

    fn columns(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("C{n:02}_")).collect()
    }

    proptest! {
        #[test]
        fn a_row_of_any_values_is_one_line_and_comes_back_bit_for_bit(
            row in proptest::collection::vec(any_value(), 1..20),
        ) {
            let (columns, row) = (columns(row.len()), packed(&row));
            let mut line = Vec::new();
            write_line(&columns, &mut Reader::new(&row), &mut line).unwrap();
            prop_assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
            let mut back = Writer::new();
            read_line(&line, &columns, &[], &mut back).unwrap();
            prop_assert_eq!(back.finish(), row);
        }

        #[test]
        fn fewer_columns_are_read_as_if_only_they_had_been_written(
            row in proptest::collection::vec((any_value(), any::<bool>()), 1..20),
        ) {
            let all = columns(row.len());
            let (values, wanted): (Vec<_>, Vec<_>) = row.into_iter().unzip();
            let mut line = Vec::new();
            write_line(&all, &mut Reader::new(&packed(&values)), &mut line).unwrap();
            let chosen = |items: &mut dyn Iterator<Item = usize>| items.filter(|n| wanted[*n]).collect::<Vec<_>>();
            let chosen = chosen(&mut (0..all.len()));
            let some: Vec<_> = chosen.iter().map(|n| all[*n].clone()).collect();
            let expected: Vec<_> = chosen.iter().map(|n| values[*n].clone()).collect();
            let mut back = Writer::new();
            read_line(&line, &some, &all, &mut back).unwrap();
            prop_assert_eq!(back.finish(), packed(&expected));
        }

        #[test]
        fn no_line_makes_the_reader_panic(line in any::<Vec<u8>>()) {
            let _ = read_line(&line, &columns(3), &[], &mut Writer::new());
        }
    }

    #[test]
    fn what_is_no_row_is_refused_with_its_cause() {
        let refused = |line: &str| {
            read_line(line.as_bytes(), &columns(1), &[], &mut Writer::new()).unwrap_err().to_string()
        };
        assert_eq!(refused("[]"), "row: not an object");
        assert_eq!(refused(r#"{"A":1}"#), r#"row: column "A" is not one of the table's"#);
        assert_eq!(refused(r#"{"Z":1}"#), r#"row: column "Z" is not one of the table's"#);
        assert_eq!(refused(r#"{"C00_":0.5}"#), "row: a number is not an integer");
        assert_eq!(refused(r#"{"C00_":true}"#), "row: a value is of no column");
        assert_eq!(refused(r#"{"C00_":{"b":"="}}"#), "row: bytes are not base64url");
        assert_eq!(refused(r#"{"C00_":{"q":"1"}}"#), "row: a value's member is unknown");
        assert_eq!(refused(r#"{"C00_":{}}"#), "row: a value has not one member");
        assert_eq!(refused(r#"{"C00_":1,"C00_":2}"#), "duplicate member name at byte 10");
    }
}
