//! The border between C and Rust: how input comes in, output goes out, and panics stay inside.

use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bulla_core::Error;
use zeroize::Zeroize;

use crate::error::{Failure, Problem, number};
use crate::handle::Handles;

/// Bytes that the library made and the caller frees. All zero before they are first used.
///
/// Behind the last byte is a NUL that `len` does not count, so that a text can be used as one.
#[derive(Debug)]
#[repr(C)]
pub struct Bytes {
    /// The bytes; NULL when there are none, or after an error.
    data: *mut u8,
    /// How many.
    len: usize,
}

impl Bytes {
    pub(crate) const EMPTY: Self = Self { data: std::ptr::null_mut(), len: 0 };

    pub(crate) fn new(mut bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        if bytes.capacity() == len {
            // Growing would leave a copy behind.
            let mut grown = Vec::with_capacity(len + 1);
            grown.extend_from_slice(&bytes);
            wipe(bytes);
            bytes = grown;
        }
        bytes.push(0);
        Self { data: Box::into_raw(exact(bytes)).cast(), len }
    }
}

/// A box of just these bytes; what the vector had room for beyond them is given up.
fn exact(bytes: Vec<u8>) -> Box<[u8]> {
    if bytes.capacity() == bytes.len() {
        return bytes.into_boxed_slice();
    }
    let exact = bytes.as_slice().into();
    wipe(bytes);
    exact
}

/// Overwrites all that the vector has room for: as a slice, because a vector is zeroized byte by byte.
fn wipe(mut bytes: Vec<u8>) {
    bytes.resize(bytes.capacity(), 0);
    bytes.as_mut_slice().zeroize();
}

/// Overwrites and frees bytes, and makes them all zero. NULL is fine, and so is doing it twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_bytes_free(bytes: *mut Bytes) {
    // SAFETY: as promised by the caller; data that is not NULL came from a box of `len` and a NUL.
    unsafe {
        if let Some(bytes) = bytes.as_mut() {
            let Bytes { data, len } = std::mem::replace(bytes, Bytes::EMPTY);
            if !data.is_null() {
                let mut all = Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, len + 1));
                all.zeroize();
            }
        }
    }
}

/// The library's version, such as `"0.1.0"`. It is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}

/// Runs `body`, the whole of a function, and says how it ended.
///
/// # Safety
///
/// `error` is NULL or points to memory for an error.
pub(crate) unsafe fn call(error: *mut Failure, body: impl FnOnce() -> Result<(), Problem>) -> i32 {
    let ended = catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::Internal { what: "a function" }.into()));
    let kind = ended.as_ref().map_or_else(|problem| number(problem.kind), |()| 0);
    if !error.is_null() {
        // SAFETY: as promised by the caller.
        unsafe { error.write(ended.map_or_else(|problem| Failure::new(&problem), |()| Failure::NONE)) };
    }
    kind
}

/// Writes what `make` makes to `out`; `nothing` on an error.
///
/// # Safety
///
/// `out` is NULL or points to memory for a `T`.
pub(crate) unsafe fn result<T>(
    out: *mut T,
    nothing: T,
    make: impl FnOnce() -> Result<T, Problem>,
) -> Result<(), Problem> {
    if out.is_null() {
        return Err(Problem::argument("out", "is NULL"));
    }
    // SAFETY: as promised by the caller.
    unsafe {
        out.write(nothing);
        out.write(make()?);
    }
    Ok(())
}

/// Runs `body`, the whole of a function that makes bytes.
///
/// # Safety
///
/// `out` and `error` are NULL or point to memory for bytes and for an error.
pub(crate) unsafe fn call_for_bytes(
    out: *mut Bytes,
    error: *mut Failure,
    body: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call(error, || result(out, Bytes::EMPTY, || body().map(Bytes::new))) }
}

/// Fills the `count` places of `out` with what `make` makes; with nothing on an error.
///
/// # Safety
///
/// `out` is NULL or points to memory for `count` of bytes.
pub(crate) unsafe fn write_all(
    out: *mut Bytes,
    count: usize,
    make: impl FnOnce() -> Result<Vec<Vec<u8>>, Problem>,
) -> Result<(), Problem> {
    if out.is_null() && count > 0 {
        return Err(Problem::argument("out", "is NULL"));
    }
    // SAFETY: as promised by the caller.
    let place = |index| unsafe { out.add(index) };
    for index in 0..count {
        // SAFETY: as above.
        unsafe { place(index).write(Bytes::EMPTY) };
    }
    for (index, bytes) in make()?.into_iter().enumerate().take(count) {
        // SAFETY: as above.
        unsafe { place(index).write(Bytes::new(bytes)) };
    }
    Ok(())
}

/// Runs `open`, the whole of a function that gives a handle.
///
/// # Safety
///
/// `out` and `error` are NULL or point to memory for a handle and for an error.
pub(crate) unsafe fn add<T>(
    handles: &Handles<T>,
    out: *mut u64,
    error: *mut Failure,
    open: impl FnOnce() -> Result<T, Problem>,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call(error, || result(out, 0, || Ok(handles.add(open()?)))) }
}

/// Borrows input.
///
/// # Safety
///
/// `data` is NULL or points to `len` bytes that nobody changes as long as `'a` lasts.
pub(crate) unsafe fn input<'a>(what: &'static str, data: *const u8, len: usize) -> Result<&'a [u8], Problem> {
    if data.is_null() {
        return if len == 0 {
            Ok(&[])
        } else {
            Err(Problem::argument(what, format!("is NULL, but its length is {len}")))
        };
    }
    if isize::try_from(len).is_err() {
        return Err(Problem::argument(what, format!("cannot be {len} bytes long")));
    }
    // SAFETY: as promised by the caller; the length is one that a slice can have.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// Borrows `count` inputs.
///
/// # Safety
///
/// `data` and `lens` are NULL or point to `count` pointers and lengths, each as of [`input`].
pub(crate) unsafe fn inputs<'a>(
    what: &'static str,
    data: *const *const u8,
    lens: *const usize,
    count: usize,
) -> Result<Vec<&'a [u8]>, Problem> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if data.is_null() || lens.is_null() {
        return Err(Problem::argument(what, format!("or their lengths are NULL, but there are {count}")));
    }
    // SAFETY: as promised by the caller.
    (0..count).map(|index| unsafe { input(what, *data.add(index), *lens.add(index)) }).collect()
}

/// Borrows a text that ends with a NUL; NULL is `None`.
///
/// # Safety
///
/// `text` is NULL or points to a NUL-terminated text that nobody changes as long as `'a` lasts.
pub(crate) unsafe fn text<'a>(what: &'static str, text: *const c_char) -> Result<Option<&'a str>, Problem> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: as promised by the caller.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map(Some).map_err(|e| {
        let position = e.valid_up_to();
        Problem::argument(what, format!("is not UTF-8 at byte {position}"))
    })
}

/// As [`text`], but NULL is refused.
///
/// # Safety
///
/// As of [`text`].
pub(crate) unsafe fn required_text<'a>(what: &'static str, value: *const c_char) -> Result<&'a str, Problem> {
    // SAFETY: as promised by the caller.
    unsafe { text(what, value) }?.ok_or_else(|| Problem::argument(what, "is NULL"))
}

/// Takes bytes as text.
pub(crate) fn utf8<'a>(what: &'static str, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    std::str::from_utf8(bytes)
        .map_err(|e| Problem::argument(what, format!("is not UTF-8 at byte {}", e.valid_up_to())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::bulla_error_free;

    #[test]
    fn a_panic_ends_at_the_border() {
        let (mut out, mut error) = (Bytes::EMPTY, Failure::NONE);
        // SAFETY: both are there.
        unsafe {
            let kind =
                call_for_bytes(&raw mut out, &raw mut error, || std::panic::resume_unwind(Box::new("")));
            assert_eq!(kind, 699);
            assert!(out.data.is_null() && out.len == 0);
            assert!(error.says("a function failed though it cannot; please report this"));
            bulla_error_free(&raw mut error);
            assert_eq!(call(std::ptr::null_mut(), || std::panic::resume_unwind(Box::new(""))), 699);
        }
    }

    #[test]
    fn bytes_end_with_a_nul_that_is_not_counted() {
        for text in [Vec::new(), b"abc".to_vec(), Vec::with_capacity(9)] {
            let mut bytes = Bytes::new(text.clone());
            // SAFETY: there is one byte more than `len` says.
            unsafe {
                assert_eq!(std::slice::from_raw_parts(bytes.data, bytes.len + 1), [&text[..], &[0]].concat());
                bulla_bytes_free(&raw mut bytes);
                bulla_bytes_free(&raw mut bytes);
            }
            assert!(bytes.data.is_null() && bytes.len == 0);
        }
    }
}
