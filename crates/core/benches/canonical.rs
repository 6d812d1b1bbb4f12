//! The canonicaliser beside the crates that do the same, bytes to bytes, in one run:
//! `cargo bench -p bulla-core --bench canonical`.
//!
//! The last lines put the processor time of a run side by side, as medians; `-- nothing` prints them
//! alone.

use std::hint::black_box;

use bulla_core::json::{Limits, canonicalize};
use criterion::{BenchmarkId, Criterion, Throughput};

/// An order of about 1 KiB, as a process variable holds it.
const ORDER: &str = include_str!("order.json");

/// How twitter.json starts.
const TWITTER: &[u8] = b"{\n  \"statuses\"";

type Canonicalizer = fn(&[u8]) -> Vec<u8>;

const CANONICALIZERS: [(&str, Canonicalizer); 3] = [
    ("bulla", |document| {
        // twitter.json has ids that no double holds; it is only taken without the number rule.
        let limits = Limits { exact_numbers: !document.starts_with(TWITTER), ..Limits::default() };
        canonicalize(document, limits).expect("the document is strict JSON")
    }),
    ("serde_json_canonicalizer", |document| {
        let value: serde_json::Value = serde_json::from_slice(document).expect("the document is JSON");
        serde_json_canonicalizer::to_vec(&value).expect("the document is canonicalisable")
    }),
    ("serde_jcs", |document| {
        let value: serde_json::Value = serde_json::from_slice(document).expect("the document is JSON");
        serde_jcs::to_vec(&value).expect("the document is canonicalisable")
    }),
];

fn main() {
    let documents = [
        ("order", ORDER.as_bytes()),
        ("twitter", facet_json_classics::TWITTER.as_bytes()),
        ("citm_catalog", facet_json_classics::CITM_CATALOG.as_bytes()),
        ("canada", facet_json_classics::CANADA.as_bytes()),
    ];
    let mut criterion = Criterion::default().configure_from_args();
    for (document, bytes) in documents {
        let mut group = criterion.benchmark_group(document);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        for (name, canonicalizer) in CANONICALIZERS {
            group.bench_with_input(BenchmarkId::from_parameter(name), bytes, |bencher, bytes| {
                bencher.iter(|| canonicalizer(black_box(bytes)));
            });
        }
        group.finish();
    }
    criterion.final_summary();
    for (document, bytes) in documents {
        compare(document, bytes);
    }
}

/// Runs all canonicalisers in turn and prints the ratios of their medians.
fn compare(document: &str, bytes: &[u8]) {
    let runs = (10_000_000 / bytes.len()).clamp(10, 1_000);
    let mut times = CANONICALIZERS.map(|_| Vec::with_capacity(5 * runs));
    for _ in 0..5 {
        for ((_, canonicalizer), times) in CANONICALIZERS.iter().zip(&mut times) {
            for _ in 0..runs {
                let start = processor_time();
                black_box(canonicalizer(black_box(bytes)));
                times.push(processor_time() - start);
            }
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable_by(f64::total_cmp);
        times[times.len() / 2]
    });
    print!("{document:12} {:>9} bytes  bulla {:>10.2} µs", bytes.len(), medians[0] * 1e6);
    for ((name, _), median) in CANONICALIZERS.iter().zip(medians).skip(1) {
        print!("   {name} {:>10.2} µs = {:>5.2} times", median * 1e6, median / medians[0]);
    }
    println!();
}

/// What this thread has used, in seconds: other work on the machine makes long runs wait more often
/// than short ones, so the clock on the wall would flatter the fastest.
fn processor_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    std::time::Duration::try_from(time).expect("the time is not negative").as_secs_f64()
}
