//! Natives of `dev.bulla.JsonNative`.

use bulla_core::json::{Limits, canonicalize};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;

/// The canonical form of a document.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_JsonNative_canonicalize(
    env: EnvPointer,
    _class: Class,
    document: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        // Copied: it takes too long to hold back the garbage collector.
        let document = env.secret_bytes(&document)?;
        env.new_bytes_of(canonicalize(&document, Limits::default())?)
    })
}
