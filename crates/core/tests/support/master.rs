//! A master key that is no secret.

use bulla_core::Result;
use bulla_core::crypto::{Secret, Wrapping, WrappingKey};
use bulla_core::keys::{KeyId, MasterKey};

/// A master key in memory, named by its thumbprint.
pub(crate) struct KnownMaster(String, Wrapping);

impl KnownMaster {
    pub(crate) fn new(secret: &Secret) -> Self {
        Self(KeyId::of_secret(secret).to_string(), <Wrapping as WrappingKey>::new(secret))
    }
}

impl MasterKey for KnownMaster {
    fn kid(&self) -> &str {
        &self.0
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        self.1.wrap(key)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret> {
        Ok(self.1.unwrap(wrapped).expect("nothing is unwrapped that was not wrapped here"))
    }
}
