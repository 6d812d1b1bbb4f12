//! What C holds of objects: numbers that are never given twice.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bulla_core::ErrorKind;

use crate::error::Problem;

thread_local! {
    /// The handles whose objects this thread uses: more than those of one call when a callback calls
    /// the library.
    static IN_USE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

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
    ///
    /// It is not given to a callback that was called on its behalf: the thread may hold its locks.
    pub(crate) fn get(&self, handle: u64) -> Result<Used<T>, Problem> {
        let object = self.live.read().unwrap_or_else(PoisonError::into_inner).get(&handle).cloned();
        let object = object.ok_or_else(|| Problem {
            kind: ErrorKind::Closed,
            message: format!("{handle:#x} is no {}: it was freed, or never given", self.what),
        })?;
        let again = IN_USE.try_with(|in_use| {
            let mut in_use = in_use.borrow_mut();
            let again = in_use.contains(&handle);
            in_use.push(handle);
            again
        });
        let used = Used { object, handle };
        if again.unwrap_or(false) {
            return Err(Problem::argument(self.what, "must not be used by a callback that it called"));
        }
        Ok(used)
    }

    pub(crate) fn remove(&self, handle: u64) {
        let removed = self.live.write().unwrap_or_else(PoisonError::into_inner).remove(&handle);
        drop(removed);
    }
}

/// An object in use by this thread.
#[derive(Debug)]
pub(crate) struct Used<T> {
    object: Arc<T>,
    handle: u64,
}

impl<T> Used<T> {
    /// The object, for another one that needs it longer than the call.
    pub(crate) fn share(&self) -> Arc<T> {
        Arc::clone(&self.object)
    }
}

impl<T> Deref for Used<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

impl<T> Drop for Used<T> {
    fn drop(&mut self) {
        // A thread that ends has used all that it will.
        let _ = IN_USE.try_with(|in_use| {
            let mut in_use = in_use.borrow_mut();
            if let Some(index) = in_use.iter().rposition(|handle| *handle == self.handle) {
                in_use.swap_remove(index);
            }
        });
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

    #[test]
    fn an_object_is_given_to_a_thread_once_at_a_time() {
        let handles = Handles::new("thing", 1);
        let handle = handles.add("a");
        let used = handles.get(handle).unwrap();
        let problem = handles.get(handle).unwrap_err();
        assert_eq!(problem.kind, ErrorKind::InvalidArgument);
        assert_eq!(problem.message, "thing must not be used by a callback that it called");
        std::thread::scope(|scope| scope.spawn(|| assert_eq!(*handles.get(handle).unwrap(), "a")).join())
            .unwrap();
        drop(used);
        assert_eq!(*handles.get(handle).unwrap(), "a");
    }
}
