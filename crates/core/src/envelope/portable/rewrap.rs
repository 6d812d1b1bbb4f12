//! Other recipients for an envelope that stays as it is.

use super::frame::Frame;
use super::{Opener, Portable, PortableContext, header, seal};
use crate::crypto::{Aead, AeadKey};
use crate::json::Writer;
use crate::keys::Recipient;
use crate::{Error, Result};

impl Opener {
    /// Opens an envelope that was sealed for just this context, and wraps its content key for
    /// `recipients` in place of those that it has. Nothing is encrypted anew, so whoever could open
    /// the old envelope and kept its content key can open the new one.
    ///
    /// Fails with [`Error::InvalidArgument`] unless the envelope is in the general form: in the
    /// flattened one the tag covers the recipient ([`Portable::can_be_rewrapped`]). Such a one is
    /// opened and sealed anew.
    pub fn rewrap(
        &self,
        expected: &PortableContext,
        envelope: &str,
        recipients: &[Recipient],
    ) -> Result<String> {
        seal::readable(recipients)?;
        // The fast reader takes the flattened form only.
        let envelope = Portable::from_frame(Frame::from_json(envelope)?)?;
        if !envelope.can_be_rewrapped()? {
            let problem = "has one recipient, whom its tag covers: open and seal it anew".into();
            return Err(Error::InvalidArgument { what: "envelope", problem });
        }
        let (secret, kid) = self.content_key(&envelope, expected)?;
        let aead = <Aead as AeadKey>::new(&secret);
        envelope.frame.decrypt_with(&aead, kid, expected).map(zeroize::Zeroizing::new)?;

        let Frame { ciphertext, nonce, protected, tag, .. } = &envelope.frame;
        let recipients = seal::write_recipients(&seal::addressed(recipients, &secret)?);
        let mut json = Writer::object_in(Vec::with_capacity(ciphertext.len() + recipients.len() + 1024));
        json.member("aad").string(expected.encoded()).member("ciphertext").string(ciphertext);
        json.member("iv").string(nonce).member("protected").string(protected);
        json.member("recipients").canonical(recipients.as_bytes()).member("tag").string(tag);
        let rewrapped =
            String::from_utf8(json.finish()).map_err(|_| Error::Internal { what: "writing JSON" })?;
        Portable::parse(&rewrapped)?.frame.decrypt_with(&aead, kid, expected).map(zeroize::Zeroizing::new)?;
        Ok(rewrapped)
    }
}

impl Portable<'_> {
    /// Whether the envelope can have other recipients without being encrypted anew: the header that
    /// its tag covers must say nothing about them.
    pub fn can_be_rewrapped(&self) -> Result<bool> {
        let protected = header::decode(&self.frame.protected)?;
        let of_recipients = ["alg", "apu", "apv", "epk", "iv", "kid", "tag"];
        Ok(!of_recipients.iter().any(|name| protected.get(name).is_some()))
    }
}
