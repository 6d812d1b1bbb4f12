//! `bulla inspect`.

mod keys;
mod said;

use std::fmt::Write;
use std::path::PathBuf;

use bulla_core::audit::instant;
use bulla_core::json::{self, Limits, Object, Value, Writer};
use clap::Args;

use crate::files::{Course, Input};
use crate::outcome::{self, Failure, Outcome, Result};
use crate::passphrase::PassphraseOption;
use crate::work;

const EXAMPLES: &str = "\
Examples:
  bulla inspect order.json.jwe
  bulla inspect --json *.jws
  bulla inspect statement.jwk keys/registry.jsonl evidence.tar.gz
  bulla inspect --passphrase env:INBOX_PASSPHRASE inbox.jwk

It knows envelopes and statements; key files; rows of a key registry, epoch certificates, ledger
records and checkpoints, alone or as an anchor holds them; whole registries, anchor files and
evidence bundles, of which it tells counts, logs, times and key ids.

Lengths are in bytes. Neither a plaintext nor a secret is ever shown, and nothing that is shown is
proven: it is what the file says, until that is opened, verified or audited.";

/// The members that are times.
const TIMES: [&str; 6] = ["created", "exported", "first", "last", "started", "time"];

/// Tell what envelopes, statements, keys, ledgers and bundles say of themselves
#[derive(Debug, Args)]
#[command(after_help = outcome::help(EXAMPLES))]
#[command(mut_arg("passphrase", |option| option.help("Look into protected keys, by the passphrase in this file or env:NAME")))]
pub(crate) struct Inspect {
    /// Files to read; "-" or none is standard input
    #[arg(value_name = "FILE")]
    inputs: Vec<PathBuf>,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    passphrase: PassphraseOption,
    #[command(flatten)]
    course: Course,
}

impl Inspect {
    pub(crate) fn run(&self) -> Result<Outcome> {
        let inputs = Input::all(&self.inputs)?;
        let several = inputs.len() > 1;
        work::each(
            &inputs,
            &self.course,
            "inspected",
            || Ok(()),
            |(), input| {
                let inspect = || {
                    let said = said::of(input, &self.passphrase)?;
                    if self.json {
                        Ok(json_line(input, &said, several))
                    } else {
                        readable(input, &said, several)
                    }
                };
                // Nothing is judged here, so what is not understood is unreadable.
                inspect()
                    .map(Some)
                    .map_err(|failure: Failure| Failure::unusable(failure.message).about(input))
            },
        )
    }
}

fn json_line(input: &Input, said: &[u8], several: bool) -> String {
    if !several {
        return String::from_utf8_lossy(said).into_owned();
    }
    let mut json = Writer::object();
    json.member("file").string(&input.to_string()).member("said").canonical(said);
    String::from_utf8_lossy(&json.finish()).into_owned()
}

/// Lines of a name and a value each, its form first.
fn readable(input: &Input, said: &[u8], several: bool) -> Result<String> {
    let said = json::parse(said, Limits::default())?.into_object("inspection")?;
    let mut lines = String::new();
    if several {
        let _ = writeln!(lines, "{input}:");
    }
    line(&mut lines, "form", said.get("form").unwrap_or(&Value::Null));
    for (name, value) in said.iter().filter(|(name, _)| *name != "form") {
        match value.as_array() {
            Some(entries) => entries.iter().for_each(|entry| line(&mut lines, singular(name), entry)),
            None => line(&mut lines, name, value),
        }
    }
    let _ = write!(lines, "nothing of this is proven: it is what the file says");
    Ok(lines)
}

fn line(lines: &mut String, name: &str, value: &Value) {
    let value = match value {
        Value::Object(object) if is_flat(object) && name != "context" => object
            .iter()
            .map(|(name, value)| format!("{} {}", name.replace('_', " "), plain(name, value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => plain(name, other),
    };
    let _ = writeln!(lines, "{:<13} {}", name.replace('_', " "), harmless(&value));
}

fn is_flat(object: &Object) -> bool {
    object.iter().all(|(_, value)| value.as_object().is_none() && value.as_array().is_none())
}

fn plain(name: &str, value: &Value) -> String {
    match (value, value.as_i64()) {
        (Value::String(text), _) => text.clone(),
        (_, Some(time)) if TIMES.contains(&name) => instant(time),
        _ => {
            let mut json = Vec::new();
            value.write(&mut json);
            String::from_utf8_lossy(&json).into_owned()
        }
    }
}

fn singular(name: &str) -> &str {
    match name {
        "identities" => "identity",
        _ => name.strip_suffix('s').unwrap_or(name),
    }
}

/// What a stranger wrote must not drive the terminal, nor turn what follows around.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}
