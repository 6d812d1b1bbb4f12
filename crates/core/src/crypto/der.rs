//! Keys as PKCS#8 (RFC 5958, RFC 5915, RFC 8017, RFC 8410) and SPKI (RFC 5280), without PEM around.

use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::der::asn1::{AnyRef, BitStringRef, Null, OctetStringRef, UintRef};
use pkcs8::der::{self, Decode, Encode};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::{P256Public, RsaPrivate, RsaPublic, Secret};

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A private key of a kind that is used here.
#[derive(Debug, Clone)]
pub enum PrivateKey {
    /// The seed of an Ed25519 key.
    Ed25519(Secret),
    /// The private bytes of an X25519 key.
    X25519(Secret),
    /// The private scalar of a key on P-256.
    P256(Secret),
    /// An RSA key.
    Rsa(RsaPrivate),
}

/// A public key of a kind that is used here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// An Ed25519 key.
    Ed25519([u8; 32]),
    /// An X25519 key.
    X25519([u8; 32]),
    /// A key on P-256.
    P256(P256Public),
    /// An RSA key.
    Rsa(RsaPublic),
}

impl PrivateKey {
    /// Reads PKCS#8; `None` if `document` is not that, or of another kind of key.
    #[must_use]
    pub fn from_pkcs8(document: &[u8]) -> Option<Self> {
        let info = PrivateKeyInfoRef::from_der(document).ok()?;
        let key = info.private_key.as_bytes();
        match info.algorithm.oid {
            ED25519 if info.algorithm.parameters.is_none() => Some(Self::Ed25519(curve25519(key)?)),
            X25519 if info.algorithm.parameters.is_none() => Some(Self::X25519(curve25519(key)?)),
            EC if is_p256(&info.algorithm) => {
                let key = EcPrivateKey::from_der(key).ok()?;
                Some(Self::P256(Secret::new(key.private_key.try_into().ok()?)))
            }
            RSA if is_rsa(&info.algorithm) => RsaPrivate::from_pkcs1(key).map(Self::Rsa),
            _ => None,
        }
    }

    /// Writes PKCS#8; with a key on P-256 goes its `public` key, as others write it. That fails only
    /// for keys longer than DER allows.
    pub fn to_pkcs8(&self, public: &PublicKey) -> der::Result<Zeroizing<Vec<u8>>> {
        let (algorithm, key) = match self {
            Self::Ed25519(secret) => (algorithm(ED25519), octets(secret)?),
            Self::X25519(secret) => (algorithm(X25519), octets(secret)?),
            Self::P256(scalar) => {
                let public_key = match public {
                    PublicKey::P256(point) => Some(&point.uncompressed()[..]),
                    _ => None,
                };
                let key = EcPrivateKey { private_key: scalar.expose(), parameters: None, public_key };
                (on_p256(), Zeroizing::new(key.to_der()?))
            }
            Self::Rsa(key) => return key.to_pkcs8(),
        };
        let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&key)?);
        Ok(Zeroizing::new(info.to_der()?))
    }
}

impl PublicKey {
    /// Reads SPKI; `None` if `document` is not that, or of another kind of key.
    #[must_use]
    pub fn from_spki(document: &[u8]) -> Option<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(document).ok()?;
        let key = info.subject_public_key.as_bytes()?;
        match info.algorithm.oid {
            ED25519 if info.algorithm.parameters.is_none() => Some(Self::Ed25519(key.try_into().ok()?)),
            X25519 if info.algorithm.parameters.is_none() => Some(Self::X25519(key.try_into().ok()?)),
            EC if is_p256(&info.algorithm) => P256Public::from_uncompressed(key).map(Self::P256),
            RSA if is_rsa(&info.algorithm) => RsaPublic::from_pkcs1(key).map(Self::Rsa),
            _ => None,
        }
    }

    /// Writes SPKI. That fails only for keys longer than DER allows.
    pub fn to_spki(&self) -> der::Result<Vec<u8>> {
        let (algorithm, key) = match self {
            Self::Ed25519(key) => (algorithm(ED25519), &key[..]),
            Self::X25519(key) => (algorithm(X25519), &key[..]),
            Self::P256(point) => (on_p256(), &point.uncompressed()[..]),
            Self::Rsa(key) => return key.to_spki(),
        };
        SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(key)? }.to_der()
    }
}

/// RFC 8410 §7: the private key is an octet string within the octet string.
fn curve25519(key: &[u8]) -> Option<Secret> {
    let bytes = <&OctetStringRef>::from_der(key).ok()?.as_bytes();
    Some(Secret::new(bytes.try_into().ok()?))
}

/// The same, written.
fn octets(secret: &Secret) -> der::Result<Zeroizing<Vec<u8>>> {
    OctetStringRef::new(secret.expose())?.to_der().map(Zeroizing::new)
}

/// An algorithm without parameters.
fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid, parameters: None }
}

fn on_p256() -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid: EC, parameters: Some(AnyRef::from(&P256)) }
}

fn is_p256(algorithm: &AlgorithmIdentifierRef<'_>) -> bool {
    algorithm.parameters_oid() == Ok(P256)
}

fn is_rsa(algorithm: &AlgorithmIdentifierRef<'_>) -> bool {
    algorithm.parameters.is_some_and(AnyRef::is_null)
}

impl RsaPublic {
    /// Reads an `RSAPublicKey` of PKCS#1.
    #[must_use]
    pub fn from_pkcs1(document: &[u8]) -> Option<Self> {
        let key = RsaPublicKeyRef::from_der(document).ok()?;
        Self::new(key.modulus.as_bytes(), key.public_exponent.as_bytes())
    }

    /// Writes SPKI. That fails only for keys longer than DER allows.
    pub fn to_spki(&self) -> der::Result<Vec<u8>> {
        let key =
            RsaPublicKeyRef { modulus: UintRef::new(self.n())?, public_exponent: UintRef::new(self.e())? }
                .to_der()?;
        let algorithm = AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) };
        SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(&key)? }.to_der()
    }
}

impl RsaPrivate {
    /// Reads an `RSAPrivateKey` of PKCS#1 that has two primes.
    #[must_use]
    pub fn from_pkcs1(document: &[u8]) -> Option<Self> {
        let key = RsaPrivateKeyRef::from_der(document).ok()?;
        if key.other_prime_infos.is_some() {
            return None;
        }
        let number = |number: UintRef<'_>| Zeroizing::new(number.as_bytes().to_vec());
        Some(Self {
            public: RsaPublic::new(key.modulus.as_bytes(), key.public_exponent.as_bytes())?,
            d: number(key.private_exponent),
            p: number(key.prime1),
            q: number(key.prime2),
            dp: number(key.exponent1),
            dq: number(key.exponent2),
            qi: number(key.coefficient),
        })
    }

    /// Writes PKCS#8. That fails only for keys longer than DER allows.
    pub fn to_pkcs8(&self) -> der::Result<Zeroizing<Vec<u8>>> {
        let key = RsaPrivateKeyRef {
            modulus: UintRef::new(self.public.n())?,
            public_exponent: UintRef::new(self.public.e())?,
            private_exponent: UintRef::new(&self.d)?,
            prime1: UintRef::new(&self.p)?,
            prime2: UintRef::new(&self.q)?,
            exponent1: UintRef::new(&self.dp)?,
            exponent2: UintRef::new(&self.dq)?,
            coefficient: UintRef::new(&self.qi)?,
            other_prime_infos: None,
        };
        let key = Zeroizing::new(key.to_der()?);
        let algorithm = AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::from(Null)) };
        let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&key)?);
        Ok(Zeroizing::new(info.to_der()?))
    }
}
