//! RSA. Private operations are blinded, which narrows the timing side channel of this crate
//! (RUSTSEC-2023-0071) and does not close it: `docs/decisions/0017-two-backends.md` says when that matters.

use getrandom::SysRng;
use rsa::traits::{PaddingScheme, PrivateKeyParts, SignatureScheme};
use rsa::{BoxedUint, Oaep, Pkcs1v15Sign, Pss, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto::{RsaDecryptionKey, RsaPadding, RsaPrivate, RsaPublic, RsaSigningKey, Secret};
use crate::{Error, Result};

/// RSA signatures, private side.
pub struct Signing(RsaPrivateKey);

impl RsaSigningKey for Signing {
    fn new(key: &RsaPrivate) -> Option<Self> {
        private(key).map(Self)
    }

    fn sign(&self, padding: RsaPadding, message: &[u8]) -> Result<Vec<u8>> {
        let digest = Sha256::digest(message);
        let blinding = Some(&mut SysRng);
        let signature = match padding {
            RsaPadding::Pss => pss().sign(blinding, &self.0, &digest),
            RsaPadding::Pkcs1 => pkcs1().sign(blinding, &self.0, &digest),
        };
        signature.map_err(|_| Error::Internal { what: "RSA signature" })
    }
}

pub(super) fn verify(public: &RsaPublic, padding: RsaPadding, message: &[u8], signature: &[u8]) -> bool {
    let Some(public) = self::public(public) else { return false };
    let digest = Sha256::digest(message);
    match padding {
        RsaPadding::Pss => pss().verify(&public, &digest, signature),
        RsaPadding::Pkcs1 => pkcs1().verify(&public, &digest, signature),
    }
    .is_ok()
}

fn pss() -> Pss<Sha256> {
    Pss::new_blinded_with_salt(32)
}

fn pkcs1() -> Pkcs1v15Sign {
    Pkcs1v15Sign::new::<Sha256>()
}

pub(super) fn encrypt_oaep(public: &RsaPublic, key: &Secret) -> Result<Vec<u8>> {
    let encrypt = || Oaep::<Sha256>::new().encrypt(&mut SysRng, &self::public(public)?, key.expose()).ok();
    let refused = || Error::InvalidArgument { what: "RSA key", problem: "is not a valid public key".into() };
    encrypt().ok_or_else(refused)
}

/// RSA-OAEP, private side.
pub struct Decryption(RsaPrivateKey);

impl RsaDecryptionKey for Decryption {
    fn new(key: &RsaPrivate) -> Option<Self> {
        private(key).map(Self)
    }

    fn decrypt(&self, ciphertext: &[u8]) -> Option<Secret> {
        let key = Oaep::<Sha256>::new().decrypt(Some(&mut SysRng), &self.0, ciphertext).ok()?;
        let key = Zeroizing::new(key);
        Some(Secret::new(key.as_slice().try_into().ok()?))
    }
}

fn public(key: &RsaPublic) -> Option<RsaPublicKey> {
    RsaPublicKey::new(number(key.n())?, number(key.e())?).ok()
}

/// The crate computes what the Chinese remainder theorem needs itself; what the key says of it must
/// be the same, as AWS-LC demands.
#[allow(clippy::many_single_char_names, reason = "RFC 7518 names them so")]
fn private(key: &RsaPrivate) -> Option<RsaPrivateKey> {
    let [n, e] = [key.public.n(), key.public.e()].map(number);
    let [d, p, q, dp, dq, qi] =
        [&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qi].map(|secret| number(secret));
    let key = RsaPrivateKey::from_components(n?, e?, d?, vec![p?, q?]).ok()?;
    let agree = key.dp()? == &dp? && key.dq()? == &dq? && key.qinv()?.retrieve() == qi?;
    agree.then_some(key)
}

fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let bits = u32::try_from(bytes.len() * 8).ok()?;
    BoxedUint::from_be_slice(bytes, bits.max(8)).ok()
}
