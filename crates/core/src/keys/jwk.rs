//! Keys as documents (RFC 7517): symmetric keys of 256 bit, and Ed25519.

use zeroize::Zeroizing;

use super::{KeyId, Signer, Verifier};
use crate::crypto::{Active, Backend, Secret};
use crate::json::{self, Limits, Object, Writer};
use crate::{Error, Result, base64url};

/// A key that was read from a document.
pub struct Jwk {
    material: Material,
    algorithm: Option<String>,
}

enum Material {
    Symmetric(Secret),
    Private(Secret),
    Public(Verifier),
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

    fn from_value(value: &json::Value, what: &str) -> Result<Self> {
        let object = value.as_object().ok_or_else(|| malformed(what, "it is not a JSON object"))?;
        let algorithm = text(object, "alg", what)?.map(str::to_owned);
        let material = match (text(object, "kty", what)?, text(object, "crv", what)?) {
            (Some("oct"), None) => Material::Symmetric(secret(object, "k", what)?),
            (Some("OKP"), Some("Ed25519")) => ed25519(object, what)?,
            (Some("OKP"), curve) => {
                return Err(malformed(
                    what,
                    &format!("its curve is {:?}, not Ed25519", curve.unwrap_or_default()),
                ));
            }
            (None, _) => return Err(malformed(what, "member \"kty\" is missing")),
            (Some(kind), _) => return Err(malformed(what, &format!("keys of type {kind:?} are not used"))),
        };
        Ok(Self { material, algorithm })
    }

    /// The key's id (RFC 7638), whatever the document calls it.
    #[must_use]
    pub fn thumbprint(&self) -> KeyId {
        match &self.material {
            Material::Symmetric(secret) => KeyId::of_secret(secret),
            Material::Private(seed) => Signer::from_seed(seed).kid(),
            Material::Public(verifier) => verifier.kid(),
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
            Material::Private(seed) => {
                self.only_for(&["EdDSA", "Ed25519"], what).map(|()| Signer::from_seed(seed))
            }
            _ => Err(malformed(what, "it is not a private Ed25519 key (its member \"d\" is missing)")),
        }
    }

    /// The verifier of an Ed25519 key.
    pub fn verifier(&self, what: &str) -> Result<Verifier> {
        self.only_for(&["EdDSA", "Ed25519"], what)?;
        match &self.material {
            Material::Private(seed) => Ok(Signer::from_seed(seed).verifier().clone()),
            Material::Public(verifier) => Ok(verifier.clone()),
            Material::Symmetric(_) => Err(malformed(what, "it is not an Ed25519 key")),
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
    writer.member("alg").string(algorithm);
    writer.member("k").string(&Zeroizing::new(base64url::encode(secret.expose())));
    writer.member("kid").string(KeyId::of_secret(secret).as_str());
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

fn ed25519(object: &Object, what: &str) -> Result<Material> {
    let x = text(object, "x", what)?.ok_or_else(|| malformed(what, "member \"x\" is missing"))?;
    let public = base64url::decode_array(x)
        .ok_or_else(|| malformed(what, "member \"x\" is not 32 bytes of base64url without padding"))?;
    if object.get("d").is_none() {
        return Ok(Material::Public(Verifier::new(public)));
    }
    let seed = secret(object, "d", what)?;
    if Signer::from_seed(&seed).public() != &public {
        return Err(malformed(what, "members \"d\" and \"x\" are not of one key"));
    }
    Ok(Material::Private(seed))
}

fn secret(object: &Object, member: &str, what: &str) -> Result<Secret> {
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

fn text<'a>(object: &'a Object, member: &str, what: &str) -> Result<Option<&'a str>> {
    match object.get(member) {
        None => Ok(None),
        Some(json::Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(what, &format!("member {member:?} is not a string"))),
    }
}

fn malformed(what: &str, problem: &str) -> Error {
    Error::MalformedKey { what: what.into(), problem: problem.into() }
}
