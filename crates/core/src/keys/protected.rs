//! Keys under a passphrase: a JWK or JWK Set encrypted as a JWE (RFC 7517 §7), and PKCS#8 encrypted
//! by PBES2 (RFC 5958 §3, RFC 8018 §6.2).
//!
//! Of the JWE's algorithms one is used: `PBES2-HS512+A256KW` with `A256GCM`. Messages never know it:
//! whoever could send one would have passphrases tried, or the processor kept busy.

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::{Decode, pem};
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Pbkdf2Prf, ScryptParams};
use zeroize::Zeroizing;

use super::Jwk;
use super::jwk::malformed;
use crate::crypto::{
    Active, Aead, AeadKey, AesMode, Backend, KEY_LEN, NONCE_LEN, Secret, Sha2, TAG_LEN, Wrapping,
    WrappingKey, random,
};
use crate::json::{self, Limits, Object, Writer};
use crate::{Error, Result, base64url};

const ALGORITHM: &str = "PBES2-HS512+A256KW";
const ENCRYPTION: &str = "A256GCM";
/// What a guess costs at least: of a passphrase that people can remember, little else protects it.
const ROUNDS: u32 = 600_000;
/// More would keep the process busy for longer than anyone waits, fewer protect nothing.
const ROUNDS_READ: std::ops::RangeInclusive<u32> = 1_000..=10_000_000;
/// The memory that a scrypt file may ask for, in bytes, and how often it may be gone through.
const SCRYPT_MEMORY: u64 = 256 << 20;
const SCRYPT_PASSES: u16 = 16;
const SALT_LEN: usize = 16;
/// RFC 7518 §4.8.1.1 demands the lower bound.
const SALTS_READ: std::ops::RangeInclusive<usize> = 8..=1024;
const PEM_LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// Whether a file's text is one of protected keys.
#[must_use]
pub fn is_protected(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.strip_prefix(b"-----BEGIN ").is_some_and(|rest| rest.starts_with(PEM_LABEL.as_bytes()))
        || is_compact(text)
        || text.starts_with(b"{") && object(text).is_some_and(|object| object.get("ciphertext").is_some())
}

/// How a protected file's key comes from the passphrase: the algorithm that its header names, `PKCS#8`
/// if it is PEM; `None` if it is something else, such as an envelope.
#[must_use]
pub fn algorithm(text: &[u8]) -> Option<String> {
    let text = text.trim_ascii();
    if text.starts_with(b"-----BEGIN ") {
        return is_protected(text).then(|| "PKCS#8".into());
    }
    let parts = if is_compact(text) { Parts::of_compact(text) } else { Parts::of_object(text) };
    let algorithm = parts?.header.get("alg")?.as_str()?.to_owned();
    algorithm.starts_with("PBES2").then_some(algorithm)
}

/// Reads the keys of a protected file: a JWE, compact or flattened JSON, or PEM. Takes about as long
/// as whoever wrote it wished (some tenths of a second, as a rule) and fails alike if the passphrase
/// is wrong or the file was changed. `what` is named in errors, passphrase and text never.
pub fn read(text: &[u8], passphrase: &str, what: &str) -> Result<Vec<Jwk>> {
    let text = text.trim_ascii();
    if text.starts_with(b"-----BEGIN ") {
        return read_pem(text, passphrase, what).map(|key| vec![key]);
    }
    let parts = if is_compact(text) { Parts::of_compact(text) } else { Parts::of_object(text) };
    let parts = parts.ok_or_else(|| {
        malformed(what, "it is not a protected key: a JWE (compact or flattened JSON), or encrypted PKCS#8")
    })?;
    let plaintext = parts.open(passphrase, what)?;
    if !plaintext.trim_ascii_start().starts_with(b"{") {
        return Err(malformed(what, "there is neither JWK nor JWK Set under its passphrase"));
    }
    Jwk::parse_any(&plaintext, what)
}

/// Writes keys as a JWE in compact serialization: one as a JWK, several as a JWK Set. Takes some
/// tenths of a second.
pub fn write(keys: &[Jwk], passphrase: &str) -> Result<String> {
    write_with(keys, passphrase, ROUNDS)
}

fn write_with(keys: &[Jwk], passphrase: &str, rounds: u32) -> Result<String> {
    let refused = |what, problem: &str| Err(Error::InvalidArgument { what, problem: problem.into() });
    if passphrase.is_empty() {
        return refused("passphrase", "is empty");
    }
    let document = |key: &Jwk| key.to_private().or_else(|| key.to_public().map(Zeroizing::new));
    let documents: Vec<_> = keys.iter().filter_map(document).collect();
    let (content, plaintext) = match &documents[..] {
        [] => return refused("keys", "are none"),
        [key] => ("jwk+json", key.clone()),
        keys => {
            // Large enough that it need not grow, which would leave a copy behind.
            let length = keys.iter().map(|key| key.len() + 1).sum::<usize>() + 16;
            let mut set = Writer::object_in(Vec::with_capacity(length));
            set.member("keys").begin_array();
            for key in keys {
                set.canonical(key.as_bytes());
            }
            set.end_array();
            ("jwk-set+json", Zeroizing::new(String::from_utf8(set.finish()).expect("JSON is UTF-8")))
        }
    };
    let mut salt = [0; SALT_LEN];
    let mut nonce = [0; NONCE_LEN];
    random::fill(&mut salt)?;
    random::fill(&mut nonce)?;
    let mut header = Writer::object();
    header.member("alg").string(ALGORITHM).member("cty").string(content).member("enc").string(ENCRYPTION);
    header.member("p2c").integer(rounds.into()).member("p2s").string(&base64url::encode(&salt));
    let header = base64url::encode(&header.finish());
    let key = Secret::random()?;
    let wrapped = <Wrapping as WrappingKey>::new(&derive(passphrase, &salt, rounds)).wrap(&key)?;
    let mut text = Zeroizing::new(plaintext.as_bytes().to_vec());
    let tag = <Aead as AeadKey>::new(&key).seal(nonce, header.as_bytes(), &mut text)?;
    let [wrapped, nonce, text, tag] = [&wrapped[..], &nonce[..], &text[..], &tag[..]].map(base64url::encode);
    Ok(format!("{header}.{wrapped}.{nonce}.{text}.{tag}"))
}

/// The key-encryption key (RFC 7518 §4.8.1.1: the salt is the algorithm's name, a zero and `p2s`).
fn derive(passphrase: &str, salt: &[u8], rounds: u32) -> Secret {
    let salt = [ALGORITHM.as_bytes(), &[0], salt].concat();
    let mut key = Zeroizing::new([0; KEY_LEN]);
    Active::pbkdf2(Sha2::Sha512, passphrase.as_bytes(), &salt, rounds, &mut *key);
    Secret::new(*key)
}

/// The parts of a JWE, the encoded header as it stood there.
struct Parts {
    encoded: String,
    header: Object,
    unprotected: Option<Object>,
    wrapped: Vec<u8>,
    nonce: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

impl Parts {
    fn of_compact(text: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(text).ok()?.split('.');
        let mut next = || parts.next();
        Self::of([next()?, next()?, next()?, next()?, next()?])
    }

    fn of_object(text: &[u8]) -> Option<Self> {
        const MEMBERS: [&str; 5] = ["protected", "encrypted_key", "iv", "ciphertext", "tag"];
        let object = object(text)?;
        object.only("key file", &[&MEMBERS[..], &["header"]].concat()).ok()?;
        let member = |name| object.get(name).and_then(json::Value::as_str);
        let [header, wrapped, nonce, ciphertext, tag] = MEMBERS.map(member);
        let mut parts = Self::of([header?, wrapped?, nonce?, ciphertext?, tag?])?;
        // Some write what the wrap adds unprotected; whoever changes that makes another key of it.
        if let Some(json::Value::Object(header)) = object.get("header") {
            header.only("key file", &["p2c", "p2s"]).ok()?;
            let twice = header.iter().any(|(name, _)| parts.header.get(name).is_some());
            parts.unprotected = Some(header.clone()).filter(|_| !twice);
            parts.unprotected.as_ref()?;
        }
        Some(parts)
    }

    fn of([encoded, wrapped, nonce, ciphertext, tag]: [&str; 5]) -> Option<Self> {
        Some(Self {
            encoded: encoded.into(),
            header: object(&base64url::decode(encoded)?)?,
            unprotected: None,
            wrapped: base64url::decode(wrapped)?,
            nonce: base64url::decode(nonce)?,
            ciphertext: base64url::decode(ciphertext)?,
            tag: base64url::decode(tag)?,
        })
    }

    fn open(mut self, passphrase: &str, what: &str) -> Result<Zeroizing<Vec<u8>>> {
        let (salt, rounds) = self.parameters(what)?;
        let nonce: [u8; NONCE_LEN] = self.nonce[..].try_into().map_err(|_| wrong(what))?;
        let tag: [u8; TAG_LEN] = self.tag[..].try_into().map_err(|_| wrong(what))?;
        let wrapping = <Wrapping as WrappingKey>::new(&derive(passphrase, &salt, rounds));
        let key = wrapping.unwrap(&self.wrapped).ok_or_else(|| wrong(what))?;
        let mut text = Zeroizing::new(std::mem::take(&mut self.ciphertext));
        let opened = <Aead as AeadKey>::new(&key).open(nonce, self.encoded.as_bytes(), &mut text, &tag);
        if opened { Ok(text) } else { Err(wrong(what)) }
    }

    /// The salt and the rounds, if the header asks for nothing else than is done here.
    fn parameters(&self, what: &str) -> Result<(Vec<u8>, u32)> {
        let member = |name| self.header.get(name).and_then(json::Value::as_str);
        for (name, expected) in [("alg", ALGORITHM), ("enc", ENCRYPTION)] {
            if member(name) != Some(expected) {
                let found = member(name).unwrap_or_default();
                let problem = format!(
                    "its {name:?} is {found:?}: a protected key has \"{ALGORITHM}\" and \"{ENCRYPTION}\""
                );
                return Err(malformed(what, &problem));
            }
        }
        if let Some(name) = ["crit", "zip"].into_iter().find(|name| self.header.get(name).is_some()) {
            return Err(malformed(what, &format!("its header has {name:?}, which is refused")));
        }
        let unprotected = self.unprotected.as_ref();
        let parameter = |name| self.header.get(name).or_else(|| unprotected?.get(name));
        let salt = parameter("p2s").and_then(json::Value::as_str).and_then(base64url::decode);
        let salt = salt.filter(|salt| SALTS_READ.contains(&salt.len())).ok_or_else(|| {
            malformed(what, "its \"p2s\" is not a salt of 8 to 1024 bytes in base64url without padding")
        })?;
        let rounds = parameter("p2c").and_then(json::Value::as_i64);
        let rounds = rounds.and_then(|rounds| u32::try_from(rounds).ok());
        Ok((salt, checked(rounds, "p2c", what)?))
    }
}

fn read_pem(text: &[u8], passphrase: &str, what: &str) -> Result<Jwk> {
    let not_so = |problem: &str| malformed(what, &format!("it is not encrypted PKCS#8: {problem}"));
    let (label, document) = pem::decode_vec(text).map_err(|error| not_so(&error.to_string()))?;
    if label != PEM_LABEL {
        return Err(not_so(&format!("it is a {label:?}")));
    }
    let info = EncryptedPrivateKeyInfoRef::from_der(&document).map_err(|error| not_so(&error.to_string()))?;
    let scheme = info.encryption_algorithm.pbes2().ok_or_else(|| not_so("it is encrypted by PBES1"))?;
    let (iv, length) = match scheme.encryption {
        EncryptionScheme::Aes128Cbc { iv } => (iv, 16),
        EncryptionScheme::Aes192Cbc { iv } => (iv, 24),
        EncryptionScheme::Aes256Cbc { iv } => (iv, 32),
        _ => return Err(not_so("its cipher is not AES in CBC mode")),
    };
    let mut key = Zeroizing::new([0; 32]);
    let key = &mut key[..length];
    match &scheme.kdf {
        Kdf::Pbkdf2(kdf) => {
            let rounds = checked(Some(kdf.iteration_count), "iteration count", what)?;
            let hash = match kdf.prf {
                Pbkdf2Prf::HmacWithSha256 => Sha2::Sha256,
                Pbkdf2Prf::HmacWithSha384 => Sha2::Sha384,
                Pbkdf2Prf::HmacWithSha512 => Sha2::Sha512,
                _ => return Err(not_so("its hash is not SHA-256, SHA-384 or SHA-512")),
            };
            Active::pbkdf2(hash, passphrase.as_bytes(), kdf.salt.as_ref(), rounds, key);
        }
        Kdf::Scrypt(kdf) => {
            let parameters = scrypt_parameters(kdf, what)?;
            scrypt::scrypt(passphrase.as_bytes(), kdf.salt.as_ref(), &parameters, key)
                .map_err(|_| Error::Internal { what: "scrypt" })?;
        }
        _ => return Err(not_so("its key derivation is neither PBKDF2 nor scrypt")),
    }
    // Without authentication a wrong passphrase shows itself by what comes out.
    let mut document = Zeroizing::new(info.encrypted_data.as_bytes().to_vec());
    if !Active::decrypt_aes(AesMode::Cbc(iv), key, &mut document) {
        return Err(wrong(what));
    }
    Jwk::from_pkcs8(&document, what).map_err(|_| wrong(what))
}

fn scrypt_parameters(kdf: &ScryptParams, what: &str) -> Result<scrypt::Params> {
    let cost = kdf.cost_parameter;
    let memory = 128_u64.saturating_mul(cost).saturating_mul(kdf.block_size.into());
    if memory > SCRYPT_MEMORY || kdf.parallelization > SCRYPT_PASSES {
        return Err(malformed(what, "it asks for more than 256 MiB of memory or 16 passes of scrypt"));
    }
    let logarithm = u8::try_from(cost.trailing_zeros()).ok().filter(|_| cost.is_power_of_two());
    let (block, passes) = (kdf.block_size.into(), kdf.parallelization.into());
    logarithm
        .and_then(|logarithm| scrypt::Params::new(logarithm, block, passes).ok())
        .ok_or_else(|| malformed(what, "its parameters are none of scrypt"))
}

fn checked(rounds: Option<u32>, name: &str, what: &str) -> Result<u32> {
    rounds.filter(|rounds| ROUNDS_READ.contains(rounds)).ok_or_else(|| {
        let (least, most) = (ROUNDS_READ.start(), ROUNDS_READ.end());
        malformed(what, &format!("its {name} is not from {least} to {most}"))
    })
}

fn wrong(what: &str) -> Error {
    malformed(what, "the passphrase is wrong, or the file was changed")
}

fn is_compact(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.iter().all(allowed) && text.split(|byte| *byte == b'.').count() == 5
}

fn object(text: &[u8]) -> Option<Object> {
    let value = json::parse(text, Limits { depth: 8, size: 1 << 20, ..Limits::default() }).ok()?;
    value.into_object("key file").ok()
}

#[cfg(test)]
mod tests {
    use super::super::Pair;
    use super::*;

    fn problem(text: &str) -> String {
        let error = read(text.as_bytes(), "passphrase", "it").map(drop).unwrap_err().to_string();
        error.strip_prefix("it is not a usable key: ").unwrap_or_else(|| panic!("{error}")).to_owned()
    }

    /// A file whose header has these members, and the rest of a real one.
    fn with_header(header: &str) -> String {
        let file = write_with(&[Jwk::generate(Pair::X25519).unwrap()], "passphrase", 1000).unwrap();
        let (_, rest) = file.split_once('.').unwrap();
        format!("{}.{rest}", base64url::encode(header.as_bytes()))
    }

    #[test]
    fn what_was_written_is_read() {
        for count in [1, 3] {
            let keys: Vec<_> = (0..count).map(|_| Jwk::generate(Pair::Ed25519).unwrap()).collect();
            let file = write_with(&keys, "pass wörd", 1000).unwrap();
            assert!(is_protected(file.as_bytes()) && is_protected(format!(" {file}\n").as_bytes()));
            let read = read(file.as_bytes(), "pass wörd", "it").unwrap();
            let ids = |keys: &[Jwk]| keys.iter().map(Jwk::thumbprint).collect::<Vec<_>>();
            assert_eq!(ids(&read), ids(&keys));
        }
    }

    #[test]
    fn writing_makes_guesses_dear() {
        let file = write(&[Jwk::generate(Pair::P256).unwrap()], "passphrase").unwrap();
        let header = base64url::decode(file.split('.').next().unwrap()).unwrap();
        let header = String::from_utf8(header).unwrap();
        let start = r#"{"alg":"PBES2-HS512+A256KW","cty":"jwk+json","enc":"A256GCM","p2c":600000,"p2s":""#;
        assert!(header.starts_with(start), "{header}");
    }

    #[test]
    fn a_wrong_passphrase_and_a_changed_file_fail_alike() {
        let file = write_with(&[Jwk::generate(Pair::P256).unwrap()], "passphrase", 1000).unwrap();
        let wrong = "it is not a usable key: the passphrase is wrong, or the file was changed";
        assert_eq!(read(file.as_bytes(), "Passphrase", "it").unwrap_err().to_string(), wrong);
        let parts: Vec<_> = file.split('.').collect();
        for (changed, part) in parts.iter().enumerate().skip(1) {
            let mut bytes = base64url::decode(part).unwrap();
            bytes[0] ^= 1;
            let bytes = base64url::encode(&bytes);
            let mut parts = parts.clone();
            parts[changed] = &bytes;
            let error = read(parts.join(".").as_bytes(), "passphrase", "it").unwrap_err();
            assert_eq!(error.to_string(), wrong, "{changed}");
        }
    }

    #[test]
    fn a_file_says_no_how_to_be_read() {
        // The header of RFC 7517 appendix C.2.
        let other = with_header(
            r#"{"alg":"PBES2-HS256+A128KW","p2s":"2WCTcJZ1Rvd_CJuJripQ1w","p2c":4096,"enc":"A128CBC-HS256","cty":"jwk+json"}"#,
        );
        let expected = "its \"alg\" is \"PBES2-HS256+A128KW\": a protected key has \"PBES2-HS512+A256KW\" and \"A256GCM\"";
        assert_eq!(problem(&other), expected);
        let start = r#"{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2s":"AAAAAAAAAAA","p2c":"#;
        for rounds in ["999", "10000001", "-1", "4294968296", "\"1000\""] {
            let problem = problem(&with_header(&format!("{start}{rounds}}}")));
            assert_eq!(problem, "its p2c is not from 1000 to 10000000");
        }
        let short = with_header(&format!("{start}1000}}").replace("AAAAAAAAAAA", "AAAAAAAAAA"));
        assert_eq!(
            problem(&short),
            "its \"p2s\" is not a salt of 8 to 1024 bytes in base64url without padding"
        );
        let zipped = with_header(&format!("{start}1000,\"zip\":\"DEF\"}}"));
        assert_eq!(problem(&zipped), "its header has \"zip\", which is refused");
    }

    #[test]
    fn a_protected_file_is_not_read_without_a_passphrase() {
        let file = with_header("{}");
        let flattened = r#"{"ciphertext":"AA"}"#;
        let pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for text in [file.as_str(), flattened, pem] {
            assert!(is_protected(text.as_bytes()), "{text}");
            let error = Jwk::parse_any(text.as_bytes(), "it").unwrap_err().to_string();
            let expected = "it is not a usable key: it is protected by a passphrase, and none was given";
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn nothing_is_written_under_no_passphrase_nor_of_no_keys() {
        let key = Jwk::generate(Pair::X25519).unwrap();
        assert_eq!(write(&[key], "").unwrap_err().to_string(), "passphrase is empty");
        assert_eq!(write(&[], "passphrase").unwrap_err().to_string(), "keys are none");
    }
}
