use crate::place::Place;

#[test]
fn standard_input_goes_to_standard_output() {
    let run = Place::new().run_with("canonicalize", r#"{"b": 1.0, "a": "\u00e4"}"#);
    run.must_end(0, "");
    assert_eq!(run.out, r#"{"a":"ä","b":1}"#);
}

#[test]
fn a_document_without_canonical_form_is_refused_with_its_position() {
    let place = Place::with(&[("bad.json", r#"{"a":1,"a":2}"#)]);
    let run = place.run("canonicalize bad.json");
    run.must_end(1, "bulla: bad.json: duplicate member name at byte 7\n");
    assert_eq!(run.out, "");
    let run = place.run_with("canonicalize -", "[9007199254740993]");
    run.must_end(
        1,
        "bulla: standard input: the number at byte 1 cannot be kept exactly by a double; write it as a \
         string\n",
    );
}

#[test]
fn one_bad_file_does_not_stop_the_others_and_leaves_no_trace() {
    let place = Place::with(&[("a.json", "[ 1 ]"), ("b.json", "["), ("c.json", "[ 3 ]")]);
    std::fs::create_dir(place.path("out")).unwrap();
    let run = place.run("canonicalize --output-dir out a.json b.json c.json");
    run.must_end(
        1,
        "bulla: b.json: not JSON at byte 1: a value is missing\nbulla: 2 of 3 files canonicalized, 1 failed\n",
    );
    assert_eq!((place.read("out/a.json"), place.read("out/c.json")), ("[1]".into(), "[3]".into()));
    assert_eq!(std::fs::read_dir(place.path("out")).unwrap().count(), 2);
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let place = Place::with(&[("a.json", "[ 1 ]"), ("b.json", "mine")]);
    let told = "bulla: a.json: b.json is there already; --force replaces it\n";
    place.run("canonicalize a.json --output b.json").must_end(2, told);
    assert_eq!(place.read("b.json"), "mine");
    place.run("canonicalize a.json --output b.json --force").must_end(0, "");
    assert_eq!(place.read("b.json"), "[1]");
    assert_eq!(place.names(), ["a.json", "b.json"]);
}

#[test]
fn a_missing_file_is_told_apart_from_a_bad_one() {
    let run = Place::new().run("canonicalize a.json");
    run.must_end(2, "bulla: a.json: cannot be read: No such file or directory (os error 2)\n");
}

#[test]
fn wrong_use_is_told() {
    let place = Place::with(&[("a.json", "1"), ("b.json", "2")]);
    place
        .run("canonicalize a.json b.json")
        .must_end(2, "bulla: say with --output-dir where several files go\n");
    place
        .run("canonicalize a.json b.json -o c.json")
        .must_end(2, "bulla: several files do not go into one: use --output-dir in place of --output\n");
    place.run("canonicalize - -").must_end(2, "bulla: standard input (\"-\") can be read once only\n");
    let run = place.run("canonicalise");
    assert_eq!(run.code, 2);
    assert!(run.told.contains("a similar subcommand exists: 'canonicalize'"), "{}", run.told);
}
