//! What a text of this library says about itself, without any key.

mod log;
mod own;

pub use log::LogSummary;

use crate::context::Context;
use crate::envelope::{Content, Inspection, Portable, PortableInspection, Stored};
use crate::json::Writer;
use crate::statement::UnverifiedStatement;
use crate::{Error, Result, json};

/// Finds out what `text` is and writes down what it tells, as canonical JSON; never a plaintext or
/// the document of a statement.
///
/// | `form` | other members |
/// |---|---|
/// | `stored` | `content` (`bytes` or `columns`), `context`, `kid` of the data key, `padded`: the plaintext's length with its padding |
/// | `portable` | `content_key`, `content_type`, `context`, `length` of the plaintext, `recipients` with `algorithm` and `kid` each |
/// | `statement` | `algorithm`, `batch`, `canonical`, `content_type`, `detached`, `kid`, `length` of the document in it |
///
/// | `key`, a registry row | `created`, `epoch`, `identity`, `kid`, `log`, `master`, `purpose`, `signer` |
/// | `epoch`, an epoch certificate | `epoch`, `identity`, `kid` of the epoch's key, `log`, `started` |
/// | `record`, a ledger record, alone or as an anchor holds it | `epoch`, `kid` of what signed it, `kind`, `log`, `rows` (how many), `seq`, `time`, `user` |
/// | `checkpoint` | `log`, `root` in base64, `signers` (name and key id of each), `size` |
///
/// Lengths are in bytes, times in milliseconds since 1970-01-01T00:00Z; what a text does not say is left out. All of it is the text's word only:
/// nothing is proven before it is opened or verified.
pub fn inspect(text: &str) -> Result<Vec<u8>> {
    if text.trim_start().starts_with('{') {
        let limits = json::Limits { size: usize::MAX, ..json::Limits::default() };
        let object = json::parse(text.as_bytes(), limits)?.into_object("what was given")?;
        return if log::is_anchored(&object) {
            log::anchored(text)
        } else if log::is_record(&object) {
            log::record(&object, None)
        } else if object.get("ciphertext").is_some() {
            portable(&Portable::parse(text)?.inspect()?)
        } else if object.get("signature").is_some() || object.get("signatures").is_some() {
            Ok(statement(&UnverifiedStatement::parse(text)?))
        } else {
            Err(neither("has neither a ciphertext nor a signature"))
        };
    }
    if text.contains("\n\n\u{2014} ") {
        return log::checkpoint(text);
    }
    match text.trim().split('.').count() {
        5 => Ok(stored(&Stored::parse(text)?.inspect()?)),
        3 if own::is_one(text) => own::inspect(text.trim()),
        3 => Ok(statement(&UnverifiedStatement::parse(text)?)),
        _ => Err(neither("is neither JSON nor three or five parts with dots between")),
    }
}

fn neither(problem: &str) -> Error {
    Error::MalformedEnvelope { problem: format!("it {problem}, and is no statement or record either") }
}

fn stored(said: &Inspection) -> Vec<u8> {
    let mut json = Writer::object();
    json.member("content").string(match said.content {
        Content::Bytes => "bytes",
        Content::Columns => "columns",
    });
    write_context(json.member("context"), &said.context);
    json.member("form").string("stored").member("kid").string(said.kid.as_str());
    json.member("padded").integer(length(said.padded_len));
    json.finish()
}

fn portable(said: &PortableInspection) -> Result<Vec<u8>> {
    let context = json::canonicalize(said.context.as_bytes(), json::Limits::default())?;
    let mut json = Writer::object();
    json.member("content_key").string(said.content_key.as_str());
    if let Some(content_type) = &said.content_type {
        json.member("content_type").string(content_type);
    }
    json.member("context").canonical(&context).member("form").string("portable");
    json.member("length").integer(length(said.length)).member("recipients").begin_array();
    for recipient in &said.recipients {
        json.begin_object().member("algorithm").string(&recipient.algorithm);
        json.member("kid").string(&recipient.kid).end_object();
    }
    json.end_array();
    Ok(json.finish())
}

fn statement(said: &UnverifiedStatement<'_>) -> Vec<u8> {
    let mut json = Writer::object();
    json.member("algorithm").string(said.algorithm()).member("batch").bool(said.is_of_batch());
    json.member("canonical").bool(said.is_canonical());
    if let Some(content_type) = said.content_type() {
        json.member("content_type").string(content_type);
    }
    json.member("detached").bool(said.is_detached()).member("form").string("statement");
    if let Some(kid) = said.kid() {
        json.member("kid").string(kid);
    }
    if let Some(document) = said.document_len() {
        json.member("length").integer(length(document));
    }
    json.finish()
}

fn write_context(json: &mut Writer, context: &Context<'_>) {
    let members = [
        ("group", Some(&context.group)),
        ("instance", context.instance.as_ref()),
        ("log", Some(&context.log)),
        ("name", context.name.as_ref()),
        ("row", Some(&context.row)),
        ("table", Some(&context.table)),
        ("tenant", context.tenant.as_ref()),
        ("type", context.type_.as_ref()),
    ];
    json.begin_object();
    for (name, value) in members {
        if let Some(value) = value {
            json.member(name).string(value);
        }
    }
    json.end_object();
}

fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Secret;
    use crate::envelope::{PortableContext, Sealer};
    use crate::keys::{Recipient, Signer};
    use crate::statement::{Attachment, Form, Serialization, sign, sign_batch};

    fn told(text: &str) -> String {
        String::from_utf8(inspect(text).unwrap()).unwrap()
    }

    #[test]
    fn a_portable_envelope_tells_its_context_and_for_whom_it_is() {
        let recipient = Recipient::aes_key_wrap(&Secret::new([1; 32]));
        let kid = recipient.kid().to_owned();
        let sealer = Sealer::new(vec![recipient]).unwrap().content_type("text/plain").unwrap();
        let context = PortableContext::parse(br#"{"order": 1}"#).unwrap();
        let said = told(&sealer.seal(&context, b"2,500", 0).unwrap());
        let (content_key, rest) = said.split_once("\",\"content_type").unwrap();
        assert_eq!(content_key.len(), "{\"content_key\":\"".len() + 43);
        let expected = format!(
            "\":\"text/plain\",\"context\":{{\"order\":1}},\"form\":\"portable\",\"length\":5,\
             \"recipients\":[{{\"algorithm\":\"A256KW\",\"kid\":\"{kid}\"}}]}}"
        );
        assert_eq!(rest, expected);
    }

    #[test]
    fn a_statement_tells_its_form_and_never_its_document() {
        let signer = Signer::from_seed(&Secret::new([1; 32]));
        let kid = signer.kid();
        let attached = sign(&signer, b"approved", Form::default()).unwrap();
        let expected = |flags: &str, rest: &str| {
            format!("{{\"algorithm\":\"EdDSA\",{flags},\"form\":\"statement\",\"kid\":\"{kid}\"{rest}}}")
        };
        let flags = "\"batch\":false,\"canonical\":false,\"detached\":false";
        assert_eq!(told(&attached), expected(flags, ",\"length\":8"));
        let form = Form {
            serialization: Serialization::Flattened,
            attachment: Attachment::Detached,
            canonical: true,
            content_type: Some("json"),
        };
        let beside = sign(&signer, b"{}", form).unwrap();
        let flags = "\"batch\":false,\"canonical\":true,\"content_type\":\"json\",\"detached\":true";
        assert_eq!(told(&beside), expected(flags, ""));
        let batch = sign_batch(&signer, &[b"a"], false).unwrap();
        let flags = "\"batch\":true,\"canonical\":false,\"detached\":true";
        assert_eq!(told(&batch[0]), expected(flags, ""));
    }

    #[test]
    fn what_is_neither_is_refused() {
        let message = |text| inspect(text).unwrap_err().to_string();
        let no = "not an envelope: it ";
        let either = ", and is no statement or record either";
        assert_eq!(message("{}"), format!("{no}has neither a ciphertext nor a signature{either}"));
        let parts = format!("{no}is neither JSON nor three or five parts with dots between{either}");
        assert_eq!(message(""), parts);
        assert_eq!(message("a.b"), parts);
        assert_eq!(message("{"), "not JSON at byte 1: a member name is missing");
    }
}
