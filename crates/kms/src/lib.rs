//! Keys that live outside the process that seals: master keys, one provider a file; what a
//! configuration names of them; and the key registry that serves where no engine keeps one.
#![forbid(unsafe_code)]

mod clock;
pub mod exchange;
pub mod installation;
pub mod keyring;
pub mod ledger;
pub mod local;
mod node;
pub mod registry;
mod source;

pub use clock::now;
pub use exchange::Exchange;
pub use keyring::Keyring;
pub use node::Node;
pub use source::{Ask, KeySource};
