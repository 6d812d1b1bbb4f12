//! A master key that the embedding program implements, with any key service.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use bulla_core::crypto::Secret;
use bulla_core::keys::{MasterKey, MasterKeyDescription};
use bulla_core::{Error, Result};

use crate::boundary::{required_text, text};
use crate::callback::{Answer, Function, Release, User};
use crate::error::Problem;

/// A master key that lives elsewhere, in a key service for example: it wraps the 32 bytes of a key,
/// and unwraps what it made.
///
/// The struct is read during the call that it is given to; `user` is kept, and given back to `release`
/// when the last object that needs it is gone, or at once if the call fails. For the callbacks see
/// `bulla_answer`.
#[derive(Debug)]
#[repr(C)]
pub struct MasterKeyCallbacks {
    /// The key's id, by which envelopes and registry rows name it: UTF-8, 1 to 255 bytes.
    kid: *const c_char,
    /// What stands as `alg` in portable envelopes: NULL for a wrapping that only this key's owner
    /// understands (`"dev.bulla.master"`); `"A256KW"` or `"RSA-OAEP-256"` if `wrap` gives just what
    /// RFC 7518 says of them, so that other implementations can unwrap it with the same key.
    algorithm: *const c_char,
    /// What the callbacks are called with.
    user: *mut c_void,
    /// Wraps `key`, 32 secret bytes. At most 4096 bytes fit in the answer. A keyring has it unwrapped
    /// at once: what it could not unwrap later would be lost.
    wrap: Option<
        unsafe extern "C" fn(user: *mut c_void, key: *const u8, len: usize, answer: *mut Answer) -> i32,
    >,
    /// Unwraps what `wrap` made: the answer is the 32 bytes. Returns `BULLA_AUTHENTICATION_FAILED` if
    /// it did not make it; any other error is reported as `BULLA_KEY_UNAVAILABLE`.
    unwrap: Option<
        unsafe extern "C" fn(user: *mut c_void, wrapped: *const u8, len: usize, answer: *mut Answer) -> i32,
    >,
    /// Called once with `user` when nothing needs it any more, by whatever thread; or NULL.
    release: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

/// A master key behind callbacks.
struct External {
    description: MasterKeyDescription,
    wrap: Function,
    unwrap: Function,
    user: User,
}

/// What was given of a master key; its data are released whatever becomes of it.
pub(crate) struct Given {
    callbacks: *const MasterKeyCallbacks,
    user: User,
}

impl Given {
    /// # Safety
    ///
    /// `callbacks` is NULL or points to callbacks that do what the header demands.
    pub(crate) unsafe fn new(callbacks: *const MasterKeyCallbacks) -> Self {
        const NOTHING: (*mut c_void, Option<Release>) = (std::ptr::null_mut(), None);
        // SAFETY: as promised by the caller.
        unsafe {
            let (data, release) = callbacks.as_ref().map_or(NOTHING, |given| (given.user, given.release));
            Self { callbacks, user: User::new(data, release) }
        }
    }

    /// The master key.
    ///
    /// # Safety
    ///
    /// The callbacks are still there.
    pub(crate) unsafe fn master_key(self) -> Result<Arc<dyn MasterKey>, Problem> {
        // SAFETY: as promised by the caller.
        let given = unsafe { self.callbacks.as_ref() };
        let given = given.ok_or_else(|| Problem::argument("master", "is NULL"))?;
        // SAFETY: as promised by the caller.
        let (kid, algorithm) =
            unsafe { (required_text("master.kid", given.kid)?, text("master.algorithm", given.algorithm)?) };
        let description = MasterKeyDescription::new(kid, algorithm)?;
        let needed =
            |function: Option<Function>, what| function.ok_or_else(|| Problem::argument(what, "is NULL"));
        Ok(Arc::new(External {
            description,
            wrap: needed(given.wrap, "master.wrap")?,
            unwrap: needed(given.unwrap, "master.unwrap")?,
            user: self.user,
        }))
    }
}

impl MasterKey for External {
    fn kid(&self) -> &str {
        self.description.kid()
    }

    fn algorithm(&self) -> &'static str {
        self.description.algorithm()
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        // SAFETY: the caller promised it when it gave the callbacks.
        let wrapped = unsafe { self.user.ask(self.wrap, key.expose(), MasterKeyDescription::LONGEST) };
        self.description.wrapped(&wrapped.map_err(|refusal| refusal.into_unavailable(self.kid()))?)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret> {
        // SAFETY: as in `wrap`.
        let key = unsafe { self.user.ask(self.unwrap, wrapped, bulla_core::crypto::KEY_LEN) };
        let key = key.map_err(|refusal| {
            if refusal.is_of_authentication() {
                return Error::AuthenticationFailed {
                    what: "the wrapped key".into(),
                    kid: self.kid().into(),
                };
            }
            refusal.into_unavailable(self.kid())
        })?;
        self.description.unwrapped(&key)
    }
}
