//! The Java Object Serialization Stream Protocol (Java Object Serialization Specification,
//! chapter 6), as far as it is needed, and strictly.
//!
//! Nothing is instantiated: a class is a name, a version and its fields, and what is read of an
//! object is compared with the few descriptors that are known. Nothing here calls itself, and
//! nothing is allocated by a length that the stream states: bytes are borrowed from it.

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroize;

use super::refused;
use crate::Result;

const MAGIC: [u8; 4] = [0xAC, 0xED, 0x00, 0x05];

const TC_NULL: u8 = 0x70;
const TC_REFERENCE: u8 = 0x71;
const TC_CLASSDESC: u8 = 0x72;
const TC_OBJECT: u8 = 0x73;
const TC_STRING: u8 = 0x74;
const TC_ARRAY: u8 = 0x75;
const TC_ENDBLOCKDATA: u8 = 0x78;
const TC_LONGSTRING: u8 = 0x7C;
const TC_PROXYCLASSDESC: u8 = 0x7D;
const FIRST_HANDLE: usize = 0x7E_0000;

/// `SC_SERIALIZABLE`, and nothing written by a method of the class itself.
pub(super) const SERIALIZABLE: u8 = 0x02;

/// Classes above one another.
const MOST_CLASSES: usize = 16;
/// Fields of one class.
const MOST_FIELDS: usize = 64;

/// A class as the stream describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) version: i64,
    pub(super) flags: u8,
    pub(super) fields: Vec<Field<'a>>,
    parent: Option<usize>,
}

/// A field: its name, and its type as a descriptor of the Java Virtual Machine (`[B`, `J`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) type_: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
}

/// What a handle of the stream stands for.
#[derive(Clone)]
enum Handle {
    Class(usize),
    Text(Range<usize>),
    Bytes(Range<usize>),
    /// The object that is being read: nothing that is read here refers to it.
    Object,
}

/// What stands at the beginning of the stream.
pub(super) enum Start<'a> {
    /// A string, of which nothing is left.
    Text(Cow<'a, str>),
    /// An array of bytes, of which nothing is left.
    Bytes(&'a [u8]),
    /// An object of these classes, each the parent of the one before; the values of its fields
    /// follow.
    Object(Vec<Class<'a>>),
}

/// Reads a stream, once.
pub(super) struct Reader<'a> {
    stream: &'a [u8],
    position: usize,
    classes: Vec<Class<'a>>,
    handles: Vec<Handle>,
}

/// Whether `bytes` begin as a stream does.
pub(super) fn has_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

impl<'a> Reader<'a> {
    /// Begins with a stream.
    pub(super) fn new(stream: &'a [u8]) -> Result<Self> {
        if !has_magic(stream) {
            return Err(refused(0, "it does not begin as a stream of version 5 does (AC ED 00 05)"));
        }
        Ok(Self { stream, position: MAGIC.len(), classes: Vec::new(), handles: Vec::new() })
    }

    /// What the stream holds first.
    pub(super) fn start(&mut self) -> Result<Start<'a>> {
        let at = self.position;
        match self.u8()? {
            tag @ (TC_STRING | TC_LONGSTRING) => Ok(Start::Text(self.text(tag)?)),
            TC_ARRAY => {
                let range = self.array(at)?;
                Ok(Start::Bytes(&self.stream[range]))
            }
            TC_OBJECT => {
                let class = self.class()?;
                let Some(mut class) = class else {
                    return Err(refused(at, "an object without a class"));
                };
                self.handles.push(Handle::Object);
                let mut chain = vec![self.classes[class].clone()];
                while let Some(parent) = self.classes[class].parent {
                    chain.push(self.classes[parent].clone());
                    class = parent;
                }
                Ok(Start::Object(chain))
            }
            tag => Err(refused(at, format!("{} is not read", kind(tag)))),
        }
    }

    /// Fails if anything is left.
    pub(super) fn end(&self) -> Result<()> {
        if self.position == self.stream.len() {
            return Ok(());
        }
        Err(refused(self.position, "more follows the object"))
    }

    /// How far it was read.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The value of a field of type `[B`; `None` for null.
    pub(super) fn bytes_value(&mut self) -> Result<Option<&'a [u8]>> {
        let at = self.position;
        let range = match self.u8()? {
            TC_NULL => return Ok(None),
            TC_ARRAY => self.array(at)?,
            TC_REFERENCE => match self.handle(at)? {
                Handle::Bytes(range) => range,
                _ => return Err(refused(at, "a reference to something other than an array of bytes")),
            },
            tag => return Err(refused(at, format!("{} in place of an array of bytes", kind(tag)))),
        };
        Ok(Some(&self.stream[range]))
    }

    /// The value of a field of type `Ljava/lang/String;`; `None` for null.
    pub(super) fn text_value(&mut self) -> Result<Option<Cow<'a, str>>> {
        let at = self.position;
        match self.u8()? {
            TC_NULL => Ok(None),
            tag @ (TC_STRING | TC_LONGSTRING) => self.text(tag).map(Some),
            TC_REFERENCE => match self.handle(at)? {
                Handle::Text(range) => self.modified_utf8(range).map(Some),
                _ => Err(refused(at, "a reference to something other than a string")),
            },
            tag => Err(refused(at, format!("{} in place of a string", kind(tag)))),
        }
    }

    /// The value of a field of a primitive type of `N` bytes, big-endian.
    pub(super) fn primitive<const N: usize>(&mut self) -> Result<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| crate::Error::Internal { what: "the reading of a primitive" })
    }

    /// `newClassDesc` and those of its parents: the index of the first, or `None` for null.
    fn class(&mut self) -> Result<Option<usize>> {
        let before = self.classes.len();
        let mut first = None;
        let mut child: Option<usize> = None;
        for _ in 0..MOST_CLASSES {
            let at = self.position;
            let (class, complete) = match self.u8()? {
                TC_NULL => return Ok(first),
                TC_REFERENCE => match self.handle(at)? {
                    Handle::Class(class) => (class, true),
                    _ => return Err(refused(at, "a reference to something other than a class")),
                },
                TC_CLASSDESC => (self.new_class()?, false),
                TC_PROXYCLASSDESC => return Err(refused(at, "a proxy class is not read")),
                tag => return Err(refused(at, format!("{} in place of a class", kind(tag)))),
            };
            if let Some(child) = child {
                if complete && class >= before {
                    return Err(refused(at, "a class that is its own parent"));
                }
                self.classes[child].parent = Some(class);
            }
            first = first.or(Some(class));
            if complete {
                return Ok(first);
            }
            child = Some(class);
        }
        Err(refused(self.position, format!("more than {MOST_CLASSES} classes above one another")))
    }

    /// `TC_CLASSDESC` without the tag and without the parent.
    fn new_class(&mut self) -> Result<usize> {
        let name = self.name()?;
        let version = i64::from_be_bytes(self.primitive()?);
        let class = self.classes.len();
        self.handles.push(Handle::Class(class));
        let [flags] = self.primitive()?;
        let count = usize::from(u16::from_be_bytes(self.primitive()?));
        if count > MOST_FIELDS {
            return Err(refused(self.position, format!("a class of more than {MOST_FIELDS} fields")));
        }
        let mut fields = Vec::with_capacity(count);
        for _ in 0..count {
            let at = self.position;
            let code = self.u8()?;
            let name = self.name()?;
            let type_ = match code {
                b'B' => "B".into(),
                b'C' => "C".into(),
                b'D' => "D".into(),
                b'F' => "F".into(),
                b'I' => "I".into(),
                b'J' => "J".into(),
                b'S' => "S".into(),
                b'Z' => "Z".into(),
                b'[' | b'L' => {
                    self.text_value()?.ok_or_else(|| refused(at, "a field whose type has no name"))?
                }
                _ => return Err(refused(at, "a field of no type of Java's")),
            };
            fields.push(Field { type_, name });
        }
        let at = self.position;
        if self.u8()? != TC_ENDBLOCKDATA {
            return Err(refused(at, "a class that was written with annotations is not read"));
        }
        self.classes.push(Class { name, version, flags, fields, parent: None });
        Ok(class)
    }

    /// `TC_ARRAY` of bytes, without the tag: where its bytes stand.
    fn array(&mut self, at: usize) -> Result<Range<usize>> {
        let class = self.class()?.map(|class| &self.classes[class]);
        let is_bytes = class.is_some_and(|class| {
            class.name == "[B"
                && class.version == -5_984_413_125_824_719_648
                && class.flags == SERIALIZABLE
                && class.fields.is_empty()
                && class.parent.is_none()
        });
        if !is_bytes {
            return Err(refused(at, "an array of anything but bytes is not read"));
        }
        let length = usize::try_from(i32::from_be_bytes(self.primitive()?));
        let length = length.map_err(|_| refused(at, "an array of a negative length"))?;
        let start = self.position;
        self.take(length)?;
        let range = start..self.position;
        self.handles.push(Handle::Bytes(range.clone()));
        Ok(range)
    }

    /// `TC_STRING` or `TC_LONGSTRING` without the tag.
    fn text(&mut self, tag: u8) -> Result<Cow<'a, str>> {
        let at = self.position;
        let length = if tag == TC_STRING {
            usize::from(u16::from_be_bytes(self.primitive()?))
        } else {
            let length = usize::try_from(u64::from_be_bytes(self.primitive()?));
            length.map_err(|_| refused(at, "the stream ends too early"))?
        };
        let start = self.position;
        self.take(length)?;
        let range = start..self.position;
        self.handles.push(Handle::Text(range.clone()));
        self.modified_utf8(range)
    }

    /// A name, with its length in two bytes before it.
    fn name(&mut self) -> Result<Cow<'a, str>> {
        let length = usize::from(u16::from_be_bytes(self.primitive()?));
        let start = self.position;
        self.take(length)?;
        self.modified_utf8(start..self.position)
    }

    /// The text of bytes that were taken.
    fn modified_utf8(&self, range: Range<usize>) -> Result<Cow<'a, str>> {
        let at = range.start;
        let bytes = &self.stream[range];
        if bytes.is_ascii() && !bytes.contains(&0) {
            return Ok(String::from_utf8_lossy(bytes));
        }
        decode(bytes)
            .map(Cow::Owned)
            .ok_or_else(|| refused(at, "a string is not well-formed, or holds half of a surrogate pair"))
    }

    fn handle(&mut self, at: usize) -> Result<Handle> {
        let handle = u32::from_be_bytes(self.primitive()?) as usize;
        let index = handle.checked_sub(FIRST_HANDLE);
        index
            .and_then(|index| self.handles.get(index))
            .cloned()
            .ok_or_else(|| refused(at, "a reference to something that does not stand before it"))
    }

    fn u8(&mut self) -> Result<u8> {
        self.primitive().map(|[byte]| byte)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let taken = self.stream[self.position..].get(..length);
        let taken = taken.ok_or_else(|| refused(self.position, "the stream ends too early"))?;
        self.position += length;
        Ok(taken)
    }
}

/// Modified UTF-8 (JVM specification §4.4.7): U+0000 has two bytes, and what UTF-16 writes as a pair
/// has twice three. `None` if that is not what stands there.
fn decode(bytes: &[u8]) -> Option<String> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let low = |byte: u8| (byte & 0xC0 == 0x80).then(|| u16::from(byte & 0x3F));
    loop {
        let (unit, after) = match rest {
            [] => break,
            [one @ 0x01..=0x7F, after @ ..] => (u16::from(*one), after),
            [one @ 0xC0..=0xDF, two, after @ ..] => {
                let unit = u16::from(one & 0x1F) << 6 | low(*two)?;
                (Some(unit).filter(|unit| *unit == 0 || *unit >= 0x80)?, after)
            }
            [one @ 0xE0..=0xEF, two, three, after @ ..] => {
                let unit = u16::from(one & 0x0F) << 12 | low(*two)? << 6 | low(*three)?;
                (Some(unit).filter(|unit| *unit >= 0x800)?, after)
            }
            _ => return None,
        };
        units.push(unit);
        rest = after;
    }
    // At most as long, so it does not grow, which would leave a copy behind.
    let mut text = String::with_capacity(bytes.len());
    let whole =
        char::decode_utf16(units.iter().copied()).all(|unit| unit.map(|unit| text.push(unit)).is_ok());
    units.zeroize();
    if !whole {
        text.zeroize();
        return None;
    }
    Some(text)
}

/// What a tag announces.
fn kind(tag: u8) -> &'static str {
    match tag {
        TC_NULL => "null",
        TC_REFERENCE => "a reference",
        TC_CLASSDESC | TC_PROXYCLASSDESC => "a class",
        TC_OBJECT => "an object",
        TC_STRING | TC_LONGSTRING => "a string",
        TC_ARRAY => "an array",
        0x76 => "a class object",
        0x77 | 0x7A => "block data",
        TC_ENDBLOCKDATA => "the end of block data",
        0x79 => "a reset",
        0x7B => "an exception",
        0x7E => "an enum constant",
        _ => "a byte that announces nothing",
    }
}
