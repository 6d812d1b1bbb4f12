//! What C holds of objects: numbers that are never given twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bulla_core::ErrorKind;

use crate::error::Problem;

/// The live objects of one type.
pub(crate) struct Handles<T> {
    what: &'static str,
    /// The highest byte of each handle, which no other type's handles have.
    mark: u8,
    given: AtomicU64,
    live: RwLock<BTreeMap<u64, Arc<T>>>,
}

impl<T> Handles<T> {
    pub(crate) const fn new(what: &'static str, mark: u8) -> Self {
        Self { what, mark, given: AtomicU64::new(0), live: RwLock::new(BTreeMap::new()) }
    }

    pub(crate) fn add(&self, object: T) -> u64 {
        let number = self.given.fetch_add(1, Ordering::Relaxed) + 1;
        let handle = u64::from(self.mark) << 56 | number;
        self.live.write().unwrap_or_else(PoisonError::into_inner).insert(handle, Arc::new(object));
        handle
    }

    /// The object, which stays alive while the caller has it, whatever becomes of the handle.
    pub(crate) fn get(&self, handle: u64) -> Result<Arc<T>, Problem> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.get(&handle).cloned().ok_or_else(|| Problem {
            kind: ErrorKind::Closed,
            message: format!("{handle:#x} is no {}: it was freed, or never given", self.what),
        })
    }

    pub(crate) fn remove(&self, handle: u64) {
        let removed = self.live.write().unwrap_or_else(PoisonError::into_inner).remove(&handle);
        drop(removed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_handle_is_refused_and_never_given_again() {
        let handles = Handles::new("thing", 1);
        let first = handles.add("a");
        handles.remove(first);
        handles.remove(first);
        let second = handles.add("b");
        assert_ne!(first, second);
        let problem = handles.get(first).unwrap_err();
        assert_eq!(problem.kind, ErrorKind::Closed);
        assert!(
            problem.message.ends_with("is no thing: it was freed, or never given"),
            "{}",
            problem.message
        );
        assert_eq!(*handles.get(second).unwrap(), "b");
    }

    #[test]
    fn handles_of_two_types_differ() {
        assert_ne!(Handles::new("thing", 1).add(()), Handles::new("other", 2).add(()));
    }

    #[test]
    fn an_object_in_use_outlives_its_handle() {
        let handles = Handles::new("thing", 1);
        let handle = handles.add("a");
        let used = handles.get(handle).unwrap();
        handles.remove(handle);
        assert_eq!(*used, "a");
    }
}
