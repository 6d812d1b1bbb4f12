//! What wraps keys, and may live elsewhere.

use crate::Result;
use crate::crypto::Secret;

/// A key that wraps data, search and commitment keys. Its provider may be a file, a key service or
/// a callback of the embedding program; it may block.
pub trait MasterKey: Send + Sync {
    /// The name by which registry rows refer to it.
    fn kid(&self) -> &str;
    /// What stands as `alg` in an envelope whose content key it wraps: a registered name if
    /// [`wrap`](Self::wrap) gives just what RFC 7518 says, else the name that says that only the
    /// key's provider can unwrap it.
    fn algorithm(&self) -> &'static str {
        "dev.bulla.master"
    }
    /// Wraps `key`.
    fn wrap(&self, key: &Secret) -> Result<Vec<u8>>;
    /// Unwraps what [`wrap`](Self::wrap) made, or says why it cannot.
    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret>;
}
