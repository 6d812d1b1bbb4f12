//! Sealing and opening in the stored form.

use std::ffi::c_char;
use std::path::Path;

use bulla_core::context::Context;
use bulla_kms::Keyring;
use bulla_kms::keyring::read_config;

use crate::boundary::{Bytes, add, call_for_bytes, input, required_text, text, utf8};
use crate::error::{Failure, Problem};
use crate::handle::Handles;
use crate::master::{Given, MasterKeyCallbacks};

pub(crate) static KEYRINGS: Handles<Keyring> = Handles::new("keyring", 1);

/// The keys of one configuration. Any number of threads may seal and open with it at once; one that
/// needs a key which is not known yet makes the others wait that need it too.
pub type KeyringHandle = u64;

/// The place that a sealed value belongs to: it opens nowhere else.
///
/// Texts are UTF-8 and end with a NUL. `table`, `row` and `group` are required, the others NULL
/// where a value has none. The installation comes from the keyring.
#[derive(Debug)]
#[repr(C)]
pub struct Place {
    /// The table.
    table: *const c_char,
    /// The row's id.
    row: *const c_char,
    /// Which of the row's columns are sealed together.
    group: *const c_char,
    /// The variable's name.
    name: *const c_char,
    /// The variable's type.
    r#type: *const c_char,
    /// The tenant.
    tenant: *const c_char,
    /// The process instance.
    instance: *const c_char,
}

/// Opens the keys that a configuration file names. Registers data keys in the file that its
/// `keys.registry` names, which processes may share.
///
/// `path`: of `bulla.toml`, ends with a NUL. `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_keyring_open(
    path: *const c_char,
    out: *mut KeyringHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { add(&KEYRINGS, out, error, || Ok(Keyring::open(Path::new(required_text("path", path)?))?)) }
}

/// Opens the keys that the text of a configuration names.
///
/// `config`: TOML, `len` bytes. `path`: where the configuration would stand; key files are looked
/// for relative to it, and errors name it. `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_keyring_parse(
    config: *const u8,
    len: usize,
    path: *const c_char,
    out: *mut KeyringHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&KEYRINGS, out, error, || {
            Ok(Keyring::parse(utf8("config", input("config", config, len)?)?, required_text("path", path)?)?)
        })
    }
}

/// Opens a keyring whose master key lives elsewhere. A `keys.master` in the configuration may be left
/// out; what it wrapped is still unwrapped by it, and no more is wrapped.
///
/// `config` and `path`: as of `bulla_keyring_parse`, or NULL with length 0 to read the file `path`.
/// `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_keyring_of_master_key(
    master: *const MasterKeyCallbacks,
    config: *const u8,
    len: usize,
    path: *const c_char,
    out: *mut KeyringHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        let master = Given::new(master);
        add(&KEYRINGS, out, error, || {
            let master = master.master_key()?;
            let path = required_text("path", path)?;
            let text = utf8("config", input("config", config, len)?)?;
            // A text that is there and empty is a mistake, not a wish for the file.
            let text = if config.is_null() { read_config(Path::new(path))? } else { text.into() };
            Ok(Keyring::with_master(&text, path, Some(master))?)
        })
    }
}

/// Forgets a keyring's keys. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_keyring_free(keyring: KeyringHandle) {
    KEYRINGS.remove(keyring);
}

/// Discloses the keys that an auditor needs: they verify what a ledger says of values, and open none.
///
/// `out` receives a JWK Set, which is secret all the same; it has no keys before a ledger was opened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_keyring_disclose(
    keyring: KeyringHandle,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            Ok(KEYRINGS.get(keyring)?.disclose_commitment_keys()?.as_bytes().to_vec())
        })
    }
}

/// Seals bytes for a context.
///
/// `plaintext`: any bytes. `out` receives the envelope, a JWE in compact form: ASCII, a third longer
/// than the plaintext and some 400 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_seal(
    keyring: KeyringHandle,
    context: *const Place,
    plaintext: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let keyring = KEYRINGS.get(keyring)?;
            let context = read_context(keyring.installation(), context)?;
            Ok(keyring.seal(&context, input("plaintext", plaintext, len)?)?.into_bytes())
        })
    }
}

/// Opens an envelope that was sealed for just this context; one of another place is refused with
/// `BULLA_CONTEXT_MISMATCH`, a changed one with `BULLA_AUTHENTICATION_FAILED`.
///
/// `envelope`: as `bulla_seal` made it, `len` bytes. `out` receives the plaintext.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_open(
    keyring: KeyringHandle,
    context: *const Place,
    envelope: *const u8,
    len: usize,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let keyring = KEYRINGS.get(keyring)?;
            let context = read_context(keyring.installation(), context)?;
            let envelope = utf8("envelope", input("envelope", envelope, len)?)?;
            Ok(keyring.open_envelope(&context, envelope)?)
        })
    }
}

/// Borrows a context.
///
/// # Safety
///
/// `place` is NULL or points to a context whose texts nobody changes as long as the result lasts.
unsafe fn read_context(installation: &str, place: *const Place) -> Result<Context<'_>, Problem> {
    // SAFETY: as promised by the caller.
    unsafe {
        let place = place.as_ref().ok_or_else(|| Problem::argument("context", "is NULL"))?;
        Ok(Context {
            log: installation.into(),
            table: required_text("context.table", place.table)?.into(),
            row: required_text("context.row", place.row)?.into(),
            group: required_text("context.group", place.group)?.into(),
            name: text("context.name", place.name)?.map(Into::into),
            type_: text("context.type", place.r#type)?.map(Into::into),
            tenant: text("context.tenant", place.tenant)?.map(Into::into),
            instance: text("context.instance", place.instance)?.map(Into::into),
        })
    }
}
