//! The border without a JVM: a table of functions in which only those exist that throwing needs.

use std::cell::RefCell;
use std::mem::MaybeUninit;

use jni_sys::{JNIInvokeInterface_, JNINativeInterface_, jchar};

use super::*;

thread_local! {
    /// Number and message of what was thrown on this thread.
    static THROWN: RefCell<Option<(i32, String)>> = const { RefCell::new(None) };
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Any pointer that is not null: references mean nothing to these functions.
fn reference() -> jobject {
    std::ptr::dangling_mut::<u8>().cast()
}

extern "system" fn find_class(_: *mut JNIEnv, _: *const std::ffi::c_char) -> jclass {
    reference()
}

extern "system" fn method(
    _: *mut JNIEnv,
    _: jclass,
    _: *const std::ffi::c_char,
    _: *const std::ffi::c_char,
) -> jmethodID {
    reference().cast()
}

extern "system" fn same(_: *mut JNIEnv, object: jobject) -> jobject {
    object
}

unsafe extern "system" fn new_string(_: *mut JNIEnv, units: *const jchar, length: jsize) -> jstring {
    // SAFETY: the caller promises `length` units.
    let units = unsafe { std::slice::from_raw_parts(units, usize::try_from(length).unwrap()) };
    MESSAGE.set(String::from_utf16(units).unwrap());
    reference()
}

unsafe extern "system" fn new_object(
    _: *mut JNIEnv,
    _: jclass,
    _: jmethodID,
    arguments: *const jvalue,
) -> jobject {
    // SAFETY: the constructor's first argument is an int.
    let number = unsafe { (*arguments).i };
    THROWN.set(Some((number, MESSAGE.take())));
    reference()
}

extern "system" fn throw(_: *mut JNIEnv, _: jthrowable) -> jint {
    JNI_OK
}

/// Runs `body` at the border of a thread of its own; what it returned and what was thrown.
fn crossed(body: impl FnOnce(&mut Env) -> Crossing<jint> + Send) -> (jint, Option<(i32, String)>) {
    let mut functions = Box::new(MaybeUninit::<JNINativeInterface_>::zeroed());
    let table = functions.as_mut_ptr();
    // SAFETY: each field is written in place; those left zeroed are never read.
    unsafe {
        (&raw mut (*table).v1_2.FindClass).write(find_class);
        (&raw mut (*table).v1_2.GetMethodID).write(method);
        (&raw mut (*table).v1_2.GetStaticMethodID).write(method);
        (&raw mut (*table).v1_2.NewWeakGlobalRef).write(same);
        (&raw mut (*table).v1_2.NewLocalRef).write(same);
        (&raw mut (*table).v1_2.NewString).write(new_string);
        (&raw mut (*table).v1_2.NewObjectA).write(new_object);
        (&raw mut (*table).v1_2.Throw).write(throw);
    }
    let mut env: JNIEnv = table;
    load(&mut env);
    let returned = cross(EnvPointer(&raw mut env), body);
    (returned, THROWN.take())
}

/// Loads the library unless another test has.
fn load(env: &mut JNIEnv) {
    thread_local!(static ENV: RefCell<*mut c_void> = const { RefCell::new(null_mut()) });
    extern "system" fn get_env(_: *mut JavaVM, out: *mut *mut c_void, _: jint) -> jint {
        // SAFETY: `out` is the caller's variable.
        unsafe { out.write(ENV.take()) };
        JNI_OK
    }
    ENV.set(std::ptr::from_mut(env).cast());
    let mut functions = Box::new(MaybeUninit::<JNIInvokeInterface_>::zeroed());
    let table = functions.as_mut_ptr();
    // SAFETY: as above; the loader calls nothing but GetEnv.
    unsafe {
        (&raw mut (*table).v1_2.GetEnv).write(get_env);
        let mut vm: JavaVM = table;
        JNI_OnLoad(&raw mut vm, null_mut());
    }
}

#[test]
fn what_is_returned_crosses_as_it_is() {
    assert_eq!(crossed(|_| Ok(7)), (7, None));
}

#[test]
fn an_error_is_thrown_with_its_number_and_message() {
    let (returned, thrown) = crossed(|_| Err(Error::UnknownKey { kid: "größe".into() }.into()));
    assert_eq!(returned, 0);
    // The last string made is the key's id, beside the message.
    assert_eq!(thrown, Some((301, "größe".into())));
}

#[test]
fn a_panic_is_thrown_as_a_defect_and_goes_no_further() {
    let (returned, thrown) = crossed(|_| panic!("a defect"));
    assert_eq!(returned, 0);
    assert_eq!(thrown, Some((699, "a native failed though it cannot; please report this".into())));
}
