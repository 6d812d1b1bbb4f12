//! Keys under a passphrase.

use crate::place::Place;

const PHRASE: &str = "six words that nobody would guess";

/// A protected key to open with, its public part, and an envelope for it.
fn place() -> Place {
    let place = Place::with(&[("phrase", &format!("{PHRASE}\n")), ("order.json", "{}"), ("wrong", "guess")]);
    place.run("keygen --kind x25519 --passphrase phrase --public inbox.pub.jwk inbox.jwk").must_end(0, "");
    place.run("seal --to inbox.pub.jwk order.json").must_be_fine();
    place
}

#[test]
fn a_protected_key_tells_nothing_and_serves_with_its_passphrase() {
    let place = place();
    assert_eq!(place.read("inbox.jwk").trim_end().split('.').count(), 5);
    #[cfg(unix)]
    assert_eq!(place.mode("inbox.jwk"), 0o600);
    place.run("open --key inbox.jwk --passphrase phrase -o file order.json.jwe").must_end(0, "");
    let mut command = place.command();
    command.args(["open", "--key", "inbox.jwk", "--passphrase", "env:PHRASE", "-o", "variable"]);
    command.arg("order.json.jwe").env("PHRASE", PHRASE).assert().success();
    assert_eq!((place.read("file"), place.read("variable")), ("{}".into(), "{}".into()));
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    place().run("open --key inbox.jwk --passphrase wrong -o opened order.json.jwe").must_end(
        2,
        "bulla: inbox.jwk is not a usable key: the passphrase is wrong, or the file was changed\n",
    );
}

#[test]
fn every_command_that_takes_a_key_takes_a_protected_one() {
    let place = place();
    place.run("keygen --kind p256 --passphrase phrase --public sign.pub.jwk sign.jwk").must_be_fine();
    place.run("keygen --kind a256kw --passphrase phrase archive.jwk").must_be_fine();
    for line in [
        "sign --key sign.jwk order.json",
        "verify --key sign.jwk order.json.jws",
        "rewrap --key inbox.jwk --to archive.jwk order.json.jwe",
        "open --key archive.jwk -o opened order.json.jwe",
        "seal --to archive.jwk -o again.jwe order.json",
    ] {
        place.run(&format!("{line} --passphrase phrase")).must_be_fine();
    }
}

#[test]
fn the_keys_of_a_node_are_protected_and_its_configuration_names_the_passphrase() {
    let place = Place::with(&[("phrase", PHRASE), ("note.txt", "called at noon")]);
    place.run("keygen --log loans/node-1 --passphrase phrase keys").must_be_fine();
    let config = "installation = \"loans\"\nnode = \"node-1\"\n[statement]\nsigner = \"keys/statement.jwk\"\n\
                  [keys]\nmaster = \"keys/master.jwk\"\nidentity = \"keys/identity.jwk\"\n\
                  log = \"keys/log.jwk\"\nregistry = \"registry.jsonl\"\n";
    place.write("asks.toml", config);
    place.write("bulla.toml", config.to_owned() + "passphrase = \"phrase\"\n");
    place.run("seal --config asks.toml --passphrase phrase -o asked.jwe note.txt").must_be_fine();
    place.run("seal --config bulla.toml -o named.jwe note.txt").must_be_fine();
    place.run("sign --config bulla.toml note.txt").must_be_fine();
    let stored = "seal --stored -c {\"table\":\"notes\",\"row\":\"1\",\"group\":\"text\"} note.txt";
    place.run(&format!("{stored} --config asks.toml --passphrase phrase -o 1.jwe")).must_be_fine();
    place.run(&format!("{stored} --config bulla.toml -o 2.jwe")).must_be_fine();
}

#[cfg(unix)]
mod terminal {
    use std::fs::{File, OpenOptions};
    use std::io::{Read, Write};
    use std::process::{Child, Command, Stdio};

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{LocalModes, tcgetattr};

    use super::{PHRASE, place};
    use crate::place::{Place, Run};

    /// A command at a terminal of its own.
    struct AtTerminal {
        child: Child,
        terminal: File,
        shown: String,
    }

    /// The command in a session of its own, which has no terminal unless it is given one.
    fn detached(place: &Place, arguments: &str, options: &[&str]) -> Command {
        let mut command = Command::new("setsid");
        command.args(options).arg(assert_cmd::cargo::cargo_bin!("bulla")).args(arguments.split(' '));
        command.current_dir(place.path(".")).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    impl AtTerminal {
        fn run(place: &Place, arguments: &str) -> Self {
            let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
            grantpt(&controller).unwrap();
            unlockpt(&controller).unwrap();
            let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
            let side = OpenOptions::new().read(true).write(true).open(name).unwrap();
            let mut command = detached(place, arguments, &["--ctty"]);
            Self {
                child: command.stdin(side).spawn().unwrap(),
                terminal: controller.into(),
                shown: String::new(),
            }
        }

        /// Waits for a prompt and until nothing typed is shown, and types.
        fn answer(&mut self, prompt: &str, typed: &str) {
            let from = self.shown.len();
            let mut bytes = [0; 256];
            while !self.shown[from..].contains(prompt) {
                let count = self.terminal.read(&mut bytes).unwrap();
                self.shown.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
            let shows = |file: &File| tcgetattr(file).unwrap().local_modes.contains(LocalModes::ECHO);
            while shows(&self.terminal) {
                std::thread::yield_now();
            }
            self.terminal.write_all(typed.as_bytes()).unwrap();
        }

        /// What came of it, and what the terminal showed.
        fn end(self) -> (Run, String) {
            let run = self.child.wait_with_output().unwrap().into();
            let mut rest = Vec::new();
            // It ends with an error, since nobody holds the other side any more.
            let _ = (&self.terminal).read_to_end(&mut rest);
            (run, self.shown + &String::from_utf8(rest).unwrap())
        }
    }

    #[test]
    fn a_passphrase_is_asked_for_and_not_shown() {
        let place = place();
        let mut command = AtTerminal::run(&place, "open --key inbox.jwk -o opened order.json.jwe");
        command.answer("Passphrase of inbox.jwk: ", &format!("{PHRASE}\n"));
        let (run, shown) = command.end();
        run.must_be_fine();
        assert!(!shown.contains("six"), "{shown}");
        assert_eq!(place.read("opened"), "{}");
    }

    #[test]
    fn a_new_passphrase_is_asked_for_twice() {
        let place = Place::new();
        let keygen = |first: &str, second: &str| {
            let mut command = AtTerminal::run(&place, "keygen --kind p256 --protect key.jwk");
            command.answer("New passphrase of key.jwk: ", first);
            if !second.is_empty() {
                command.answer("The same once more: ", second);
            }
            command.end().0
        };
        keygen("one\n", "other\n").must_end(2, "bulla: the passphrases differ\n");
        keygen("\n", "").must_end(2, "bulla: the passphrase is empty\n");
        assert!(place.names().is_empty());
        keygen("one\n", "one\n").must_end(0, "");
        place.write("phrase", "one");
        place.write("order.json", "{}");
        place.run("sign --key key.jwk --passphrase phrase order.json").must_be_fine();
    }

    #[test]
    fn an_interrupted_question_ends_the_command() {
        let place = place();
        let mut command = AtTerminal::run(&place, "open --key inbox.jwk -o opened order.json.jwe");
        command.answer("Passphrase of inbox.jwk: ", "six\x03");
        command.end().0.must_end(130, "bulla: interrupted\n");
    }

    #[test]
    fn only_a_protected_key_is_asked_for() {
        let place = place();
        place.run("keygen --kind a256kw plain.jwk").must_be_fine();
        let (run, shown) = AtTerminal::run(&place, "seal --to plain.jwk -o x.jwe order.json").end();
        run.must_end(0, "");
        assert_eq!(shown, "");
    }

    #[test]
    fn without_a_terminal_the_option_is_named() {
        let run = detached(&place(), "open --key inbox.jwk -o opened order.json.jwe", &[]).output().unwrap();
        Run::from(run).must_end(
            2,
            "bulla: inbox.jwk needs a passphrase, and there is no terminal to ask for it: name with --passphrase a \
             file or env:NAME that holds it\n",
        );
    }
}
