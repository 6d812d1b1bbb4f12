//! Taking off one layer after the other.

use zeroize::Zeroizing;

use super::{Content, ObjectKey, SerializedObject};
use crate::keys::VerifyingKey;
use crate::{Error, Result};

/// Objects within one another.
const MOST_LAYERS: usize = 8;

/// Opens and verifies serialised objects. Any number of threads may use one at once.
#[derive(Debug)]
pub struct ObjectOpener {
    keys: Vec<ObjectKey>,
    signers: Vec<VerifyingKey>,
}

/// An object whose layers are off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedObject {
    content: Content,
    layers: Vec<Layer>,
}

/// What was around the content, and held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// A signature by the key of this id.
    Signed {
        /// The signer's key.
        kid: String,
        /// The algorithm's Java name, as the object said it.
        algorithm: String,
    },
    /// An encryption that the key of this id opened.
    Sealed {
        /// The opening key.
        kid: String,
        /// The transformation's Java name, as the object said it.
        algorithm: String,
        /// Whether the encryption authenticates (AES-GCM).
        authenticated: bool,
    },
}

impl ObjectOpener {
    /// Opens what is sealed for one of `keys`, and believes what one of `signers` signed. If there
    /// are signers, one of them must have signed: an object without a signature is refused, since
    /// anybody could have taken a signature away.
    #[must_use]
    pub fn new(keys: Vec<ObjectKey>, signers: Vec<VerifyingKey>) -> Self {
        Self { keys, signers }
    }

    /// Verifies and opens `stream`, and what is in it, until that is neither signed nor sealed.
    ///
    /// Fails with [`Error::RefusedObject`] if it is none, or lacks the signature that is asked for;
    /// [`Error::UnsupportedAlgorithm`], [`Error::BadSignature`], [`Error::AuthenticationFailed`];
    /// [`Error::InvalidArgument`] if no key is of the kind that it needs; [`Error::TooDeep`].
    pub fn open(&self, stream: &[u8]) -> Result<OpenedObject> {
        let mut layers = Vec::new();
        let mut opened = Zeroizing::new(Vec::new());
        let mut object = Some(SerializedObject::parse(stream)?);
        while let Some(outermost) = object {
            if layers.len() == MOST_LAYERS {
                return Err(Error::TooDeep { position: 0, limit: MOST_LAYERS });
            }
            let (layer, content) = self.take_off(outermost)?;
            layers.push(layer);
            opened = content;
            object = SerializedObject::within(&opened)?;
        }
        let signed = layers.iter().any(|layer| matches!(layer, Layer::Signed { .. }));
        if !signed && !self.signers.is_empty() {
            let problem = "it is not signed, and a key that must have signed it was given".into();
            return Err(Error::RefusedObject { problem });
        }
        Ok(OpenedObject { content: Content::read(opened), layers })
    }

    fn take_off(&self, object: SerializedObject<'_>) -> Result<(Layer, Zeroizing<Vec<u8>>)> {
        match object {
            SerializedObject::Signed(object) => {
                let (content, key) = object.verify(&self.signers)?;
                let layer =
                    Layer::Signed { kid: key.kid().to_string(), algorithm: object.algorithm().into() };
                Ok((layer, Zeroizing::new(content.to_vec())))
            }
            SerializedObject::Sealed(object) => {
                let (content, key) = object.open(&self.keys)?;
                let layer = Layer::Sealed {
                    kid: key.kid().into(),
                    algorithm: object.algorithm().into(),
                    authenticated: object.is_authenticated(),
                };
                Ok((layer, content))
            }
        }
    }
}

impl OpenedObject {
    /// What was inside.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What was inside, to keep.
    #[must_use]
    pub fn into_content(self) -> Content {
        self.content
    }

    /// What was around it, the outermost first.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Whether a layer says who made the content: a signature, or an encryption that authenticates.
    /// If not, anybody who could write to where the object lay can have made it up.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.layers.iter().any(|layer| match layer {
            Layer::Signed { .. } => true,
            Layer::Sealed { authenticated, .. } => *authenticated,
        })
    }
}
