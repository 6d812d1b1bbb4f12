//! RSA keys as their numbers, before a backend takes them over.

use std::fmt;

use zeroize::Zeroizing;

/// The moduli that are taken, in bits.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// An RSA public key. All numbers are big-endian and without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublic {
    n: Vec<u8>,
    e: Vec<u8>,
}

impl RsaPublic {
    /// From modulus and exponent; `None` unless the modulus has 2048 to 8192 bits, the exponent 2
    /// to 32, both are odd and neither begins with a zero.
    #[must_use]
    pub fn new(n: &[u8], e: &[u8]) -> Option<Self> {
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        let sizes = BITS.contains(&bits(n)) && (2..=32).contains(&bits(e));
        (sizes && odd(n) && odd(e)).then(|| Self { n: n.to_vec(), e: e.to_vec() })
    }

    /// The modulus.
    #[must_use]
    pub fn n(&self) -> &[u8] {
        &self.n
    }

    /// The public exponent.
    #[must_use]
    pub fn e(&self) -> &[u8] {
        &self.e
    }
}

/// The length of a number in bits; 0 also if it begins with a zero.
fn bits(number: &[u8]) -> usize {
    match number.first() {
        None | Some(0) => 0,
        Some(first) => number.len() * 8 - first.leading_zeros() as usize,
    }
}

/// An RSA private key of two primes, by the names that RFC 7518 §6.3.2 gives its numbers. They may
/// contradict each other: a backend finds out.
#[derive(Clone)]
#[allow(missing_docs, reason = "RFC 7518 says what each number is")]
pub struct RsaPrivate {
    pub public: RsaPublic,
    pub d: Zeroizing<Vec<u8>>,
    pub p: Zeroizing<Vec<u8>>,
    pub q: Zeroizing<Vec<u8>>,
    pub dp: Zeroizing<Vec<u8>>,
    pub dq: Zeroizing<Vec<u8>>,
    pub qi: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for RsaPrivate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaPrivate").field("public", &self.public).finish_non_exhaustive()
    }
}

/// How long the modulus of a fresh key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaSize {
    /// 2048 bits, as strong as a symmetric key of 112 (NIST SP 800-57 part 1, table 2).
    Bits2048,
    /// 3072 bits, as strong as 128.
    Bits3072,
    /// 4096 bits.
    Bits4096,
}

/// How RSA fits a SHA-256 digest to its modulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaPadding {
    /// RSASSA-PSS with MGF1 and a salt of 32 bytes (PS256).
    Pss,
    /// RSASSA-PKCS1-v1_5 (RS256).
    Pkcs1,
}
