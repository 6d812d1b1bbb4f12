//! Sealing and opening in the portable form.

use std::ffi::c_char;
use std::sync::Arc;

use bulla_core::envelope::{Opener, PortableContext, Sealer};
use bulla_core::keys::{Jwk, OpeningKey, Recipient};
use bulla_kms::now;

use crate::boundary::{Bytes, add, call_for_bytes, input, text, utf8};
use crate::error::{Failure, Problem};
use crate::handle::Handles;
use crate::keyring::{KEYRINGS, KeyringHandle};
use crate::master::{Given, MasterKeyCallbacks};

static SEALERS: Handles<Sealer> = Handles::new("sealer", 4);
static OPENERS: Handles<Arc<Opener>> = Handles::new("opener", 5);

/// Those for whom portable envelopes are sealed. Any number of threads may seal with it at once.
pub type SealerHandle = u64;

/// Keys that open portable envelopes. Any number of threads may open with it at once.
pub type OpenerHandle = u64;

const WHAT: &str = "the key";

/// Reads the keys of those for whom one seals: whoever has one of them can open.
///
/// `keys`: a JWK, a JWK Set or a key in PEM, `len` bytes. RSA is sealed for by `RSA-OAEP-256`, P-256
/// and X25519 by `ECDH-ES+A256KW`, a symmetric key by `A256KW`, or by `A256GCMKW` where its `alg`
/// says so. Of key pairs the public one is enough. `content_type`: what the plaintexts will be, a
/// media type in printable ASCII, which the envelopes tell; or NULL. `out` receives the handle, 0 on
/// an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_sealer_parse(
    keys: *const u8,
    len: usize,
    content_type: *const c_char,
    out: *mut SealerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&SEALERS, out, error, || {
            let recipients = recipients(input("keys", keys, len)?)?;
            sealer(recipients, text("content_type", content_type)?)
        })
    }
}

/// Seals for whoever may use a keyring's master key, and for the `portable.recipients` of its
/// configuration. The keyring may be freed before the sealer.
///
/// `content_type`: as of `bulla_sealer_parse`. `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_sealer_of_keyring(
    keyring: KeyringHandle,
    content_type: *const c_char,
    out: *mut SealerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&SEALERS, out, error, || {
            let recipients = KEYRINGS.get(keyring)?.exchange().recipients();
            typed(Sealer::of_shared(recipients)?, text("content_type", content_type)?)
        })
    }
}

/// Seals for whoever may use a master key that lives elsewhere, and for those of `keys`.
///
/// `keys`: as of `bulla_sealer_parse`, or NULL with length 0. `content_type`: as there. `out` receives
/// the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_sealer_of_master_key(
    master: *const MasterKeyCallbacks,
    keys: *const u8,
    len: usize,
    content_type: *const c_char,
    out: *mut SealerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        let master = Given::new(master);
        add(&SEALERS, out, error, || {
            let mut all = vec![Recipient::master(master.master_key()?)];
            if len > 0 {
                all.extend(recipients(input("keys", keys, len)?)?);
            }
            sealer(all, text("content_type", content_type)?)
        })
    }
}

/// Forgets a sealer. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_sealer_free(sealer: SealerHandle) {
    SEALERS.remove(sealer);
}

/// Seals bytes for a sealer's recipients and a context.
///
/// `context`: a JSON object, `context_len` bytes of it, at most 64 KiB: what the envelope is bound
/// to and tells in the clear; `{}` binds it to nothing. `plaintext`: any bytes. `out` receives the
/// envelope, a JWE in JSON serialization, flattened for one recipient and general for several:
/// ASCII, a third longer than plaintext and context, and some 400 bytes for each recipient.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_sealer_seal(
    sealer: SealerHandle,
    context: *const u8,
    context_len: usize,
    plaintext: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let sealer = SEALERS.get(sealer)?;
            let context = PortableContext::parse(input("context", context, context_len)?)?;
            Ok(sealer.seal(&context, input("plaintext", plaintext, len)?, now())?.into_bytes())
        })
    }
}

/// Reads keys that open portable envelopes, each by its one algorithm.
///
/// `keys`: private or symmetric, as a JWK, a JWK Set or in PEM, `len` bytes; the algorithms are those
/// of `bulla_sealer_parse`. `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_opener_parse(
    keys: *const u8,
    len: usize,
    out: *mut OpenerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&OPENERS, out, error, || Ok(Arc::new(Opener::new(opening_keys(input("keys", keys, len)?)?))))
    }
}

/// Opens what was sealed for a keyring's master keys, or for one of the `portable.keys` of its
/// configuration. The keyring may be freed before the opener.
///
/// `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_opener_of_keyring(
    keyring: KeyringHandle,
    out: *mut OpenerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { add(&OPENERS, out, error, || Ok(Arc::clone(KEYRINGS.get(keyring)?.exchange().opener()))) }
}

/// Opens what was sealed for a master key that lives elsewhere, or for one of `keys`.
///
/// `keys`: as of `bulla_opener_parse`, or NULL with length 0. `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_opener_of_master_key(
    master: *const MasterKeyCallbacks,
    keys: *const u8,
    len: usize,
    out: *mut OpenerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        let master = Given::new(master);
        add(&OPENERS, out, error, || {
            let mut all = vec![OpeningKey::master(master.master_key()?)];
            if len > 0 {
                all.extend(opening_keys(input("keys", keys, len)?)?);
            }
            Ok(Arc::new(Opener::new(all)))
        })
    }
}

/// Forgets an opener's keys. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_opener_free(opener: OpenerHandle) {
    OPENERS.remove(opener);
}

/// Opens a portable envelope that was sealed for just this context; one of another context is
/// refused with `BULLA_CONTEXT_MISMATCH`, a changed one with `BULLA_AUTHENTICATION_FAILED`, one for
/// other keys with `BULLA_UNKNOWN_KEY`.
///
/// `context`: a JSON object, `context_len` bytes of it, in any layout. `envelope`: a JWE in JSON
/// serialization, `len` bytes. `out` receives the plaintext.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_opener_open(
    opener: OpenerHandle,
    context: *const u8,
    context_len: usize,
    envelope: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let opener = OPENERS.get(opener)?;
            let context = PortableContext::parse(input("context", context, context_len)?)?;
            Ok(opener.open(&context, utf8("envelope", input("envelope", envelope, len)?)?)?)
        })
    }
}

fn sealer(recipients: Vec<Recipient>, content_type: Option<&str>) -> Result<Sealer, Problem> {
    typed(Sealer::new(recipients)?, content_type)
}

fn typed(sealer: Sealer, content_type: Option<&str>) -> Result<Sealer, Problem> {
    Ok(match content_type {
        Some(content_type) => sealer.content_type(content_type)?,
        None => sealer,
    })
}

fn recipients(keys: &[u8]) -> Result<Vec<Recipient>, Problem> {
    Ok(Jwk::parse_any(keys, WHAT)?.iter().map(|key| key.recipient(WHAT)).collect::<Result<_, _>>()?)
}

fn opening_keys(keys: &[u8]) -> Result<Vec<OpeningKey>, Problem> {
    Ok(Jwk::parse_any(keys, WHAT)?.iter().map(|key| key.opening_key(WHAT)).collect::<Result<_, _>>()?)
}
