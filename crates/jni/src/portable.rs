//! Natives of `dev.bulla.SealerNative` and `dev.bulla.OpenerNative`.

use std::cell::RefCell;
use std::sync::Arc;

use bulla_core::envelope::{Opener, PortableContext, Sealer, SealingTurn};
use bulla_core::keys::{Jwk, MasterKey, MasterKeyDescription, OpeningKey, Recipient};
use bulla_core::{Error, Result, packed};
use jni_sys::jlong;

use crate::boundary::{Class, Crossing, Env, EnvPointer, Object, cross};
use crate::bytes::{ByteArray, text};
use crate::handle::Handle;

const WHAT: &str = "the key";

/// Makes a sealer: content type or null, messages for a content key, the master key's id and
/// algorithm or two nulls, and texts with recipients' keys; with the master key or null.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SealerNative_make(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
    master: Object,
) -> Handle<Sealer> {
    cross(env, |env| {
        let packed = env.secret_bytes(&packed)?;
        let mut reader = packed::Reader::new(&packed);
        let (content_type, messages) = (reader.string()?, reader.i64()?);
        let mut recipients = Vec::new();
        if let Some(master) = master_key(env, &mut reader, &master)? {
            recipients.push(Recipient::master(master));
        }
        for key in keys(&mut reader)? {
            recipients.push(key.recipient(WHAT)?);
        }
        let mut sealer = Sealer::new(recipients)?.renew_after(messages.cast_unsigned());
        if let Some(content_type) = content_type {
            sealer = sealer.content_type(content_type)?;
        }
        Ok(Handle::new(sealer))
    })
}

/// Forgets a sealer.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SealerNative_free(
    env: EnvPointer,
    _class: Class,
    sealer: Handle<Sealer>,
) {
    cross(env, |_| {
        sealer.free();
        Ok(())
    });
}

/// Seals a plaintext for a context.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_SealerNative_seal(
    env: EnvPointer,
    _class: Class,
    sealer: Handle<Sealer>,
    context: ByteArray,
    plaintext: ByteArray,
    now: jlong,
) -> ByteArray {
    cross(env, |env| seal(env, sealer.get(), &context, &plaintext, now))
}

/// Makes an opener: the master key's id and algorithm or two nulls, and texts with keys; with the
/// master key or null.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_OpenerNative_make(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
    master: Object,
) -> Handle<Opener> {
    cross(env, |env| {
        let packed = env.secret_bytes(&packed)?;
        let mut reader = packed::Reader::new(&packed);
        let mut opening = Vec::new();
        if let Some(master) = master_key(env, &mut reader, &master)? {
            opening.push(OpeningKey::master(master));
        }
        for key in keys(&mut reader)? {
            opening.push(key.opening_key(WHAT)?);
        }
        if opening.is_empty() {
            return Err(Error::InvalidArgument { what: "keys", problem: "are none".into() }.into());
        }
        Ok(Handle::new(Opener::new(opening)))
    })
}

/// Forgets an opener's keys.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_OpenerNative_free(
    env: EnvPointer,
    _class: Class,
    opener: Handle<Opener>,
) {
    cross(env, |_| {
        opener.free();
        Ok(())
    });
}

/// Opens an envelope that must be of a context.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_OpenerNative_open(
    env: EnvPointer,
    _class: Class,
    opener: Handle<Opener>,
    context: ByteArray,
    envelope: ByteArray,
) -> ByteArray {
    cross(env, |env| open(env, opener.get(), &context, &envelope))
}

/// Seals a plaintext for a context.
pub(crate) fn seal(
    env: &mut Env,
    sealer: &Sealer,
    context: &ByteArray,
    plaintext: &ByteArray,
    now: jlong,
) -> Crossing<ByteArray> {
    let context = env.with_bytes(context, |context| Ok(PortableContext::parse(context)?))?;
    let plaintext = env.region(plaintext)?;
    let turn = match sealer.turn_at_hand(plaintext.length(), now) {
        Some(turn) => turn,
        None => turn(sealer, plaintext.length(), now)?,
    };
    let envelope = turn.seal_appended(&context, |room| plaintext.append(room))?;
    env.new_bytes_by(envelope.length(), |room| envelope.write(room))
}

/// Opens an envelope that must be of a context.
pub(crate) fn open(
    env: &mut Env,
    opener: &Opener,
    context: &ByteArray,
    envelope: &ByteArray,
) -> Crossing<ByteArray> {
    let context = env.with_bytes(context, |context| Ok(PortableContext::parse(context)?))?;
    let at_hand = env.with_bytes(envelope, |envelope| Ok(opener.open_at_hand(&context, text(envelope)?)))?;
    let plaintext = match at_hand {
        Some(result) => result?,
        // Its key has to be unwrapped, which may wait.
        None => opener.open(&context, &env.text(envelope)?)?,
    };
    env.new_bytes_of(plaintext)
}

/// The master key that an object is, if it is not null, by its id and algorithm: the next two strings
/// of `reader`.
pub(crate) fn master_key(
    env: &mut Env,
    reader: &mut packed::Reader<'_>,
    object: &Object,
) -> Crossing<Option<Arc<dyn MasterKey>>> {
    let (kid, algorithm) = (reader.string()?, reader.string()?);
    if object.is_null() {
        return Ok(None);
    }
    // Not without it: another key would wrap instead, which who gave this one does not want.
    let told = |text: Option<_>, what| {
        text.ok_or_else(|| Error::InvalidArgument { what, problem: "is null".into() })
    };
    let (kid, algorithm) = (told(kid, "a master key's kid")?, told(algorithm, "a master key's algorithm")?);
    let description = MasterKeyDescription::new(kid, Some(algorithm))?;
    Ok(Some(Arc::new(env.master_key(object, description)?)))
}

/// The keys of all texts that are left.
pub(crate) fn keys(reader: &mut packed::Reader<'_>) -> Result<Vec<Jwk>> {
    let mut keys = Vec::new();
    while !reader.is_empty() {
        keys.extend(Jwk::parse_any(reader.text()?.as_bytes(), WHAT)?);
    }
    Ok(keys)
}

thread_local! {
    /// The sealers on whose behalf this thread has a content key wrapped.
    static WAITING: RefCell<Vec<*const Sealer>> = const { RefCell::new(Vec::new()) };
}

/// The turn to seal, which may ask a master key. That may be Java code, which must not ask the same
/// sealer: it would wait for itself.
fn turn(sealer: &Sealer, length: usize, now: i64) -> Result<SealingTurn> {
    struct Waiting;
    impl Drop for Waiting {
        fn drop(&mut self) {
            WAITING.with_borrow_mut(Vec::pop);
        }
    }
    let this: *const Sealer = sealer;
    if WAITING.with_borrow(|sealers| sealers.contains(&this)) {
        return Err(Error::InvalidArgument {
            what: "the sealer",
            problem: "is asked to seal by its own master key, which it is waiting for".into(),
        });
    }
    WAITING.with_borrow_mut(|sealers| sealers.push(this));
    let _waiting = Waiting;
    sealer.turn(length, now)
}
