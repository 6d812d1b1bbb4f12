#![no_main]
#![allow(missing_docs, reason = "the macro writes none")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bulla_fuzz::config(data));
