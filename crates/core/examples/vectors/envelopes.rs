use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::context::Context;
use bulla_core::crypto::{Aead, AeadKey};
use bulla_core::keys::Purpose;
use bulla_core::packed;
use serde_json::{Value, json};

use crate::{INSTALLATION, NOW, World, encode, with_other_end, write};

const COLUMNS: [(&str, packed::Value<'_>); 7] = [
    ("BYTEARRAY_ID_", packed::Value::Null),
    ("BYTES_", packed::Value::Bytes(&[0xCA, 0xFE])),
    ("DOUBLE_", packed::Value::Double(0.1)),
    ("LONG_", packed::Value::Integer(9_007_199_254_740_993)),
    ("REV_", packed::Value::Integer(1)),
    ("TEXT_", packed::Value::Text("Größe \"42\"\n")),
    ("TIME_", packed::Value::Timestamp(1_900_000_000_123_456)),
];

fn context() -> Context<'static> {
    Context {
        log: INSTALLATION.into(),
        table: "ACT_RU_VARIABLE".into(),
        row: "0f8b9c7e-2f8e-11ef-9d0a-0242ac120002".into(),
        group: "value".into(),
        name: Some("amount".into()),
        type_: Some("string".into()),
        tenant: None,
        instance: Some("0f8b9c7e-2f8e-11ef-9d0a-0242ac120003".into()),
    }
}

fn document_context() -> Context<'static> {
    Context {
        table: "ACT_GE_BYTEARRAY".into(),
        group: "bytes".into(),
        name: None,
        type_: None,
        tenant: Some("müller & söhne".into()),
        instance: None,
        ..context()
    }
}

fn members(context: &Context<'_>) -> Value {
    json!({
        "log": context.log, "table": context.table, "row": context.row, "group": context.group,
        "name": context.name, "type": context.type_, "tenant": context.tenant, "instance": context.instance,
    })
}

pub(crate) fn write_all(world: &World) {
    let mut columns = packed::Writer::new();
    columns.i32(i32::try_from(COLUMNS.len()).unwrap());
    for (name, value) in COLUMNS {
        columns.string(Some(name)).value(value);
    }
    let columns = columns.finish();
    let opened = |name: &str, why: &str, context: &Context<'_>, plaintext: Option<&[u8]>| {
        let envelope = match plaintext {
            Some(bytes) => world.vault.seal(context, bytes, NOW),
            None => world.vault.seal_columns(context, &columns, NOW).map(|sealed| sealed.text()),
        };
        let envelope = envelope.unwrap();
        json!({
            "name": name, "why": why, "context": members(context),
            "content": if plaintext.is_some() { "bytes" } else { "columns" },
            "plaintext": encode(plaintext.unwrap_or(&columns)),
            "padded": encode(decrypted(world, &envelope)),
            "envelope": envelope,
        })
    };
    let all: Vec<u8> = (0..=255).collect();
    let vectors = [
        opened("columns", "Each type of column value, packed; padded with white space.", &context(), None),
        opened("bytes", "Any bytes; padded with 80 and zeros.", &document_context(), Some(&all)),
        opened("no-bytes", "Nothing is padded to one block.", &context(), Some(b"")),
        opened("a-whole-block", "Thirty-two bytes need a second block.", &context(), Some(&all[..32])),
        opened("padding-as-content", "What looks like padding is content.", &context(), Some(b"x\x80\0\0")),
    ];
    write("envelopes/opened.json", &json!(vectors));
    write("envelopes/refused.json", &json!(refused(world)));
}

/// What a JWE library finds in an envelope.
fn decrypted(world: &World, envelope: &str) -> Vec<u8> {
    let parts: Vec<&str> = envelope.split('.').collect();
    let [nonce, mut text, tag] =
        [parts[2], parts[3], parts[4]].map(|part| URL_SAFE_NO_PAD.decode_to_vec(part).unwrap());
    let key = <Aead as AeadKey>::new(world.secret(Purpose::Data));
    let (nonce, tag) = (nonce.try_into().unwrap(), tag.try_into().unwrap());
    assert!(key.open(nonce, parts[0].as_bytes(), &mut text, &tag));
    text
}

/// Seals any plaintext under any header, as only someone with the data key can.
fn sealed(world: &World, header: &str, plaintext: &[u8]) -> String {
    let key = <Aead as AeadKey>::new(world.secret(Purpose::Data));
    let (protected, nonce, mut text) = (encode(header), [7; 12], plaintext.to_vec());
    let tag = key.seal(nonce, protected.as_bytes(), &mut text).unwrap();
    format!("{protected}..{}.{}.{}", encode(nonce), encode(text), encode(tag))
}

#[allow(clippy::too_many_lines, reason = "it is a list")]
fn refused(world: &World) -> Vec<Value> {
    let context = context();
    let kid = world.row(Purpose::Data).kid;
    let envelope = world.vault.seal(&context, b"4711", NOW).unwrap();
    let parts: Vec<&str> = envelope.split('.').collect();
    let header = String::from_utf8(crate::decode(parts[0])).unwrap();
    let rest = &envelope[parts[0].len()..];
    let put = |part: usize, text: &str| {
        let mut parts = parts.clone();
        parts[part] = text;
        parts.join(".")
    };
    let with_header = |header: &str| encode(header) + rest;
    let edited = |from: &str, to: &str| {
        let edited = header.replacen(from, to, 1);
        assert_ne!(edited, header, "{from}");
        with_header(&edited)
    };
    let pad = |text: &[u8]| {
        let mut padded = text.to_vec();
        padded.resize(text.len().div_ceil(32) * 32, b' ');
        padded
    };
    let as_columns = header.replace("\"enc\"", "\"cty\":\"json\",\"enc\"");
    let vector = |name: &str, why: &str, kind: &str, envelope: String| {
        json!({"name": name, "why": why, "context": members(&context), "content": "bytes",
               "envelope": envelope, "kind": kind})
    };
    let of = |context: &Context<'_>, content: &str, mut vector: Value| {
        vector["context"] = members(context);
        vector["content"] = content.into();
        vector
    };
    let other = |name: &str, why: &str, context: Context<'_>| {
        of(&context, "bytes", vector(name, why, "ContextMismatch", envelope.clone()))
    };
    let columns = |name: &str, why: &str, document: &[u8]| {
        let sealed = sealed(world, &as_columns, &pad(document));
        of(&context, "columns", vector(name, why, "MalformedEnvelope", sealed))
    };
    let malformed = "MalformedEnvelope";
    let algorithm = "UnsupportedAlgorithm";
    vec![
        vector("a-plain-value", "A plain value where an envelope must be.", malformed, "4711".into()),
        vector("nothing", "An empty column.", malformed, String::new()),
        vector("four-parts", "The tag was cut off.", malformed, parts[..4].join(".")),
        vector("six-parts", "A part too many.", malformed, envelope.clone() + ".AA"),
        vector("cut", "The last character was cut off.", malformed, envelope[..envelope.len() - 1].into()),
        vector(
            "a-short-ciphertext",
            "The ciphertext is not whole blocks.",
            malformed,
            put(3, &parts[3][..40]),
        ),
        vector("no-ciphertext", "There is no ciphertext.", malformed, put(3, "")),
        vector("a-short-nonce", "A nonce of 9 bytes.", malformed, put(2, &parts[2][..12])),
        vector(
            "a-short-tag",
            "A tag of 12 bytes, which AES-GCM would allow.",
            malformed,
            put(4, &parts[4][..16]),
        ),
        vector(
            "an-encrypted-key",
            "With `dir` there is no encrypted key.",
            malformed,
            put(1, &encode([0; 40])),
        ),
        vector("padded-base64", "Base64url has no padding here.", malformed, envelope.clone() + "=="),
        vector("standard-base64", "The other alphabet.", malformed, put(2, "++++++++++++++++")),
        vector("loose-bits", "A last character whose unused bits are set.", malformed, loose_bits(&envelope)),
        vector("a-line-feed", "White space within a part.", malformed, envelope.replacen("..", "\n..", 1)),
        vector("another-tag", "The tag was changed.", "AuthenticationFailed", with_other_end(&envelope)),
        vector(
            "another-ciphertext",
            "The ciphertext was changed.",
            "AuthenticationFailed",
            put(3, &with_other_end(parts[3])),
        ),
        vector("another-nonce", "The nonce was changed.", "AuthenticationFailed", put(2, &encode([9; 12]))),
        vector(
            "a-zero-ciphertext",
            "Nothing but zeros was sealed, it says.",
            "AuthenticationFailed",
            put(3, &encode([0; 32])),
        ),
        vector(
            "an-unknown-key",
            "A data key that no registry has.",
            "UnknownKey",
            edited(kid.as_str(), bulla_core::keys::KeyId::of_secret(&crate::secret(77)).as_str()),
        ),
        vector(
            "a-key-of-another-purpose",
            "The search key's id.",
            "WrongPurpose",
            edited(kid.as_str(), world.row(Purpose::Search).kid.as_str()),
        ),
        vector(
            "a-key-id-that-is-none",
            "A key id that is not a thumbprint.",
            malformed,
            edited(kid.as_str(), "1"),
        ),
        vector("no-algorithm", "`none` seals nothing.", algorithm, edited("\"dir\"", "\"none\"")),
        vector("rsa1-5", "An algorithm that nobody should use.", algorithm, edited("\"dir\"", "\"RSA1_5\"")),
        vector(
            "a-password",
            "A key made of a password.",
            algorithm,
            edited("\"dir\"", "\"PBES2-HS256+A128KW\""),
        ),
        vector(
            "a-wrapped-key",
            "The key decides the algorithm, not the message.",
            algorithm,
            edited("\"dir\"", "\"A256KW\""),
        ),
        vector("a-shorter-cipher", "AES-128.", algorithm, edited("A256GCM", "A128GCM")),
        vector(
            "compressed",
            "Compression tells of the content.",
            algorithm,
            edited("\"kid\"", "\"zip\":\"DEF\",\"kid\""),
        ),
        vector(
            "a-critical-header",
            "A critical header that is not understood.",
            "UnknownCritical",
            edited("{\"alg\"", "{\"crit\":[\"exp\"],\"exp\":1,\"alg\""),
        ),
        vector(
            "an-unknown-header",
            "A header member of no meaning here.",
            malformed,
            edited("{", "{\"a\":1,"),
        ),
        vector(
            "another-content-type",
            "Only `json` is stored.",
            malformed,
            edited("\"enc\"", "\"cty\":\"text\",\"enc\""),
        ),
        vector(
            "a-member-twice",
            "A header member twice.",
            "DuplicateMember",
            edited("{", "{\"alg\":\"dir\","),
        ),
        vector("a-header-with-space", "There is one way to write a header.", malformed, edited(":{", ": {")),
        vector(
            "members-in-another-order",
            "There is one way to write a header.",
            malformed,
            with_header(&format!(
                "{{\"kid\":\"{kid}\",{}",
                &header[1..].replace(&format!(",\"kid\":\"{kid}\""), "")
            )),
        ),
        vector("a-header-that-is-no-object", "The header is an array.", "UnexpectedJson", with_header("[]")),
        vector("a-header-that-is-no-json", "The header is cut.", "JsonSyntax", with_header(&header[..20])),
        vector(
            "a-header-with-half-a-character",
            "The header is not UTF-8.",
            "InvalidUtf8",
            encode(b"{\"alg\":\"\xE2\x82\"}") + rest,
        ),
        vector(
            "a-header-with-half-a-pair",
            "A lone surrogate in the context.",
            "LoneSurrogate",
            edited("amount", "\\ud800"),
        ),
        vector(
            "a-deep-header",
            "A header nested deeper than any.",
            "TooDeep",
            edited("{", "{\"a\":[[[1]]],"),
        ),
        vector(
            "no-context",
            "An envelope that does not say where it belongs.",
            "ContextMissing",
            with_header(&format!("{{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"{kid}\"}}")),
        ),
        vector(
            "a-context-with-another-member",
            "A context of another version.",
            malformed,
            edited("\"ctx\":{", "\"ctx\":{\"a\":\"b\","),
        ),
        vector(
            "a-context-without-a-table",
            "A context that leaves its table out.",
            malformed,
            edited("\"t\":\"ACT_RU_VARIABLE\",", ""),
        ),
        other(
            "another-row",
            "It was copied from another row.",
            Context { row: "1".into(), ..context.clone() },
        ),
        other(
            "another-table",
            "It was copied from another table.",
            Context { table: "ACT_HI_VARINST".into(), ..context.clone() },
        ),
        other(
            "another-installation",
            "It was copied from another installation.",
            Context { log: "trial".into(), ..context.clone() },
        ),
        other(
            "another-instance",
            "It was copied from another process instance.",
            Context { instance: Some("1".into()), ..context.clone() },
        ),
        other(
            "another-variable",
            "The variable was renamed.",
            Context { name: Some("limit".into()), ..context.clone() },
        ),
        other(
            "another-type",
            "The variable's type was changed.",
            Context { type_: Some("long".into()), ..context.clone() },
        ),
        other(
            "another-tenant",
            "A tenant where there was none.",
            Context { tenant: Some(String::new().into()), ..context.clone() },
        ),
        other(
            "another-group",
            "It was copied from other columns.",
            Context { group: "message".into(), ..context.clone() },
        ),
        of(
            &context,
            "columns",
            vector("bytes-as-columns", "Bytes where columns are expected.", malformed, envelope.clone()),
        ),
        vector(
            "bytes-without-padding",
            "Sealed, but not padded as bytes are.",
            malformed,
            sealed(world, &header, &[0; 32]),
        ),
        columns("columns-that-are-no-object", "Sealed, but not an object of columns.", b"[]"),
        columns("a-boolean-column", "Sealed, but true is no column value.", b"{\"A\":true}"),
        columns("a-fraction-column", "Sealed, but doubles are told apart by `d`.", b"{\"A\":0.5}"),
        columns(
            "an-unknown-column-type",
            "Sealed, but of a type that is not there.",
            b"{\"A\":{\"z\":\"1\"}}",
        ),
    ]
}

/// The envelope with an unused bit of its tag's last character set.
fn loose_bits(envelope: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = envelope.split_at(envelope.len() - 1);
    let index = ALPHABET.iter().position(|character| *character == last.as_bytes()[0]).unwrap();
    format!("{rest}{}", char::from(ALPHABET[index | 1]))
}
