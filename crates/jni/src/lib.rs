//! The natives of `dev.bulla`: they marshal, and hold no cryptography and no format.
//!
//! A native is a safe `extern "system"` function whose parameters are the types of this crate:
//! [`boundary::EnvPointer`], [`boundary::Class`], [`bytes::ByteArray`], [`handle::Handle`]. Each is
//! laid out as the JNI type it stands for and comes from the JVM alone, so that what must hold for
//! `unsafe` is said once, beside the type, and not in every native. The whole of a native's work
//! happens inside [`boundary::cross`], which turns errors and panics into `BullaException`.

pub mod audit;
pub mod boundary;
pub mod bytes;
pub mod config;
pub mod exchange;
pub mod fork;
pub mod handle;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod library;
pub mod object;
pub mod portable;
pub mod statement;
pub mod upcall;
pub mod vault;
