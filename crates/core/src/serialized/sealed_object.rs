//! `javax.crypto.SealedObject`.

use std::borrow::Cow;

use pkcs1::RsaOaepParamsOwned;
use pkcs8::ObjectIdentifier;
use pkcs8::der::asn1::{OctetStringRef, SequenceRef};
use pkcs8::der::{Decode, Reader as _, SliceReader};
use zeroize::Zeroizing;

use super::key::{Key, ObjectKey};
use super::stream::{self, Class, Reader};
use super::{must_be, refused};
use crate::crypto::{Active, AesMode, Backend, RsaEncryption, RsaForeign, RsaForeignKey};
use crate::{Error, Result};

pub(super) const CLASS: &str = "javax.crypto.SealedObject";
const VERSION: i64 = 4_482_838_265_551_344_752;
const FIELDS: [(&str, &str); 4] = [
    ("[B", "encodedParams"),
    ("[B", "encryptedContent"),
    ("Ljava/lang/String;", "paramsAlg"),
    ("Ljava/lang/String;", "sealAlg"),
];

/// What is read, for messages.
const AES: &str = "AES in CBC, ECB (PKCS5Padding) or GCM mode";
const RSA: &str = "RSA with PKCS1Padding or OAEP with SHA-1 or SHA-256";
const GCM_TAG: u8 = 16;

const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const MGF_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const P_SPECIFIED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.9");

/// A sealed object that was read and not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedObject<'a> {
    ciphertext: &'a [u8],
    algorithm: Cow<'a, str>,
    parameters: Option<&'a [u8]>,
    parameters_algorithm: Option<Cow<'a, str>>,
}

/// How the object is encrypted.
enum Encryption {
    Aes(AesMode),
    Rsa(RsaEncryption),
}

impl<'a> SealedObject<'a> {
    pub(super) fn read(reader: &mut Reader<'a>, classes: &[Class<'a>]) -> Result<Self> {
        must_be(classes, VERSION, &FIELDS)?;
        let (mut parameters, mut ciphertext, mut parameters_algorithm, mut algorithm) =
            (None, None, None, None);
        for field in &classes[0].fields {
            match &*field.name {
                "encodedParams" => parameters = reader.bytes_value()?,
                "encryptedContent" => ciphertext = reader.bytes_value()?,
                "paramsAlg" => parameters_algorithm = reader.text_value()?,
                _ => algorithm = reader.text_value()?,
            }
        }
        match (ciphertext, algorithm) {
            (Some(ciphertext), Some(algorithm)) => {
                Ok(Self { ciphertext, algorithm, parameters, parameters_algorithm })
            }
            _ => Err(refused(reader.position(), "a field of the SealedObject is null")),
        }
    }

    /// The transformation by its Java name, as the object says: `AES/CBC/PKCS5Padding`.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// Whether its encryption authenticates, as AES-GCM alone does: if not, anybody who has the
    /// public key, or can write to where the object lies, can have made or changed it.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        matches!(self.encryption(), Ok(Encryption::Aes(AesMode::Gcm(_))))
    }

    /// The serialised content, and the key that opens it, one of `keys`. The object does not say
    /// for which key it was sealed, so all are tried that are of its kind.
    ///
    /// Fails with [`Error::AuthenticationFailed`] alike for a wrong key, padding, tag or content.
    pub fn open<'k>(&self, keys: &'k [ObjectKey]) -> Result<(Zeroizing<Vec<u8>>, &'k ObjectKey)> {
        let encryption = self.encryption()?;
        let mut tried = Vec::new();
        for key in keys {
            let content = match (&encryption, &key.key) {
                (Encryption::Aes(mode), Key::Aes(bytes)) => {
                    let mut content = Zeroizing::new(self.ciphertext.to_vec());
                    Active::decrypt_aes(*mode, bytes, &mut content).then_some(content)
                }
                (Encryption::Rsa(way), Key::Rsa(key)) => key.decrypt(*way, self.ciphertext),
                _ => continue,
            };
            // A wrong padding may look right by chance, so that what comes out must have the form too.
            match content.filter(|content| stream::has_magic(content)) {
                Some(content) => return Ok((content, key)),
                None => tried.push(key.kid()),
            }
        }
        if tried.is_empty() {
            let kind = if matches!(encryption, Encryption::Aes(_)) { "AES" } else { "private RSA" };
            let problem =
                format!("hold no {kind} key, and the object is sealed by {:?}", self.short_algorithm());
            return Err(Error::InvalidArgument { what: "opening keys", problem });
        }
        Err(Error::AuthenticationFailed { what: "the sealed object".into(), kid: tried.join(" or ") })
    }

    fn encryption(&self) -> Result<Encryption> {
        let parts: Vec<_> = self.algorithm.split('/').map(str::to_ascii_uppercase).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let aes = match parts[..] {
            // What JCE's own provider makes of a name alone.
            ["AES"] | ["AES", "ECB", "PKCS5PADDING" | "PKCS7PADDING"] => {
                return self.no_parameters().map(|()| Encryption::Aes(AesMode::Ecb));
            }
            ["RSA"] | ["RSA", "ECB" | "NONE" | "", "PKCS1PADDING"] => {
                return self.no_parameters().map(|()| Encryption::Rsa(RsaEncryption::Pkcs1));
            }
            ["AES", "CBC", "PKCS5PADDING" | "PKCS7PADDING"] => self.cbc().map(Encryption::Aes),
            ["AES", "GCM", "NOPADDING"] => self.gcm().map(Encryption::Aes),
            ["RSA", "ECB" | "NONE" | "", padding] if is_oaep(padding) => {
                return self.oaep().map(Encryption::Rsa);
            }
            ["RSA", ..] => return Err(self.unsupported(RSA)),
            ["AES", ..] => return Err(self.unsupported(AES)),
            _ => return Err(self.unsupported("AES or RSA")),
        };
        aes.ok_or_else(|| self.wrong_parameters())
    }

    /// RFC 2630 §12.4 and RFC 3565 §2.2: the vector alone.
    fn cbc(&self) -> Option<AesMode> {
        let iv = <&OctetStringRef>::from_der(self.parameters_of("AES")?).ok()?;
        Some(AesMode::Cbc(iv.as_bytes().try_into().ok()?))
    }

    /// RFC 5084 §3.2, with the nonce and the tag that everybody uses.
    fn gcm(&self) -> Option<AesMode> {
        let parameters = <&SequenceRef>::from_der(self.parameters_of("GCM")?).ok()?;
        let mut reader = SliceReader::new(parameters.as_bytes()).ok()?;
        let nonce = <&OctetStringRef>::decode(&mut reader).ok()?;
        let tag = u8::decode(&mut reader).ok()?;
        let sound = tag == GCM_TAG && reader.is_finished();
        sound.then(|| nonce.as_bytes().try_into().ok().map(AesMode::Gcm))?
    }

    /// RFC 8017 appendix A.2.1. The name of the transformation says less: Java's
    /// `OAEPWithSHA-256AndMGF1Padding` has SHA-1 within MGF1 unless it is told otherwise.
    fn oaep(&self) -> Result<RsaEncryption> {
        let read = || {
            let oaep = RsaOaepParamsOwned::from_der(self.parameters_of("OAEP")?).ok()?;
            let label = oaep.p_source.parameters?;
            let label = label.decode_as::<&OctetStringRef>().ok()?;
            let plain = oaep.p_source.oid == P_SPECIFIED && label.as_bytes().is_empty();
            let mgf = oaep.mask_gen.parameters.filter(|_| oaep.mask_gen.oid == MGF_1)?;
            Some((plain, oaep.hash.oid, mgf.oid))
        };
        let encryption = match read().ok_or_else(|| self.wrong_parameters())? {
            (true, SHA_1, SHA_1) => RsaEncryption::OaepSha1,
            (true, SHA_256, SHA_256) => RsaEncryption::OaepSha256,
            (true, SHA_256, SHA_1) => RsaEncryption::OaepSha256Mgf1Sha1,
            _ => return Err(self.unsupported(RSA)),
        };
        if <RsaForeign as RsaForeignKey>::supports(encryption) {
            return Ok(encryption);
        }
        Err(Error::UnsupportedAlgorithm {
            algorithm: format!("{} with MGF1 by SHA-1", self.short_algorithm()),
            allowed: "one hash for both (in a library built without the feature rust-crypto)",
        })
    }

    fn parameters_of(&self, algorithm: &str) -> Option<&'a [u8]> {
        self.parameters.filter(|_| self.parameters_algorithm.as_deref() == Some(algorithm))
    }

    fn no_parameters(&self) -> Result<()> {
        if self.parameters.is_none() && self.parameters_algorithm.is_none() {
            return Ok(());
        }
        Err(self.wrong_parameters())
    }

    fn wrong_parameters(&self) -> Error {
        let problem = format!(
            "its parameters are not those of {:?} that are read (for GCM: 12 bytes of nonce, a tag of 16)",
            self.short_algorithm()
        );
        Error::RefusedObject { problem }
    }

    fn unsupported(&self, allowed: &'static str) -> Error {
        Error::UnsupportedAlgorithm { algorithm: self.short_algorithm(), allowed }
    }

    fn short_algorithm(&self) -> String {
        self.algorithm.chars().take(100).collect()
    }
}

/// Whether that is a name of OAEP, and no more: it is told to whoever opens the object.
fn is_oaep(padding: &str) -> bool {
    let hash = padding.strip_prefix("OAEPWITH").and_then(|rest| rest.strip_suffix("ANDMGF1PADDING"));
    padding == "OAEPPADDING" || matches!(hash, Some("SHA1" | "SHA-1" | "SHA256" | "SHA-256"))
}
