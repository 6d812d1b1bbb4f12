//! What was kept before: objects of `java.security.SignedObject` and `javax.crypto.SealedObject`,
//! as Java serialisation writes them.
//!
//! An [`ObjectOpener`] takes off one layer after the other, verifying signatures and decrypting,
//! and hands out what is inside. No class of the stream is ever instantiated: its bytes are
//! compared with what the two classes are known to write, and anything else is refused. What is
//! inside is handed out as text or bytes where it is a string, an array of bytes or a boxed
//! primitive, and else as the serialised bytes that it is.
//!
//! Only a signature, or AES-GCM, says who made an object. What RSA, AES-CBC or AES-ECB encrypted
//! opens all the same, but proves nothing about who wrote it: [`OpenedObject::is_authenticated`]
//! tells, and the caller must ask.
//!
//! An object that does not open gives one error, whatever was wrong with it. Still, whoever may
//! have any number of objects of his making opened, and sees which of them do, can decrypt others
//! so, as with any program that decrypts these forms; and how long a wrong padding takes is not the
//! same on every backend. Open what lies in storage; do not offer the opening as a service.

mod content;
mod key;
mod opener;
mod sealed_object;
mod signed_object;
mod stream;

use std::borrow::Cow;

pub use content::{Content, ContentKind};
pub use key::ObjectKey;
pub use opener::{Layer, ObjectOpener, OpenedObject};
pub use sealed_object::SealedObject;
pub use signed_object::SignedObject;

use crate::{Error, Result};
use stream::{Class, Reader, Start};

/// What an object says of itself. Nothing of it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SerializedObject<'a> {
    /// A `java.security.SignedObject`.
    Signed(SignedObject<'a>),
    /// A `javax.crypto.SealedObject`.
    Sealed(SealedObject<'a>),
}

impl<'a> SerializedObject<'a> {
    /// Reads the whole of a serialisation stream (not base64), which must hold one of the two.
    ///
    /// Fails with [`Error::RefusedObject`], which names the position, if it is anything else.
    pub fn parse(stream: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(stream)?;
        match reader.start()? {
            Start::Object(classes) => Self::read(&mut reader, &classes, true)?.ok_or_else(|| {
                let name: String = classes[0].name.chars().take(200).collect();
                refused(4, format!("an object of class {name:?}, which is not opened here"))
            }),
            Start::Text(_) | Start::Bytes(_) => Err(refused(4, "neither a SignedObject nor a SealedObject")),
        }
    }

    /// The object within another one, if it is one of the two.
    fn within(stream: &'a [u8]) -> Result<Option<Self>> {
        let mut reader = Reader::new(stream)?;
        match reader.start() {
            Ok(Start::Object(classes)) => Self::read(&mut reader, &classes, false),
            _ => Ok(None),
        }
    }

    /// Reads what follows the descriptors of `classes`. A name is told only where it is not content.
    fn read(reader: &mut Reader<'a>, classes: &[Class<'a>], tell: bool) -> Result<Option<Self>> {
        let object = match &*classes[0].name {
            signed_object::CLASS => Self::Signed(SignedObject::read(reader, classes)?),
            sealed_object::CLASS => Self::Sealed(SealedObject::read(reader, classes)?),
            name => {
                if classes.iter().any(|class| class.name == sealed_object::CLASS) {
                    let name = if tell { name.chars().take(200).collect() } else { String::new() };
                    let problem =
                        format!("{name:?} is a subclass of {}, and none is read", sealed_object::CLASS);
                    return Err(refused(4, problem));
                }
                return Ok(None);
            }
        };
        reader.end()?;
        Ok(Some(object))
    }
}

/// Fails unless `classes` are just the one of this version and these fields, in any order.
fn must_be(classes: &[Class<'_>], version: i64, fields: &[(&str, &str)]) -> Result<()> {
    let class = &classes[0];
    let known = class.version == version
        && class.flags == stream::SERIALIZABLE
        && classes.len() == 1
        && class.fields.len() == fields.len()
        && fields.iter().all(|(type_, name)| {
            class.fields.iter().any(|field| field.type_ == *type_ && field.name == *name)
        });
    if known {
        return Ok(());
    }
    Err(refused(4, format!("its class {} is described otherwise than Java does", class.name)))
}

/// The bytes of a serialisation stream that is there as base64 (RFC 4648 §4, with or without
/// padding, in lines or not), or as it is.
///
/// Fails with [`Error::RefusedObject`] if it begins as base64 does and is none.
pub fn decode(input: &[u8]) -> Result<Cow<'_, [u8]>> {
    // AC ED 00 05 in base64, as far as the last byte alone decides.
    if !input.trim_ascii_start().starts_with(b"rO0AB") {
        return Ok(Cow::Borrowed(input));
    }
    let mut text: Vec<u8> = input.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let padded = padding > 0 && text.len().is_multiple_of(4) && padding <= 2;
    if padded {
        text.truncate(text.len() - padding);
    }
    let bytes = base64_turbo::STANDARD_NO_PAD.decode(text);
    bytes.map(Cow::Owned).map_err(|_| refused(0, "it begins as base64 does and is cut or none"))
}

fn refused(position: usize, problem: impl std::fmt::Display) -> Error {
    Error::RefusedObject { problem: format!("byte {position}: {problem}") }
}
