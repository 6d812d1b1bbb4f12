//! Writes the vectors of `tests/vectors` that hang on keys and random bytes anew:
//! `cargo run -p bulla-core --example vectors`.
//!
//! Only a new version of a format needs that: vectors that were published stay as they are. All
//! keys in them are public, and protect nothing.
#![allow(clippy::unwrap_used, reason = "a generator fails by panicking")]

mod envelopes;
#[path = "../../tests/support/hex.rs"]
mod hex;
mod jose;
mod ledger;
#[path = "../../tests/support/master.rs"]
mod master;
mod registry;
mod search;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::crypto::Secret;
use bulla_core::keys::{Epoch, KeyRow, MasterKey, Purpose, RegistryRow, Signer, Trust, Vault, jwk};
use serde_json::{Value, json};

use self::hex::hex;
use self::master::KnownMaster;

/// The time at which everything was made.
const NOW: i64 = 1_900_000_000_000;
/// The installation of the vectors.
const INSTALLATION: &str = "loans";
/// The log of the vectors.
const LOG: &str = "loans/node-1";

fn main() {
    let world = World::new();
    write("keys.json", &world.published());
    envelopes::write_all(&world);
    registry::write_all(&world);
    search::write_all(&world);
    ledger::write_all(&world);
    jose::write_all().unwrap();
}

/// A node with its keys.
struct World {
    vault: Vault,
    epoch: Arc<Epoch>,
    rows: Vec<(KeyRow, Secret)>,
}

impl World {
    fn new() -> Self {
        let epoch = Arc::new(Epoch::start(&signer(1), LOG, NOW).unwrap());
        let vault = Vault::new(INSTALLATION, vec![Arc::new(master())], trust(), Some(Arc::clone(&epoch)));
        let rows = Purpose::ALL.map(|purpose| {
            let row = vault.new_key(purpose, NOW).unwrap();
            vault.activate(row.kid.as_str()).unwrap();
            let secret = unwrapped(&row.text);
            (row, secret)
        });
        Self { vault, epoch, rows: rows.into() }
    }

    fn secret(&self, purpose: Purpose) -> &Secret {
        &self.rows.iter().find(|(row, _)| row.purpose == purpose).unwrap().1
    }

    fn row(&self, purpose: Purpose) -> &KeyRow {
        &self.rows.iter().find(|(row, _)| row.purpose == purpose).unwrap().0
    }

    fn published(&self) -> Value {
        json!({
            "installation": INSTALLATION,
            "log": LOG,
            "now": NOW,
            "master": document(&jwk::write_secret(&secret(3), "A256KW")),
            "identity": document(&jwk::write_private(&secret(1))),
            "logKey": document(&jwk::write_private(&secret(2))),
            "stranger": document(&jwk::write_private(&secret(4))),
            "data": document(&jwk::write_secret(self.secret(Purpose::Data), "A256GCM")),
            "search": document(&jwk::write_secret(self.secret(Purpose::Search), "HS256")),
            "commitment": document(&jwk::write_secret(self.secret(Purpose::Commitment), "HS256")),
            "epoch": document(&jwk::write_public(self.epoch.signer().verifier())),
            "certificate": self.epoch.certificate_text(),
        })
    }
}

fn secret(byte: u8) -> Secret {
    Secret::new([byte; 32])
}

fn signer(byte: u8) -> Signer {
    Signer::from_seed(&secret(byte))
}

fn master() -> KnownMaster {
    KnownMaster::new(&secret(3))
}

fn trust() -> Trust {
    Trust::new([signer(1).kid()])
}

fn unwrapped(row: &str) -> Secret {
    let row = RegistryRow::verify(row, INSTALLATION, &trust()).unwrap();
    master().unwrap(&row.wrapped).unwrap()
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode_to_vec(text).unwrap()
}

/// The text with one bit of its last but one character turned, which stays base64url.
fn with_other_end(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = bytes.len() - 2;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

/// A compact JWS of a key that is known.
fn signed(header: &str, payload: &str, signer: &Signer) -> String {
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = signer.sign(input.as_bytes());
    format!("{input}.{}", encode(signature))
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path(name)).unwrap()).unwrap()
}

fn write(name: &str, vectors: &Value) {
    let path = path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, serde_json::to_string_pretty(vectors).unwrap() + "\n").unwrap();
}
