//! What a text says about itself.

use bulla_core::inspect::inspect;

use crate::boundary::{Bytes, call_for_bytes, input, utf8};
use crate::error::Failure;

/// Finds out what a text is, and says what it tells without a key, as canonical JSON; never a
/// plaintext, nor the document of a statement. By the member `form`:
///
/// - `"stored"`, an envelope of `bulla_seal`: `content` (`"bytes"` or `"columns"`), `context`, `kid`
///   (the data key's id), `padded` (the plaintext's length with its padding);
/// - `"portable"`, an envelope of `bulla_sealer_seal`: `content_key`, `content_type`, `context`,
///   `length` of the plaintext, `recipients` (of each `algorithm` and `kid`);
/// - `"statement"`: `algorithm`, `batch` and `canonical` and `detached` (true or false),
///   `content_type`, `kid`, `length` of the document in it;
/// - `"key"`, a row of a key registry: `created`, `epoch`, `identity`, `kid`, `log`, `master`,
///   `purpose`, `signer`;
/// - `"epoch"`, an epoch certificate: `epoch`, `identity`, `kid` (of the epoch's key), `log`, `started`;
/// - `"record"` of a ledger, alone or as an anchor holds it: `epoch`, `kid` (of what signed it),
///   `kind`, `log`, `rows` (how many), `seq`, `time`, `user`;
/// - `"checkpoint"`: `log`, `root` in base64, `signers` (name and key id of each), `size`.
///
/// Lengths are in bytes, times in milliseconds since 1970-01-01T00:00Z; what the text does not say is left out. What it says is its word only:
/// nothing of it is proven before it is opened or verified.
///
/// `text`: `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_inspect(
    text: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call_for_bytes(out, error, || Ok(inspect(utf8("text", input("text", text, len)?)?)?)) }
}
