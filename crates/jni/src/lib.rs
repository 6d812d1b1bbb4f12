//! The natives of `dev.bulla`: they marshal, and hold no cryptography and no format.
