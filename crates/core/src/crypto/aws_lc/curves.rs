//! P-256 and X25519.

use aws_lc_rs::agreement::{self, ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
};

use crate::crypto::{AgreementKey, Es256Key, P256Public, Secret};
use crate::{Error, Result};

/// ECDSA on P-256, private side.
#[derive(Debug)]
pub struct Es256(EcdsaKeyPair);

impl Es256Key for Es256 {
    fn from_scalar(scalar: &Secret) -> Option<Self> {
        let public = P256::from_private(scalar)?.public();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let scalar = scalar.expose();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, public.uncompressed());
        pair.ok().map(Self)
    }

    fn public(&self) -> P256Public {
        P256Public::from_uncompressed(self.0.public_key().as_ref()).expect("AWS-LC does not compress points")
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        let signature = signature.map_err(|_| Error::Internal { what: "ECDSA signature" })?;
        Ok(signature.as_ref().try_into().expect("r and s have 32 bytes each"))
    }
}

pub(super) fn verify_es256(public: &P256Public, message: &[u8], signature: &[u8; 64]) -> bool {
    let public = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.uncompressed());
    public.verify(message, signature).is_ok()
}

pub(super) fn is_on_p256(public: &P256Public) -> bool {
    ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, public.uncompressed())).is_ok()
}

/// ECDH on P-256, private side.
#[derive(Debug)]
pub struct P256(agreement::PrivateKey);

impl AgreementKey for P256 {
    type Public = P256Public;

    fn from_private(private: &Secret) -> Option<Self> {
        agreement::PrivateKey::from_private_key(&ECDH_P256, private.expose()).ok().map(Self)
    }

    fn public(&self) -> P256Public {
        P256Public::from_uncompressed(&public(&self.0)).expect("AWS-LC does not compress points")
    }

    fn agree(&self, peer: &P256Public) -> Option<Secret> {
        agree(&self.0, peer.uncompressed())
    }
}

/// X25519, private side.
#[derive(Debug)]
pub struct X25519(agreement::PrivateKey);

impl AgreementKey for X25519 {
    type Public = [u8; 32];

    fn from_private(private: &Secret) -> Option<Self> {
        agreement::PrivateKey::from_private_key(&agreement::X25519, private.expose()).ok().map(Self)
    }

    fn public(&self) -> [u8; 32] {
        public(&self.0).try_into().expect("an X25519 public key is 32 bytes long")
    }

    fn agree(&self, peer: &[u8; 32]) -> Option<Secret> {
        agree(&self.0, peer)
    }
}

fn public(key: &agreement::PrivateKey) -> Vec<u8> {
    key.compute_public_key().expect("a private key has a public key").as_ref().to_vec()
}

fn agree(key: &agreement::PrivateKey, peer: &[u8]) -> Option<Secret> {
    let peer = UnparsedPublicKey::new(key.algorithm(), peer);
    agreement::agree(key, peer, None, |agreed| agreed.try_into().map(Secret::new).map_err(|_| None::<()>))
        .ok()
}
