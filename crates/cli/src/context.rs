//! What sealed files are bound to.

use std::path::Path;

use bulla_core::context::Context;
use bulla_core::envelope::PortableContext;
use bulla_core::json::{self, Limits, Writer};
use clap::Args;

use crate::files::{self, Input};
use crate::outcome::{Failure, Result};
use crate::output;

const FILE: &str = "file";

/// The context of envelopes: whoever opens one must state the same.
#[derive(Debug, Args)]
pub(crate) struct ContextOptions {
    /// What envelopes are bound to: a JSON object, or "@" and the file that holds one
    #[arg(short, long, value_name = "JSON", default_value = "{}")]
    context: String,
    /// Bind each envelope to its file's name too, as member "file" of the context
    #[arg(long)]
    bind_name: bool,
}

/// A context, and whether a file's name belongs to it.
pub(crate) struct Binding {
    /// Canonical JSON, an object.
    context: String,
    /// Without file names.
    portable: PortableContext,
    name: bool,
}

impl ContextOptions {
    /// The context that the options state.
    pub(crate) fn read(&self) -> Result<Binding> {
        let failed = |problem: &dyn std::fmt::Display| Failure::unusable(format!("--context: {problem}"));
        let text = match self.context.strip_prefix('@') {
            Some(file) => {
                output::spare(Path::new(file));
                files::read_settings(Path::new(file)).map_err(|failure| failure.about("--context"))?
            }
            None => self.context.clone(),
        };
        let portable = PortableContext::parse(text.as_bytes()).map_err(|error| failed(&error))?;
        let canonical =
            json::canonicalize(text.as_bytes(), Limits::default()).map_err(|error| failed(&error))?;
        let context = String::from_utf8_lossy(&canonical).into_owned();
        Ok(Binding { context, portable, name: self.bind_name })
    }
}

impl Binding {
    /// The context of a portable envelope of the file `file`.
    pub(crate) fn portable(&self, file: &Input) -> Result<PortableContext> {
        if !self.name {
            return Ok(self.portable.clone());
        }
        let mut writer = Writer::object();
        writer.member(FILE).string(name(file)?);
        let own = writer.finish();
        let rest = self.context.strip_prefix('{').unwrap_or_default();
        let comma: &[u8] = if rest == "}" { b"" } else { b"," };
        let text = [own.strip_suffix(b"}").unwrap_or_default(), comma, rest.as_bytes()].concat();
        PortableContext::parse(&text).map_err(|error| {
            Failure::unusable(format!("--bind-name: the context has a member \"file\" already ({error})"))
        })
    }

    /// The context of a stored envelope: members "table", "row" and "group", and as far as there are
    /// such "name", "type", "tenant" and "instance"; "log" must be the `installation`, if it is told.
    pub(crate) fn stored(&self, installation: &str) -> Result<Context<'static>> {
        const WHAT: &str = "context";
        if self.name {
            return Err(Failure::unusable("--bind-name is for portable envelopes; name the row instead"));
        }
        let read = || -> bulla_core::Result<_> {
            let object = json::parse(self.context.as_bytes(), Limits::default())?.into_object(WHAT)?;
            object.only(WHAT, &["group", "instance", "log", "name", "row", "table", "tenant", "type"])?;
            let owned = |text: &str| text.to_owned().into();
            let required = |name| object.required_str(WHAT, name).map(owned);
            let optional = |name| object.optional_str(WHAT, name).map(|text| text.map(owned));
            Ok(Context {
                log: optional("log")?.unwrap_or_else(|| owned(installation)),
                table: required("table")?,
                row: required("row")?,
                group: required("group")?,
                name: optional("name")?,
                type_: optional("type")?,
                tenant: optional("tenant")?,
                instance: optional("instance")?,
            })
        };
        read().map_err(|error| Failure::unusable(format!("--context: {error}")))
    }
}

/// The name that a file is bound by: without directory, and without the extension of an envelope.
fn name(file: &Input) -> Result<&str> {
    let Input::File(path) = file else {
        return Err(Failure::unusable("--bind-name: standard input has no name"));
    };
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::unusable("--bind-name: the file's name is not UTF-8"))?;
    Ok(name.strip_suffix(super::seal::EXTENSION).unwrap_or(name))
}
