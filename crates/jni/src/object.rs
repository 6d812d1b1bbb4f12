//! Natives of `dev.bulla.ObjectOpenerNative`.

use bulla_core::keys::Jwk;
use bulla_core::packed;
use bulla_core::serialized::{self, Layer, ObjectOpener};
use zeroize::Zeroizing;

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;
use crate::handle::Handle;
use crate::portable::keys;

const WHAT: &str = "the key";

/// Makes an opener: how many texts hold keys that open, these, and texts with signers' keys.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ObjectOpenerNative_make(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> Handle<ObjectOpener> {
    cross(env, |env| {
        let packed = env.secret_bytes(&packed)?;
        let mut reader = packed::Reader::new(&packed);
        let mut opening = Vec::new();
        for _ in 0..reader.i32()? {
            for key in Jwk::parse_any(reader.text()?.as_bytes(), WHAT)? {
                opening.push(key.object_key(WHAT)?);
            }
        }
        let mut signers = Vec::new();
        for key in keys(&mut reader)? {
            signers.push(key.object_signer(WHAT)?);
        }
        Ok(Handle::new(ObjectOpener::new(opening, signers)))
    })
}

/// Forgets an opener's keys.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ObjectOpenerNative_free(
    env: EnvPointer,
    _class: Class,
    opener: Handle<ObjectOpener>,
) {
    cross(env, |_| {
        opener.free();
        Ok(())
    });
}

/// Opens an object, a stream or its base64.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ObjectOpenerNative_open(
    env: EnvPointer,
    _class: Class,
    opener: Handle<ObjectOpener>,
    object: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        // RSA takes long, so the array is not held where it stands.
        let object = env.bytes(&object)?;
        let found = opener.get().open(&serialized::decode(&object)?)?;
        let content = found.content();
        // As long as all of it, so that it need not grow, which would leave a copy behind.
        let mut packed = packed::Writer::with_capacity(content.bytes().len() + 1024 * found.layers().len());
        packed.string(Some(content.kind().class())).string(Some(content.kind().media_type()));
        packed.bytes(Some(content.bytes())).u8(found.is_authenticated().into());
        for layer in found.layers() {
            let (kid, algorithm, signature, authenticated) = match layer {
                Layer::Signed { kid, algorithm } => (kid, algorithm, true, true),
                Layer::Sealed { kid, algorithm, authenticated } => (kid, algorithm, false, *authenticated),
            };
            packed.string(Some(kid)).string(Some(algorithm)).u8(signature.into()).u8(authenticated.into());
        }
        let packed = Zeroizing::new(packed.finish());
        env.new_bytes(&packed)
    })
}
