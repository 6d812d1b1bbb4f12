//! Seals and opens stored envelopes with a warm data key, beside bare AES-256-GCM of the same
//! backend, and says how far each is from the bound: 1.0 µs and twice the bare cipher.
//!
//! `cargo bench -p bulla-core --bench seal`

#[path = "../tests/support/master.rs"]
mod master;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bulla_core::Result;
use bulla_core::context::Context;
use bulla_core::crypto::{Aead, AeadKey, NONCE_LEN, Secret, TAG_LEN, random};
use bulla_core::keys::{Epoch, Purpose, Signer, Trust, Vault};
use bulla_core::packed::{Value, Writer};
use criterion::{BenchmarkId, Criterion, Throughput};

use self::master::KnownMaster;

const SIZES: [(&str, usize); 4] = [("256 B", 256), ("1 KiB", 1024), ("16 KiB", 16 << 10), ("1 MiB", 1 << 20)];

fn vault() -> Result<Vault> {
    let identity = Signer::generate()?;
    let epoch = Arc::new(Epoch::start(&identity, "loans/node-1", now())?);
    let master = KnownMaster::new(&Secret::random()?);
    let vault = Vault::new("loans", vec![Arc::new(master)], Trust::new([identity.kid()]), Some(epoch));
    let row = vault.new_key(Purpose::Data, now())?;
    vault.activate(row.kid.as_str())?;
    Ok(vault)
}

fn context() -> Context<'static> {
    Context {
        log: "loans".into(),
        table: "ACT_RU_VARIABLE".into(),
        row: "0f8b9c7e-2f8e-11ef-9d0a-0242ac120002".into(),
        group: "value".into(),
        name: Some("application".into()),
        type_: Some("json".into()),
        tenant: None,
        instance: Some("0f8b9c7e-2f8e-11ef-9d0a-0242ac120003".into()),
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// What an operation of the bare cipher does for a caller: a nonce, no associated data, in place.
struct Bare {
    key: Aead,
    nonce: u64,
}

impl Bare {
    fn nonce(&mut self) -> [u8; NONCE_LEN] {
        self.nonce += 1;
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&self.nonce.to_be_bytes());
        nonce
    }

    fn seal(&mut self, buffer: &mut [u8]) -> Result<[u8; TAG_LEN]> {
        let nonce = self.nonce();
        self.key.seal(nonce, &[], buffer)
    }
}

fn stored(criterion: &mut Criterion) -> Result<()> {
    let vault = vault()?;
    let context = context();
    let mut bare = Bare { key: <Aead as AeadKey>::new(&Secret::random()?), nonce: 0 };
    for (name, size) in SIZES {
        let mut group = criterion.benchmark_group(format!("stored {name}"));
        group.throughput(Throughput::Bytes(size as u64));
        let text = "x".repeat(size);
        let plaintext = text.clone().into_bytes();
        let envelope = vault.seal(&context, &plaintext, now())?;
        let packed = columns(&text);
        let sealed_columns = vault.seal_columns(&context, &packed, now())?.text();
        let mut buffer = plaintext.clone();
        group.bench_function(BenchmarkId::from_parameter("bare AES-256-GCM"), |bencher| {
            bencher.iter(|| bare.seal(black_box(&mut buffer)));
        });
        group.bench_function(BenchmarkId::from_parameter("seal"), |bencher| {
            bencher.iter(|| vault.seal(black_box(&context), black_box(&plaintext), now()));
        });
        group.bench_function(BenchmarkId::from_parameter("open"), |bencher| {
            bencher.iter(|| vault.open(black_box(&context), black_box(&envelope)));
        });
        group.bench_function(BenchmarkId::from_parameter("seal columns"), |bencher| {
            bencher.iter(|| {
                vault.seal_columns(black_box(&context), black_box(&packed), now()).map(|sealed| sealed.text())
            });
        });
        group.bench_function(BenchmarkId::from_parameter("open columns"), |bencher| {
            bencher.iter(|| vault.open_columns(black_box(&context), black_box(&sealed_columns)));
        });
        group.finish();
    }
    Ok(())
}

/// What a nonce would cost without a buffer, and what guards the buffer.
fn random_bytes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("random bytes");
    for length in [NONCE_LEN, 42 * NONCE_LEN] {
        let mut bytes = vec![0; length];
        group.bench_function(BenchmarkId::new("draw", length), |bencher| {
            bencher.iter(|| random::fill(black_box(&mut bytes)));
        });
    }
    group.bench_function("process id", |bencher| bencher.iter(std::process::id));
    group.finish();
}

/// The median over many short rounds, in which the operations take turns so that none has the
/// quieter time.
fn bound_table() -> Result<()> {
    const ROUNDS: usize = 301;
    const NAMES: [&str; 5] = ["bare GCM", "seal", "open", "seal columns", "open columns"];
    let vault = vault()?;
    let context = context();
    let mut bare = Bare { key: <Aead as AeadKey>::new(&Secret::random()?), nonce: 0 };
    println!("\n{:8}{}{:>16}", "size", NAMES.map(|name| format!("{name:>16}")).concat(), "1 µs + 2 bare");
    for (name, size) in SIZES {
        let plaintext = vec![b'x'; size];
        let columns = columns(&"x".repeat(size));
        let envelope = vault.seal(&context, &plaintext, now())?;
        let sealed_columns = vault.seal_columns(&context, &columns, now())?.text();
        let mut buffer = plaintext.clone();
        let repeats = u32::try_from((1 << 18) / (size + 1024)).unwrap_or(u32::MAX).max(1);
        let mut times = [(); NAMES.len()].map(|()| Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            let round = [
                timed(repeats, || bare.seal(black_box(&mut buffer)).map(drop)),
                timed(repeats, || vault.seal(black_box(&context), black_box(&plaintext), now()).map(drop)),
                timed(repeats, || vault.open(black_box(&context), black_box(&envelope)).map(drop)),
                timed(repeats, || {
                    vault.seal_columns(black_box(&context), &columns, now()).map(|sealed| drop(sealed.text()))
                }),
                timed(repeats, || vault.open_columns(black_box(&context), &sealed_columns).map(drop)),
            ];
            for (times, time) in times.iter_mut().zip(round) {
                times.push(time?);
            }
        }
        let medians = times.map(|mut times| {
            times.sort_unstable();
            times[ROUNDS / 2].as_nanos()
        });
        let cells = medians.map(|median| format!("{median:>13} ns")).concat();
        println!("{name:8}{cells}{:>13} ns", 1000 + 2 * medians[0]);
    }
    Ok(())
}

/// One text column, packed.
fn columns(text: &str) -> Vec<u8> {
    let mut packed = Writer::new();
    packed.i32(1).string(Some("TEXT_")).value(Value::Text(text));
    packed.finish()
}

fn timed(repeats: u32, mut run: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..repeats {
        run()?;
    }
    Ok(start.elapsed() / repeats)
}

fn main() -> Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    stored(&mut criterion)?;
    random_bytes(&mut criterion);
    criterion.final_summary();
    bound_table()
}
