//! Key pairs as documents (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use zeroize::Zeroizing;

use super::jwk::{malformed, secret, text};
use super::{KeyId, Signer};
use crate::crypto::der::{PrivateKey, PublicKey};
use crate::crypto::{
    Active, AgreementKey, Backend, Es256, Es256Key, P256Public, RsaPrivate, RsaPublic, Secret,
    X25519Agreement, ed25519,
};
use crate::json::{Object, Writer};
use crate::{Result, base64url};

impl KeyId {
    /// The id of a public key.
    #[must_use]
    pub fn of_public(key: &PublicKey) -> Self {
        // RFC 7638 §3.2: the required members in lexical order, and that is the canonical form.
        let mut writer = Writer::object();
        write_public(key, &mut writer);
        Self::from_digest(Active::sha256(&[&writer.finish()]))
    }
}

/// Writes the members that make up a public key, in canonical order.
pub(crate) fn write_public(key: &PublicKey, writer: &mut Writer) {
    let mut curve = |name, kty, x: &[u8; 32]| {
        writer.member("crv").string(name).member("kty").string(kty).member("x").string(&base64url::encode(x));
    };
    match key {
        PublicKey::Ed25519(x) => curve("Ed25519", "OKP", x),
        PublicKey::X25519(x) => curve("X25519", "OKP", x),
        PublicKey::P256(point) => {
            curve("P-256", "EC", point.x());
            writer.member("y").string(&base64url::encode(point.y()));
        }
        PublicKey::Rsa(key) => {
            writer.member("e").string(&base64url::encode(key.e())).member("kty").string("RSA");
            writer.member("n").string(&base64url::encode(key.n()));
        }
    }
}

/// Writes a key pair with its id, in canonical order.
pub(super) fn write_private(key: &PrivateKey, public: &PublicKey, writer: &mut Writer) {
    let number = |bytes: &[u8]| Zeroizing::new(base64url::encode(bytes));
    let kid = KeyId::of_public(public);
    let mut curve = |name, kty, d: &Secret, x: &[u8; 32]| {
        writer.member("crv").string(name).member("d").string(&number(d.expose()));
        writer.member("kid").string(kid.as_str()).member("kty").string(kty);
        writer.member("x").string(&base64url::encode(x));
    };
    match (key, public) {
        (PrivateKey::Ed25519(d), PublicKey::Ed25519(x)) => curve("Ed25519", "OKP", d, x),
        (PrivateKey::X25519(d), PublicKey::X25519(x)) => curve("X25519", "OKP", d, x),
        (PrivateKey::P256(d), PublicKey::P256(point)) => {
            curve("P-256", "EC", d, point.x());
            writer.member("y").string(&base64url::encode(point.y()));
        }
        (PrivateKey::Rsa(key), _) => {
            writer.member("d").string(&number(&key.d)).member("dp").string(&number(&key.dp));
            writer.member("dq").string(&number(&key.dq));
            writer.member("e").string(&base64url::encode(key.public.e()));
            writer.member("kid").string(kid.as_str()).member("kty").string("RSA");
            writer.member("n").string(&base64url::encode(key.public.n()));
            writer.member("p").string(&number(&key.p)).member("q").string(&number(&key.q));
            writer.member("qi").string(&number(&key.qi));
        }
        _ => debug_assert!(false, "a private key and a public one of another kind"),
    }
}

/// The public key that belongs to a private one; `None` if that is no key.
pub(super) fn public_of(key: &PrivateKey) -> Option<PublicKey> {
    Some(match key {
        PrivateKey::Ed25519(seed) => PublicKey::Ed25519(*Signer::from_seed(seed).public()),
        PrivateKey::X25519(bytes) => {
            PublicKey::X25519(<X25519Agreement as AgreementKey>::from_private(bytes)?.public())
        }
        PrivateKey::P256(scalar) => PublicKey::P256(<Es256 as Es256Key>::from_scalar(scalar)?.public()),
        PrivateKey::Rsa(key) => PublicKey::Rsa(key.public.clone()),
    })
}

/// Whether the key is one: a point may lie beside its curve, or in a group too small to hide in.
pub(super) fn is_sound(key: &PublicKey) -> bool {
    match key {
        PublicKey::P256(point) => Active::is_on_p256(point),
        PublicKey::Ed25519(point) => ed25519::is_sound(point),
        _ => true,
    }
}

/// Reads a public key; members that do not belong to it are not looked at.
pub(crate) fn read_public(object: &Object, what: &str) -> Result<PublicKey> {
    let key = match (text(object, "kty", what)?, text(object, "crv", what)?) {
        (Some("OKP"), Some("Ed25519")) => PublicKey::Ed25519(array(object, "x", what)?),
        (Some("OKP"), Some("X25519")) => PublicKey::X25519(array(object, "x", what)?),
        (Some("OKP"), curve) => return Err(other_curve(curve, "Ed25519 or X25519", what)),
        (Some("EC"), Some("P-256")) => {
            PublicKey::P256(P256Public::new(&array(object, "x", what)?, &array(object, "y", what)?))
        }
        (Some("EC"), curve) => return Err(other_curve(curve, "P-256", what)),
        (Some("RSA"), _) => PublicKey::Rsa(rsa_public(object, what)?),
        (None, _) => return Err(malformed(what, "member \"kty\" is missing")),
        (Some(kind), _) => return Err(malformed(what, &format!("keys of type {kind:?} are not used"))),
    };
    if !is_sound(&key) {
        return Err(malformed(
            what,
            match key {
                PublicKey::P256(_) => "members \"x\" and \"y\" are not a point of P-256",
                _ => "member \"x\" is a point of small order, or not reduced: anybody could sign for it",
            },
        ));
    }
    Ok(key)
}

/// Reads the private key of `public`, if the document holds one.
pub(super) fn read_private(object: &Object, public: &PublicKey, what: &str) -> Result<Option<PrivateKey>> {
    if object.get("d").is_none() {
        return Ok(None);
    }
    let key = match public {
        PublicKey::Ed25519(_) => PrivateKey::Ed25519(secret(object, "d", what)?),
        PublicKey::X25519(_) => PrivateKey::X25519(secret(object, "d", what)?),
        PublicKey::P256(_) => PrivateKey::P256(secret(object, "d", what)?),
        PublicKey::Rsa(public) => PrivateKey::Rsa(rsa_private(object, public, what)?),
    };
    if public_of(&key).as_ref() != Some(public) {
        return Err(malformed(what, "members \"d\" and \"x\" are not of one key"));
    }
    Ok(Some(key))
}

fn rsa_public(object: &Object, what: &str) -> Result<RsaPublic> {
    let (n, e) = (number(object, "n", what)?, number(object, "e", what)?);
    RsaPublic::new(&n, &e)
        .ok_or_else(|| malformed(what, "it is not an RSA key of 2048 to 8192 bits, or begins with zeros"))
}

fn rsa_private(object: &Object, public: &RsaPublic, what: &str) -> Result<RsaPrivate> {
    if object.get("oth").is_some() {
        return Err(malformed(what, "it is an RSA key of more than two primes"));
    }
    let number = |member| number(object, member, what);
    Ok(RsaPrivate {
        public: public.clone(),
        d: number("d")?,
        p: number("p")?,
        q: number("q")?,
        dp: number("dp")?,
        dq: number("dq")?,
        qi: number("qi")?,
    })
}

fn number(object: &Object, member: &str, what: &str) -> Result<Zeroizing<Vec<u8>>> {
    let encoded = text(object, member, what)?
        .ok_or_else(|| malformed(what, &format!("member {member:?} is missing")))?;
    base64url::decode(encoded)
        .map(Zeroizing::new)
        .ok_or_else(|| malformed(what, &format!("member {member:?} is not base64url without padding")))
}

fn array(object: &Object, member: &str, what: &str) -> Result<[u8; 32]> {
    let encoded = text(object, member, what)?
        .ok_or_else(|| malformed(what, &format!("member {member:?} is missing")))?;
    base64url::decode_array(encoded).ok_or_else(|| {
        malformed(what, &format!("member {member:?} is not 32 bytes of base64url without padding"))
    })
}

fn other_curve(curve: Option<&str>, allowed: &str, what: &str) -> crate::Error {
    malformed(what, &format!("its curve is {:?}, not {allowed}", curve.unwrap_or_default()))
}
