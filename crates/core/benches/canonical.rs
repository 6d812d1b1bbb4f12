//! The canonicaliser beside the crates that do the same, bytes to bytes, in one run:
//! `cargo bench -p bulla-core --bench canonical`.
//!
//! The last lines put the fastest runs side by side, which other work on the machine disturbs least.

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

/// Runs all canonicalisers in turn and prints the ratios of their fastest runs.
fn compare(document: &str, bytes: &[u8]) {
    let rounds = (40_000_000 / bytes.len()).clamp(25, 2_000);
    let mut fastest = CANONICALIZERS.map(|_| f64::INFINITY);
    for _ in 0..rounds {
        for ((_, canonicalizer), fastest) in CANONICALIZERS.iter().zip(&mut fastest) {
            let start = std::time::Instant::now();
            black_box(canonicalizer(black_box(bytes)));
            *fastest = fastest.min(start.elapsed().as_secs_f64());
        }
    }
    print!("{document:12} {:>9} bytes  bulla {:>10.2} µs", bytes.len(), fastest[0] * 1e6);
    for ((name, _), other) in CANONICALIZERS.iter().zip(fastest).skip(1) {
        print!("   {name} {:>10.2} µs = {:>5.2} times", other * 1e6, other / fastest[0]);
    }
    println!();
}
