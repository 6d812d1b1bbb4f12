//! A signing key that the embedding program implements, with any key service.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use bulla_core::Result;
use bulla_core::keys::{SignatureAlgorithm, StatementSigner, VerifyingKey};

use crate::boundary::{add, input, text};
use crate::callback::{Answer, Function, Release, User};
use crate::error::{Failure, Problem};
use crate::statement::{SIGNERS, SignerHandle, only_key};

/// How long a signature may be: that of an RSA key of 8192 bits.
const ROOM: usize = 1024;

/// A signing key that lives elsewhere, in a key service for example. Its id in statements is its
/// public key's thumbprint (RFC 7638).
///
/// The struct is read during the call that it is given to; `user` is kept, and given back to `release`
/// when the signer is gone, or at once if the call fails. For the callbacks see `bulla_answer`.
#[derive(Debug)]
#[repr(C)]
pub struct SigningKeyCallbacks {
    /// The public key, as a JWK, a JWK Set or in PEM (SPKI).
    public_key: *const u8,
    /// How many bytes.
    public_key_len: usize,
    /// How it signs, if it is an RSA key: as of `bulla_signer_parse`.
    rsa_algorithm: *const c_char,
    /// What the callbacks are called with.
    user: *mut c_void,
    /// Signs `message` (not its digest) as RFC 7518, section 3, and RFC 8037 lay it out: 64 bytes by
    /// `EdDSA`; by `ES256` the 64 bytes r and s, not DER; by `PS256` and `RS256` as many as the
    /// modulus has. Whatever error it returns is reported as `BULLA_KEY_UNAVAILABLE`.
    sign: Option<
        unsafe extern "C" fn(user: *mut c_void, message: *const u8, len: usize, answer: *mut Answer) -> i32,
    >,
    /// Called once with `user` when nothing needs it any more, by whatever thread; or NULL.
    release: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

/// A signing key behind callbacks.
struct External {
    verifying: VerifyingKey,
    kid: String,
    sign: Function,
    user: User,
}

/// A signer whose key lives elsewhere. What it signs is verified before it is given on: a wrong
/// signature is refused with `BULLA_BAD_SIGNATURE`.
///
/// `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_signer_of_signing_key(
    key: *const SigningKeyCallbacks,
    out: *mut SignerHandle,
    error: *mut Failure,
) -> i32 {
    const NOTHING: (*mut c_void, Option<Release>) = (std::ptr::null_mut(), None);
    // SAFETY: as promised by the caller.
    unsafe {
        let (data, release) = key.as_ref().map_or(NOTHING, |given| (given.user, given.release));
        let user = User::new(data, release);
        add(&SIGNERS, out, error, || {
            let given = key.as_ref().ok_or_else(|| Problem::argument("key", "is NULL"))?;
            let public = input("key.public_key", given.public_key, given.public_key_len)?;
            let public = only_key(public, text("key.rsa_algorithm", given.rsa_algorithm)?)?;
            let verifying = public.verifying_key("the public key")?;
            let sign = given.sign.ok_or_else(|| Problem::argument("key.sign", "is NULL"))?;
            Ok(Arc::new(External { kid: verifying.kid().to_string(), verifying, sign, user }) as Arc<_>)
        })
    }
}

impl StatementSigner for External {
    fn kid(&self) -> &str {
        &self.kid
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.verifying.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        // SAFETY: the caller promised it when it gave the callbacks.
        let signature = unsafe { self.user.ask(self.sign, message, ROOM) };
        let mut signature = signature.map_err(|refusal| refusal.into_unavailable(&self.kid))?;
        self.verifying.verify("what the callback sign gave", message, &signature)?;
        Ok(std::mem::take(&mut *signature))
    }
}
