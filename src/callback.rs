//! Functions of the embedding program that the library calls.

use std::ffi::{CStr, c_char, c_void};

use bulla_core::{Error, ErrorKind};
use zeroize::{Zeroize, Zeroizing};

use crate::error::number;

/// The longest message of a callback, with the NUL at its end.
const MESSAGE: usize = 256;

/// Where a callback writes what it made, or why it could not.
///
/// What callbacks have in common: they return `BULLA_OK` or another kind of error, and may be called
/// by any thread that calls the library, by several at once. They may call the library, but not with
/// a handle on whose behalf they were called (that is refused with `BULLA_INVALID_ARGUMENT`), and
/// must not wait for a thread that does. Neither an exception of C++ nor a `longjmp` may leave them.
#[derive(Debug)]
#[repr(C)]
pub struct Answer {
    /// Where to write; the pointer itself stays as it is.
    data: *mut u8,
    /// How many bytes fit there.
    room: usize,
    /// How many were written; 0 when the callback is called.
    len: usize,
    /// On an error: what happened, UTF-8 that ends with a NUL, never a secret. Empty when the
    /// callback is called.
    message: [c_char; 256],
}

/// A function of the embedding program that makes bytes from bytes.
pub(crate) type Function = unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut Answer) -> i32;
/// What the embedding program does when its data are no longer needed.
pub(crate) type Release = unsafe extern "C" fn(*mut c_void);

/// The data that the embedding program's functions are called with; released when dropped.
pub(crate) struct User {
    data: *mut c_void,
    release: Option<Release>,
}

// SAFETY: the header demands of callbacks that any thread may call them.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl Drop for User {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the caller gave the function for just this.
            unsafe { release(self.data) };
        }
    }
}

/// Why a callback gave nothing.
pub(crate) struct Refusal {
    kind: i32,
    message: String,
}

impl User {
    /// # Safety
    ///
    /// `release`, if there is one, may be called once with `data`.
    pub(crate) unsafe fn new(data: *mut c_void, release: Option<Release>) -> Self {
        Self { data, release }
    }

    /// What `function` makes of `input`, at most `room` bytes.
    ///
    /// # Safety
    ///
    /// `function` does what the header demands of callbacks.
    pub(crate) unsafe fn ask(
        &self,
        function: Function,
        input: &[u8],
        room: usize,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let mut written = Zeroizing::new(vec![0; room]);
        let data = written.as_mut_ptr();
        let mut answer = Answer { data, room, len: 0, message: [0; MESSAGE] };
        // SAFETY: as promised by the caller; all pointers last as long as the call.
        let kind = unsafe { function(self.data, input.as_ptr(), input.len(), &raw mut answer) };
        if kind != 0 {
            return Err(Refusal { kind, message: said(&mut answer.message) });
        }
        let nonsense = |message| Err(Refusal { kind: number(ErrorKind::KeyUnavailable), message });
        // What it wrote is elsewhere, and a key of zeros would be taken for it.
        if answer.data != data {
            return nonsense("its callback changed answer.data instead of writing there".into());
        }
        if answer.len > room {
            return nonsense(format!(
                "its callback says that it wrote {} bytes where {room} fit",
                answer.len
            ));
        }
        // The bytes behind the new end would not be overwritten when it is dropped.
        written[answer.len..].zeroize();
        written.truncate(answer.len);
        Ok(written)
    }
}

impl Refusal {
    /// Whether the callback says that the key did not make what it was given.
    pub(crate) fn is_of_authentication(&self) -> bool {
        self.kind == number(ErrorKind::AuthenticationFailed)
    }

    /// As an error of the key `kid`.
    pub(crate) fn into_unavailable(self, kid: &str) -> Error {
        let Self { kind, message } = self;
        let problem = if message.is_empty() { format!("its callback returned {kind}") } else { message };
        Error::KeyUnavailable { kid: kid.into(), problem }
    }
}

fn said(message: &mut [c_char; MESSAGE]) -> String {
    message[MESSAGE - 1] = 0;
    // SAFETY: there is a NUL at the end at the latest.
    unsafe { CStr::from_ptr(message.as_ptr()) }.to_string_lossy().into_owned()
}
