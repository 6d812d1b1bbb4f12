//! Forks of the process that the JVM is in.

/// Has the core told of forks instead of asking for the process's id at each seal.
///
/// A JVM does not go on in a forked child, but a program that has embedded one might.
#[cfg(unix)]
pub fn watch() {
    unsafe extern "C" fn child() {
        bulla_core::process::forked();
    }
    // SAFETY: POSIX, `pthread_atfork`: the handler stores a number, which is async-signal-safe. It
    // is taken back when this library is unloaded, as the C library does for whoever registers one.
    if unsafe { libc::pthread_atfork(None, None, Some(child)) } == 0 {
        bulla_core::process::watch();
    }
}

/// Other platforms do not fork, and tell a process's id without a system call.
#[cfg(not(unix))]
pub fn watch() {}

#[cfg(all(test, unix))]
mod tests {
    use bulla_core::process;
    use fork::{Fork, fork, waitpid};

    #[test]
    fn a_forked_child_has_an_id_of_its_own() {
        super::watch();
        let parent = process::id();
        assert_eq!(parent, std::process::id());
        match fork().expect("a process can be forked") {
            Fork::Child => {
                let own = process::id() == std::process::id() && process::id() != parent;
                // SAFETY: it ends the child at once, whose other threads are not there.
                unsafe { libc::_exit(i32::from(!own)) }
            }
            Fork::Parent(child) => assert_eq!(waitpid(child).expect("the child ends"), 0),
        }
        assert_eq!(process::id(), parent);
    }
}
