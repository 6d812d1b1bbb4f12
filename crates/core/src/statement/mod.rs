//! Statements: signed documents (JWS, RFC 7515), compact or flattened JSON.
//!
//! [`sign`] makes one, in the [`Form`] that is asked for; [`sign_batch`] makes one for each of many
//! documents with a single signature. An [`UnverifiedStatement`] was read and proves nothing yet;
//! what it says comes out of [`verify`](UnverifiedStatement::verify), or is held against a document
//! that lies beside it by [`verify_document`](UnverifiedStatement::verify_document).
//!
//! ```
//! use bulla_core::keys::{Signer, VerifyingKey};
//! use bulla_core::statement::{self, Attachment, Form, UnverifiedStatement};
//!
//! # fn main() -> bulla_core::Result<()> {
//! let signer = Signer::generate()?; // from a file, as a rule
//! let keys = [VerifyingKey::from(signer.verifier().clone())];
//!
//! let statement = statement::sign(&signer, b"approved", Form::default())?;
//! assert_eq!(UnverifiedStatement::parse(&statement)?.verify(&keys)?, b"approved");
//!
//! // Beside a JSON document, whose form may change on its way:
//! let form = Form { attachment: Attachment::Detached, canonical: true, ..Form::default() };
//! let statement = statement::sign(&signer, br#"{"b": 1, "a": 2}"#, form)?;
//! UnverifiedStatement::parse(&statement)?.verify_document(&keys, br#"{"a":2,"b":1}"#)?;
//! # Ok(())
//! # }
//! ```

mod batch;
pub(crate) mod header;
pub(crate) mod own;
mod sign;
mod verify;

pub use batch::sign_batch;
pub use sign::{Attachment, Form, Serialization, sign};
pub use verify::UnverifiedStatement;

use crate::Error;

/// The header member that says that the canonical form (RFC 8785) of the document was signed.
const CANONICAL: &str = "dev.bulla.form";
const CANONICAL_NAME: &str = "RFC8785";
/// How many bytes a protected header may have.
const LONGEST_HEADER: usize = 1 << 16;
/// Types that begin so are this library's own.
const OWN_TYPE: &str = "bulla-";

fn malformed(problem: impl Into<String>) -> Error {
    Error::MalformedStatement { problem: problem.into() }
}
