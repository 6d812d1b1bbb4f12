//! The passphrases of protected key files.

use std::cell::Cell;
use std::io;

use bulla_core::Error;
use bulla_kms::{Ask, KeySource};
use clap::Args;
use zeroize::Zeroizing;

use crate::outcome::{Failure, Outcome, Result};
use crate::output;

/// Where the passphrase is that opens protected key files.
#[derive(Debug, Args)]
pub(crate) struct PassphraseOption {
    /// The passphrase of protected keys: a file or env:NAME; else the terminal is asked
    #[arg(long, value_name = "SOURCE")]
    passphrase: Option<String>,
}

impl PassphraseOption {
    /// Does `read`, which may ask for passphrases.
    pub(crate) fn serve<T>(&self, read: impl FnOnce(Ask<'_>) -> Result<T>) -> Result<T> {
        let refused = Cell::new(None);
        let ask = |what: &str| {
            self.find(what).map_err(|failure| {
                let problem = failure.message.clone();
                refused.set(Some(failure));
                Error::MalformedKey { what: what.into(), problem }
            })
        };
        read(&ask).map_err(|failure| refused.take().unwrap_or(failure))
    }

    /// A passphrase for what is about to be protected; on a terminal it is asked for twice.
    pub(crate) fn choose(&self, what: &str) -> Result<Zeroizing<String>> {
        if let Some(named) = self.named()? {
            return Ok(named);
        }
        let chosen = asked(&format!("New passphrase of {what}: "), what)?;
        if chosen.is_empty() {
            return Err(Failure::unusable("the passphrase is empty"));
        }
        if asked("The same once more: ", what)? != chosen {
            return Err(Failure::unusable("the passphrases differ"));
        }
        Ok(chosen)
    }

    /// Whether one is named.
    pub(crate) fn is_named(&self) -> bool {
        self.passphrase.is_some()
    }

    fn find(&self, what: &str) -> Result<Zeroizing<String>> {
        match self.named()? {
            Some(named) => Ok(named),
            None => asked(&format!("Passphrase of {what}: "), what),
        }
    }

    fn named(&self) -> Result<Option<Zeroizing<String>>> {
        let Some(source) = &self.passphrase else { return Ok(None) };
        let source = KeySource::parse(source)?;
        if let KeySource::File(file) = &source {
            output::spare(file);
        }
        Ok(Some(source.passphrase()?))
    }
}

/// What is typed on the terminal, which does not show it.
fn asked(prompt: &str, what: &str) -> Result<Zeroizing<String>> {
    // The prompt passes an interruption on by raising the signal, which would end the process before
    // the terminal shows again what is typed.
    let _survived = Survived::interruptions();
    let typed = rpassword::prompt_password(prompt).map(Zeroizing::new);
    typed.map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Failure { outcome: Outcome::Interrupted, message: "interrupted".into() },
        io::ErrorKind::UnexpectedEof => Failure::unusable(format!("no passphrase of {what} was typed")),
        _ => Failure::unusable(format!(
            "{what} needs a passphrase, and there is no terminal to ask for it: name with --passphrase a file or \
             env:NAME that holds it"
        )),
    })
}

/// While it is there, interruptions have no effect of their own.
#[cfg(unix)]
struct Survived(Option<signal_hook::SigId>);

#[cfg(unix)]
impl Survived {
    fn interruptions() -> Self {
        Self(signal_hook::flag::register(signal_hook::consts::SIGINT, std::sync::Arc::default()).ok())
    }
}

#[cfg(unix)]
impl Drop for Survived {
    fn drop(&mut self) {
        self.0.take().map(signal_hook::low_level::unregister);
    }
}

#[cfg(not(unix))]
struct Survived;

#[cfg(not(unix))]
impl Survived {
    fn interruptions() -> Self {
        Self
    }
}
