//! Natives of `dev.bulla.SignerNative`, `dev.bulla.VerifierNative` and `dev.bulla.InspectionNative`.

use std::sync::Arc;

use bulla_core::crypto::RsaPadding;
use bulla_core::keys::{Jwk, StatementSigner, VerifyingKey};
use bulla_core::statement::{Attachment, Form, Serialization, UnverifiedStatement, sign, sign_batch};
use bulla_core::{Error, Result, inspect, packed};
use jni_sys::jint;

use crate::boundary::{Class, Crossing, Env, EnvPointer, Object, cross};
use crate::bytes::{ByteArray, text};
use crate::handle::Handle;
use crate::portable::keys;

/// What signs, wherever its key is.
type Signer = Arc<dyn StatementSigner>;

const WHAT: &str = "the key";

/// Flags of a form, as `dev.bulla.Form` sets them.
const FLATTENED: jint = 1;
const DETACHED: jint = 2;
const DETACHED_RAW: jint = 4;
pub(crate) const CANONICAL: jint = 8;

/// Reads a signer: how an RSA key signs or null, and the text with its private key.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_parse(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> Handle<Signer> {
    cross(env, |env| {
        let packed = env.secret_bytes(&packed)?;
        let signer = one_key(&mut packed::Reader::new(&packed))?.signing_key(WHAT)?;
        Ok(Handle::new(Arc::new(signer) as Signer))
    })
}

/// The signer that a Java object is: its algorithm, and the text with its public key.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_of(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
    object: Object,
) -> Handle<Signer> {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        let mut reader = packed::Reader::new(&packed);
        let algorithm = reader.clone().text()?;
        // Only RSA keys leave a choice.
        let key = if matches!(algorithm, "PS256" | "RS256") {
            one_key(&mut reader)?
        } else {
            reader.string()?;
            only(keys(&mut reader)?)?
        };
        let verifying = key.verifying_key(WHAT)?;
        if verifying.algorithm().name() != algorithm {
            let problem = format!("is {algorithm:?}, and its key is for {:?}", verifying.algorithm().name());
            return Err(Error::InvalidArgument { what: "the signer's algorithm", problem }.into());
        }
        Ok(Handle::new(Arc::new(env.signer(&object, verifying)?) as Signer))
    })
}

/// Forgets a signer's key.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_free(
    env: EnvPointer,
    _class: Class,
    signer: Handle<Signer>,
) {
    cross(env, |_| {
        signer.free();
        Ok(())
    });
}

/// A key of a text with one: its id, its public document or null, and the algorithm by which it
/// signs or null. The text follows how an RSA key signs, or null.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_describe(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let packed = env.secret_bytes(&packed)?;
        let key = one_key(&mut packed::Reader::new(&packed))?;
        let mut told = packed::Writer::new();
        told.string(Some(key.thumbprint().as_str())).string(key.to_public().as_deref());
        told.string(key.verifying_key(WHAT).ok().map(|key| key.algorithm().name()));
        env.new_bytes(&told.finish())
    })
}

/// The bare signature of a message.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_signature(
    env: EnvPointer,
    _class: Class,
    signer: Handle<Signer>,
    message: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        // Copied: a signer may be Java code.
        let message = env.secret_bytes(&message)?;
        let signature = signer.get().sign(&message)?;
        env.new_bytes(&signature)
    })
}

/// Signs a document in a form: its flags, and the content type, or nothing for null.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_sign(
    env: EnvPointer,
    _class: Class,
    signer: Handle<Signer>,
    document: ByteArray,
    flags: jint,
    content_type: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let content_type = env.text(&content_type)?;
        let document = env.secret_bytes(&document)?;
        let content_type = (!content_type.is_empty()).then_some(content_type.as_str());
        let statement = sign(&**signer.get(), &document, form(flags, content_type))?;
        env.new_bytes(statement.as_bytes())
    })
}

/// Signs documents at once: their bytes, each with its length. Returns a statement of each.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SignerNative_signBatch(
    env: EnvPointer,
    _class: Class,
    signer: Handle<Signer>,
    packed: ByteArray,
    flags: jint,
) -> ByteArray {
    cross(env, |env| {
        let statements =
            batch(env, &packed, |documents| sign_batch(&**signer.get(), documents, flags & CANONICAL != 0))?;
        env.new_bytes(&statements)
    })
}

/// The statements, packed, that `sign` makes of packed documents.
pub(crate) fn batch(
    env: &mut Env,
    packed: &ByteArray,
    sign: impl FnOnce(&[&[u8]]) -> Result<Vec<String>>,
) -> Crossing<Vec<u8>> {
    let packed = env.secret_bytes(packed)?;
    let mut reader = packed::Reader::new(&packed);
    let mut documents = Vec::new();
    while !reader.is_empty() {
        documents.push(reader.bytes()?.unwrap_or_default());
    }
    let mut statements = packed::Writer::new();
    for statement in sign(&documents)? {
        statements.string(Some(&statement));
    }
    Ok(statements.finish())
}

/// Reads verifying keys: how RSA keys verify or null, and texts with keys.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VerifierNative_parse(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> Handle<Vec<VerifyingKey>> {
    cross(env, |env| {
        let packed = env.secret_bytes(&packed)?;
        let mut reader = packed::Reader::new(&packed);
        let padding = rsa_padding(&mut reader)?;
        let keys = keys(&mut reader)?.into_iter().map(|key| key.padded_by(padding).verifying_key(WHAT));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        if keys.is_empty() {
            return Err(Error::InvalidArgument { what: "keys", problem: "are none".into() }.into());
        }
        Ok(Handle::new(keys))
    })
}

/// Forgets verifying keys.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VerifierNative_free(
    env: EnvPointer,
    _class: Class,
    keys: Handle<Vec<VerifyingKey>>,
) {
    cross(env, |_| {
        keys.free();
        Ok(())
    });
}

/// The document in a statement.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VerifierNative_verify(
    env: EnvPointer,
    _class: Class,
    keys: Handle<Vec<VerifyingKey>>,
    statement: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let statement = env.text(&statement)?;
        let document = UnverifiedStatement::parse(&statement)?.verify(keys.get())?;
        env.new_bytes_of(document)
    })
}

/// Fails unless a statement is of the document that lies beside it.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VerifierNative_verifyDocument(
    env: EnvPointer,
    _class: Class,
    keys: Handle<Vec<VerifyingKey>>,
    statement: ByteArray,
    document: ByteArray,
) {
    cross(env, |env| {
        let statement = env.text(&statement)?;
        let document = env.secret_bytes(&document)?;
        Ok(UnverifiedStatement::parse(&statement)?.verify_document(keys.get(), &document)?)
    });
}

/// What an envelope or a statement says in the clear, canonical JSON.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_InspectionNative_inspect(
    env: EnvPointer,
    _class: Class,
    what: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let said = env.with_bytes(&what, |what| Ok(inspect::inspect(text(what)?)?))?;
        env.new_bytes(&said)
    })
}

fn form(flags: jint, content_type: Option<&str>) -> Form<'_> {
    let is = |flag| flags & flag != 0;
    Form {
        serialization: if is(FLATTENED) { Serialization::Flattened } else { Serialization::Compact },
        attachment: if is(DETACHED_RAW) {
            Attachment::DetachedRaw
        } else if is(DETACHED) {
            Attachment::Detached
        } else {
            Attachment::Attached
        },
        canonical: is(CANONICAL),
        content_type,
    }
}

/// How an RSA key signs, and the one key of the text behind that.
fn one_key(reader: &mut packed::Reader<'_>) -> Result<Jwk> {
    let padding = rsa_padding(reader)?;
    only(keys(reader)?).map(|key| key.padded_by(padding))
}

fn only(mut keys: Vec<Jwk>) -> Result<Jwk> {
    match (keys.pop(), keys.len()) {
        (Some(key), 0) => Ok(key),
        (None, _) => Err(Error::InvalidArgument { what: "the key", problem: "is missing".into() }),
        (Some(_), others) => {
            let problem = format!("is one of {}: give just the one that signs", others + 1);
            Err(Error::InvalidArgument { what: "the key", problem })
        }
    }
}

fn rsa_padding(reader: &mut packed::Reader<'_>) -> Result<RsaPadding> {
    match reader.string()? {
        None | Some("PS256") => Ok(RsaPadding::Pss),
        Some("RS256") => Ok(RsaPadding::Pkcs1),
        Some(other) => {
            let problem = format!("is {other:?}, not PS256 or RS256");
            Err(Error::InvalidArgument { what: "the algorithm of RSA keys", problem })
        }
    }
}
