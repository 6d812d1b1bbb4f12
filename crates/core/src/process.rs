//! Which process this is: what a forked child tells itself apart by.
//!
//! Nonces, data keys and content keys serve only the process that made them
//! (`docs/decisions/0004-random-bytes.md`). Asking the system for its id at each seal costs about
//! 125 ns, a tenth of sealing. A host that is told of its forks says so, and the system is asked
//! once.

use std::sync::atomic::{AtomicU32, Ordering};

/// The id of this process, or zero where forks are not told of.
static WATCHED: AtomicU32 = AtomicU32::new(0);

/// The id of this process.
pub fn id() -> u32 {
    match WATCHED.load(Ordering::Relaxed) {
        0 => std::process::id(),
        id => id,
    }
}

/// Relies on [`forked`] from now on: to be called by a host that calls that in every child of a
/// fork, before anything else runs there.
pub fn watch() {
    WATCHED.store(std::process::id(), Ordering::Relaxed);
}

/// Tells a child that it is one; it asks the system from then on. It stores a number and does
/// nothing else, so it may be called where only async-signal-safe functions may.
pub fn forked() {
    WATCHED.store(0, Ordering::Relaxed);
}
