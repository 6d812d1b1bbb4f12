//! What the command writes, says and ends with.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod canonicalize;
mod codes;
mod envelopes;
mod foreign;
mod help;
mod inspect;
mod keygen;
mod limits;
mod many;
mod passphrases;
mod place;
mod reseal;
mod spared;
mod statements;
