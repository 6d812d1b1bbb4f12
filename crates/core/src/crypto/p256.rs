//! A public key on P-256.

/// A point on P-256, uncompressed (SEC 1 §2.3.3): 4 ‖ x ‖ y. Whether it lies on the curve is asked
/// of the backend: [`Backend::is_on_p256`](super::Backend::is_on_p256).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct P256Public([u8; 65]);

impl P256Public {
    /// From both coordinates, big-endian.
    #[must_use]
    pub fn new(x: &[u8; 32], y: &[u8; 32]) -> Self {
        let mut point = [4; 65];
        point[1..33].copy_from_slice(x);
        point[33..].copy_from_slice(y);
        Self(point)
    }

    /// From an uncompressed point, or `None` if it is in another form.
    #[must_use]
    pub fn from_uncompressed(point: &[u8]) -> Option<Self> {
        let point: [u8; 65] = point.try_into().ok()?;
        (point[0] == 4).then_some(Self(point))
    }

    /// The uncompressed point.
    #[must_use]
    pub fn uncompressed(&self) -> &[u8; 65] {
        &self.0
    }

    /// The first coordinate.
    #[must_use]
    pub fn x(&self) -> &[u8; 32] {
        self.0[1..33].try_into().expect("32 bytes of 65")
    }

    /// The second coordinate.
    #[must_use]
    pub fn y(&self) -> &[u8; 32] {
        self.0[33..].try_into().expect("32 bytes of 65")
    }
}
