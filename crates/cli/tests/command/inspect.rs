use crate::place::Place;

#[test]
fn an_envelope_tells_everything_but_its_content() {
    let place = Place::with(&[("order.json", "secret of the house")]);
    place.run("keygen --kind a256kw key.jwk").must_be_fine();
    place.run("seal --to key.jwk -c {\"order\":1} --content-type text/plain order.json").must_be_fine();
    let run = place.run("inspect order.json.jwe");
    run.must_end(0, "");
    for line in [
        "form          portable",
        "content type  text/plain",
        "context       {\"order\":1}",
        "length        19",
        "nothing of this is proven: it is what the file says",
    ] {
        assert!(run.out.lines().any(|found| found == line), "{line} in {}", run.out);
    }
    assert!(!run.out.contains("secret"), "{}", run.out);
}

#[test]
fn a_key_file_tells_no_secret() {
    let place = Place::new();
    for kind in ["a256kw", "ed25519"] {
        place.run(&format!("keygen --kind {kind} -f key.jwk")).must_be_fine();
        let key = place.read("key.jwk");
        for member in ["\"k\":\"", "\"d\":\""] {
            let Some((_, rest)) = key.split_once(member) else { continue };
            for form in ["", "--json"] {
                let run = place.run(&format!("inspect {form} key.jwk"));
                assert!(run.code == 0 && !run.out.contains(&rest[..20]), "{}", run.out);
            }
        }
    }
}

#[test]
fn what_a_stranger_wrote_does_not_drive_the_terminal() {
    let header = r#"{"alg":"EdDSA","cty":"\u001b[31m\u202ex","kid":"k"}"#;
    let encoded = base64_simd::URL_SAFE_NO_PAD.encode_to_string(header);
    let place = Place::with(&[("x.jws", &format!("{encoded}..{}", "A".repeat(86)))]);
    let run = place.run("inspect x.jws");
    assert!(run.out.contains("\\u{1b}[31m\\u{202e}x"), "{}", run.out);
}

#[test]
fn what_is_nothing_known_is_unreadable() {
    let place = Place::with(&[("x", "hello"), ("y", "\u{ff}")]);
    place.write("z", b"\xff");
    place.run("inspect x").must_end(
        2,
        "bulla: x: not an envelope: it is neither JSON nor three or five parts with dots between, and is no \
         statement or record either\n",
    );
    place.run("inspect z").must_end(2, "bulla: z: invalid UTF-8 at byte 0\n");
}

/// Texts that `tests/vectors` has under this name.
fn vectors(name: &str) -> serde_json::Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn what_a_ledger_and_its_keys_consist_of_is_told_line_by_line() {
    let place = Place::new();
    let texts = [
        ("row", vectors("registry/accepted.json")[0]["row"].clone()),
        ("epoch", vectors("registry/certificates.json")[0]["certificate"].clone()),
        ("note", vectors("checkpoints/accepted.json")["notes"][0]["note"].clone()),
        ("record", vectors("anchors/accepted.json")[3].clone()),
    ];
    for (name, text) in texts {
        place.write(name, text.as_str().unwrap());
    }
    for (name, lines) in [
        ("row", ["form          key", "purpose       data", "created       2030-03-17T17:46:40.000Z"]),
        (
            "epoch",
            ["form          epoch", "log           loans/node-1", "started       2030-03-17T17:46:40.000Z"],
        ),
        ("note", ["form          checkpoint", "size          3", "signer        loans/node-1+a2770338"]),
        ("record", ["form          record", "kind          epoch", "seq           1"]),
    ] {
        let run = place.run(&format!("inspect {name}"));
        run.must_end(0, "");
        for line in lines {
            assert!(run.out.lines().any(|found| found == line), "{line} in {}", run.out);
        }
    }
}

#[test]
fn a_whole_registry_and_a_whole_anchor_are_counted() {
    let place = Place::new();
    let vectors = vectors("anchors/accepted.json");
    let lines: Vec<_> = vectors.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    place.write("anchor.jsonl", lines.join("\n") + "\n");
    let said = place.run("inspect anchor.jsonl").out;
    assert!(said.starts_with("form          anchor\n"), "{said}");
    assert!(said.contains("log           checkpoints 2, epochs 1, first 2030-"), "{said}");
    place.write("anchor.jsonl", lines.join("\n") + "\n{}\n");
    place
        .run("inspect anchor.jsonl")
        .must_end(2, "bulla: anchor.jsonl, line 10: anchor line: member \"checkpoint\" is missing\n");

    place.run("keygen --log loans/node-1 keys").must_be_fine();
    place.write(
        "bulla.toml",
        "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"keys/master.jwk\"\n\
         identity = \"keys/identity.jwk\"\nlog = \"keys/log.jwk\"\nregistry = \"registry\"\n",
    );
    place.write("note", "called at noon");
    let context = "{\"table\":\"notes\",\"row\":\"1\",\"group\":\"text\"}";
    for count in [1, 2] {
        place
            .run(&format!("seal --config bulla.toml --stored -c {context} -o {count}.jwe note"))
            .must_be_fine();
        let said = place.run("inspect --json registry").out;
        let keys: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&keys["form"], &keys["keys"][0]["count"]), (&"registry".into(), &count.into()), "{said}");
    }
}

#[test]
fn a_bundle_tells_what_is_in_it_and_where_it_is_cut() {
    let place = Place::new();
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/bundles/clean.tar.gz");
    let bundle = std::fs::read(path).unwrap();
    place.write("evidence.tar.gz", &bundle);
    let run = place.run("inspect evidence.tar.gz");
    run.must_end(0, "");
    for line in [
        "form          bundle",
        "installation  loans",
        "table         name BULLA_RECORD, rows 33",
        "torn          false",
    ] {
        assert!(run.out.lines().any(|found| found == line), "{line} in {}", run.out);
    }
    assert!(run.out.contains("records 33, size 33"), "{}", run.out);
    for length in [600, 3000, bundle.len() - 9] {
        place.write("cut.tar.gz", &bundle[..length]);
        let run = place.run("inspect cut.tar.gz");
        assert!(run.code == 2 && run.told.starts_with("bulla: cut.tar.gz, byte "), "{run:?}");
        assert!(run.told.ends_with("its end is missing; copy it once more\n"), "{run:?}");
    }
}

#[test]
fn a_protected_key_file_tells_its_keys_to_whoever_names_its_passphrase() {
    let place = Place::with(&[("phrase", "six words")]);
    let kid = place.run("keygen --kind p256 --passphrase phrase key.jwk").out;
    let run = place.run("inspect key.jwk");
    run.must_end(0, "");
    assert!(
        run.out.starts_with("form          keys\nalgorithm     PBES2-HS512+A256KW\nprotected     true\n")
    );
    let run = place.run("inspect --json --passphrase phrase key.jwk");
    let said: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&said["keys"][0]["kid"], &said["protected"]), (&kid.trim_end().into(), &true.into()));
}
