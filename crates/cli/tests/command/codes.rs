//! What each command ends with.

use crate::place::Place;

/// A place with a key of each kind, a document, and an envelope and a statement of it, good and bad.
fn place() -> Place {
    let place = Place::with(&[("order.json", "{\"amount\":2500}"), ("twice.json", "{\"a\":1,\"a\":2}")]);
    for line in [
        "keygen --kind x25519 --public inbox.pub.jwk inbox.jwk",
        "keygen --kind x25519 other.jwk",
        "keygen --kind ed25519 --public signer.pub.jwk signer.jwk",
        "keygen --kind ed25519 stranger.jwk",
        "seal --to inbox.pub.jwk order.json",
        "sign --key signer.jwk order.json",
    ] {
        place.run(line).must_be_fine();
    }
    let envelope = place.read("order.json.jwe");
    let (before, tag) = envelope.split_once("\"tag\":\"").unwrap();
    let first = if tag.starts_with('A') { "B" } else { "A" };
    place.write("changed.jwe", format!("{before}\"tag\":\"{first}{}", &tag[1..]));
    for (name, from) in [
        ("clean.tar.gz", "clean.tar.gz"),
        ("edited.tar.gz", "edited.tar.gz"),
        ("keys.jwks", "audit-keys.jwks"),
        ("policy.toml", "audit-policy.toml"),
    ] {
        let vectors = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/bundles");
        place.write(name, std::fs::read(vectors.join(from)).unwrap());
    }
    place
}

#[test]
fn each_command_ends_with_what_its_help_says() {
    let place = place();
    for (code, line) in [
        (0, "keygen --kind p256 fresh.jwk"),
        (2, "keygen --kind p256 inbox.jwk"),
        (2, "keygen --kind p257 fresh.jwk"),
        (2, "keygen fresh.jwk"),
        (0, "seal --to inbox.pub.jwk -o a.jwe order.json"),
        (2, "seal --to inbox.pub.jwk missing.json"),
        (2, "seal --to missing.jwk order.json"),
        (2, "seal --to signer.pub.jwk order.json"),
        (2, "seal order.json"),
        (0, "open --key inbox.jwk -o opened order.json.jwe"),
        (1, "open --key inbox.jwk -o b changed.jwe"),
        (1, "open --key inbox.jwk --context {\"a\":1} -o b order.json.jwe"),
        (1, "open --key inbox.jwk -o b order.json"),
        (1, "open --key other.jwk -o b order.json.jwe"),
        (2, "open --key inbox.pub.jwk -o b order.json.jwe"),
        (2, "open --key inbox.jwk missing.jwe"),
        (0, "sign --key signer.jwk -o a.jws order.json"),
        (1, "sign --key signer.jwk --canonical -o b twice.json"),
        (2, "sign --key signer.pub.jwk -o b order.json"),
        (2, "sign --key signer.jwk -o b missing.json"),
        (0, "verify --key signer.pub.jwk order.json.jws"),
        (1, "verify --key stranger.jwk order.json.jws"),
        (1, "verify --key signer.pub.jwk order.json"),
        (2, "verify --key signer.pub.jwk missing.jws"),
        (2, "verify order.json.jws"),
        (0, "inspect order.json.jwe order.json.jws inbox.jwk clean.tar.gz"),
        (2, "inspect order.json"),
        (2, "inspect missing"),
        (0, "canonicalize order.json"),
        (1, "canonicalize twice.json"),
        (2, "canonicalize missing.json"),
        (0, "rewrap --key inbox.jwk --to other.jwk -o c.jwe order.json.jwe"),
        (1, "rewrap --key other.jwk --to inbox.jwk -o b order.json.jwe"),
        (1, "rewrap --key inbox.jwk --to other.jwk -o b changed.jwe"),
        (2, "rewrap --key inbox.jwk --to missing.jwk -o b order.json.jwe"),
        (0, "audit clean.tar.gz --policy policy.toml --keys keys.jwks"),
        (1, "audit edited.tar.gz --policy policy.toml --keys keys.jwks"),
        (2, "audit order.json --policy policy.toml --keys keys.jwks"),
        (2, "audit clean.tar.gz"),
        (3, "audit clean.tar.gz --policy policy.toml"),
        (0, "--version"),
        (2, "unseal order.json"),
        (2, ""),
    ] {
        let run = place.run(line);
        assert_eq!(run.code, code, "bulla {line}\n{}", run.told);
        assert!(!place.path("b").exists(), "bulla {line}: nothing comes of what fails");
        if code != 0 && !line.starts_with("audit") {
            assert!(!run.told.is_empty(), "bulla {line}: it says why");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_options() {
    let place = Place::new();
    let mut script = Vec::new();
    clap_complete::generate(clap_complete::Shell::Bash, &mut bulla_cli::grammar(), "bulla", &mut script);
    place.write("bulla.bash", script);
    for (words, word, expected) in [
        ("bulla se", "se", "seal"),
        ("bulla canon", "canon", "canonicalize"),
        ("bulla keygen --prot", "--prot", "--protect"),
    ] {
        let count = words.split(' ').count() - 1;
        let previous = words.split(' ').nth(count - 1).unwrap();
        let asked = format!(
            "source bulla.bash && COMP_WORDS=({words}) COMP_CWORD={count} && _bulla bulla '{word}' '{previous}' && \
             echo \"${{COMPREPLY[@]}}\""
        );
        let run = std::process::Command::new("bash")
            .args(["--norc", "-c", &asked])
            .current_dir(place.path("."))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(String::from_utf8(run.stdout).unwrap().trim_end(), expected, "{words}: {told}");
    }
}
