//! What `--help` shows works.

use crate::place::Place;

const COMMANDS: [&str; 10] =
    ["keygen", "seal", "open", "sign", "verify", "inspect", "canonicalize", "rewrap", "reseal", "audit"];

/// The commands of a help text's examples.
fn examples(help: &str) -> Vec<String> {
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    let examples = examples.split("\n\n").next().unwrap().lines();
    examples.map(|line| line.trim().strip_prefix("bulla ").unwrap().to_owned()).collect()
}

/// Whatever the examples read.
fn place() -> Place {
    let place = Place::with(&[("order.json", "{\"amount\":2500}\n"), ("note.txt", "called at noon\n")]);
    for (kind, name) in
        [("ed25519", "statement"), ("x25519", "inbox"), ("x25519", "partner"), ("p256", "successor")]
    {
        place.run(&format!("keygen --kind {kind} --public {name}.pub.jwk {name}.jwk")).must_be_fine();
    }
    for name in ["archive", "new-master"] {
        place.run(&format!("keygen --kind a256kw {name}.jwk")).must_be_fine();
    }
    place.run("keygen --log loans/node-1 keys").must_be_fine();
    for (name, from) in [
        ("evidence.tar.gz", "clean.tar.gz"),
        ("audit-keys.jwks", "audit-keys.jwks"),
        ("audit-policy.toml", "audit-policy.toml"),
    ] {
        place.write(name, vector(&format!("bundles/{from}")));
    }
    place.write(
        "bulla.toml",
        "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"keys/master.jwk\"\n\
         identity = \"keys/identity.jwk\"\nlog = \"keys/log.jwk\"\nregistry = \"keys/registry.jsonl\"\n",
    );
    for directory in ["canonical", "opened"] {
        std::fs::create_dir(place.path(directory)).unwrap();
    }
    place
}

/// What an example needs beside, made by the command itself.
fn prepare(place: &Place, example: &str) {
    let line = match example.split(' ').next().unwrap() {
        "open" if example.contains("--config") => {
            "seal --config bulla.toml --stored -c {\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"} note.txt"
        }
        "inspect" if example.contains("registry.jsonl") => {
            "seal --config bulla.toml --stored -c {\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"} note.txt"
        }
        "open" | "rewrap" if example.contains("\"process\"") && example.contains("--bind-name") => {
            "seal --to inbox.pub.jwk -c {\"process\":\"loan\"} --bind-name order.json"
        }
        "rewrap" if example.contains("\"process\"") => {
            "seal --to archive.jwk -c {\"process\":\"loan\"} order.json"
        }
        "rewrap" if example.contains("--config") => {
            "seal --config bulla.toml --stored -c {\"table\":\"notes\",\"row\":\"42\",\"group\":\"text\"} note.txt"
        }
        "open" | "rewrap" | "inspect" => "seal --to inbox.pub.jwk order.json",
        _ => "",
    };
    if !line.is_empty() {
        place.run(line).must_be_fine();
        if example.starts_with("open") {
            std::fs::copy(place.path("order.json"), place.path("order.bak")).unwrap();
            let source = if line.contains("note.txt") { "note.txt" } else { "order.json" };
            std::fs::remove_file(place.path(source)).unwrap();
        }
    }
    match example {
        _ if example.contains("< order.jwe") => {
            std::fs::rename(place.path("order.json.jwe"), place.path("order.jwe")).unwrap();
        }
        _ if example.starts_with("verify") && example.contains("< order.jws") => {
            place.run("sign --key statement.jwk --detached -o order.jws order.json").must_be_fine();
        }
        _ if example.starts_with("verify") && example.contains("order.jws") => {
            place.run("sign --key statement.jwk -o order.jws order.json").must_be_fine();
            std::fs::remove_file(place.path("order.json")).unwrap();
        }
        _ if example.starts_with("verify") || example.contains("*.jws") => {
            place.run("sign --key statement.jwk order.json").must_be_fine();
            std::fs::copy(place.path("statement.pub.jwk"), place.path("partner.jwks")).unwrap();
        }
        _ if example.starts_with("reseal") => {
            std::fs::create_dir(place.path("sealed")).unwrap();
            crate::reseal::prepare(place);
            if example.contains("*.ser") {
                // The one that is left was sealed by RSA.
                for other in ["approval.ser", "bytes.ser", "map.ser"] {
                    std::fs::remove_file(place.path(other)).unwrap();
                }
            }
        }
        _ if example.starts_with("keygen") => {
            std::fs::remove_dir_all(place.path("keys")).unwrap();
            for name in place.names().iter().filter(|name| name.contains(".jwk")) {
                std::fs::remove_file(place.path(name)).unwrap();
            }
        }
        _ => {}
    }
}

#[cfg(unix)]
#[test]
fn every_example_runs() {
    let bulla = assert_cmd::cargo::cargo_bin!("bulla");
    let mut count = 0;
    for command in COMMANDS {
        // As wide as the longest example, so that none is wrapped.
        let help = Place::new().command().args([command, "--help"]).env("COLUMNS", "500").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let (_, after) = help.split_once("Examples:\n").unwrap();
        let wide = after.lines().find(|line| !line.starts_with("  ") && line.len() > 100);
        assert_eq!(wide, None, "it would be wrapped: help has at most 100 columns");
        for example in examples(&help) {
            let place = place();
            prepare(&place, &example);
            let run = std::process::Command::new("sh")
                .arg("-c")
                .arg(format!("'{}' {example}", bulla.display()))
                .current_dir(place.path("."))
                .env("INBOX_KEY", std::fs::read_to_string(place.path("inbox.jwk")).unwrap_or_default())
                .env("INBOX_PASSPHRASE", "six words that nobody would guess")
                .env("STATEMENT_KEY", rsa())
                .output()
                .unwrap();
            let told = String::from_utf8(run.stderr).unwrap();
            assert!(run.status.success(), "bulla {example}\n{told}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

/// A private RSA key.
fn rsa() -> String {
    String::from_utf8(vector("jose/pem/rfc7515-a2.private.pem")).unwrap()
}

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name))
        .unwrap()
}

#[test]
fn every_command_tells_its_exit_codes() {
    let run = Place::new().run("--help");
    assert!(run.code == 0 && run.out.contains("\nExit codes:\n  0  "), "{}", run.out);
    for command in COMMANDS {
        assert!(run.out.contains(&format!("\n  {command} ")), "{command}");
        let help = Place::new().run(&format!("{command} --help")).out;
        assert!(help.contains("\nExit codes:\n  0  "), "{help}");
        assert!(help.contains("\n  3  inconclusive: something that the "), "{help}");
    }
    assert_eq!(Place::new().run("--version").out, format!("bulla {}\n", env!("CARGO_PKG_VERSION")));
}
