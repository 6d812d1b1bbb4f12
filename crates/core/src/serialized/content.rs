//! What is inside.

use std::fmt;

use zeroize::Zeroizing;

use super::stream::{Class, Reader, SERIALIZABLE, Start};
use crate::Result;

/// What an object held, with nothing of Java around it where that can be.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    kind: ContentKind,
    bytes: Zeroizing<Vec<u8>>,
}

/// What the content was in Java.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentKind {
    /// A `java.lang.String`: its text in UTF-8.
    String,
    /// A `byte[]`: its bytes.
    Bytes,
    /// A `java.lang.Boolean`: `true` or `false`.
    Boolean,
    /// A `java.lang.Byte`: its decimal digits.
    Byte,
    /// A `java.lang.Short`: its decimal digits.
    Short,
    /// A `java.lang.Integer`: its decimal digits.
    Integer,
    /// A `java.lang.Long`: its decimal digits.
    Long,
    /// A `java.lang.Float`: the shortest digits that it can be told by, `NaN`, `Infinity` or
    /// `-Infinity`.
    Float,
    /// A `java.lang.Double`: the same.
    Double,
    /// Anything else: the serialisation stream as it is.
    Object,
}

/// A boxed primitive: its class, the class's version, the field's type, and whether its parent is
/// `Number`.
const BOXES: [(ContentKind, i64, &str, bool); 7] = [
    (ContentKind::Boolean, -3_665_804_199_014_368_530, "Z", false),
    (ContentKind::Byte, -7_183_698_231_559_129_828, "B", true),
    (ContentKind::Short, 7_515_723_908_773_894_738, "S", true),
    (ContentKind::Integer, 1_360_826_667_806_852_920, "I", true),
    (ContentKind::Long, 4_290_774_380_558_885_855, "J", true),
    (ContentKind::Float, -2_671_257_302_660_747_028, "F", true),
    (ContentKind::Double, -9_172_774_392_245_257_468, "D", true),
];
const NUMBER: (&str, i64) = ("java.lang.Number", -8_742_448_824_652_078_965);

impl ContentKind {
    /// The name of the Java class, `byte[]`, or `java.lang.Object` for any other.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::String => "java.lang.String",
            Self::Bytes => "byte[]",
            Self::Boolean => "java.lang.Boolean",
            Self::Byte => "java.lang.Byte",
            Self::Short => "java.lang.Short",
            Self::Integer => "java.lang.Integer",
            Self::Long => "java.lang.Long",
            Self::Float => "java.lang.Float",
            Self::Double => "java.lang.Double",
            Self::Object => "java.lang.Object",
        }
    }

    /// The media type of the bytes that are handed out.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Bytes => "application/octet-stream",
            Self::Object => "application/x-java-serialized-object",
            _ => "text/plain;charset=utf-8",
        }
    }
}

impl Content {
    /// What a stream holds.
    pub(super) fn read(stream: Zeroizing<Vec<u8>>) -> Self {
        match known(&stream) {
            Ok(Some(content)) => content,
            // Also if it is not well-formed: it is what was sealed or signed.
            _ => Self { kind: ContentKind::Object, bytes: stream },
        }
    }

    /// What it was in Java.
    #[must_use]
    pub fn kind(&self) -> ContentKind {
        self.kind
    }

    /// The bytes, as [`ContentKind`] says.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, to keep.
    #[must_use]
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({:?})", self.kind)
    }
}

/// A string, an array of bytes or a boxed primitive, if that is what the stream holds.
fn known(stream: &[u8]) -> Result<Option<Content>> {
    let mut reader = Reader::new(stream)?;
    let (kind, bytes) = match reader.start()? {
        Start::Text(text) => {
            let bytes = text.into_owned().into_bytes();
            (ContentKind::String, bytes)
        }
        Start::Bytes(bytes) => (ContentKind::Bytes, bytes.to_vec()),
        Start::Object(classes) => match boxed(&classes) {
            Some(kind) => (kind, primitive(kind, &mut reader)?.into_bytes()),
            None => return Ok(None),
        },
    };
    let content = Content { kind, bytes: Zeroizing::new(bytes) };
    reader.end().map(|()| Some(content))
}

/// Which box it is, if its classes are described as Java describes them.
fn boxed(classes: &[Class<'_>]) -> Option<ContentKind> {
    let (kind, version, type_, number) = *BOXES.iter().find(|(kind, ..)| kind.class() == classes[0].name)?;
    let [field] = classes[0].fields.as_slice() else { return None };
    let parents_known = match classes {
        [_] => !number,
        [_, parent] => {
            number
                && (&*parent.name, parent.version) == NUMBER
                && parent.flags == SERIALIZABLE
                && parent.fields.is_empty()
        }
        _ => false,
    };
    let same = classes[0].version == version
        && classes[0].flags == SERIALIZABLE
        && field.name == "value"
        && field.type_ == type_;
    (same && parents_known).then_some(kind)
}

fn primitive(kind: ContentKind, reader: &mut Reader<'_>) -> Result<String> {
    Ok(match kind {
        ContentKind::Boolean => (reader.primitive()? != [0]).to_string(),
        ContentKind::Byte => i8::from_be_bytes(reader.primitive()?).to_string(),
        ContentKind::Short => i16::from_be_bytes(reader.primitive()?).to_string(),
        ContentKind::Integer => i32::from_be_bytes(reader.primitive()?).to_string(),
        ContentKind::Long => i64::from_be_bytes(reader.primitive()?).to_string(),
        ContentKind::Float => {
            let number = f32::from_be_bytes(reader.primitive()?);
            signed(number.is_sign_negative(), ryu_js::Buffer::new().format(number))
        }
        _ => {
            let number = f64::from_be_bytes(reader.primitive()?);
            signed(number.is_sign_negative(), ryu_js::Buffer::new().format(number))
        }
    })
}

/// The digits of a number; ECMAScript drops the sign of a zero.
fn signed(negative: bool, digits: &str) -> String {
    if negative && digits == "0" { "-0".into() } else { digits.into() }
}
