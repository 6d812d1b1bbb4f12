//! Public keys of Ed25519 that none should trust.

/// The points of small order, by their second coordinate, little-endian.
const SMALL: [[u8; 32]; 5] = [
    coordinate(0x00, 0),
    coordinate(0x01, 0),
    coordinate(0xEC, 0xFF),
    [
        0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5,
        0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ],
    [
        0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A,
        0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
    ],
];

/// Whether a signature under `public` says who signed: under a point of small order anybody can make
/// one, for some messages or for all, and RFC 8032 does not refuse it.
///
/// Also false for a coordinate that is not reduced. RFC 8032 §5.1.3 refuses it, not each backend does;
/// so a key has one text, and one thumbprint.
pub(crate) fn is_sound(public: &[u8; 32]) -> bool {
    let mut y = *public;
    // The sign of the first coordinate.
    y[31] &= 0x7F;
    let reduced = y[0] < 0xED || y[1..31].iter().any(|byte| *byte != 0xFF) || y[31] != 0x7F;
    reduced && !SMALL.contains(&y)
}

/// `first`, then `rest` up to the last byte, whose highest bit is not set.
const fn coordinate(first: u8, rest: u8) -> [u8; 32] {
    let mut y = [rest; 32];
    y[0] = first;
    y[31] = rest & 0x7F;
    y
}
