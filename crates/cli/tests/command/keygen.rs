use crate::place::Place;

#[test]
fn a_key_is_for_its_owner_and_its_id_is_told() {
    for kind in ["a256kw", "a256gcmkw", "ed25519", "p256", "x25519", "rsa2048"] {
        let place = Place::new();
        let run = place.run(&format!("keygen --kind {kind} key.jwk"));
        run.must_end(0, "");
        let said = place.run("inspect --json key.jwk").out;
        assert!(said.contains(&format!("\"kid\":\"{}\"", run.out.trim_end())), "{said}");
        #[cfg(unix)]
        assert_eq!(place.mode("key.jwk"), 0o600);
    }
}

#[test]
fn a_key_is_never_replaced_unasked() {
    let place = Place::with(&[("key.jwk", "mine"), ("pub.jwk", "mine")]);
    let told = "bulla: key.jwk is there already; --force replaces it\n";
    place.run("keygen --kind ed25519 key.jwk").must_end(2, told);
    let told = "bulla: pub.jwk is there already; --force replaces it\n";
    place.run("keygen --kind ed25519 --public pub.jwk new.jwk").must_end(2, told);
    assert_eq!((place.read("key.jwk"), place.read("pub.jwk")), ("mine".into(), "mine".into()));
    assert_eq!(place.names(), ["key.jwk", "pub.jwk"]);
    place.run("keygen --kind ed25519 --force key.jwk").must_be_fine();
    assert_ne!(place.read("key.jwk"), "mine");
}

#[test]
fn a_symmetric_key_has_no_public_part() {
    let place = Place::new();
    place
        .run("keygen --kind a256kw --public pub.jwk key.jwk")
        .must_end(2, "bulla: a symmetric key has no public part\n");
    assert!(place.names().is_empty());
}

#[test]
fn keys_in_pem_serve_as_those_in_jwk_do() {
    for kind in ["p256", "x25519", "rsa2048"] {
        let place = Place::with(&[("order.json", "{}")]);
        let run = place.run(&format!("keygen --kind {kind} --format pem --public pub.pem key.pem"));
        run.must_end(0, "");
        assert!(place.read("key.pem").starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert!(place.read("pub.pem").starts_with("-----BEGIN PUBLIC KEY-----\n"));
        let said = place.run("inspect --json pub.pem").out;
        assert!(said.contains(&format!("\"kid\":\"{}\"", run.out.trim_end())), "{said}");
        place.run("seal --to pub.pem order.json").must_be_fine();
        place.run("open --key key.pem -o opened.json order.json.jwe").must_be_fine();
        #[cfg(unix)]
        assert_eq!((place.mode("key.pem"), place.mode("pub.pem") & 0o400), (0o600, 0o400));
    }
}

#[test]
fn what_a_format_has_no_form_for_is_refused_before_anything_is_written() {
    let place = Place::with(&[("phrase", "six words")]);
    for (line, told) in [
        ("--kind a256kw --format pem key.pem", "PEM has no form for a symmetric key"),
        (
            "--kind p256 --format pem --passphrase phrase key.pem",
            "protected keys are written as JWK, not as PEM",
        ),
        ("--kind p256 --public key.jwk key.jwk", "the public key does not go where the private one goes"),
        ("--kind p256 --passphrase nowhere key.jwk", "nowhere: No such file or directory (os error 2)"),
    ] {
        place.run(&format!("keygen {line}")).must_end(2, &format!("bulla: {told}\n"));
    }
    assert_eq!(place.names(), ["phrase"]);
}

#[test]
fn a_key_for_standard_output_stands_there_alone() {
    let run = Place::new().run("keygen --kind ed25519 -");
    assert!(run.out.starts_with("{\"crv\":\"Ed25519\"") && run.out.lines().count() == 1, "{}", run.out);
}

#[test]
fn a_node_gets_all_its_keys_in_a_directory_of_its_own() {
    let place = Place::new();
    let run = place.run("keygen --log loans/node-1 keys");
    run.must_end(0, "");
    let names = ["master.jwk", "identity.jwk", "log.jwk", "statement.jwk", "audit-policy.toml"];
    assert_eq!(run.out.lines().collect::<Vec<_>>(), names.map(|name| format!("Wrote keys/{name}")));
    #[cfg(unix)]
    assert_eq!((place.mode("keys"), place.mode("keys/master.jwk")), (0o700, 0o600));
    let policy = place.read("keys/audit-policy.toml");
    assert!(policy.contains("\"loans/node-1\" = \"loans/node-1+"), "{policy}");
    place.run("keygen --log loans/node-1 keys").must_end(
        2,
        "bulla: keys/master.jwk: is there already, and keys are never replaced; name another directory, or \
         move it away\n",
    );
    let run = place.run("keygen --log a+b other");
    assert!(run.code == 2 && run.told.contains("log name must be"), "{}", run.told);
}

#[test]
fn a_public_key_goes_to_standard_output_alone() {
    let place = Place::new();
    let run = place.run("keygen --kind ed25519 --public - key.jwk");
    run.must_end(0, "");
    place.write("pub.jwk", &run.out);
    let kid = |file: &str| {
        let said = place.run(&format!("inspect --json {file}")).out;
        said.split("\"kid\":\"").nth(1).unwrap()[..43].to_owned()
    };
    assert_eq!(kid("pub.jwk"), kid("key.jwk"));
    assert_eq!(place.names(), ["key.jwk", "pub.jwk"]);
    place
        .run("keygen --kind ed25519 --public - -")
        .must_end(2, "bulla: the public key does not go where the private one goes\n");
}

#[test]
fn of_two_keys_none_is_left_if_one_cannot_be_written() {
    for arguments in ["--public nowhere/pub.jwk key.jwk", "--public pub.jwk nowhere/key.jwk"] {
        let place = Place::new();
        let run = place.run(&format!("keygen --kind ed25519 {arguments}"));
        let file =
            if arguments.starts_with("--public nowhere") { "nowhere/pub.jwk" } else { "nowhere/key.jwk" };
        run.must_end(
            2,
            &format!("bulla: {file} cannot be written: No such file or directory (os error 2)\n"),
        );
        assert!(place.names().is_empty(), "{:?}", place.names());
    }
}

#[test]
fn of_two_keys_that_are_replaced_both_stay_if_one_cannot_be_written() {
    let place = Place::with(&[("old.pub.jwk", "the old one")]);
    std::fs::create_dir(place.path("taken")).unwrap();
    let run = place.run("keygen --kind ed25519 --force --public old.pub.jwk taken");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.told.starts_with("bulla: taken cannot be written: "), "{run:?}");
    assert_eq!(place.read("old.pub.jwk"), "the old one");
}

#[cfg(unix)]
#[test]
fn a_device_that_took_the_public_key_stays_if_the_private_one_cannot_be_written() {
    let place = Place::new();
    std::os::unix::fs::symlink("/dev/null", place.path("device")).unwrap();
    assert_eq!(place.run("keygen --kind ed25519 --public device none/key.jwk").code, 2);
    assert_eq!(place.names(), ["device"]);
}
