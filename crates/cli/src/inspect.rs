//! `bulla inspect`.

use std::fmt::Write;
use std::path::PathBuf;

use bulla_core::json::{self, Limits, Object, Value, Writer};
use bulla_core::keys::Jwk;
use clap::Args;

use crate::files::{Course, Input};
use crate::outcome::{Failure, Outcome, Result};
use crate::work;

const EXAMPLES: &str = "\
Examples:
  bulla inspect order.json.jwe
  bulla inspect --json *.jws
  bulla inspect statement.jwk

Lengths are in bytes. Neither a plaintext nor a secret is ever shown, and nothing that is shown is
proven: what an envelope or a statement says of itself is its word only until it is opened or
verified.";

/// Tell what envelopes, statements and key files say of themselves
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Inspect {
    /// Files to read; "-" or none is standard input
    #[arg(value_name = "FILE")]
    inputs: Vec<PathBuf>,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
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
                    let text = input.read_text()?;
                    let said = said(text.trim_ascii(), &input.to_string())?;
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

/// What a text says of itself, canonical JSON: a key file's keys, or what an envelope or statement
/// tells.
fn said(text: &str, what: &str) -> Result<Vec<u8>> {
    let looks_like_keys = text.starts_with("-----BEGIN ")
        || json::parse(text.as_bytes(), Limits::default()).is_ok_and(|value| {
            value.as_object().is_some_and(|object| object.get("kty").or(object.get("keys")).is_some())
        });
    if looks_like_keys { keys(text, what) } else { Ok(bulla_core::inspect::inspect(text)?) }
}

fn keys(text: &str, what: &str) -> Result<Vec<u8>> {
    let keys = Jwk::parse_any(text.as_bytes(), what)?;
    let mut json = Writer::object();
    json.member("form").string("keys").member("keys").begin_array();
    for key in &keys {
        let public = key.to_public();
        let public = public.as_deref().unwrap_or(r#"{"kty":"oct"}"#);
        let public = json::parse(public.as_bytes(), Limits::default())?.into_object("public key")?;
        let text = |name| public.get(name).and_then(Value::as_str);
        json.begin_object();
        if let Some(curve) = text("crv") {
            json.member("crv").string(curve);
        }
        json.member("kid").string(key.thumbprint().as_str());
        json.member("kty").string(text("kty").unwrap_or_default());
        json.member("private").bool(key.to_private().is_some());
        json.end_object();
    }
    json.end_array();
    Ok(json.finish())
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
        Value::String(text) => text.clone(),
        Value::Object(object) if is_flat(object) && name != "context" => object
            .iter()
            .map(|(name, value)| format!("{name} {}", plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => plain(other),
    };
    let _ = writeln!(lines, "{:<13} {}", name.replace('_', " "), harmless(&value));
}

fn is_flat(object: &Object) -> bool {
    object.iter().all(|(_, value)| value.as_object().is_none() && value.as_array().is_none())
}

fn plain(value: &Value) -> String {
    if let Value::String(text) = value {
        return text.clone();
    }
    let mut json = Vec::new();
    value.write(&mut json);
    String::from_utf8_lossy(&json).into_owned()
}

fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
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
