//! Signing and verifying documents.

use std::ffi::c_char;

use bulla_core::keys::{Jwk, Signer, VerifyingKey};
use bulla_core::statement::{Attachment, Form, Serialization, UnverifiedStatement, sign};

use crate::boundary::{Bytes, add, call, call_for_bytes, input, text, utf8};
use crate::error::{Failure, Problem};
use crate::handle::Handles;

static SIGNERS: Handles<Signer> = Handles::new("signer", 2);
static VERIFIERS: Handles<Vec<VerifyingKey>> = Handles::new("verifier", 3);

/// A key that signs statements. A number; 0 is none.
pub type SignerHandle = u64;

/// Keys whose statements are believed. A number; 0 is none.
pub type VerifierHandle = u64;

/// Form of a statement: JSON (RFC 7515, section 7.2.2) instead of three parts with dots between.
pub const BULLA_FLATTENED: u32 = 1;
/// Form of a statement: the document stays beside it (RFC 7515, appendix F).
pub const BULLA_DETACHED: u32 = 2;
/// Form of a statement: the document stays beside it and is signed as it is (RFC 7797).
pub const BULLA_DETACHED_RAW: u32 = 4;
/// Form of a statement: the document is JSON, and its canonical form (RFC 8785) is signed.
pub const BULLA_CANONICAL: u32 = 8;

const WHAT: &str = "the key";

/// Reads a private key.
///
/// `key`: a JWK (`"kty":"OKP","crv":"Ed25519"`), `len` bytes. `out` receives the handle, 0 on an
/// error.
///
/// # Safety
///
/// `key` is NULL or points to `len` bytes; `out` and `error` are NULL or point to a handle and an
/// error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_signer_parse(
    key: *const u8,
    len: usize,
    out: *mut SignerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { add(&SIGNERS, out, error, || Ok(Jwk::parse(input("key", key, len)?, WHAT)?.signer(WHAT)?)) }
}

/// Forgets a signer's key. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_signer_free(signer: SignerHandle) {
    SIGNERS.remove(signer);
}

/// Reads the keys whose statements are to be believed.
///
/// `keys`: a JWK Set of Ed25519 keys, `len` bytes; of private keys only the public part counts.
/// `out` receives the handle, 0 on an error.
///
/// # Safety
///
/// `keys` is NULL or points to `len` bytes; `out` and `error` are NULL or point to a handle and an
/// error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_verifier_parse(
    keys: *const u8,
    len: usize,
    out: *mut VerifierHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&VERIFIERS, out, error, || {
            let keys = Jwk::parse_set(input("keys", keys, len)?, WHAT)?;
            let keys = keys.iter().map(|key| key.verifier(WHAT).map(VerifyingKey::from));
            Ok(keys.collect::<Result<_, _>>()?)
        })
    }
}

/// Forgets a verifier's keys. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_verifier_free(verifier: VerifierHandle) {
    VERIFIERS.remove(verifier);
}

/// Signs a document.
///
/// `form`: 0, or what is wanted of `BULLA_FLATTENED`, `BULLA_CANONICAL` and one of `BULLA_DETACHED`
/// and `BULLA_DETACHED_RAW`, added. `content_type`: the document's media type, or NULL. `out`
/// receives the statement, a JWS.
///
/// # Safety
///
/// `document` is NULL or points to `len` bytes, `content_type` is NULL or a text; `out` and `error`
/// are NULL or point to such structs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_sign(
    signer: SignerHandle,
    document: *const u8,
    len: usize,
    form: u32,
    content_type: *const c_char,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let signer = SIGNERS.get(signer)?;
            let form = Form { content_type: text("content_type", content_type)?, ..read_form(form)? };
            Ok(sign(&*signer, input("document", document, len)?, form)?.into_bytes())
        })
    }
}

/// Verifies a statement that has its document in it; one that nobody of the verifier's keys signed
/// is refused with `BULLA_BAD_SIGNATURE` or `BULLA_UNKNOWN_KEY`.
///
/// `statement`: in either form, `len` bytes. `out` receives the document.
///
/// # Safety
///
/// `statement` is NULL or points to `len` bytes; `out` and `error` are NULL or point to such structs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_verify(
    verifier: VerifierHandle,
    statement: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let keys = VERIFIERS.get(verifier)?;
            let statement = utf8("statement", input("statement", statement, len)?)?;
            Ok(UnverifiedStatement::parse(statement)?.verify(&keys)?)
        })
    }
}

/// Verifies a statement whose document lies beside it, as `bulla_verify` does.
///
/// `statement`: in either form, `len` bytes. `document`: `document_len` bytes; where the statement
/// says that the canonical form was signed, the document may be laid out otherwise.
///
/// # Safety
///
/// `statement` is NULL or points to `len` bytes, `document` is NULL or points to `document_len`
/// bytes; `error` is NULL or points to an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_verify_document(
    verifier: VerifierHandle,
    statement: *const u8,
    len: usize,
    document: *const u8,
    document_len: usize,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            let keys = VERIFIERS.get(verifier)?;
            let statement = utf8("statement", input("statement", statement, len)?)?;
            let document = input("document", document, document_len)?;
            Ok(UnverifiedStatement::parse(statement)?.verify_document(&keys, document)?)
        })
    }
}

fn read_form(form: u32) -> Result<Form<'static>, Problem> {
    let known = BULLA_FLATTENED | BULLA_DETACHED | BULLA_DETACHED_RAW | BULLA_CANONICAL;
    let attachment = match form & (BULLA_DETACHED | BULLA_DETACHED_RAW) {
        0 => Attachment::Attached,
        BULLA_DETACHED => Attachment::Detached,
        BULLA_DETACHED_RAW => Attachment::DetachedRaw,
        _ => return Err(Problem::argument("form", "is detached in two ways")),
    };
    if form & !known != 0 {
        return Err(Problem::argument("form", format!("has bits of no meaning: {:#x}", form & !known)));
    }
    let serialization =
        if form & BULLA_FLATTENED == 0 { Serialization::Compact } else { Serialization::Flattened };
    Ok(Form { serialization, attachment, canonical: form & BULLA_CANONICAL != 0, content_type: None })
}
