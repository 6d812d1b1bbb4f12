//! Many files at once.

use crate::place::Place;

fn place(count: usize) -> (Place, String) {
    let place = Place::new();
    place.run("keygen --kind a256kw key.jwk").must_be_fine();
    let names: Vec<_> = (0..count).map(|index| format!("file-{index:03}")).collect();
    for name in &names {
        place.write(name, name);
    }
    (place, names.join(" "))
}

#[test]
fn all_are_sealed_and_opened_and_counted() {
    let (place, names) = place(100);
    place.run(&format!("seal --to key.jwk {names}")).must_end(0, "bulla: 100 of 100 files sealed\n");
    std::fs::create_dir(place.path("out")).unwrap();
    let envelopes = names.replace(' ', ".jwe ") + ".jwe";
    let run = place.run(&format!("open --key key.jwk --sync --output-dir out {envelopes}"));
    run.must_end(0, "bulla: 100 of 100 files opened\n");
    for name in names.split(' ') {
        assert_eq!(place.read(&format!("out/{name}")), name);
    }
}

#[test]
fn the_gravest_outcome_counts_and_failures_are_told_in_order() {
    let (place, _) = place(4);
    place.run("seal --to key.jwk -q file-000 file-001 file-002").must_be_fine();
    place.write("file-001.jwe", "{}");
    place
        .run("open --key key.jwk --output-dir . --force file-000.jwe file-001.jwe missing.jwe file-002.jwe")
        .must_end(
            1,
            "bulla: file-001.jwe: not an envelope: member \"protected\" is missing\n\
         bulla: missing.jwe: cannot be read: No such file or directory (os error 2)\n\
         bulla: 2 of 4 files opened, 2 failed\n",
        );
}

#[test]
fn a_directory_that_is_not_there_is_told_once() {
    let (place, names) = place(3);
    for directory in ["nowhere", "key.jwk"] {
        place
            .run(&format!("seal --to key.jwk --output-dir {directory} {names}"))
            .must_end(2, &format!("bulla: {directory} is not a directory; make it first\n"));
    }
}

#[test]
fn names_of_files_do_not_steer_the_terminal_that_is_told_of_them() {
    let (place, _) = place(0);
    place
        .run("open --key key.jwk \u{1b}[2Jx.jwe")
        .must_end(2, "bulla: \u{fffd}[2Jx.jwe: cannot be read: No such file or directory (os error 2)\n");
}

#[test]
fn nothing_is_begun_after_a_failure_if_that_is_asked_for() {
    let (place, names) = place(200);
    let run = place.run(&format!("seal --fail-fast --to key.jwk missing {names}"));
    assert_eq!(run.code, 2);
    assert!(run.told.ends_with(" not begun\n"), "{}", run.told);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_directory_does_not_take_what_is_written_elsewhere() {
    let (place, _) = place(1);
    std::fs::create_dir(place.path("out")).unwrap();
    place.write("precious", "mine");
    let link = place.path("out/file-000.jwe");
    for target in [place.path("precious"), place.path("nowhere"), "/dev/null".into()] {
        std::os::unix::fs::symlink(&target, &link).unwrap();
        for force in ["", "--force"] {
            place.run(&format!("seal --to key.jwk --output-dir out {force} file-000")).must_end(
                2,
                "bulla: out/file-000.jwe is no file but a link, a directory or a device; \
                 remove it, or name it with --output\n",
            );
        }
        std::fs::remove_file(&link).unwrap();
    }
    assert_eq!(place.read("precious"), "mine");
    assert!(!place.path("nowhere").exists());

    // Who names a link means what it points to.
    std::os::unix::fs::symlink(place.path("precious"), &link).unwrap();
    place.run("seal --to key.jwk --output out/file-000.jwe --force file-000").must_be_fine();
    assert!(place.read("precious").starts_with("{\"aad\":"));
    assert!(link.symlink_metadata().unwrap().is_symlink());
}

#[test]
fn two_files_never_go_to_one() {
    let place = Place::new();
    place.run("keygen --kind a256kw key.jwk").must_be_fine();
    for directory in ["a", "b", "out"] {
        std::fs::create_dir(place.path(directory)).unwrap();
    }
    place.write("a/x", "1");
    place.write("b/x", "2");
    place
        .run("seal --to key.jwk --output-dir out a/x b/x")
        .must_end(2, "bulla: two files would both go to out/x.jwe\n");
    assert_eq!(std::fs::read_dir(place.path("out")).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_there_stays_and_the_others_are_done() {
    let (place, _) = place(3);
    place.write("file-001.jwe", "mine");
    let run = place.run("seal --to key.jwk file-000 file-001 file-002");
    run.must_end(
        2,
        "bulla: file-001: file-001.jwe is there already; --force replaces it\n\
         bulla: 2 of 3 files sealed, 1 failed\n",
    );
    assert_eq!(place.read("file-001.jwe"), "mine");
}

#[cfg(unix)]
#[test]
fn an_interrupted_command_leaves_whole_files_only() {
    use std::io::Read;
    use std::process::Stdio;
    let (place, names) = place(3);
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("bulla"));
    command.args(["seal", "--to", "key.jwk", "--output-dir"]).arg(place.path(".")).args(names.split(' '));
    // Reading a pipe that nobody writes to keeps a thread at work; as many as there are threads
    // leave files that are not begun.
    let cores = std::thread::available_parallelism().unwrap().get();
    for index in 0..cores {
        let pipe = place.path(&format!("pipe-{index}"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        command.arg(pipe);
    }
    // So many that none of the threads has done them all before the signal arrives.
    for index in 0..1000 {
        place.write(&format!("later-{index}"), "");
        command.arg(format!("later-{index}"));
    }
    command.current_dir(place.path(".")).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Opening a pipe for writing waits until the command reads it.
    let open: Vec<_> = (0..cores)
        .map(|index| {
            std::fs::OpenOptions::new().write(true).open(place.path(&format!("pipe-{index}"))).unwrap()
        })
        .collect();
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    drop(open);
    let status = child.wait().unwrap();
    let mut told = String::new();
    child.stderr.unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(status.code(), Some(130), "{told}");
    assert!(told.ends_with(" not begun\n"), "{told}");
    assert!(place.names().iter().all(|name| !name.starts_with(".bulla-")));
}

/// Where files cannot be nameless, a killed command may leave `.bulla-….part`; here they can.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_command_leaves_whole_files_and_nothing_else() {
    let (place, _) = place(0);
    let names: Vec<_> = (0..500).map(|index| format!("file-{index:03}")).collect();
    for name in &names {
        place.write(name, name.repeat(1000));
    }
    for round in 0..10 {
        let out = place.path(&format!("out-{round}"));
        std::fs::create_dir(&out).unwrap();
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("bulla"));
        command.args(["seal", "-q", "--to", "key.jwk", "--output-dir"]).arg(&out).args(&names);
        let mut child = command.current_dir(place.path(".")).spawn().unwrap();
        // Killed while it works, wherever that may be.
        while std::fs::read_dir(&out).unwrap().count() < 20 {
            assert_eq!(child.try_wait().unwrap(), None, "it ended before it was killed");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let written = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name());
        let written: Vec<_> = written.map(|name| name.into_string().unwrap()).collect();
        assert_eq!(written.iter().find(|name| name.starts_with('.')), None);
        let written: Vec<_> = written.iter().map(|name| format!("out-{round}/{name}")).collect();
        let opened = format!("opened-{round}");
        std::fs::create_dir(place.path(&opened)).unwrap();
        place
            .run(&format!("open -q --key key.jwk --output-dir {opened} {}", written.join(" ")))
            .must_be_fine();
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_went_away_is_told() {
    use std::process::{Command, Stdio};
    let place = Place::with(&[("a.json", &format!("[\"{}\"]", "x".repeat(1 << 20)))]);
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("bulla"));
    command.args(["canonicalize", "a.json"]).current_dir(place.path("."));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(told, "bulla: whoever reads standard output closed it before everything was written\n");
}
