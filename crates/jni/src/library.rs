//! Natives of `dev.bulla.LibraryNative`: what the loader and the tests ask of the library itself.

use bulla_core::{ErrorKind, packed};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;

/// The library's version, ASCII.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LibraryNative_version(env: EnvPointer, _class: Class) -> ByteArray {
    cross(env, |env| env.new_bytes(env!("CARGO_PKG_VERSION").as_bytes()))
}

/// All kinds of errors: a count, then number and name of each.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LibraryNative_kinds(env: EnvPointer, _class: Class) -> ByteArray {
    cross(env, |env| {
        let mut list = packed::Writer::new();
        list.i32(i32::try_from(ErrorKind::ALL.len()).unwrap_or(0));
        for kind in ErrorKind::ALL {
            list.i32(i32::from(kind.number())).string(Some(kind.name()));
        }
        env.new_bytes(&list.finish())
    })
}
