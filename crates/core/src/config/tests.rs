use super::*;
use crate::ErrorKind;
use crate::policy::Rule;

const KEYS: &str = "[keys]\nmaster = 'm'\nidentity = 'i'\nlog = 'l'\n";

fn with(rest: &str) -> String {
    format!("installation = 'loans'\nnode = 'node-1'\n{KEYS}{rest}")
}

/// Line and problem of the error that `text` gives.
fn refusal(text: &str) -> (usize, String) {
    let error = Config::parse(text, "conf/bulla.toml").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let crate::Error::InvalidConfig { file, line, problem } = error else { unreachable!() };
    assert_eq!(file, "conf/bulla.toml");
    (line, problem)
}

#[test]
fn a_full_file_is_read() {
    let thumbprint = KeyId::of_ed25519(&[1; 32]);
    let config = Config::parse(
        &format!(
            "installation = \"loans\"\nnode = \"node-1\"\n\
             [keys]\nmaster = \"a\"\nidentity = \"b\"\nlog = \"c\"\ntrusted = [\"{thumbprint}\"]\nregistry = \"d\"\n\
             [policy]\nseal = [\"*\"]\nplain = [\"ui*\"]\nsearch = [\"orderId\"]\nrecord = [\"ACT_RU_TASK\"]\n\
             [ledger]\ncheckpoint = \"500ms\"\nrecords = 10\nheartbeat = \"5m\"\nrequired = false\n\
             [statement]\nsigner = \"s\"\nverifiers = [\"v\"]\n\
             [portable]\nrecipients = [\"r\"]\nkeys = [\"k\"]\n\
             [[anchor]]\ndirectory = \"x\"\n[[anchor]]\ndirectory = \"y\"\n"
        ),
        "bulla.toml",
    )
    .unwrap();
    assert_eq!(config.log(), "loans/node-1");
    assert_eq!(config.keys.trusted, [thumbprint]);
    assert_eq!(config.keys.registry.as_deref(), Some("d"));
    assert_eq!(config.policy.rule("orderId"), Rule::Searchable);
    assert_eq!(config.policy.record, ["ACT_RU_TASK"]);
    assert_eq!(config.ledger.checkpoint, Duration::from_millis(500));
    assert_eq!((config.ledger.records, config.ledger.required), (10, false));
    assert_eq!(config.ledger.heartbeat, Duration::from_mins(5));
    assert_eq!(
        (config.statement.signer.as_deref(), &*config.statement.verifiers),
        (Some("s"), &["v".into()][..])
    );
    assert_eq!(
        (&*config.portable.recipients, &*config.portable.keys),
        (&["r".into()][..], &["k".into()][..])
    );
    assert_eq!(config.anchors, [Anchor::Directory("x".into()), Anchor::Directory("y".into())]);
}

#[test]
fn what_is_left_out_has_the_documented_defaults() {
    let config = Config::parse(&with(""), "bulla.toml").unwrap();
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.ledger, Ledger::default());
    assert_eq!((config.anchors.len(), config.keys.trusted.len()), (0, 0));
    assert_eq!((config.statement, config.portable), Default::default());
}

#[test]
fn each_mistake_is_told_with_its_line() {
    for (text, line, problem) in [
        ("node = 'n'\n", 1, "installation is missing"),
        (
            "installation = 'l'\nnode = 'n'\n",
            1,
            "keys is missing: [keys] says where master, identity and log key are",
        ),
        (
            "installation = 'l'\nnode = 'n'\n\n[keys]\nmaster = 'm'\nlog = 'l'\n",
            4,
            "keys.identity is missing",
        ),
        (
            &with("[ledger]\nrecrods = 5\n"),
            8,
            "ledger.recrods is not a setting; known are checkpoint, records, heartbeat, required",
        ),
        (
            &with("[leger]\n"),
            7,
            "leger is not a setting; known are installation, node, keys, policy, ledger, anchor, statement, portable",
        ),
        (&with("[ledger]\nrecords = '5'\n"), 8, "ledger.records must be an integer of at least 1"),
        (&with("[ledger]\nrecords = 0\n"), 8, "ledger.records must be an integer of at least 1"),
        (&with("[ledger]\nrequired = 1\n"), 8, "ledger.required must be true or false"),
        (
            &with("[ledger]\n\ncheckpoint = '1 s'\n"),
            9,
            "ledger.checkpoint must be a duration, such as \"500ms\", \"1s\", \"5m\" or \"24h\"",
        ),
        (
            &with("[ledger]\nheartbeat = '0s'\n"),
            8,
            "ledger.heartbeat must be a duration, such as \"500ms\", \"1s\", \"5m\" or \"24h\"",
        ),
        (&with("[policy]\nseal = '*'\n"), 8, "policy.seal must be a list of strings"),
        (&with("[policy]\nseal = ['a', 1]\n"), 8, "policy.seal must be a list of strings"),
        (&with("[policy]\nplain = ['']\n"), 8, "policy.plain holds an empty pattern, which names nothing"),
        (&with("[anchor]\ndirectory = 'x'\n"), 7, "anchor must be written as [[anchor]]"),
        (&with("[[anchor]]\ndirectory = 'x'\n[[anchor]]\npath = 'y'\n"), 9, "anchor.directory is missing"),
        (
            &with("trusted = ['abc']\n"),
            7,
            "keys.trusted holds \"abc\", which is not a thumbprint (43 characters)",
        ),
        (
            &with("keys = 1\n"),
            7,
            "keys.keys is not a setting; known are trusted, master, identity, log, passphrase, registry",
        ),
    ] {
        assert_eq!(refusal(text), (line, problem.to_owned()), "{text}");
    }
}

#[test]
fn names_that_would_leave_their_directory_are_refused() {
    for name in ["", "a/b", "..", ".hidden", "größe", &"x".repeat(65)] {
        let text = with("").replace("'node-1'", &format!("'{name}'"));
        let (line, problem) = refusal(&text);
        assert_eq!(line, 2);
        assert!(problem.starts_with("node must be 1 to 64 letters"), "{problem}");
    }
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let (line, problem) = refusal("installation = 'loans'\nnode = \n");
    assert_eq!(line, 2);
    assert!(!problem.is_empty());
    assert_eq!(refusal("a = 1\nb = 2\na = 3\n").0, 3);
}
