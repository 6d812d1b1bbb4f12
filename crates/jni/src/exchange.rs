//! Natives of `dev.bulla.ExchangeNative`.
//!
//! Documents are copied, for a key that lives elsewhere may have to be asked, which
//! must not hold the garbage collector back.

use bulla_core::envelope::PortableContext;
use bulla_core::statement::{Attachment, Form, Serialization};
use bulla_core::{Error, Result, packed};
use bulla_kms::Node;
use bulla_kms::exchange::Content;
use jni_sys::{jint, jlong};
use zeroize::{Zeroize, Zeroizing};

use crate::boundary::{Class, Crossing, Env, EnvPointer, cross};
use crate::bytes::{ByteArray, text};
use crate::handle::Handle;
use crate::{portable, statement};

/// Seals a portable envelope: context, content type or nothing, plaintext.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_seal(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    context: ByteArray,
    content_type: ByteArray,
    plaintext: ByteArray,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let content_type = env.text(&content_type)?;
        let content_type = (!content_type.is_empty()).then_some(content_type.as_str());
        let sealer = node.get().exchange.sealer(content_type)?;
        portable::seal(env, &sealer, &context, &plaintext, now)
    })
}

/// Opens a portable envelope: context, envelope. Returns the plaintext.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_openBytes(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    context: ByteArray,
    envelope: ByteArray,
) -> ByteArray {
    cross(env, |env| portable::open(env, node.get().exchange.opener(), &context, &envelope))
}

/// Opens a portable envelope: context, envelope. Returns content type and plaintext.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_open(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    packed: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        let mut reader = packed::Reader::new(&packed);
        let context = PortableContext::parse(reader.text()?.as_bytes())?;
        let opened = node.get().exchange.open(&context, text(reader.rest())?)?;
        returned(env, opened)
    })
}

/// Signs a document: serialization, attachment, whether canonical, content type, document.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_sign(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    packed: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let packed = Zeroizing::new(env.bytes(&packed)?);
        let mut reader = packed::Reader::new(&packed);
        let form = form(&mut reader)?;
        let statement = node.get().exchange.sign(reader.rest(), form)?;
        env.new_bytes(statement.as_bytes())
    })
}

/// Signs documents at once: their bytes, each with its length. Returns a statement of each.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_signBatch(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    packed: ByteArray,
    flags: jint,
) -> ByteArray {
    cross(env, |env| {
        let canonical = flags & statement::CANONICAL != 0;
        let statements =
            statement::batch(env, &packed, |documents| node.get().exchange.sign_batch(documents, canonical))?;
        env.new_bytes(&statements)
    })
}

/// Verifies a statement that has its document in it. Returns content type and document.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_verify(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    statement: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let statement = env.text(&statement)?;
        let content = node.get().exchange.verify(&statement)?;
        returned(env, content)
    })
}

/// Verifies a statement whose document lies beside it: statement, document.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ExchangeNative_verifyDocument(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    packed: ByteArray,
) {
    cross(env, |env| {
        let packed = Zeroizing::new(env.bytes(&packed)?);
        let mut reader = packed::Reader::new(&packed);
        Ok(node.get().exchange.verify_document(reader.text()?, reader.rest())?)
    });
}

fn form<'a>(reader: &mut packed::Reader<'a>) -> Result<Form<'a>> {
    let unknown = |what| Err(Error::Internal { what });
    Ok(Form {
        serialization: match reader.text()? {
            "COMPACT" => Serialization::Compact,
            "FLATTENED" => Serialization::Flattened,
            _ => return unknown("naming a serialization"),
        },
        attachment: match reader.text()? {
            "ATTACHED" => Attachment::Attached,
            "DETACHED" => Attachment::Detached,
            "DETACHED_RAW" => Attachment::DetachedRaw,
            _ => return unknown("naming an attachment"),
        },
        canonical: reader.u8()? != 0,
        content_type: reader.string()?,
    })
}

fn returned(env: &mut Env, mut content: Content) -> Crossing<ByteArray> {
    let type_ = content.content_type.as_deref();
    // Once, so that no copy is left behind.
    let length = 4 + type_.map_or(0, str::len) + 4 + content.bytes.len();
    let mut packed = packed::Writer::with_capacity(length);
    packed.string(type_).bytes(Some(&content.bytes));
    content.bytes.as_mut_slice().zeroize();
    env.new_bytes_of(packed.finish())
}
