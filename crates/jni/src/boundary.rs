//! The border between the JVM and Rust: no panic and no error crosses it but as a
//! `dev.bulla.BullaException`.

use std::cell::Cell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::OnceLock;

use bulla_core::{Error, ErrorKind};
use jni_sys::{
    JNI_ERR, JNI_OK, JNI_VERSION_1_8, JNIEnv, JavaVM, jboolean, jclass, jint, jlong, jmethodID, jobject,
    jsize, jstring, jthrowable, jvalue, jweak,
};

use crate::{fork, upcall};

/// The JVM's view of the current thread, as a native receives it.
///
/// Only the JVM makes one: it is a native's first parameter and lives as long as the call.
#[repr(transparent)]
pub struct EnvPointer(*mut JNIEnv);

/// A Java object, as a native receives it: a local reference of this call, or null.
#[repr(transparent)]
pub struct Object(pub(crate) jobject);

impl Object {
    pub(crate) fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

/// The class of a static native, as a native receives it.
#[repr(transparent)]
pub struct Class(#[allow(dead_code, reason = "the JVM passes it; statics need it not")] jclass);

/// What a native may ask of the JVM while it runs.
pub struct Env {
    pub(crate) raw: *mut JNIEnv,
}

/// Why a native ends early.
pub enum Failure {
    /// An error of the library, to be thrown.
    Library(Error),
    /// The JVM has already thrown, for instance for want of memory.
    Thrown,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

/// The result of a native's body.
pub type Crossing<T> = Result<T, Failure>;

/// What a native can return, with the value that stands for "an exception was thrown".
pub trait Returned {
    /// The value that the JVM ignores because an exception is pending.
    fn nothing() -> Self;
}

macro_rules! returned {
    ($($type:ty => $nothing:expr,)*) => {
        $(impl Returned for $type {
            fn nothing() -> Self {
                $nothing
            }
        })*
    };
}

returned! {
    () => (),
    jboolean => false,
    jint => 0,
    jlong => 0,
}

/// Runs `body`, the whole of a native. An error or a panic becomes a `BullaException`.
#[expect(clippy::needless_pass_by_value, reason = "a native's pointer is used up by its one crossing")]
pub fn cross<T: Returned>(env: EnvPointer, body: impl FnOnce(&mut Env) -> Crossing<T>) -> T {
    let mut env = Env { raw: env.0 };
    // Java that was called from a native may call natives.
    let outer = CAUGHT.replace(null_mut());
    let result = catch_unwind(AssertUnwindSafe(|| body(&mut env)));
    let caught = CAUGHT.replace(outer);
    match result {
        Ok(Ok(value)) => value,
        Ok(Err(Failure::Library(error))) => {
            if error.kind() == ErrorKind::KeyUnavailable && !caught.is_null() {
                env.rethrow(caught);
            } else {
                env.throw(&error);
            }
            T::nothing()
        }
        Ok(Err(Failure::Thrown)) => T::nothing(),
        Err(_) => {
            env.throw(&Error::Internal { what: "a native" });
            T::nothing()
        }
    }
}

thread_local! {
    /// What Java threw that the native on this thread has called, a local reference; else null. The
    /// error that it became on its way through the library says less.
    static CAUGHT: Cell<jthrowable> = const { Cell::new(null_mut()) };
}

/// Remembers what Java threw, for the native that goes on without it.
pub(crate) fn remember(thrown: jthrowable) {
    CAUGHT.set(thrown);
}

/// Calls a function of the JNI 1.2 table.
macro_rules! jni {
    ($env:expr, $function:ident $(, $argument:expr)*) => {
        ((**$env.raw).v1_2.$function)($env.raw $(, $argument)*)
    };
}
pub(crate) use jni;

/// The constructor of `BullaException`, looked up when the library is loaded.
struct Exceptions {
    /// Weak, so that the class loader that loaded this library can still be collected.
    class: jweak,
    constructor: jmethodID,
}

// SAFETY: weak global references and method ids may be used from every thread (JNI specification,
// chapter 2, "Global and Local References").
unsafe impl Send for Exceptions {}
// SAFETY: as above; neither is ever changed after it was set.
unsafe impl Sync for Exceptions {}

static EXCEPTIONS: OnceLock<Exceptions> = OnceLock::new();

impl Env {
    /// Throws `error` as a `BullaException`.
    fn throw(&mut self, error: &Error) {
        let Some(exceptions) = EXCEPTIONS.get() else { return };
        // SAFETY: `raw` is this thread's environment; the class is checked for null because a weak
        // reference may have been cleared, and the constructor takes the three arguments given.
        unsafe {
            let class = jni!(self, NewLocalRef, exceptions.class);
            if class.is_null() {
                return;
            }
            let message = self.string(&error.to_string());
            let key = key_of(error).map_or(null_mut(), |kid| self.string(kid));
            let arguments =
                [jvalue { i: jint::from(error.kind().number()) }, jvalue { l: message }, jvalue { l: key }];
            let exception: jthrowable =
                jni!(self, NewObjectA, class, exceptions.constructor, arguments.as_ptr());
            if !exception.is_null() {
                jni!(self, Throw, exception);
            }
        }
    }

    /// Throws what Java threw before.
    fn rethrow(&mut self, thrown: jthrowable) {
        // SAFETY: `raw` is this thread's environment, and the reference is of this native's frame.
        unsafe { jni!(self, Throw, thrown) };
    }

    /// A Java string, or null with an `OutOfMemoryError` pending.
    fn string(&mut self, text: &str) -> jstring {
        let units: Vec<u16> = text.encode_utf16().collect();
        let length = jsize::try_from(units.len()).unwrap_or(0);
        // SAFETY: `raw` is this thread's environment and `length` units can be read.
        unsafe { jni!(self, NewString, units.as_ptr(), length) }
    }
}

/// The id of the key that `error` is about, which the caller may be able to fetch.
fn key_of(error: &Error) -> Option<&str> {
    match error {
        Error::UnknownKey { kid }
        | Error::KeyUnavailable { kid, .. }
        | Error::WrongPurpose { kid, .. }
        | Error::BadRegistryRow { kid, .. }
        | Error::UntrustedKey { kid }
        | Error::KeyMismatch { kid, .. }
        | Error::AuthenticationFailed { kid, .. }
        | Error::BadSignature { kid, .. } => Some(kid),
        _ => None,
    }
}

/// Looks up what errors need, once, with the class loader that loads this library.
///
/// # Safety
/// Only the JVM calls this, with its own pointer.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn JNI_OnLoad(vm: *mut JavaVM, _reserved: *mut c_void) -> jint {
    // SAFETY: `vm` is the JVM's own pointer, and `env` is this thread's for the length of the call.
    unsafe {
        let mut env: *mut c_void = null_mut();
        if ((**vm).v1_2.GetEnv)(vm, &raw mut env, JNI_VERSION_1_8) != JNI_OK {
            return JNI_ERR;
        }
        let env = Env { raw: env.cast() };
        let class: jobject = jni!(env, FindClass, c"dev/bulla/BullaException".as_ptr());
        if class.is_null() {
            return JNI_ERR;
        }
        let constructor = jni!(
            env,
            GetMethodID,
            class,
            c"<init>".as_ptr(),
            c"(ILjava/lang/String;Ljava/lang/String;)V".as_ptr()
        );
        if constructor.is_null() {
            return JNI_ERR;
        }
        let weak = jni!(env, NewWeakGlobalRef, class);
        if weak.is_null() || EXCEPTIONS.set(Exceptions { class: weak, constructor }).is_err() {
            return JNI_ERR;
        }
        if !upcall::prepare(vm, &env) {
            return JNI_ERR;
        }
    }
    fork::watch();
    JNI_VERSION_1_8
}

#[cfg(test)]
mod tests;
