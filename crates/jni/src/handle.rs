//! Objects of Rust that Java holds by a number.

use std::marker::PhantomData;
use std::sync::Arc;

use jni_sys::jlong;

use crate::boundary::Returned;

/// What a `dev.bulla.NativeHandle` holds: a shared `T`.
///
/// Java makes none itself. It passes one only between `new` and `free`, and only to natives of the
/// type it was made for: `NativeHandle` counts the calls inside and frees after the last of them.
#[repr(transparent)]
pub struct Handle<T>(jlong, PhantomData<T>);

impl<T: Send + Sync> Handle<T> {
    /// Hands `object` over to Java.
    #[must_use]
    pub fn new(object: T) -> Self {
        Self(Arc::into_raw(Arc::new(object)).expose_provenance().cast_signed() as jlong, PhantomData)
    }

    /// The object, for the length of the call.
    #[must_use]
    pub fn get(&self) -> &T {
        // SAFETY: the pointer came from `new` and was not freed, as the type says.
        unsafe { &*self.pointer() }
    }

    /// The object, for as long as another object needs it.
    #[must_use]
    pub fn share(&self) -> Arc<T> {
        // SAFETY: as in `get`; the count is raised before a second owner exists.
        unsafe {
            Arc::increment_strong_count(self.pointer());
            Arc::from_raw(self.pointer())
        }
    }

    /// Takes the object back from Java.
    pub fn free(self) {
        // SAFETY: as in `get`; `NativeHandle` frees once.
        drop(unsafe { Arc::from_raw(self.pointer()) });
    }

    #[expect(clippy::cast_possible_truncation, reason = "it was a pointer of this platform")]
    fn pointer(&self) -> *const T {
        std::ptr::with_exposed_provenance((self.0 as isize).cast_unsigned())
    }
}

impl<T> Returned for Handle<T> {
    fn nothing() -> Self {
        Self(0, PhantomData)
    }
}
