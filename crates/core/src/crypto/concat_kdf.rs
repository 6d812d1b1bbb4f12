//! The key derivation of ECDH-ES.

use super::{Active, Backend, Secret};

/// The key-encryption key that both sides derive from an agreed secret (RFC 7518 §4.6.2): 256 bits,
/// bound to the `algorithm` that it serves and to what the header says of both parties.
#[must_use]
pub fn derive(agreed: &Secret, algorithm: &str, apu: &[u8], apv: &[u8]) -> Secret {
    Secret::new(round(agreed, algorithm.as_bytes(), apu, apv, 256))
}

/// The first round of NIST SP 800-56A's concatenation key derivation; a key of up to 256 bits needs
/// no second one.
fn round(agreed: &Secret, algorithm: &[u8], apu: &[u8], apv: &[u8], key_bits: u32) -> [u8; 32] {
    let length = |data: &[u8]| u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    Active::sha256(&[
        &1_u32.to_be_bytes(),
        agreed.expose(),
        &length(algorithm),
        algorithm,
        &length(apu),
        apu,
        &length(apv),
        apv,
        &key_bits.to_be_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 appendix C.
    #[test]
    fn a_key_is_derived_as_the_standard_s_example_does() {
        let agreed = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163,
            218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let key = round(&Secret::new(agreed), b"A128GCM", b"Alice", b"Bob", 128);
        assert_eq!(key[..16], *b"\x56\xaa\x8d\xea\xf8\x23\x6d\x20\x5c\x22\x28\xcd\x71\xa7\x10\x1a");
    }
}
