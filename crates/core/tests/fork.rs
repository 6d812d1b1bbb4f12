//! Forks for real. It has no test harness, because a process that forks should have one thread.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[cfg(unix)]
mod support;

#[cfg(unix)]
fn main() {
    println!("test a_forked_process_seals_with_keys_and_nonces_of_its_own");
    unix::a_forked_process_seals_with_keys_and_nonces_of_its_own();
    println!("test result: ok. 1 passed");
}

#[cfg(not(unix))]
fn main() {
    println!("test result: ok. 0 passed; this platform does not fork");
}

#[cfg(unix)]
mod unix {
    use std::collections::HashSet;
    use std::io::{Read, Write};

    use bulla_core::ErrorKind;
    use bulla_core::envelope::Stored;
    use bulla_core::keys::{Purpose, Vault};
    use fork::{Fork, fork, waitpid};

    use crate::support::{NOW, activated, context, sealing_vault};

    /// More than one buffer of nonces holds.
    const SEALED: usize = 100;

    pub(crate) fn a_forked_process_seals_with_keys_and_nonces_of_its_own() {
        let (vault, parents_key) = sealing_vault();
        // Now a buffer is filled, and the fork copies it.
        vault.seal(&context(), b"x", NOW).unwrap();
        let made_before = vault.new_key(Purpose::Data, NOW).unwrap();
        let (mut from_child, to_parent) = std::io::pipe().unwrap();
        let child = match fork().unwrap() {
            Fork::Child => {
                // A panic ends the child with another code.
                (&to_parent).write_all(seal_as_child(&vault, made_before.kid.as_str()).as_bytes()).unwrap();
                std::process::exit(0);
            }
            Fork::Parent(child) => child,
        };
        drop(to_parent);
        let parents = seal_all(&vault);
        let mut childs = String::new();
        from_child.read_to_string(&mut childs).unwrap();
        assert_eq!(waitpid(child).unwrap(), 0, "the child failed");

        let parents: HashSet<_> = parents.lines().map(nonce).collect();
        let nonces: HashSet<_> = childs.lines().map(nonce).collect();
        assert_eq!((parents.len(), nonces.len()), (SEALED, SEALED));
        assert!(parents.is_disjoint(&nonces), "parent and child drew the same nonces");
        for envelope in childs.lines() {
            assert_ne!(Stored::parse(envelope).unwrap().kid(), parents_key.kid);
        }
    }

    fn seal_as_child(vault: &Vault, made_before: &str) -> String {
        let refused = || vault.seal(&context(), b"x", NOW).unwrap_err().kind();
        assert_eq!(refused(), ErrorKind::DataKeyNeeded);
        // A key that the parent made and the child activates is the parent's as well.
        vault.activate(made_before).unwrap();
        assert_eq!(refused(), ErrorKind::DataKeyNeeded);
        activated(vault, Purpose::Data);
        seal_all(vault)
    }

    fn seal_all(vault: &Vault) -> String {
        (0..SEALED).map(|_| vault.seal(&context(), b"x", NOW).unwrap() + "\n").collect()
    }

    fn nonce(envelope: &str) -> &str {
        envelope.split('.').nth(2).unwrap()
    }
}
