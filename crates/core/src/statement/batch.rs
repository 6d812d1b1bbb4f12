//! Many documents under one signature: a statement over the root of a tree of them, and with each
//! document its place in the tree.
//!
//! A leaf is sixteen random bytes and the document: the path of a document holds the hash of its
//! neighbour, which would otherwise tell whether one has guessed what that says.

use std::borrow::Cow;

use super::malformed;
use super::sign::{self, Attachment, Form};
use crate::crypto::{Active, Backend, random};
use crate::json::{self, Limits, Object, Value, Writer};
use crate::keys::{StatementSigner, VerifyingKey};
use crate::ledger::inclusion::{self, Tree};
use crate::ledger::{Hash, leaf_hash};
use crate::{Error, Result, base64url};

/// The type (`typ`) of a batch's statement.
pub(super) const TYPE: &str = "bulla-batch";
/// The member of the unprotected header that says where in the tree a document stands.
const PROOF: &str = "dev.bulla.proof";
/// The length of the random bytes before a document.
const SALT: usize = 16;
/// A path through a tree of 2^53 leaves.
const LONGEST: usize = 53;

/// Where in a batch a document stands.
#[derive(Debug)]
pub(super) struct Proof {
    index: u64,
    path: Vec<Hash>,
    salt: [u8; SALT],
}

/// Signs all `documents` at once and returns the statement of each, in their order; the documents
/// lie beside them. With `canonical`, they are JSON and their canonical form is what is signed.
pub fn sign_batch(signer: &dyn StatementSigner, documents: &[&[u8]], canonical: bool) -> Result<Vec<String>> {
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let mut salts = vec![[0; SALT]; documents.len()];
    random::fill(salts.as_flattened_mut())?;
    let leaves = documents.iter().zip(&salts).map(|(document, salt)| leaf(salt, document, canonical));
    let tree = Tree::new(leaves.collect::<Result<_>>()?);

    let mut root = Writer::object();
    root.member("form").string(form(canonical)).member("root").string(&base64url::encode(&tree.root()));
    root.member("size").integer(i64::try_from(documents.len()).unwrap_or(i64::MAX));
    let header = base64url::encode(&sign::protected(signer, Form::default(), Some(TYPE)));
    let (input, signature) = sign::signature(signer, header, &root.finish(), Attachment::Attached)?;
    let (header, payload) = input.split_once('.').ok_or(Error::Internal { what: "signing" })?;

    let statement = |(index, salt): (usize, &[u8; SALT])| {
        let proof = proof(index, &tree.path(index), salt);
        sign::flattened(Some(&proof), Some(payload), header, &signature)
    };
    Ok(salts.iter().enumerate().map(statement).collect())
}

/// The unprotected header, canonical JSON.
fn proof(index: usize, path: &[Hash], salt: &[u8; SALT]) -> Vec<u8> {
    let mut writer = Writer::object();
    writer.member(PROOF).begin_object();
    writer.member("index").integer(i64::try_from(index).unwrap_or(i64::MAX)).member("path").begin_array();
    for hash in path {
        writer.string(&base64url::encode(hash));
    }
    writer.end_array().member("salt").string(&base64url::encode(salt)).end_object();
    writer.finish()
}

fn form(canonical: bool) -> &'static str {
    if canonical { super::CANONICAL_NAME } else { "raw" }
}

fn leaf(salt: &[u8; SALT], document: &[u8], canonical: bool) -> Result<Hash> {
    let document = if canonical {
        Cow::Owned(json::canonicalize(document, Limits::default())?)
    } else {
        Cow::Borrowed(document)
    };
    Ok(leaf_hash(&[salt, &document]))
}

impl Proof {
    /// Reads the unprotected header of a batch's statement.
    pub(super) fn read(header: Option<&Object>) -> Result<Self> {
        let proof = header.and_then(|header| header.get(PROOF)).and_then(Value::as_object);
        let proof = proof
            .ok_or_else(|| malformed(format!("a document's place in its batch ({PROOF:?}) is missing")))?;
        Self::from_members(proof).ok_or_else(|| malformed("a document's place in its batch is not one"))
    }

    fn from_members(proof: &Object) -> Option<Self> {
        let path = proof.get("path")?.as_array()?;
        let known = proof.len() == 3 && path.len() <= LONGEST;
        let path = path.iter().map(|hash| base64url::decode_array(hash.as_str()?)).collect::<Option<_>>()?;
        known.then_some(Self {
            index: u64::try_from(proof.get("index")?.as_i64()?).ok()?,
            path,
            salt: base64url::decode_array(proof.get("salt")?.as_str()?)?,
        })
    }

    /// Fails unless `document` stands at this place under the root that `key` signed.
    pub(super) fn verify(&self, key: &VerifyingKey, signed: &[u8], document: &[u8]) -> Result<()> {
        const WHAT: &str = "batch";
        let batch = json::parse(signed, Limits { depth: 1, ..Limits::default() })?.into_object(WHAT)?;
        batch.only(WHAT, &["form", "root", "size"])?;
        let canonical = match batch.required_str(WHAT, "form")? {
            "raw" => false,
            super::CANONICAL_NAME => true,
            _ => return Err(malformed("the batch names an unknown form")),
        };
        let size = u64::try_from(batch.required_i64(WHAT, "size")?)
            .map_err(|_| malformed("the batch's size is negative"))?;
        let root: Hash = base64url::decode_array(batch.required_str(WHAT, "root")?)
            .ok_or_else(|| malformed("the batch's root is not a hash"))?;
        let not_in = |problem| Error::NotInBatch { kid: key.kid().to_string(), size, problem };
        if self.index >= size {
            return Err(not_in("its place is behind the last"));
        }
        let leaf = leaf(&self.salt, document, canonical)?;
        match inclusion::root(leaf, self.index, size, &self.path) {
            Some(computed) if Active::constant_time_eq(&computed, &root) => Ok(()),
            Some(_) => Err(not_in("it or its place was changed")),
            None => Err(not_in("its place has a path of another length")),
        }
    }
}
