//! Asymmetric primitives against published vectors and keys of another implementation.
//!
//! `keys.json`: RFC 7515 appendices A.2 and A.3, and under `openssl_…` what OpenSSL made of the
//! same keys.

use super::der::{PrivateKey, PublicKey};
use super::*;
use crate::base64url;
use crate::json::{self, Limits, Object};

mod curves;
mod rsa;

/// A section of `keys.json`.
struct Section(Object);

impl Section {
    fn named(name: &str) -> Self {
        let all = json::parse(include_bytes!("keys.json"), Limits::default()).unwrap();
        Self(all.as_object().unwrap().required_object("keys.json", name).unwrap().clone())
    }

    fn key(&self) -> Self {
        Self(self.0.required_object("section", "key").unwrap().clone())
    }

    fn text(&self, name: &str) -> &str {
        self.0.required_str("section", name).unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        base64url::decode(self.text(name)).unwrap()
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(base64url::decode_array(text).unwrap())
}

fn point(x: &str, y: &str) -> P256Public {
    P256Public::new(&base64url::decode_array(x).unwrap(), &base64url::decode_array(y).unwrap())
}

/// `bytes` with their last bit flipped.
fn flipped<B: AsMut<[u8]>>(mut bytes: B) -> B {
    *bytes.as_mut().last_mut().unwrap() ^= 1;
    bytes
}
