//! Master keys that live outside the process that seals, one provider a file.
#![forbid(unsafe_code)]

pub mod local;
