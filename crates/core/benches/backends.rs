//! Each primitive on both backends, in turns within one run.
//!
//! `cargo bench -p bulla-core --bench backends --features rust-crypto`

#[path = "../tests/backends/keys.rs"]
mod keys;

use std::hint::black_box;
use std::time::Instant;

use bulla_core::Result;
use bulla_core::crypto::{
    AeadKey, AgreementKey, AwsLc, Backend, Es256Key, MacKey, RsaDecryptionKey, RsaPadding, RsaPrivate,
    RsaSigningKey, RustCrypto, Secret, SigningKey, WrappingKey,
};

const ROUNDS: usize = 51;
/// How long one round of one operation takes at least, in nanoseconds.
const ROUND: u128 = 500_000;

type Operation<'a> = (&'static str, Box<dyn FnMut() + 'a>);

/// Every primitive, on backend `B`.
fn operations<B: Backend>(rsa: &RsaPrivate) -> Result<Vec<Operation<'_>>> {
    let secret = Secret::random()?;
    let aead = <B::AeadKey as AeadKey>::new(&secret);
    let large = <B::AeadKey as AeadKey>::new(&secret);
    let mac = <B::MacKey as MacKey>::new(secret.expose());
    let wrapping = <B::WrappingKey as WrappingKey>::new(&secret);
    let ed25519 = <B::SigningKey as SigningKey>::from_seed(&secret);
    let ed25519_public = ed25519.public();
    let ed25519_signature = ed25519.sign(b"a statement");
    let es256 = <B::Es256Key as Es256Key>::from_scalar(&Secret::new([1; 32])).expect("it is below the order");
    let es256_public = es256.public();
    let es256_signature = es256.sign(b"a statement")?;
    let p256 = <B::P256Key as AgreementKey>::generate()?;
    let p256_peer = <B::P256Key as AgreementKey>::generate()?.public();
    let x25519 = <B::X25519Key as AgreementKey>::generate()?;
    let x25519_peer = <B::X25519Key as AgreementKey>::generate()?.public();
    let signing = keys::signing::<B>(rsa);
    let signature = signing.sign(RsaPadding::Pss, b"a statement")?;
    let decryption = keys::decryption::<B>(rsa);
    let encrypted = B::encrypt_oaep(&rsa.public, &secret)?;
    let (mut kib, mut mib) = (vec![b'x'; 1 << 10], vec![b'x'; 1 << 20]);
    let digested = kib.clone();
    Ok(vec![
        ("AES-256-GCM, seal 1 KiB", run(move || aead.seal([1; 12], &[], &mut kib))),
        ("AES-256-GCM, seal 1 MiB", run(move || large.seal([1; 12], &[], &mut mib))),
        ("SHA-256 of 1 KiB", run(move || B::sha256(&[black_box(&digested)]))),
        ("HMAC-SHA-256 of 64 bytes", run(move || mac.mac(&[black_box(&[7; 64])]))),
        ("AES key wrap", run(move || wrapping.wrap(&secret))),
        ("Ed25519, sign", run(move || ed25519.sign(b"a statement"))),
        (
            "Ed25519, verify",
            run(move || B::verify_ed25519(&ed25519_public, b"a statement", &ed25519_signature)),
        ),
        ("ES256, sign", run(move || es256.sign(b"a statement"))),
        ("ES256, verify", run(move || B::verify_es256(&es256_public, b"a statement", &es256_signature))),
        ("ECDH on P-256", run(move || p256.agree(&p256_peer))),
        ("X25519", run(move || x25519.agree(&x25519_peer))),
        ("PS256 (2048 bits), sign", run(move || signing.sign(RsaPadding::Pss, b"a statement"))),
        (
            "PS256 (2048 bits), verify",
            run(move || B::verify_rsa(&rsa.public, RsaPadding::Pss, b"a statement", &signature)),
        ),
        ("RSA-OAEP-256 (2048 bits), decrypt", run(move || decryption.decrypt(&encrypted))),
    ])
}

fn run<'a, T>(mut operation: impl FnMut() -> T + 'a) -> Box<dyn FnMut() + 'a> {
    Box::new(move || drop(black_box(operation())))
}

/// The median time of one call of each, in nanoseconds, over rounds in which they take turns.
fn medians(operations: [&mut dyn FnMut(); 2]) -> [u128; 2] {
    let mut measured = operations.map(|operation| {
        let once = timed(operation, 1).max(1);
        (operation, u32::try_from(ROUND / once).unwrap_or(u32::MAX).max(1), Vec::with_capacity(ROUNDS))
    });
    for _ in 0..ROUNDS {
        for (operation, repeats, times) in &mut measured {
            times.push(timed(operation, *repeats));
        }
    }
    measured.map(|(_, _, mut times)| {
        times.sort_unstable();
        times[ROUNDS / 2]
    })
}

fn timed(operation: &mut dyn FnMut(), repeats: u32) -> u128 {
    let start = Instant::now();
    for _ in 0..repeats {
        operation();
    }
    start.elapsed().as_nanos() / u128::from(repeats)
}

fn main() -> Result<()> {
    let rsa = keys::rsa();
    println!("{:36}{:>14}{:>14}{:>8}", "", "AWS-LC", "RustCrypto", "ratio");
    let pairs = operations::<AwsLc>(&rsa)?.into_iter().zip(operations::<RustCrypto>(&rsa)?);
    for ((name, mut aws_lc), (_, mut rust_crypto)) in pairs {
        let [aws_lc, rust_crypto] = medians([&mut aws_lc, &mut rust_crypto]);
        let tenths = rust_crypto * 10 / aws_lc.max(1);
        println!("{name:36}{aws_lc:>11} ns{rust_crypto:>11} ns{:>6}.{}", tenths / 10, tenths % 10);
    }
    Ok(())
}
