//! A value that was sealed and is not text yet.

use std::sync::Arc;

use super::buffer;
use crate::base64url;
use crate::crypto::{NONCE_LEN, TAG_LEN};

/// A value that was sealed: its envelope, to be written to where it is needed.
pub struct Sealed {
    pub(super) frame: Frame,
    pub(super) nonce: [u8; NONCE_LEN],
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: [u8; TAG_LEN],
}

/// What stands around nonce, ciphertext and tag.
pub(super) enum Frame {
    /// Of a stored envelope: the encoded header.
    Stored { protected: Vec<u8> },
    /// Of a portable envelope: the encoded context, and what stands between ciphertext and nonce,
    /// and between nonce and tag.
    Portable { context: String, between: Arc<[String; 2]> },
}

/// What an envelope's text is put together of.
enum Piece<'a> {
    Ascii(&'a [u8]),
    Encoded(&'a [u8]),
}

impl Sealed {
    /// How many bytes the envelope has, ASCII all of them.
    #[must_use]
    pub fn length(&self) -> usize {
        let lengths = self.pieces().map(|piece| match piece {
            Piece::Ascii(text) => text.len(),
            Piece::Encoded(bytes) => base64url::encoded_len(bytes.len()),
        });
        lengths.iter().sum()
    }

    /// Writes the envelope.
    ///
    /// # Panics
    /// If `out` is not [`length`](Self::length) bytes long.
    pub fn write(&self, out: &mut [u8]) {
        let rest = self.pieces().into_iter().fold(out, |out, piece| match piece {
            Piece::Ascii(text) => {
                let (start, rest) = out.split_at_mut(text.len());
                start.copy_from_slice(text);
                rest
            }
            Piece::Encoded(bytes) => base64url::write(bytes, out),
        });
        assert!(rest.is_empty(), "there is room for the envelope alone");
    }

    /// The envelope.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.length());
        for piece in self.pieces() {
            match piece {
                Piece::Ascii(piece) => text.push_str(std::str::from_utf8(piece).expect("it is ASCII")),
                Piece::Encoded(bytes) => base64url::append(bytes, &mut text),
            }
        }
        text
    }

    fn pieces(&self) -> [Piece<'_>; 9] {
        use Piece::{Ascii, Encoded};
        let (nonce, ciphertext, tag) = (Encoded(&self.nonce), Encoded(&self.ciphertext), Encoded(&self.tag));
        match &self.frame {
            Frame::Stored { protected } => {
                let [first, second, third] = [Ascii(b".."), Ascii(b"."), Ascii(b".")];
                [Ascii(protected), first, nonce, second, ciphertext, third, tag, Ascii(b""), Ascii(b"")]
            }
            Frame::Portable { context, between } => {
                let [before_nonce, before_tag] = &**between;
                [
                    Ascii(b"{\"aad\":\""),
                    Ascii(context.as_bytes()),
                    Ascii(b"\",\"ciphertext\":\""),
                    ciphertext,
                    Ascii(before_nonce.as_bytes()),
                    nonce,
                    Ascii(before_tag.as_bytes()),
                    tag,
                    Ascii(b"\"}"),
                ]
            }
        }
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        buffer::give_back(std::mem::take(&mut self.ciphertext));
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_the_text(
            ciphertext in prop::collection::vec(any::<u8>(), 0..3000), portable in any::<bool>()
        ) {
            let frame = if portable {
                let between = Arc::new(["\",\"iv\":\"".to_owned(), "\",\"tag\":\"".to_owned()]);
                Frame::Portable { context: "e30".into(), between }
            } else {
                Frame::Stored { protected: b"e30".to_vec() }
            };
            let sealed = Sealed { frame, nonce: [1; NONCE_LEN], ciphertext, tag: [2; TAG_LEN] };
            let mut written = vec![0; sealed.length()];
            sealed.write(&mut written);
            prop_assert_eq!(sealed.text().into_bytes(), written);
        }
    }
}
