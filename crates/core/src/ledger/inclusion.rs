//! Proofs that a leaf is in a tree (RFC 6962 §2.1.1).

use super::tree::{Hash, node_hash};

/// A whole tree, for the paths of its leaves.
pub(crate) struct Tree {
    /// The leaves, then the roots above them, and so on; a node without a neighbour rises as it is.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree of these leaves, of which there must be one at least.
    pub(crate) fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => node_hash(left, right),
                alone => alone[0],
            });
            let above = above.collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// The tree's root.
    pub(crate) fn root(&self) -> Hash {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// What must be hashed with the leaf at `index` on the way to the root, from the leaf upwards.
    pub(crate) fn path(&self, index: usize) -> Vec<Hash> {
        let at = |(height, level): (usize, &Vec<Hash>)| level.get((index >> height) ^ 1).copied();
        self.levels.iter().enumerate().filter_map(at).collect()
    }
}

/// The root of the tree of `size` leaves in which `leaf` stands at `index` with this path; `None` if
/// the path is of another length than in such a tree.
pub(crate) fn root(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    // RFC 9162 §2.1.3.2.
    let (mut at, mut last) = (index, size.checked_sub(1).filter(|last| index <= *last)?);
    let mut root = leaf;
    for sibling in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            root = node_hash(sibling, &root);
            // Nodes without a neighbour rise as they are.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Frontier, leaf_hash};
    use super::*;

    fn leaves(size: usize) -> Vec<Hash> {
        (0..size).map(|leaf| leaf_hash(&[&leaf.to_be_bytes()])).collect()
    }

    #[test]
    fn every_leaf_of_every_tree_leads_to_the_root_and_nowhere_else() {
        for size in 1..40 {
            let leaves = leaves(size);
            let mut frontier = Frontier::new();
            for leaf in &leaves {
                frontier.push(*leaf);
            }
            let tree = Tree::new(leaves.clone());
            assert_eq!(tree.root(), frontier.root());
            for (index, leaf) in leaves.iter().enumerate() {
                let (path, all) = (tree.path(index), size as u64);
                assert_eq!(root(*leaf, index as u64, all, &path), Some(tree.root()));
                for other in (0..size).filter(|other| *other != index) {
                    assert_ne!(root(*leaf, other as u64, all, &path), Some(tree.root()));
                }
                let longer = [path.as_slice(), &[*leaf]].concat();
                assert_eq!(root(*leaf, index as u64, all, &longer), None);
                if let Some((_, shorter)) = path.split_last() {
                    assert_eq!(root(*leaf, index as u64, all, shorter), None);
                }
                assert_eq!(root(*leaf, all, all, &path), None);
            }
        }
    }
}
