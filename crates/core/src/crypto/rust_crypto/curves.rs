//! P-256 and X25519.

use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use x25519_dalek::StaticSecret;

use crate::crypto::{AgreementKey, Es256Key, P256Public, Secret};
use crate::{Error, Result};

/// ECDSA on P-256, private side.
pub struct Es256(SigningKey);

impl Es256Key for Es256 {
    fn from_scalar(scalar: &Secret) -> Option<Self> {
        SigningKey::from_slice(scalar.expose()).ok().map(Self)
    }

    fn public(&self) -> P256Public {
        uncompressed(&self.0.verifying_key().into())
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        let signature: Signature =
            self.0.try_sign(message).map_err(|_| Error::Internal { what: "ECDSA signature" })?;
        Ok(signature.to_bytes().into())
    }
}

pub(super) fn verify_es256(public: &P256Public, message: &[u8], signature: &[u8; 64]) -> bool {
    let (Some(public), Ok(signature)) = (point(public), Signature::from_slice(signature)) else {
        return false;
    };
    VerifyingKey::from(public).verify(message, &signature).is_ok()
}

/// The public key, or `None` if it is not on the curve.
pub(super) fn point(public: &P256Public) -> Option<PublicKey> {
    PublicKey::from_sec1_bytes(public.uncompressed()).ok()
}

fn uncompressed(public: &PublicKey) -> P256Public {
    let point = public.to_sec1_point(false);
    P256Public::from_uncompressed(point.as_bytes()).expect("no compression was asked for")
}

/// ECDH on P-256, private side.
pub struct P256(SecretKey);

impl AgreementKey for P256 {
    type Public = P256Public;

    fn from_private(private: &Secret) -> Option<Self> {
        SecretKey::from_slice(private.expose()).ok().map(Self)
    }

    fn public(&self) -> P256Public {
        uncompressed(&self.0.public_key())
    }

    fn agree(&self, peer: &P256Public) -> Option<Secret> {
        let agreed = self.0.diffie_hellman(&point(peer)?);
        Some(Secret::new((*agreed.raw_secret_bytes()).into()))
    }
}

/// X25519, private side.
pub struct X25519(StaticSecret);

impl AgreementKey for X25519 {
    type Public = [u8; 32];

    fn from_private(private: &Secret) -> Option<Self> {
        Some(Self(StaticSecret::from(*private.expose())))
    }

    fn public(&self) -> [u8; 32] {
        x25519_dalek::PublicKey::from(&self.0).to_bytes()
    }

    fn agree(&self, peer: &[u8; 32]) -> Option<Secret> {
        let agreed = self.0.diffie_hellman(&(*peer).into());
        agreed.was_contributory().then(|| Secret::new(agreed.to_bytes()))
    }
}
