//! Checkpoints: signed tree heads as C2SP tlog-checkpoint, which is a C2SP signed note.
//!
//! ```text
//! loans/node-1
//! 1234
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — loans/node-1 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```
//!
//! The origin is the log's name, and the name of the *log key* that signs.

use base64_turbo::STANDARD;

use super::tree::Hash;
use crate::crypto::{Active, Backend, ed25519};
use crate::keys::Signer;
use crate::{Error, Result};

/// The signature type of Ed25519 keys (C2SP signed-note).
const ED25519: u8 = 0x01;

/// What a checkpoint states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The note: the text, an empty line, and the log key's signature of the text.
    ///
    #[must_use]
    pub fn sign(&self, log_key: &Signer) -> String {
        let text = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        let mut signature = [0; 4 + 64];
        signature[..4].copy_from_slice(&key_id(&self.origin, log_key.public()));
        signature[4..].copy_from_slice(&log_key.sign(text.as_bytes()));
        format!("{text}\n— {} {}\n", self.origin, STANDARD.encode(signature))
    }

    /// What a note says, and the names and ids of the keys that it says have signed it, whoever did.
    pub(crate) fn claimed(note: &str) -> Result<(Self, Vec<String>)> {
        let (text, signatures) =
            note.rsplit_once("\n\n").ok_or_else(|| malformed("there is no empty line"))?;
        let signers = signatures.lines().map(|line| {
            let (name, signature) = parts_of_signature(line)?;
            let id = signature.first_chunk().ok_or_else(|| malformed("a signature is too short"))?;
            Ok(format!("{name}+{:08x}", u32::from_be_bytes(*id)))
        });
        Ok((parse_text(text)?, signers.collect::<Result<_>>()?))
    }

    /// The name of the log that a note claims to be of, before anything is verified.
    pub fn claimed_origin(note: &str) -> Result<&str> {
        note.split_once('\n').map(|(origin, _)| origin).ok_or_else(|| malformed("it is one line"))
    }
}

/// Verifies the notes of one log: its name and its public key, as pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerifier {
    name: String,
    public: [u8; 32],
}

impl LogVerifier {
    /// The verifier of the log `name`.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self> {
        check_name(name)?;
        Ok(Self { name: name.into(), public })
    }

    /// Reads a C2SP verifier key: the name, the key id in hexadecimal, and the key with its type in
    /// base64, joined by `+`.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = |problem: &str| Error::MalformedKey {
            what: "the log's verifier key".into(),
            problem: problem.into(),
        };
        // Base64 may hold a '+', names and key ids may not.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("it has not the form <name>+<id>+<key>"));
        };
        let key = STANDARD.decode(key).map_err(|_| malformed("the key is not base64"))?;
        let Some((&ED25519, public)) = key.split_first() else {
            return Err(malformed("it is not an Ed25519 key"));
        };
        let public = public.try_into().map_err(|_| malformed("it is not 32 bytes long"))?;
        if !ed25519::is_sound(&public) {
            return Err(malformed("it is a point of small order, or not reduced: anybody could sign for it"));
        }
        let verifier = Self::new(name, public)?;
        if verifier.to_string() != text || id.len() != 8 {
            return Err(malformed("its id is not that of its name and key"));
        }
        Ok(verifier)
    }

    /// The name of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Reads a note and verifies the log's signature.
    ///
    /// Signature lines of other keys (witnesses) are passed over, as C2SP signed-note asks for.
    pub fn verify(&self, note: &str) -> Result<Checkpoint> {
        let (text, signatures) =
            note.rsplit_once("\n\n").ok_or_else(|| malformed("there is no empty line"))?;
        let signatures = signatures
            .strip_suffix('\n')
            .ok_or_else(|| malformed("the last signature does not end its line"))?;
        let signed = &note[..=text.len()];
        let bad = || Error::BadSignature { what: "the checkpoint".into(), kid: self.to_string() };
        let mut verified = false;
        for line in signatures.split('\n') {
            let Some(signature) = self.own_signature(line)? else { continue };
            if !Active::verify_ed25519(&self.public, signed.as_bytes(), &signature) {
                return Err(bad());
            }
            verified = true;
        }
        if !verified {
            return Err(bad());
        }
        let checkpoint = parse_text(text)?;
        if checkpoint.origin != self.name {
            return Err(malformed("its origin is not the log that signed it"));
        }
        Ok(checkpoint)
    }

    /// The signature in `line`, if it says that it is this key's.
    fn own_signature(&self, line: &str) -> Result<Option<[u8; 64]>> {
        let (name, bytes) = parts_of_signature(line)?;
        let Some((id, signature)) = bytes.split_first_chunk::<4>() else {
            return Err(malformed("a signature is too short"));
        };
        if name != self.name || *id != key_id(&self.name, &self.public) {
            return Ok(None);
        }
        signature.try_into().map(Some).map_err(|_| malformed("the log's signature is not 64 bytes long"))
    }
}

impl std::fmt::Display for LogVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = u32::from_be_bytes(key_id(&self.name, &self.public));
        let mut key = [ED25519; 33];
        key[1..].copy_from_slice(&self.public);
        write!(f, "{}+{id:08x}+{}", self.name, STANDARD.encode(key))
    }
}

/// Refuses names that a note cannot hold.
pub(super) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(Error::InvalidArgument {
            what: "log name",
            problem: "must be <installation>/<node> without white space and '+'".into(),
        });
    }
    Ok(())
}

/// C2SP signed-note: the first four bytes of SHA-256 over name, line feed, type and key.
fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let digest = Active::sha256(&[name.as_bytes(), b"\n", &[ED25519], public]);
    *digest.first_chunk().expect("a digest is longer than four bytes")
}

/// Who signed by a signature line, and the key's id with the signature behind it.
fn parts_of_signature(line: &str) -> Result<(&str, Vec<u8>)> {
    let (name, signature) = line
        .strip_prefix("— ")
        .and_then(|line| line.split_once(' '))
        .ok_or_else(|| malformed("a signature line has not the form of one"))?;
    let bytes = STANDARD.decode(signature).map_err(|_| malformed("a signature is not base64"))?;
    if STANDARD.encode(&bytes) != signature {
        return Err(malformed("a signature is not base64"));
    }
    Ok((name, bytes))
}

fn parse_text(text: &str) -> Result<Checkpoint> {
    let mut lines = text.split('\n');
    let (Some(origin), Some(size), Some(root), None) =
        (lines.next(), lines.next(), lines.next(), lines.next())
    else {
        return Err(malformed("its text is not three lines"));
    };
    let number = size.parse().ok().filter(|number: &u64| number.to_string() == size);
    let number = number.ok_or_else(|| malformed("its size is not a number"))?;
    let bytes = STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
    let bytes = bytes.filter(|bytes| STANDARD.encode(bytes) == root);
    let root = bytes.ok_or_else(|| malformed("its root is not 32 bytes in base64"))?;
    Ok(Checkpoint { origin: origin.into(), size: number, root })
}

fn malformed(problem: &str) -> Error {
    Error::MalformedCheckpoint { problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::crypto::Secret;

    fn log_key() -> Signer {
        Signer::from_seed(&Secret::new([3; 32]))
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "loans/node-1".into(), size: 7, root: [9; 32] }
    }

    fn note() -> String {
        checkpoint().sign(&log_key())
    }

    fn verifier() -> LogVerifier {
        LogVerifier::new("loans/node-1", *log_key().public()).unwrap()
    }

    #[test]
    fn the_key_id_is_that_of_the_example_in_the_signed_note_specification() {
        // The example key of golang.org/x/mod/sumdb/note.
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(LogVerifier::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_note_of_the_go_implementation_verifies() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\
            \n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let error = LogVerifier::parse(text).unwrap().verify(note).unwrap_err();
        // The signature holds; the text is no checkpoint.
        assert_eq!(error.to_string(), "not a checkpoint: its text is not three lines");
    }

    #[test]
    fn a_signed_checkpoint_is_read_back() {
        assert_eq!(verifier().verify(&note()).unwrap(), checkpoint());
        assert_eq!(Checkpoint::claimed_origin(&note()).unwrap(), "loans/node-1");
    }

    #[test]
    fn a_note_with_any_byte_flipped_or_cut_off_is_refused() {
        let note = note();
        for position in 0..note.len() {
            for bit in 0..8 {
                let mut changed = note.clone().into_bytes();
                changed[position] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                verifier().verify(&changed).unwrap_err();
            }
            if note.is_char_boundary(position) {
                verifier().verify(&note[..position]).unwrap_err();
            }
        }
    }

    #[test]
    fn a_witness_may_cosign() {
        let cosigned = format!("{}— witness.example/w AAAAAAAA\n", note());
        assert_eq!(verifier().verify(&cosigned).unwrap(), checkpoint());
    }

    #[test]
    fn another_key_under_the_same_name_is_refused() {
        let other = Signer::from_seed(&Secret::new([4; 32]));
        let forged = checkpoint().sign(&other);
        let error = verifier().verify(&forged).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadSignature);
    }

    #[test]
    fn another_log_of_the_same_key_is_refused() {
        let mut moved = checkpoint();
        moved.origin = "loans/node-2".into();
        let moved = moved.sign(&log_key());
        verifier().verify(&moved).unwrap_err();
    }

    #[test]
    fn a_verifier_key_with_any_byte_changed_is_refused() {
        let text = verifier().to_string();
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] ^= 1;
            LogVerifier::parse(&String::from_utf8(changed).unwrap()).unwrap_err();
        }
    }

    #[test]
    fn a_verifier_key_that_anybody_could_sign_for_is_refused() {
        let text = LogVerifier::new("loans/node-1", [0; 32]).unwrap().to_string();
        assert_eq!(
            LogVerifier::parse(&text).unwrap_err().to_string(),
            "the log's verifier key is not a usable key: it is a point of small order, or not reduced: anybody \
             could sign for it",
        );
    }

    #[test]
    fn names_that_a_note_cannot_hold_are_refused() {
        for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b"] {
            let error = LogVerifier::new(name, [0; 32]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        }
    }
}
