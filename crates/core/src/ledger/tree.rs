//! The Merkle tree of a log (RFC 6962 §2.1), kept as its frontier.
//!
//! A log only ever grows at its end, so of the whole tree a node keeps the roots of the complete
//! subtrees that its size is the sum of: one for each bit set in the size. That is enough to append
//! and to compute the root, and it is what a node saves beside a checkpoint to go on from.

use crate::crypto::{Active, Backend};
use crate::{Error, Result, base64url};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The hash of a leaf that holds the concatenation of `parts`.
#[must_use]
pub fn leaf_hash(parts: &[&[u8]]) -> Hash {
    // RFC 6962 §2.1: leaves and nodes are told apart by their first byte.
    let mut all: [&[u8]; 5] = [&[0x00], &[], &[], &[], &[]];
    all[1..=parts.len()].copy_from_slice(parts);
    Active::sha256(&all)
}

pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Active::sha256(&[&[0x01], left, right])
}

/// The roots of the complete subtrees of a tree, the largest and leftmost first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one bit of the size is a complete subtree as high as what is carried.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a peak for each bit of the size");
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Active::sha256(&[]))
    }

    /// The frontier as text: the size, a colon, and the peaks in base64url.
    #[must_use]
    pub fn to_text(&self) -> String {
        let peaks = base64url::encode(&self.peaks.concat());
        format!("{}:{peaks}", self.size)
    }

    /// Reads a frontier back that was saved beside a checkpoint over `size` leaves with `root`.
    ///
    /// Whoever can write where it was saved cannot make a node go on from another tree: the peaks
    /// must give exactly the signed root.
    pub fn restore(text: &str, size: u64, root: &Hash) -> Result<Self> {
        let frontier = Self::parse(text)?;
        if frontier.size == size && Active::constant_time_eq(&frontier.root(), root) {
            return Ok(frontier);
        }
        Err(state(format!("the saved frontier is not that of the checkpoint over {size} records")))
    }

    fn parse(text: &str) -> Result<Self> {
        let malformed = || state("the saved frontier has not the form of one".into());
        let (size, peaks) = text.split_once(':').ok_or_else(malformed)?;
        let size: u64 = size.parse().map_err(|_| malformed())?;
        let bytes = base64url::decode(peaks).ok_or_else(malformed)?;
        let (peaks, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(malformed());
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }
}

fn state(problem: String) -> Error {
    Error::LedgerState { problem }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6962 §2.1 as it is written.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Active::sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&naive_root(&leaves[..split]), &naive_root(&leaves[split..]))
            }
        }
    }

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write;
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    #[test]
    fn the_reference_leaves_give_the_reference_roots() {
        // The inputs and roots of the reference tests of Certificate Transparency.
        let leaves: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::new();
        assert_eq!(hex(&frontier.root()), roots[0]);
        for (leaf, root) in leaves.iter().zip(&roots[1..]) {
            frontier.push(leaf_hash(&[leaf]));
            assert_eq!(hex(&frontier.root()), *root);
        }
    }

    #[test]
    fn a_leaf_is_the_concatenation_of_its_parts() {
        assert_eq!(leaf_hash(&[b"record", b"\n", b"signature"]), leaf_hash(&[b"record\nsignature"]));
    }

    #[test]
    fn a_frontier_of_another_tree_is_not_restored() {
        let mut frontier = Frontier::new();
        for leaf in 0..5_u8 {
            frontier.push(leaf_hash(&[&[leaf]]));
        }
        let (text, root) = (frontier.to_text(), frontier.root());
        assert_eq!(Frontier::restore(&text, 5, &root).unwrap(), frontier);
        assert!(Frontier::restore(&text, 4, &root).is_err());
        assert!(Frontier::restore(&text, 5, &[0; 32]).is_err());
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            let error = Frontier::restore(&changed, 5, &root).unwrap_err();
            assert!(error.to_string().starts_with("the saved frontier"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn the_root_from_the_frontier_is_the_root_of_the_whole_tree(size in 0_usize..300) {
            let leaves: Vec<Hash> = (0..size).map(|leaf| leaf_hash(&[&leaf.to_be_bytes()])).collect();
            let mut frontier = Frontier::new();
            for leaf in &leaves {
                frontier.push(*leaf);
            }
            prop_assert_eq!(frontier.root(), naive_root(&leaves));
            prop_assert_eq!(frontier.size(), size as u64);
            let restored = Frontier::restore(&frontier.to_text(), size as u64, &frontier.root());
            prop_assert_eq!(restored.unwrap(), frontier);
        }
    }
}
