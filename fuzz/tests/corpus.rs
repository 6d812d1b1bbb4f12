//! Every input that the fuzzer has found worth keeping, without the fuzzer.

use std::path::Path;

fn each(target: &str, run: fn(&[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut inputs = 0;
    for entry in std::fs::read_dir(&directory).expect("a corpus for each target") {
        run(&std::fs::read(entry.expect("a file").path()).expect("a file"));
        inputs += 1;
    }
    assert!(inputs > 0, "{} is empty", directory.display());
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                each(stringify!($name), bulla_fuzz::$name);
            }
        )*
    };
}

targets!(json canonical envelope portable statement object key config ledger bundle);
