//! Padding: of a plaintext's length, only the number of 32-byte blocks is told.
//!
//! Raw bytes end in 0x80 and zeros (ISO/IEC 7816-4, "method 2"), at least one byte, so that any
//! bytes come back as they were. Documents end in white space, which JSON readers ignore.
//! `docs/decisions/0003-padding.md` says why there are two.

/// Plaintexts are padded to a multiple of this many bytes.
pub(super) const BLOCK: usize = 32;

/// How long `length` raw bytes are when padded.
pub(super) const fn padded_bytes_len(length: usize) -> usize {
    (length / BLOCK + 1) * BLOCK
}

/// How long a document of `length` bytes is when padded.
pub(super) const fn padded_document_len(length: usize) -> usize {
    length.div_ceil(BLOCK) * BLOCK
}

/// Pads raw bytes where they stand.
pub(super) fn pad_bytes(bytes: &mut Vec<u8>) {
    let length = padded_bytes_len(bytes.len());
    bytes.push(0x80);
    bytes.resize(length, 0);
}

/// Takes the padding of raw bytes away; `false` if there is none.
pub(super) fn unpad_bytes(padded: &mut Vec<u8>) -> bool {
    let last_block = padded.len().saturating_sub(BLOCK);
    match padded[last_block..].iter().rposition(|byte| *byte != 0) {
        Some(end) if padded[last_block + end] == 0x80 => {
            padded.truncate(last_block + end);
            true
        }
        _ => false,
    }
}

/// Pads a document where it stands.
pub(super) fn pad_document(document: &mut Vec<u8>) {
    document.resize(padded_document_len(document.len()), b' ');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_come_back_and_tell_only_their_blocks(
            bytes in prop::collection::vec(prop_oneof![Just(0), Just(0x80), any::<u8>()], 0..200)
        ) {
            let mut padded = bytes.clone();
            pad_bytes(&mut padded);
            prop_assert_eq!(padded.len() % BLOCK, 0);
            prop_assert!(padded.len() > bytes.len() && padded.len() <= bytes.len() + BLOCK);
            prop_assert!(unpad_bytes(&mut padded));
            prop_assert_eq!(padded, bytes);
        }
    }

    #[test]
    fn bytes_without_padding_are_refused() {
        for padded in [vec![], vec![0; BLOCK], vec![1; BLOCK], [vec![0x80; BLOCK], vec![0; BLOCK]].concat()] {
            assert!(!unpad_bytes(&mut padded.clone()), "{padded:?}");
        }
    }

    #[test]
    fn a_document_ends_in_white_space() {
        let mut document = b"{}".to_vec();
        pad_document(&mut document);
        assert_eq!(document, [b"{}".as_slice(), &[b' '; 30]].concat());
        pad_document(&mut document);
        assert_eq!(document.len(), BLOCK);
    }
}
