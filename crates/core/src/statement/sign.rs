//! Signing.

use std::borrow::Cow;

use super::{CANONICAL, CANONICAL_NAME, LONGEST_HEADER};
use crate::json::{self, Limits, Writer};
use crate::keys::StatementSigner;
use crate::{Error, Result, base64url, media_type};

/// The form of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<'a> {
    /// How it is written down.
    pub serialization: Serialization,
    /// Where the document is.
    pub attachment: Attachment,
    /// Whether the document is JSON whose canonical form (RFC 8785) is signed, so that it may be
    /// laid out anew. Else its bytes are.
    pub canonical: bool,
    /// What the document is: a media type, by the rule of RFC 7515 §4.1.10, in printable ASCII.
    pub content_type: Option<&'a str>,
}

/// How a statement is written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Serialization {
    /// Three parts with dots between (RFC 7515 §7.1).
    #[default]
    Compact,
    /// A JSON object (RFC 7515 §7.2.2).
    Flattened,
}

/// Where the document of a statement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Attachment {
    /// In the statement.
    #[default]
    Attached,
    /// Beside it (RFC 7515 appendix F).
    Detached,
    /// Beside it, and signed without being encoded (RFC 7797), which spares a copy of it.
    DetachedRaw,
}

/// Signs `document`.
pub fn sign(signer: &dyn StatementSigner, document: &[u8], form: Form<'_>) -> Result<String> {
    if let Some(content_type) = form.content_type {
        media_type::must_be_one(content_type)?;
    }
    let payload = if form.canonical {
        Cow::Owned(json::canonicalize(document, Limits::default())?)
    } else {
        Cow::Borrowed(document)
    };
    let header = protected(signer, form, None);
    if header.len() > LONGEST_HEADER {
        let problem = format!(
            "would have {} bytes, and {LONGEST_HEADER} are read: shorten the content type",
            header.len()
        );
        return Err(Error::InvalidArgument { what: "header", problem });
    }
    let header = base64url::encode(&header);
    let (input, signature) = signature(signer, header, &payload, form.attachment)?;
    let (header, encoded) = input.split_once('.').unwrap_or((&input, ""));
    let encoded = (form.attachment == Attachment::Attached).then_some(encoded);
    Ok(match form.serialization {
        Serialization::Compact => format!("{header}.{}.{signature}", encoded.unwrap_or_default()),
        Serialization::Flattened => flattened(None, encoded, header, &signature),
    })
}

/// The protected header, canonical JSON.
pub(super) fn protected(signer: &dyn StatementSigner, form: Form<'_>, type_: Option<&str>) -> Vec<u8> {
    let raw = form.attachment == Attachment::DetachedRaw;
    let mut writer = Writer::object();
    writer.member("alg").string(signer.algorithm().name());
    if raw {
        // RFC 7797 §6: who does not know of it must stop.
        writer.member("b64").bool(false).member("crit").begin_array().string("b64").end_array();
    }
    if let Some(content_type) = form.content_type {
        writer.member("cty").string(content_type);
    }
    if form.canonical {
        writer.member(CANONICAL).string(CANONICAL_NAME);
    }
    writer.member("kid").string(signer.kid());
    if let Some(type_) = type_ {
        writer.member("typ").string(type_);
    }
    writer.finish()
}

/// The signing input as far as it is text, the encoded header first, and the encoded signature.
pub(super) fn signature(
    signer: &dyn StatementSigner,
    header: String,
    payload: &[u8],
    attachment: Attachment,
) -> Result<(String, String)> {
    let mut input = header;
    input.push('.');
    let signature = if attachment == Attachment::DetachedRaw {
        signer.sign(&[input.as_bytes(), payload].concat())?
    } else {
        base64url::append(payload, &mut input);
        signer.sign(input.as_bytes())?
    };
    Ok((input, base64url::encode(&signature)))
}

/// The flattened JSON serialization, canonical; `header` is canonical JSON.
pub(super) fn flattened(
    header: Option<&[u8]>,
    payload: Option<&str>,
    protected: &str,
    signature: &str,
) -> String {
    let length = payload.map_or(0, str::len) + protected.len() + header.map_or(0, <[u8]>::len);
    let mut writer = Writer::object_in(Vec::with_capacity(length + signature.len() + 64));
    if let Some(header) = header {
        writer.member("header").canonical(header);
    }
    if let Some(payload) = payload {
        writer.member("payload").string(payload);
    }
    writer.member("protected").string(protected).member("signature").string(signature);
    String::from_utf8(writer.finish()).expect("JSON is UTF-8")
}
