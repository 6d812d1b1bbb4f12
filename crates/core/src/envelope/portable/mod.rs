//! The portable envelope: a JWE in JSON serialization (RFC 7516 §7.2) that travels by itself,
//! flattened for one recipient, general for several.
//!
//! A [`Sealer`] seals for its recipients, an [`Opener`] opens with its keys. [`Portable`] is an
//! envelope that was read and not opened: it has no plaintext.
//!
//! ```
//! use bulla_core::crypto::Secret;
//! use bulla_core::envelope::{Opener, Portable, PortableContext, Sealer};
//! use bulla_core::keys::{OpeningKey, Recipient};
//!
//! # fn main() -> bulla_core::Result<()> {
//! let now = 1_790_000_000_000; // milliseconds, by the caller's clock
//! let key = Secret::random()?; // from a file, as a rule
//! let sealer = Sealer::new(vec![Recipient::aes_key_wrap(&key)])?;
//! let opener = Opener::new(vec![OpeningKey::aes_key_wrap(&key)]);
//!
//! let context = PortableContext::parse(br#"{"process":"loan","order":4711}"#)?;
//! let envelope = sealer.seal(&context, b"2,500", now)?;
//! assert_eq!(opener.open(&context, &envelope)?, b"2,500");
//!
//! let elsewhere = PortableContext::parse(br#"{"process":"loan","order":4712}"#)?;
//! assert_eq!(
//!     opener.open(&elsewhere, &envelope).unwrap_err().to_string(),
//!     "the envelope belongs elsewhere: /order is \"4711\" and should be \"4712\"",
//! );
//! assert_eq!(Portable::parse(&envelope)?.inspect()?.length, 5);
//! # Ok(())
//! # }
//! ```

mod context;
mod frame;
mod header;
mod open;
mod rewrap;
mod seal;

pub use context::PortableContext;
pub use open::Opener;
pub use seal::{Sealer, SealingTurn};

use self::frame::{Frame, malformed};
use self::header::{Addressed, Content, Headers};
use crate::json::Object;
use crate::keys::KeyId;
use crate::{Error, Result};

/// An envelope that was read and is not opened. What it says is not authentic.
#[derive(Debug)]
pub struct Portable<'a> {
    frame: Frame<'a>,
    content: Content,
    recipients: Vec<Addressed>,
}

/// What an envelope says about itself, without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortableInspection {
    /// The context, canonical JSON.
    pub context: String,
    /// For whom it was sealed.
    pub recipients: Vec<RecipientInspection>,
    /// The content key's thumbprint, which the envelope commits to.
    pub content_key: KeyId,
    /// What the content is, if the envelope says.
    pub content_type: Option<String>,
    /// How long the content is, in bytes.
    pub length: usize,
}

/// What an envelope says about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientInspection {
    /// The key's id.
    pub kid: String,
    /// How the content key is wrapped.
    pub algorithm: String,
}

impl<'a> Portable<'a> {
    /// Reads an envelope strictly. What no key may allow is refused here already.
    pub fn parse(envelope: &'a str) -> Result<Self> {
        Self::from_frame(Frame::read(envelope)?)
    }

    fn from_frame(frame: Frame<'a>) -> Result<Self> {
        let protected = header::decode(&frame.protected)?;
        let recipients = recipients(&frame, &protected)?;
        if frame.aad.is_none() {
            return Err(Error::ContextMissing);
        }
        Ok(Self { content: header::content(&protected)?, recipients, frame })
    }

    /// What the envelope says about itself.
    pub fn inspect(&self) -> Result<PortableInspection> {
        let (_, context) = PortableContext::from_encoded(self.frame.context()?)?;
        let recipients = self.recipients.iter().map(|recipient| RecipientInspection {
            kid: recipient.kid.clone(),
            algorithm: recipient.algorithm.clone(),
        });
        Ok(PortableInspection {
            context: String::from_utf8(context).map_err(|_| malformed("the context is not UTF-8"))?,
            recipients: recipients.collect(),
            content_key: self.content.commitment,
            content_type: self.content.content_type.clone(),
            length: self.frame.ciphertext.len() * 3 / 4,
        })
    }
}

fn recipients(frame: &Frame<'_>, protected: &Object) -> Result<Vec<Addressed>> {
    frame
        .wrapped
        .iter()
        .map(|wrapped| {
            let headers = Headers { protected, own: wrapped.header.as_ref() };
            headers.admit().and_then(|()| headers.addressed(&wrapped.encrypted_key))
        })
        .collect()
}
