//! Keys as documents: JWK and JWK Set (RFC 7517), and PEM.

use zeroize::Zeroizing;

use super::pem::{self, PemKey};
use super::{
    KeyId, OpeningKey, Recipient, Signer, SigningKey, Verifier, VerifyingKey, asymmetric, protected,
};
use crate::crypto::der::{PrivateKey, PublicKey};
use crate::crypto::{Active, Backend, RsaPadding, RsaSize, Secret};
use crate::json::{self, Limits, Object, Writer};
use crate::serialized::ObjectKey;
use crate::{Error, Result, base64url};

/// A key that was read from a document.
pub struct Jwk {
    material: Material,
    algorithm: Option<String>,
    /// What the document says it is for: `sig` or `enc`.
    intent: Option<String>,
}

enum Material {
    Symmetric(Secret),
    /// An AES key of 128 or 192 bits, which opens what others sealed and nothing else.
    Short(Zeroizing<Vec<u8>>),
    Private(PrivateKey, PublicKey),
    Public(PublicKey),
}

/// Kinds of key pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    /// Signs, by `EdDSA`.
    Ed25519,
    /// Signs by `ES256`, or is sealed for by `ECDH-ES+A256KW`.
    P256,
    /// Is sealed for, by `ECDH-ES+A256KW`.
    X25519,
    /// Signs by `PS256` or `RS256`, or is sealed for by `RSA-OAEP-256`. To make one takes a second, as
    /// a rule, and seconds for the longest.
    Rsa(RsaSize),
}

impl Jwk {
    /// Reads a JWK; `what` (a file name, as a rule) is named in errors, the text never.
    pub fn parse(text: &[u8], what: &str) -> Result<Self> {
        Self::from_value(&*read(text, what)?, what)
    }

    /// Reads a JWK Set.
    pub fn parse_set(text: &[u8], what: &str) -> Result<Vec<Self>> {
        let document = read(text, what)?;
        let keys = document.as_object().and_then(|set| set.get("keys")).and_then(json::Value::as_array);
        let keys = keys.ok_or_else(|| malformed(what, "it is not a JWK Set"))?;
        keys.iter().map(|key| Self::from_value(key, what)).collect()
    }

    /// Reads a key in PEM: PKCS#8 or SPKI.
    pub fn parse_pem(text: &[u8], what: &str) -> Result<Self> {
        match pem::read(text, what)? {
            PemKey::Private(key) => Self::of_private(key, what),
            PemKey::Public(key) if asymmetric::is_sound(&key) => {
                Ok(Self { material: Material::Public(key), algorithm: None, intent: None })
            }
            PemKey::Public(_) => Err(no_key(what)),
        }
    }

    /// Reads PKCS#8 without PEM around.
    pub(super) fn from_pkcs8(document: &[u8], what: &str) -> Result<Self> {
        Self::of_private(pem::read_pkcs8(document, what)?, what)
    }

    fn of_private(key: PrivateKey, what: &str) -> Result<Self> {
        let public = asymmetric::public_of(&key).ok_or_else(|| no_key(what))?;
        Ok(Self { material: Material::Private(key, public), algorithm: None, intent: None })
    }

    /// Reads all keys of a file: a JWK, a JWK Set, or one key in PEM. Those that are protected by a
    /// passphrase are read by [`protected::read`](super::protected::read).
    pub fn parse_any(text: &[u8], what: &str) -> Result<Vec<Self>> {
        if protected::is_protected(text) {
            return Err(malformed(what, "it is protected by a passphrase, and none was given"));
        }
        if pem::looks_so(text) {
            return Self::parse_pem(text, what).map(|key| vec![key]);
        }
        let document = read(text, what)?;
        match document.as_object().and_then(|object| object.get("keys")) {
            Some(_) => Self::parse_set(text, what),
            None => Self::from_value(&document, what).map(|key| vec![key]),
        }
    }

    /// A fresh key pair.
    pub fn generate(pair: Pair) -> Result<Self> {
        loop {
            let key = match pair {
                Pair::Ed25519 => PrivateKey::Ed25519(Secret::random()?),
                Pair::P256 => PrivateKey::P256(Secret::random()?),
                Pair::X25519 => PrivateKey::X25519(Secret::random()?),
                Pair::Rsa(size) => PrivateKey::Rsa(Active::generate_rsa(size)?),
            };
            // Of 2^32 draws one is no scalar of P-256.
            if let Some(public) = asymmetric::public_of(&key) {
                let material = Material::Private(key, public);
                return Ok(Self { material, algorithm: None, intent: None });
            }
        }
    }

    /// A fresh symmetric key for `algorithm`: `A256KW` or `A256GCMKW`.
    pub fn generate_secret(algorithm: &str) -> Result<Self> {
        let material = Material::Symmetric(Secret::random()?);
        Ok(Self { material, algorithm: Some(algorithm.into()), intent: None })
    }

    fn from_value(value: &json::Value, what: &str) -> Result<Self> {
        let object = value.as_object().ok_or_else(|| malformed(what, "it is not a JSON object"))?;
        let owned = |member| text(object, member, what).map(|text| text.map(str::to_owned));
        let material = if text(object, "kty", what)? == Some("oct") {
            match short(object, "k", what)? {
                Some(key) => Material::Short(key),
                None => Material::Symmetric(secret(object, "k", what)?),
            }
        } else {
            let public = asymmetric::read_public(object, what)?;
            match asymmetric::read_private(object, &public, what)? {
                Some(private) => Material::Private(private, public),
                None => Material::Public(public),
            }
        };
        let operations = intent_of_operations(object, what)?;
        let intent = match (owned("use")?, operations) {
            (Some(intent), Some(operations)) if intent != operations => {
                return Err(malformed(what, "its use and its key_ops contradict each other"));
            }
            (None, operations) => operations.map(str::to_owned),
            (intent, _) => intent,
        };
        Ok(Self { material, algorithm: owned("alg")?, intent })
    }

    /// The key, which signs with this padding if it is one of RSA that does not say how.
    #[must_use]
    pub fn padded_by(mut self, padding: RsaPadding) -> Self {
        if let Material::Private(_, PublicKey::Rsa(_)) | Material::Public(PublicKey::Rsa(_)) = &self.material
            && self.algorithm.is_none()
            && padding == RsaPadding::Pkcs1
        {
            self.algorithm = Some("RS256".into());
        }
        self
    }

    /// The key's id (RFC 7638), whatever the document calls it.
    #[must_use]
    pub fn thumbprint(&self) -> KeyId {
        match &self.material {
            Material::Symmetric(secret) => KeyId::of_secret(secret),
            Material::Short(key) => KeyId::of_symmetric(key),
            Material::Private(_, public) | Material::Public(public) => KeyId::of_public(public),
        }
    }

    /// The symmetric key, which must not be marked for another algorithm than `algorithm`.
    pub fn secret(&self, algorithm: &str, what: &str) -> Result<Secret> {
        match &self.material {
            Material::Symmetric(secret) => self.only_for(&[algorithm], what).map(|()| secret.clone()),
            _ => Err(malformed(what, "it is not a symmetric key (\"kty\":\"oct\")")),
        }
    }

    /// The signer of a private Ed25519 key.
    pub fn signer(&self, what: &str) -> Result<Signer> {
        match &self.material {
            Material::Private(PrivateKey::Ed25519(seed), _) => {
                self.only_for(&["EdDSA", "Ed25519"], what).map(|()| Signer::from_seed(seed))
            }
            _ => Err(malformed(what, "it is not a private Ed25519 key (its member \"d\" is missing)")),
        }
    }

    /// The verifier of an Ed25519 key.
    pub fn verifier(&self, what: &str) -> Result<Verifier> {
        self.only_for(&["EdDSA", "Ed25519"], what)?;
        match &self.material {
            Material::Private(_, PublicKey::Ed25519(key)) | Material::Public(PublicKey::Ed25519(key)) => {
                Ok(Verifier::new(*key))
            }
            _ => Err(malformed(what, "it is not an Ed25519 key")),
        }
    }

    /// The key that signs statements: Ed25519 by `EdDSA`, P-256 by `ES256`, RSA by `PS256`, or by
    /// `RS256` where the document says so.
    pub fn signing_key(&self, what: &str) -> Result<SigningKey> {
        let padding = self.for_signing(what)?;
        let contradiction = || malformed(what, "its numbers contradict each other");
        match &self.material {
            Material::Private(PrivateKey::Ed25519(seed), _) => Ok(Signer::from_seed(seed).into()),
            Material::Private(PrivateKey::P256(scalar), _) => {
                SigningKey::p256(scalar).ok_or_else(contradiction)
            }
            Material::Private(PrivateKey::Rsa(key), _) => {
                SigningKey::rsa(key, padding).ok_or_else(contradiction)
            }
            _ => Err(malformed(what, "it is not a private key that signs")),
        }
    }

    /// The key that verifies statements, by the same algorithms; a private one serves as well.
    pub fn verifying_key(&self, what: &str) -> Result<VerifyingKey> {
        let padding = self.for_signing(what)?;
        match &self.material {
            Material::Private(_, key) | Material::Public(key) => VerifyingKey::new(key, padding),
            Material::Symmetric(_) | Material::Short(_) => None,
        }
        .ok_or_else(|| malformed(what, "it is not a key that signs"))
    }

    /// The key that opens sealed objects of Java: an AES key of any length, or a private RSA key.
    pub fn object_key(&self, what: &str) -> Result<ObjectKey> {
        self.meant_for("enc", what)?;
        self.only_for(
            match &self.material {
                Material::Private(..) | Material::Public(_) => &["RSA-OAEP", "RSA-OAEP-256", "RSA1_5"],
                _ => &["A256GCM", "A192GCM", "A128GCM", "A256CBC", "A192CBC", "A128CBC"],
            },
            what,
        )?;
        match &self.material {
            Material::Symmetric(key) => ObjectKey::aes(key.expose()),
            Material::Short(key) => ObjectKey::aes(key),
            Material::Private(PrivateKey::Rsa(key), public) => ObjectKey::rsa(key, KeyId::of_public(public)),
            _ => None,
        }
        .ok_or_else(|| malformed(what, "it is not an AES key or a private RSA key"))
    }

    /// The key that verifies signed objects of Java: as [`Self::verifying_key`], but an RSA key that
    /// does not say how it signs does so by `SHA256withRSA`.
    pub fn object_signer(&self, what: &str) -> Result<VerifyingKey> {
        let padding = self.for_signing(what)?;
        let padding = if self.algorithm.is_none() { RsaPadding::Pkcs1 } else { padding };
        match &self.material {
            Material::Private(_, key) | Material::Public(key) => VerifyingKey::new(key, padding),
            Material::Symmetric(_) | Material::Short(_) => None,
        }
        .ok_or_else(|| malformed(what, "it is not a key that signs"))
    }

    /// Whoever has the private key is sealed for: RSA by `RSA-OAEP-256`, P-256 and X25519 by
    /// `ECDH-ES+A256KW`, a symmetric key by `A256KW`, or by `A256GCMKW` where the document says so.
    pub fn recipient(&self, what: &str) -> Result<Recipient> {
        let gcm = self.for_wrapping(what)?;
        match &self.material {
            Material::Symmetric(key) if gcm => Some(Recipient::aes_gcm(key)),
            Material::Symmetric(key) => Some(Recipient::aes_key_wrap(key)),
            Material::Private(_, key) | Material::Public(key) => Recipient::public(key),
            Material::Short(_) => None,
        }
        .ok_or_else(|| malformed(what, "it is not a key that wraps"))
    }

    /// The private key that opens, by the same algorithms.
    pub fn opening_key(&self, what: &str) -> Result<OpeningKey> {
        let gcm = self.for_wrapping(what)?;
        match &self.material {
            Material::Symmetric(key) if gcm => Some(OpeningKey::aes_gcm(key)),
            Material::Symmetric(key) => Some(OpeningKey::aes_key_wrap(key)),
            Material::Private(key, public) => OpeningKey::private(key, public),
            Material::Public(_) | Material::Short(_) => None,
        }
        .ok_or_else(|| malformed(what, "it is not a private key that unwraps"))
    }

    /// The document with the private or symmetric key; `None` if this is a public one.
    #[must_use]
    pub fn to_private(&self) -> Option<Zeroizing<String>> {
        match &self.material {
            Material::Symmetric(key) => {
                Some(write_secret(key, self.algorithm.as_deref().unwrap_or("A256KW")))
            }
            Material::Short(key) => Some(document(1, |writer| {
                write_symmetric_members(writer, key, self.algorithm.as_deref());
            })),
            // A key of 8192 bits has eight numbers of 700 to 1400 characters.
            Material::Private(key, public) => {
                Some(document(32, |writer| asymmetric::write_private(key, public, writer)))
            }
            Material::Public(_) => None,
        }
    }

    /// The document with the public key; `None` if this is a symmetric one.
    #[must_use]
    pub fn to_public(&self) -> Option<String> {
        match &self.material {
            Material::Private(_, key) | Material::Public(key) => {
                Some(document(8, |writer| asymmetric::write_public(key, writer)).to_string())
            }
            Material::Symmetric(_) | Material::Short(_) => None,
        }
    }

    /// The private key as PKCS#8 in PEM; `None` if this is a public or a symmetric key.
    #[must_use]
    pub fn to_private_pem(&self) -> Option<Zeroizing<String>> {
        match &self.material {
            Material::Private(key, public) => pem::write_private(key, public),
            Material::Public(_) | Material::Symmetric(_) | Material::Short(_) => None,
        }
    }

    /// The public key as SPKI in PEM; `None` if this is a symmetric key.
    #[must_use]
    pub fn to_public_pem(&self) -> Option<String> {
        match &self.material {
            Material::Private(_, key) | Material::Public(key) => pem::write_public(key),
            Material::Symmetric(_) | Material::Short(_) => None,
        }
    }

    /// How an RSA key signs.
    fn for_signing(&self, what: &str) -> Result<RsaPadding> {
        self.meant_for("sig", what)?;
        let algorithms: &[&str] = match &self.material {
            Material::Private(_, key) | Material::Public(key) => match key {
                PublicKey::Ed25519(_) => &["EdDSA", "Ed25519"],
                PublicKey::P256(_) => &["ES256"],
                PublicKey::Rsa(_) => &["PS256", "RS256"],
                PublicKey::X25519(_) => return Ok(RsaPadding::Pss),
            },
            Material::Symmetric(_) | Material::Short(_) => return Ok(RsaPadding::Pss),
        };
        self.only_for(algorithms, what)?;
        let pkcs1 = self.algorithm.as_deref() == Some("RS256");
        Ok(if pkcs1 { RsaPadding::Pkcs1 } else { RsaPadding::Pss })
    }

    /// Whether a symmetric key wraps by AES-GCM.
    fn for_wrapping(&self, what: &str) -> Result<bool> {
        self.meant_for("enc", what)?;
        let algorithms: &[&str] = match &self.material {
            Material::Symmetric(_) | Material::Short(_) => &["A256KW", "A256GCMKW"],
            Material::Private(_, PublicKey::Rsa(_)) | Material::Public(PublicKey::Rsa(_)) => {
                &["RSA-OAEP-256"]
            }
            _ => &["ECDH-ES+A256KW"],
        };
        self.only_for(algorithms, what)?;
        Ok(self.algorithm.as_deref() == Some("A256GCMKW"))
    }

    fn meant_for(&self, intent: &str, what: &str) -> Result<()> {
        match &self.intent {
            Some(found) if found != intent => {
                Err(malformed(what, &format!("its use is {found:?}, not {intent:?}")))
            }
            _ => Ok(()),
        }
    }

    fn only_for(&self, algorithms: &[&str], what: &str) -> Result<()> {
        match &self.algorithm {
            Some(found) if !algorithms.contains(&found.as_str()) => {
                Err(malformed(what, &format!("it is for algorithm {found:?}, not {:?}", algorithms[0])))
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for Jwk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Jwk({})", self.thumbprint())
    }
}

/// The JWK of a symmetric key for `algorithm`.
#[must_use]
pub fn write_secret(secret: &Secret, algorithm: &str) -> Zeroizing<String> {
    document(1, |writer| write_secret_members(writer, secret, algorithm))
}

/// The JWK Set of symmetric keys for `algorithm`.
#[must_use]
pub fn write_secrets<'a>(
    secrets: impl ExactSizeIterator<Item = &'a Secret>,
    algorithm: &str,
) -> Zeroizing<String> {
    document(1 + secrets.len(), |writer| {
        writer.member("keys").begin_array();
        for secret in secrets {
            writer.begin_object();
            write_secret_members(writer, secret, algorithm);
            writer.end_object();
        }
        writer.end_array();
    })
}

/// The private JWK of the Ed25519 key with this seed.
#[must_use]
pub fn write_private(seed: &Secret) -> Zeroizing<String> {
    let public = *Signer::from_seed(seed).public();
    document(1, |writer| {
        writer.member("alg").string("EdDSA").member("crv").string("Ed25519");
        writer.member("d").string(&Zeroizing::new(base64url::encode(seed.expose())));
        writer.member("kid").string(KeyId::of_ed25519(&public).as_str());
        writer.member("kty").string("OKP").member("x").string(&base64url::encode(&public));
    })
}

/// The public JWK of an Ed25519 key.
#[must_use]
pub fn write_public(verifier: &Verifier) -> String {
    document(1, |writer| verifier.write_jwk(writer)).to_string()
}

fn write_secret_members(writer: &mut Writer, secret: &Secret, algorithm: &str) {
    write_symmetric_members(writer, secret.expose(), Some(algorithm));
}

fn write_symmetric_members(writer: &mut Writer, key: &[u8], algorithm: Option<&str>) {
    if let Some(algorithm) = algorithm {
        writer.member("alg").string(algorithm);
    }
    writer.member("k").string(&Zeroizing::new(base64url::encode(key)));
    writer.member("kid").string(KeyId::of_symmetric(key).as_str());
    writer.member("kty").string("oct");
}

fn document(keys: usize, write: impl FnOnce(&mut Writer)) -> Zeroizing<String> {
    // Large enough that it need not grow, which would leave a copy behind.
    let mut writer = Writer::object_in(Vec::with_capacity(256 * keys));
    write(&mut writer);
    Zeroizing::new(String::from_utf8(writer.finish()).expect("JSON is UTF-8"))
}

fn read(text: &[u8], what: &str) -> Result<Zeroizing<json::Value>> {
    json::parse(text, Limits { depth: 8, size: 1 << 20, ..Limits::default() })
        .map(Zeroizing::new)
        .map_err(|error| malformed(what, &error.to_string()))
}

/// An AES key of 128 or 192 bits; `None` if the member is not of that length.
fn short(object: &Object, member: &str, what: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let key = text(object, member, what)?.and_then(base64url::decode).map(Zeroizing::new);
    Ok(key.filter(|key| matches!(key.len(), 16 | 24) && key.iter().any(|byte| *byte != 0)))
}

pub(super) fn secret(object: &Object, member: &str, what: &str) -> Result<Secret> {
    let encoded = text(object, member, what)?
        .ok_or_else(|| malformed(what, &format!("member {member:?} is missing")))?;
    let bytes = base64url::decode_array::<32>(encoded).map(Zeroizing::new).ok_or_else(|| {
        malformed(what, &format!("member {member:?} is not 32 bytes of base64url without padding"))
    })?;
    if Active::constant_time_eq(&*bytes, &[0; 32]) {
        return Err(malformed(what, &format!("member {member:?} is all zeros")));
    }
    Ok(Secret::new(*bytes))
}

pub(super) fn text<'a>(object: &'a Object, member: &str, what: &str) -> Result<Option<&'a str>> {
    match object.get(member) {
        None => Ok(None),
        Some(json::Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(what, &format!("member {member:?} is not a string"))),
    }
}

/// The `use` that the operations of a key amount to (RFC 7517 §4.3); `None` if they are of both sorts, or
/// are not told.
fn intent_of_operations(object: &Object, what: &str) -> Result<Option<&'static str>> {
    let Some(operations) = object.get("key_ops") else { return Ok(None) };
    let names = operations.as_array().map(|all| all.iter().map(json::Value::as_str).collect());
    let names: Option<Vec<&str>> = names.and_then(|names: Vec<_>| names.into_iter().collect());
    let names = names.ok_or_else(|| malformed(what, "its key_ops is not an array of strings"))?;
    let signs = names.iter().any(|name| ["sign", "verify"].contains(name));
    let wraps = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];
    match (signs, names.iter().any(|name| wraps.contains(name))) {
        (true, false) => Ok(Some("sig")),
        (false, true) => Ok(Some("enc")),
        _ => Ok(None),
    }
}

fn no_key(what: &str) -> Error {
    malformed(what, "it is not a key: a number of it is not one of its curve's")
}

pub(super) fn malformed(what: &str, problem: &str) -> Error {
    Error::MalformedKey { what: what.into(), problem: problem.into() }
}
