//! RSA. Private operations are blinded, which narrows the timing side channel of this crate
//! (RUSTSEC-2023-0071) and does not close it: `docs/decisions/0017-two-backends.md` says when that matters.

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rsa::traits::{PaddingScheme, PrivateKeyParts, PublicKeyParts, SignatureScheme};
use rsa::{BoxedUint, Oaep, Pkcs1v15Sign, Pss, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto::{
    RsaDecryptionKey, RsaPadding, RsaPrivate, RsaPublic, RsaSigningKey, RsaSize, Secret, random,
};
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

pub(super) fn generate(size: RsaSize) -> Result<RsaPrivate> {
    let bits = match size {
        RsaSize::Bits2048 => 2048,
        RsaSize::Bits3072 => 3072,
        RsaSize::Bits4096 => 4096,
    };
    // The crate takes only a source that never fails; one that does so at all does so at first.
    random::fill(&mut [0])?;
    let key = RsaPrivateKey::new(&mut UnwrapErr(SysRng), bits).ok();
    key.and_then(|key| numbers(&key)).ok_or(Error::Internal { what: "RSA key" })
}

fn numbers(key: &RsaPrivateKey) -> Option<RsaPrivate> {
    let secret = |number: &BoxedUint| Zeroizing::new(number.to_be_bytes_trimmed_vartime().into_vec());
    let [p, q] = key.primes() else { return None };
    Some(RsaPrivate {
        public: RsaPublic::new(
            &key.n().as_ref().to_be_bytes_trimmed_vartime(),
            &key.e().to_be_bytes_trimmed_vartime(),
        )?,
        d: secret(key.d()),
        p: secret(p),
        q: secret(q),
        dp: secret(key.dp()?),
        dq: secret(key.dq()?),
        qi: secret(&key.qinv()?.retrieve()),
    })
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
pub(super) fn private(key: &RsaPrivate) -> Option<RsaPrivateKey> {
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
