//! Signing and verifying documents.

use std::ffi::c_char;
use std::sync::Arc;

use bulla_core::Error;
use bulla_core::crypto::RsaPadding;
use bulla_core::keys::{Jwk, StatementSigner, VerifyingKey};
use bulla_core::statement::{Attachment, Form, Serialization, UnverifiedStatement, sign, sign_batch};

use crate::boundary::{Bytes, add, call, call_for_bytes, input, inputs, text, utf8, write_all};
use crate::error::{Failure, Problem};
use crate::handle::Handles;
use crate::keyring::{KEYRINGS, KeyringHandle};

pub(crate) static SIGNERS: Handles<Arc<dyn StatementSigner>> = Handles::new("signer", 2);
static VERIFIERS: Handles<Arc<[VerifyingKey]>> = Handles::new("verifier", 3);

/// A key that signs statements. Any number of threads may sign with it at once.
pub type SignerHandle = u64;

/// Keys whose statements are believed. Any number of threads may verify with it at once.
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

/// Reads a private key, which signs by one algorithm: Ed25519 by `EdDSA`, P-256 by `ES256`, RSA by
/// `PS256` or `RS256`.
///
/// `key`: one key, as a JWK, a JWK Set or in PEM (PKCS#8), `len` bytes. `rsa_algorithm`: how an RSA
/// key signs that has no `alg`, `"PS256"` or `"RS256"`; NULL stands for `"PS256"`. `out` receives the
/// handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_signer_parse(
    key: *const u8,
    len: usize,
    rsa_algorithm: *const c_char,
    out: *mut SignerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&SIGNERS, out, error, || {
            let key = only_key(input("key", key, len)?, text("rsa_algorithm", rsa_algorithm)?)?;
            Ok(Arc::new(key.signing_key(WHAT)?) as Arc<_>)
        })
    }
}

/// Signs with the key that `statement.signer` names in a keyring's configuration; without one this is
/// `BULLA_INVALID_CONFIG`. The keyring may be freed before the signer.
///
/// `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_signer_of_keyring(
    keyring: KeyringHandle,
    out: *mut SignerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&SIGNERS, out, error, || {
            let signer = Arc::clone(KEYRINGS.get(keyring)?.exchange().signer()?);
            Ok(signer as Arc<dyn StatementSigner>)
        })
    }
}

/// Forgets a signer's key. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_signer_free(signer: SignerHandle) {
    SIGNERS.remove(signer);
}

/// Reads the keys whose statements are to be believed.
///
/// `keys`: a JWK, a JWK Set or a key in PEM (SPKI), `len` bytes; of private keys only the public part
/// counts. Each verifies by one algorithm, as of `bulla_signer_parse`. `rsa_algorithm`: by which an
/// RSA key verifies that has no `alg`, `"PS256"` or `"RS256"`; NULL stands for `"PS256"`. `out`
/// receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_verifier_parse(
    keys: *const u8,
    len: usize,
    rsa_algorithm: *const c_char,
    out: *mut VerifierHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&VERIFIERS, out, error, || {
            let keys = self::keys(input("keys", keys, len)?, text("rsa_algorithm", rsa_algorithm)?)?;
            Ok(keys.iter().map(|key| key.verifying_key(WHAT)).collect::<Result<_, _>>()?)
        })
    }
}

/// Believes the key that `statement.signer` names in a keyring's configuration, and those of
/// `statement.verifiers`; without any this is `BULLA_INVALID_CONFIG`. The keyring may be freed before
/// the verifier.
///
/// `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_verifier_of_keyring(
    keyring: KeyringHandle,
    out: *mut VerifierHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { add(&VERIFIERS, out, error, || Ok(Arc::clone(KEYRINGS.get(keyring)?.exchange().verifiers()?))) }
}

/// Forgets a verifier's keys. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_verifier_free(verifier: VerifierHandle) {
    VERIFIERS.remove(verifier);
}

/// Signs a document.
///
/// `form`: 0, or what is wanted of `BULLA_FLATTENED`, `BULLA_CANONICAL` and one of `BULLA_DETACHED`
/// and `BULLA_DETACHED_RAW`, added. `content_type`: the document's media type, in
/// printable ASCII, or NULL. `out` receives the statement, a JWS.
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
            Ok(sign(&**signer, input("document", document, len)?, form)?.into_bytes())
        })
    }
}

/// Signs many documents with one signature and makes a statement for each, which `bulla_verify_document`
/// verifies by itself: it holds the document's place in a Merkle tree of all, and the signed root. The
/// documents lie beside.
///
/// `documents`: `count` pointers, each to as many bytes as the same place of `lens` says; NULL with
/// length 0 is an empty document. `form`: 0 or `BULLA_CANONICAL`. `out`: room for `count` statements,
/// in the order of the documents, each to be freed with `bulla_bytes_free`; on an error all are empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_sign_batch(
    signer: SignerHandle,
    documents: *const *const u8,
    lens: *const usize,
    count: usize,
    form: u32,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            write_all(out, count, || {
                let signer = SIGNERS.get(signer)?;
                if form & !BULLA_CANONICAL != 0 {
                    return Err(Problem::argument("form", "of a batch is 0 or BULLA_CANONICAL"));
                }
                let documents = inputs("documents", documents, lens, count)?;
                let statements = sign_batch(&**signer, &documents, form != 0)?;
                Ok(statements.into_iter().map(String::into_bytes).collect())
            })
        })
    }
}

/// Verifies a statement that has its document in it; one that nobody of the verifier's keys signed
/// is refused with `BULLA_BAD_SIGNATURE` or `BULLA_UNKNOWN_KEY`.
///
/// `statement`: in either form, `len` bytes. `out` receives the document.
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

/// Verifies a statement whose document lies beside it, as `bulla_verify` does. A document that is not
/// the one of its batch is refused with `BULLA_NOT_IN_BATCH`.
///
/// `statement`: in either form, `len` bytes. `document`: `document_len` bytes; where the statement
/// says that the canonical form was signed, the document may be laid out otherwise.
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

/// The keys of a text, of which those of RSA sign by `rsa_algorithm` if they do not say how.
fn keys(text: &[u8], rsa_algorithm: Option<&str>) -> Result<Vec<Jwk>, Problem> {
    let padding = match rsa_algorithm {
        None | Some("PS256") => RsaPadding::Pss,
        Some("RS256") => RsaPadding::Pkcs1,
        Some(other) => {
            let algorithm = other.into();
            return Err(Error::UnsupportedAlgorithm { algorithm, allowed: "PS256 or RS256" }.into());
        }
    };
    Ok(Jwk::parse_any(text, WHAT)?.into_iter().map(|key| key.padded_by(padding)).collect())
}

/// The one key of a text.
pub(crate) fn only_key(text: &[u8], rsa_algorithm: Option<&str>) -> Result<Jwk, Problem> {
    let mut keys = keys(text, rsa_algorithm)?;
    match keys.pop() {
        Some(key) if keys.is_empty() => Ok(key),
        _ => Err(Problem::argument("key", "is not one key but several, or none")),
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
