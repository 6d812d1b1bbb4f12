//! Seals and opens portable envelopes with a content key that is wrapped already, and signs and
//! verifies statements by each algorithm.
//!
//! `cargo bench -p bulla-core --bench portable`

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bulla_core::envelope::{Opener, PortableContext, Sealer};
use bulla_core::keys::Jwk;
use bulla_core::statement::{self, Attachment, Form, UnverifiedStatement};
use bulla_core::{Error, Result};
use criterion::{BenchmarkId, Criterion, Throughput};
use serde_json::Value;

const SIZES: [(&str, usize); 2] = [("1 KiB", 1024), ("1 MiB", 1 << 20)];
const SIGNING: [(&str, &str); 4] =
    [("rfc8037-a1", "EdDSA"), ("rfc7515-a3", "ES256"), ("rfc7515-a2", "PS256"), ("rfc7515-a2", "RS256")];

/// A key of the vectors.
fn key(name: &str, algorithm: &str) -> Result<Jwk> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/jose/keys.json");
    let io = |problem: String| Error::Io { what: "keys.json".into(), problem };
    let text = std::fs::read(path).map_err(|error| io(error.to_string()))?;
    let mut keys: Value = serde_json::from_slice(&text).map_err(|error| io(error.to_string()))?;
    keys[name]["alg"] = algorithm.into();
    Jwk::parse(keys[name].to_string().as_bytes(), name)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn portable(criterion: &mut Criterion) -> Result<()> {
    let key = key("symmetric", "A256KW")?;
    let sealer = Sealer::new(vec![key.recipient("key")?])?;
    let opener = Opener::new(vec![key.opening_key("key")?]);
    let context = PortableContext::parse(br#"{"process":"loan","instance":"0f8b9c7e-2f8e-11ef-9d0a"}"#)?;
    for (name, size) in SIZES {
        let plaintext = vec![b'x'; size];
        let envelope = sealer.seal(&context, &plaintext, now())?;
        let mut group = criterion.benchmark_group(format!("portable {name}"));
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function("seal", |bencher| {
            bencher.iter(|| sealer.seal(black_box(&context), black_box(&plaintext), now()));
        });
        group.bench_function("open", |bencher| {
            bencher.iter(|| opener.open(black_box(&context), black_box(&envelope)));
        });
        group.finish();
    }
    Ok(())
}

fn statements(criterion: &mut Criterion) -> Result<()> {
    let form = Form { attachment: Attachment::DetachedRaw, ..Form::default() };
    let document = vec![b'x'; 1024];
    let mut group = criterion.benchmark_group("statement 1 KiB");
    for (name, algorithm) in SIGNING {
        let key = key(name, algorithm)?;
        let (signer, keys) = (key.signing_key(name)?, [key.verifying_key(name)?]);
        let text = statement::sign(&signer, &document, form)?;
        group.bench_function(BenchmarkId::new("sign", algorithm), |bencher| {
            bencher.iter(|| statement::sign(&signer, black_box(&document), form));
        });
        group.bench_function(BenchmarkId::new("verify", algorithm), |bencher| {
            bencher.iter(|| UnverifiedStatement::parse(black_box(&text))?.verify_document(&keys, &document));
        });
    }
    group.finish();
    Ok(())
}

fn main() -> Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    portable(&mut criterion)?;
    statements(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
