//! Natives of `dev.bulla.KeysNative`.

use std::path::Path;

use bulla_core::packed;
use bulla_kms::installation;

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;

/// Makes the keys of a node, from two strings: directory and log. Returns the names of the files.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_KeysNative_generate(
    env: EnvPointer,
    _class: Class,
    place: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let place = env.bytes(&place)?;
        let mut reader = packed::Reader::new(&place);
        installation::generate(Path::new(reader.text()?), reader.text()?, None)?;
        let mut names = packed::Writer::new();
        for name in installation::FILES {
            names.string(Some(name));
        }
        env.new_bytes(&names.finish())
    })
}
