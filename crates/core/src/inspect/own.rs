//! Registry rows and epoch certificates.

use crate::Result;
use crate::json::Writer;
use crate::keys::{Certificate, RegistryRow, certificate, registry};
use crate::statement::own::OwnStatement;

/// Whether a compact statement is one of these.
pub(super) fn is_one(text: &str) -> bool {
    OwnStatement::kind_of(text.trim()).is_some_and(|kind| kind == registry::KIND || kind == certificate::KIND)
}

pub(super) fn inspect(text: &str) -> Result<Vec<u8>> {
    if OwnStatement::kind_of(text).as_deref() == Some(registry::KIND) {
        Ok(row(&RegistryRow::claimed(text)?))
    } else {
        Ok(epoch(&Certificate::claimed(text)?))
    }
}

fn row(said: &RegistryRow) -> Vec<u8> {
    let mut json = Writer::object();
    json.member("created").integer(said.created).member("epoch").string(&said.certificate.epoch);
    json.member("form").string("key").member("identity").string(said.certificate.identity.as_str());
    json.member("kid").string(said.kid.as_str()).member("log").string(&said.certificate.log);
    json.member("master").string(&said.master).member("purpose").string(said.purpose.name());
    json.member("signer").string(said.certificate.key.kid().as_str());
    json.finish()
}

fn epoch(said: &Certificate) -> Vec<u8> {
    let mut json = Writer::object();
    json.member("epoch").string(&said.epoch).member("form").string("epoch");
    json.member("identity").string(said.identity.as_str()).member("kid").string(said.key.kid().as_str());
    json.member("log").string(&said.log).member("started").integer(said.started);
    json.finish()
}
