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
    let place = Place::with(&[("x", "x")]);
    place.run("keygen --kind a256kw key.jwk").must_be_fine();
    place.run("seal --to key.jwk --content-type \u{1b}[31m\u{202e}x x").must_be_fine();
    let run = place.run("inspect x.jwe");
    assert!(run.out.contains("\\u{1b}[31m\\u{202e}x"), "{}", run.out);
}

#[test]
fn what_is_nothing_known_is_unreadable() {
    let place = Place::with(&[("x", "hello"), ("y", "\u{ff}")]);
    place.write("z", b"\xff");
    place.run("inspect x").must_end(
        2,
        "bulla: x: not an envelope: and no statement either: it is neither JSON nor three or five parts with \
         dots between\n",
    );
    place.run("inspect z").must_end(2, "bulla: z: invalid UTF-8 at byte 0\n");
}
