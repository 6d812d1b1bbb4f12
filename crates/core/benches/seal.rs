//! Seals and opens stored envelopes with a warm data key, beside bare AES-256-GCM of the same
//! backend, and says how far each is from the bound: 1.0 µs and twice the bare cipher.
//!
//! `cargo bench -p bulla-core --bench seal`

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bulla_core::Result;
use bulla_core::context::Context;
use bulla_core::crypto::{Aead, AeadKey, NONCE_LEN, Secret, TAG_LEN, Wrapping, WrappingKey};
use bulla_core::keys::{Epoch, MasterKey, Purpose, Signer, Trust, Vault};
use bulla_core::packed::{Value, Writer};
use criterion::{BenchmarkId, Criterion, Throughput};

const SIZES: [(&str, usize); 4] = [("256 B", 256), ("1 KiB", 1024), ("16 KiB", 16 << 10), ("1 MiB", 1 << 20)];

struct Master(Wrapping);

impl MasterKey for Master {
    fn kid(&self) -> &'static str {
        "bench"
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        self.0.wrap(key)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret> {
        Ok(self.0.unwrap(wrapped).expect("it was wrapped here"))
    }
}

fn vault() -> Result<Vault> {
    let identity = Signer::generate()?;
    let epoch = Arc::new(Epoch::start(&identity, "loans/node-1", now())?);
    let master = Master(<Wrapping as WrappingKey>::new(&Secret::random()?));
    let vault = Vault::new("loans", vec![Box::new(master)], Trust::new([identity.kid()]), Some(epoch));
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

fn criterion_groups(criterion: &mut Criterion) -> Result<()> {
    let vault = vault()?;
    let context = context();
    let mut bare = Bare { key: <Aead as AeadKey>::new(&Secret::random()?), nonce: 0 };
    for (name, size) in SIZES {
        let mut group = criterion.benchmark_group(format!("stored {name}"));
        group.throughput(Throughput::Bytes(size as u64));
        let text = "x".repeat(size);
        let plaintext = text.clone().into_bytes();
        let envelope = vault.seal(&context, &plaintext, now())?;
        let mut packed = Writer::new();
        packed.i32(1).string(Some("TEXT_")).value(Value::Text(&text));
        let packed = packed.finish();
        let sealed_columns = vault.seal_columns(&context, &packed, now())?;
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
            bencher.iter(|| vault.seal_columns(black_box(&context), black_box(&packed), now()));
        });
        group.bench_function(BenchmarkId::from_parameter("open columns"), |bencher| {
            bencher.iter(|| vault.open_columns(black_box(&context), black_box(&sealed_columns)));
        });
        group.finish();
    }
    Ok(())
}

/// The median over rounds, in which the operations take turns so that none has the quieter time.
fn bound_table() -> Result<()> {
    const ROUNDS: usize = 41;
    let vault = vault()?;
    let context = context();
    let mut bare = Bare { key: <Aead as AeadKey>::new(&Secret::random()?), nonce: 0 };
    println!("\n{:8} {:>12} {:>12} {:>12} {:>14}", "size", "bare GCM", "seal", "open", "1 µs + 2 bare");
    for (name, size) in SIZES {
        let plaintext = vec![b'x'; size];
        let envelope = vault.seal(&context, &plaintext, now())?;
        let mut buffer = plaintext.clone();
        let repeats = u32::try_from((1 << 22) / (size + 1024)).unwrap_or(u32::MAX);
        let mut times = [(); 3].map(|()| Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            times[0].push(timed(repeats, || bare.seal(black_box(&mut buffer)).map(drop))?);
            times[1].push(timed(repeats, || {
                vault.seal(black_box(&context), black_box(&plaintext), now()).map(drop)
            })?);
            times[2]
                .push(timed(repeats, || vault.open(black_box(&context), black_box(&envelope)).map(drop))?);
        }
        let [bare, seal, open] = times.map(|mut times| {
            times.sort_unstable();
            times[ROUNDS / 2]
        });
        let bound = Duration::from_micros(1) + 2 * bare;
        let [bare, seal, open, bound] = [bare, seal, open, bound].map(|time| time.as_nanos());
        println!("{name:8} {bare:>9} ns {seal:>9} ns {open:>9} ns {bound:>11} ns");
    }
    Ok(())
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
    criterion_groups(&mut criterion)?;
    criterion.final_summary();
    bound_table()
}
