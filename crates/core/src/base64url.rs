//! BASE64URL without padding (RFC 7515 §2), canonical only: one text for each byte string.

use base64_turbo::URL_SAFE_NO_PAD;

/// The encoded text of `bytes`. It is written once and nowhere else: of keys, callers wipe it.
pub(crate) fn encode(bytes: &[u8]) -> String {
    String::from_utf8(encode_ascii(bytes)).expect("base64 is ASCII")
}

/// The encoded text of `bytes`, as ASCII.
#[expect(clippy::slow_vector_initialization, reason = "glibc zeroes slower: not from the thread's cache")]
pub(crate) fn encode_ascii(bytes: &[u8]) -> Vec<u8> {
    let length = encoded_len(bytes.len());
    let mut text = Vec::with_capacity(length);
    text.resize(length, 0);
    write(bytes, &mut text);
    text
}

/// Appends the encoded text of `bytes`, no key: a copy stays on the stack.
pub(crate) fn append(bytes: &[u8], out: &mut String) {
    if bytes.len() <= 96 {
        append_through(&mut [0; 128], bytes, out);
    } else {
        append_through(&mut [0; 1024], bytes, out);
    }
}

/// Encodes as much at once as `room` holds: safe code has no way to what a `String` has spare.
fn append_through(room: &mut [u8], bytes: &[u8], out: &mut String) {
    for part in bytes.chunks(room.len() / 4 * 3) {
        let text = &mut room[..encoded_len(part.len())];
        write(part, text);
        out.push_str(std::str::from_utf8(text).expect("base64 is ASCII"));
    }
}

/// How long the encoded text of `length` bytes is.
pub(crate) const fn encoded_len(length: usize) -> usize {
    (length * 4).div_ceil(3)
}

/// Writes the encoded text of `bytes` to the start of `out`, and returns what is left of it.
///
/// # Panics
/// If `out` is shorter than [`encoded_len`].
pub(crate) fn write<'a>(bytes: &[u8], out: &'a mut [u8]) -> &'a mut [u8] {
    let (text, rest) = out.split_at_mut(encoded_len(bytes.len()));
    URL_SAFE_NO_PAD.encode_slice(bytes, text).expect("there is room for just that");
    rest
}

/// The bytes of `text`, or `None` if it is padded, holds a foreign character, or its last
/// character has bits that no encoder sets.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    let text = text.as_ref();
    let mut bytes = Vec::with_capacity(URL_SAFE_NO_PAD.decoded_len_estimate(text.len()));
    decode_append(text, &mut bytes)?;
    Some(bytes)
}

/// Appends what [`decode`] returns; `None` leaves `out` as it was.
pub(crate) fn decode_append(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    URL_SAFE_NO_PAD.decode_vec(text, out).ok()
}

/// The `N` bytes of `text`, or `None` if it is not the canonical form of just so many.
pub(crate) fn decode_array<const N: usize>(text: impl AsRef<[u8]>) -> Option<[u8; N]> {
    let text = text.as_ref();
    if text.len() != encoded_len(N) {
        return None;
    }
    const { assert!(N <= 64) };
    // The decoder wants room for whole groups.
    let mut room = [0; 66];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut room).ok()?;
    room[..length].try_into().ok()
}

#[cfg(test)]
mod tests {
    use base64_simd::URL_SAFE_NO_PAD as OTHER;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_canonical_text_decodes() {
        assert_eq!(decode("_-8"), Some(vec![0xff, 0xef]));
        for refused in ["_-8=", "_-9", "/+8", "_ 8", "A"] {
            assert_eq!(decode(refused), None, "{refused}");
        }
        assert_eq!(decode("_-"), None, "the lower four bits of the last character are set");
    }

    #[test]
    fn an_array_decodes_from_its_own_length_alone() {
        assert_eq!(decode_array::<2>("_-8"), Some([0xff, 0xef]));
        assert_eq!(decode_array::<2>("_-8A"), None);
        assert_eq!(decode_array::<3>("_-8"), None);
        assert_eq!(decode_array::<64>(encode(&[7; 64])), Some([7; 64]));
        assert_eq!(encoded_len(12), 16);
        assert_eq!(encoded_len(16), 22);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_encodes_a_key_leaves_no_copy_on_the_stack() {
        use std::os::unix::fs::FileExt as _;

        #[inline(never)]
        fn encode_and_wipe(bytes: &[u8]) {
            drop(zeroize::Zeroizing::new(encode(bytes)));
        }

        let memory = std::fs::File::open("/proc/self/mem").unwrap();
        let key: Vec<u8> = (0..90).map(|i| (i * 7) ^ 0x5a).map(|i: u16| i.to_le_bytes()[0]).collect();
        let mut below = vec![0; 8 << 10];
        let here = std::ptr::from_ref(&below).addr();
        encode_and_wipe(&key);
        memory.read_exact_at(&mut below, u64::try_from(here - (8 << 10)).unwrap()).unwrap();
        let text = OTHER.encode_to_string(&key);
        // What lay in a register, of 64 bytes at most, may have been put aside.
        let left = text.as_bytes().windows(80).find(|part| memchr::memmem::find(&below, part).is_some());
        assert_eq!(left, None);
    }

    proptest! {
        #[test]
        fn another_library_writes_the_same_and_takes_the_same(
            bytes in prop::collection::vec(any::<u8>(), 0..5000), place in any::<prop::sample::Index>(),
            other in any::<u8>(), cut in 0..4_usize
        ) {
            let text = OTHER.encode_to_string(&bytes);
            prop_assert_eq!(&encode(&bytes), &text);
            let mut appended = String::from("before");
            append(&bytes, &mut appended);
            prop_assert_eq!(appended.strip_prefix("before"), Some(text.as_str()));
            prop_assert_eq!(decode(&text), Some(bytes));

            let mut changed = text.into_bytes();
            changed.truncate(changed.len().saturating_sub(cut));
            if !changed.is_empty() {
                let place = place.index(changed.len());
                changed[place] = other;
            }
            let taken = OTHER.decode_to_vec(&changed).ok();
            let mut appended = b"before".to_vec();
            let done = decode_append(&changed, &mut appended);
            prop_assert_eq!(done.is_some(), taken.is_some());
            prop_assert_eq!(appended.strip_prefix(b"before"), Some(taken.as_deref().unwrap_or_default()));
            prop_assert_eq!(decode(&changed), taken);
        }
    }
}
