//! Java byte arrays, in and out.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use bulla_core::envelope::give_back;
use bulla_core::{Error, Result};
use jni_sys::{JNI_ABORT, jbyteArray, jint, jsize};
use zeroize::Zeroize;

use crate::boundary::{Crossing, Env, Failure, Returned, jni};

/// Up to this length an array is copied to the stack.
const ON_STACK: usize = 2 << 10;
/// From this length on an array is read or written where it stands, which holds back the garbage
/// collector for the microseconds that this takes. Below, a copy costs next to nothing; at 4 KiB a
/// tenth of sealing, at 256 KiB six times as much as sealing. Short arrays are many: if threads are in
/// such sections all the time, others run out of memory (JDK-8192647).
const IN_PLACE: usize = 8 << 10;

thread_local! {
    /// Where short arrays are written before they are Java's. It holds no secrets.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A Java `byte[]`, as a native receives or returns it: a local reference of this call.
#[repr(transparent)]
pub struct ByteArray(jbyteArray);

impl Returned for ByteArray {
    fn nothing() -> Self {
        Self(null_mut())
    }
}

impl Env {
    /// Shows `body` the content of `array`. Copies are wiped afterwards.
    ///
    /// `body` must not block and cannot call the JVM: a long array is read where it stands.
    pub fn with_bytes<T>(
        &mut self,
        array: &ByteArray,
        body: impl FnOnce(&[u8]) -> Crossing<T>,
    ) -> Crossing<T> {
        let length = self.length(array)?;
        if length >= IN_PLACE {
            return self.in_place(array, length, body);
        }
        self.copied(array, length, body)
    }

    /// Shows `body` the content of two arrays, the first of them a short one, as
    /// [`with_bytes`](Self::with_bytes) does.
    pub fn with_both<T>(
        &mut self,
        short: &ByteArray,
        array: &ByteArray,
        body: impl FnOnce(&[u8], &[u8]) -> Crossing<T>,
    ) -> Crossing<T> {
        let length = self.length(short)?;
        let mut again = Self { raw: self.raw };
        // Never read where it stands: nothing may be asked of the JVM while one is.
        self.copied(short, length, |short| again.with_bytes(array, |array| body(short, array)))
    }

    /// Shows `body` a copy of a short array. It is wiped afterwards.
    pub fn with_copy<T>(
        &mut self,
        array: &ByteArray,
        body: impl FnOnce(&[u8]) -> Crossing<T>,
    ) -> Crossing<T> {
        let length = self.length(array)?;
        self.copied(array, length, body)
    }

    /// What `array` holds, not copied yet.
    pub fn region<'a>(&mut self, array: &'a ByteArray) -> Crossing<Region<'a>> {
        Ok(Region { length: self.length(array)?, env: Self { raw: self.raw }, array })
    }

    /// A copy of `array` to keep.
    pub fn bytes(&mut self, array: &ByteArray) -> Crossing<Vec<u8>> {
        let region = self.region(array)?;
        let mut copy = Vec::with_capacity(region.length());
        region.append(&mut copy);
        Ok(copy)
    }

    /// A copy of `array` that is wiped when it is dropped.
    pub fn secret_bytes(&mut self, array: &ByteArray) -> Crossing<SecretBytes> {
        self.bytes(array).map(SecretBytes)
    }

    /// A copy of `array`, which holds UTF-8, as text.
    pub fn text(&mut self, array: &ByteArray) -> Crossing<String> {
        let bytes = self.bytes(array)?;
        String::from_utf8(bytes).map_err(|error| {
            Failure::Library(Error::InvalidUtf8 { position: error.utf8_error().valid_up_to() })
        })
    }

    /// A new Java `byte[]` that holds `bytes`.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Crossing<ByteArray> {
        let length = jsize::try_from(bytes.len()).map_err(|_| too_long(bytes.len()))?;
        // SAFETY: `raw` is this thread's environment; the array has just been made with `length`
        // bytes, and as many can be read from `bytes`.
        unsafe {
            let array = jni!(self, NewByteArray, length);
            if array.is_null() {
                return Err(Failure::Thrown);
            }
            jni!(self, SetByteArrayRegion, array, 0, length, bytes.as_ptr().cast());
            Ok(ByteArray(array))
        }
    }

    /// A new Java `byte[]` of `length` bytes, none of them secret, which `write` writes. It must not
    /// block and cannot call the JVM.
    pub fn new_bytes_by(&mut self, length: usize, write: impl FnOnce(&mut [u8])) -> Crossing<ByteArray> {
        if length >= IN_PLACE {
            return self.written_in_place(length, write);
        }
        ROOM.with_borrow_mut(|room| {
            room.resize(IN_PLACE, 0);
            write(&mut room[..length]);
            self.new_bytes(&room[..length])
        })
    }

    fn written_in_place(&mut self, length: usize, write: impl FnOnce(&mut [u8])) -> Crossing<ByteArray> {
        let size = jsize::try_from(length).map_err(|_| too_long(length))?;
        // SAFETY: `raw` is this thread's environment.
        let array = unsafe { jni!(self, NewByteArray, size) };
        if array.is_null() {
            return Err(Failure::Thrown);
        }
        let section = self.critical(array, WRITTEN)?;
        // SAFETY: the JVM has zeroed `length` bytes at `start`, which stay there until the section
        // ends, and no one else has the array yet.
        write(unsafe { std::slice::from_raw_parts_mut(section.start.cast::<u8>(), length) });
        drop(section);
        Ok(ByteArray(array))
    }

    /// A new Java `byte[]` that holds `secret`, which is wiped.
    pub fn new_bytes_of(&mut self, secret: Vec<u8>) -> Crossing<ByteArray> {
        let array = self.new_bytes(&secret);
        give_back(secret);
        array
    }

    /// How many bytes `array` has.
    pub fn length(&mut self, array: &ByteArray) -> Crossing<usize> {
        if array.0.is_null() {
            return Err(Error::InvalidArgument { what: "a byte array", problem: "is null".into() }.into());
        }
        // SAFETY: `raw` is this thread's environment and the reference is a live `byte[]`, as the
        // native's Java declaration says.
        let length = unsafe { jni!(self, GetArrayLength, array.0) };
        Ok(usize::try_from(length).unwrap_or(0))
    }

    fn copied<T>(
        &mut self,
        array: &ByteArray,
        length: usize,
        body: impl FnOnce(&[u8]) -> Crossing<T>,
    ) -> Crossing<T> {
        if length > ON_STACK {
            let mut copy = self.bytes(array)?;
            let result = body(&copy);
            copy.as_mut_slice().zeroize();
            return result;
        }
        // Not made zero: that takes as long as the copy.
        let mut room = [const { MaybeUninit::uninit() }; ON_STACK];
        let copy = self.copy(array, &mut room[..length]);
        let result = body(copy);
        copy.zeroize();
        result
    }

    /// Fills `room`, which must be as long as `array`.
    fn copy<'a>(&mut self, array: &ByteArray, room: &'a mut [MaybeUninit<u8>]) -> &'a mut [u8] {
        let length = jsize::try_from(room.len()).expect("an array of Java is not longer");
        // SAFETY: `raw` is this thread's environment, and the region is the whole of the live array,
        // so the JVM writes every byte of `room`.
        unsafe {
            let start = room.as_mut_ptr().cast::<u8>();
            jni!(self, GetByteArrayRegion, array.0, 0, length, start.cast());
            std::slice::from_raw_parts_mut(start, room.len())
        }
    }

    /// Begins a section in which `array` is read or written where it stands.
    fn critical(&mut self, array: jbyteArray, mode: jint) -> Crossing<Critical> {
        // SAFETY: `raw` is this thread's environment and the reference is a live array.
        let start = unsafe { jni!(self, GetPrimitiveArrayCritical, array, null_mut()) };
        if start.is_null() {
            return Err(Failure::Thrown);
        }
        Ok(Critical { raw: self.raw, array, start, mode })
    }

    fn in_place<T>(
        &mut self,
        array: &ByteArray,
        length: usize,
        body: impl FnOnce(&[u8]) -> Crossing<T>,
    ) -> Crossing<T> {
        let section = self.critical(array.0, JNI_ABORT)?;
        // SAFETY: `length` bytes stay readable at `start` until the section ends, and nothing writes
        // them but Java code that races with its own call.
        let content = unsafe { std::slice::from_raw_parts(section.start.cast::<u8>(), length) };
        let result = body(content);
        drop(section);
        result
    }
}

/// Bytes that are wiped when dropped, as a slice: a `Vec` is wiped byte by byte.
pub struct SecretBytes(Vec<u8>);

impl std::ops::Deref for SecretBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

/// Bytes that hold UTF-8, as text.
pub fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| Error::InvalidUtf8 { position: error.valid_up_to() })
}

/// The mode of a critical section in which the array was written (JNI specification, chapter 4,
/// `ReleasePrimitiveArrayCritical`).
const WRITTEN: jint = 0;

/// A critical section, ended when dropped, also by a panic.
struct Critical {
    raw: *mut jni_sys::JNIEnv,
    array: jbyteArray,
    start: *mut std::ffi::c_void,
    mode: jint,
}

impl Drop for Critical {
    fn drop(&mut self) {
        // SAFETY: `start` came from GetPrimitiveArrayCritical of the same array on this thread and is
        // given back once.
        unsafe { jni!(self, ReleasePrimitiveArrayCritical, self.array, self.start, self.mode) }
    }
}

/// What a Java `byte[]` holds, to be copied to where it is needed.
pub struct Region<'a> {
    env: Env,
    array: &'a ByteArray,
    length: usize,
}

impl Region<'_> {
    /// How many bytes there are.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Appends a copy.
    pub fn append(mut self, out: &mut Vec<u8>) {
        out.reserve(self.length);
        self.env.copy(self.array, &mut out.spare_capacity_mut()[..self.length]);
        // SAFETY: there is room for as many more, and `copy` has filled it.
        unsafe { out.set_len(out.len() + self.length) };
    }
}

fn too_long(size: usize) -> Error {
    Error::TooLarge { size, limit: jsize::MAX as usize }
}
