//! Natives of `dev.bulla.VaultNative`.

use std::path::Path;

use bulla_core::config::Config;
use bulla_core::context::Context;
use bulla_core::envelope::Stored;
use bulla_core::keys::{Purpose, Vault};
use bulla_core::policy::Rule;
use bulla_core::{Error, Result, packed};
use bulla_kms::Node;
use jni_sys::{jint, jlong};

use crate::boundary::{Class, Crossing, Env, EnvPointer, Object, cross};
use crate::bytes::{ByteArray, text};
use crate::handle::Handle;
use crate::portable::master_key;

/// Starts a node of a configuration: text and file name, the master key's id and algorithm or two
/// nulls; with the master key or null.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_start(
    env: EnvPointer,
    _class: Class,
    source: ByteArray,
    master: Object,
    now: jlong,
) -> Handle<Node> {
    cross(env, |env| {
        let source = env.bytes(&source)?;
        let mut reader = packed::Reader::new(&source);
        let (text, file) = (reader.text()?, reader.text()?);
        let master = master_key(env, &mut reader, &master)?;
        Ok(Handle::new(Node::with_master(Config::parse(text, file)?, Path::new(file), master, now)?))
    })
}

/// Forgets a node's keys.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_free(env: EnvPointer, _class: Class, node: Handle<Node>) {
    cross(env, |_| {
        node.free();
        Ok(())
    });
}

/// Seals a payload for a context.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_seal(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    context: ByteArray,
    value: ByteArray,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let vault = &node.get().vault;
        let value = env.region(&value)?;
        let envelope = env.with_copy(&context, |context| {
            let context = Context::read(vault.installation(), &mut packed::Reader::new(context))?;
            Ok(vault.seal_appended(&context, value.length(), |room| value.append(room), now)?)
        })?;
        env.new_bytes_by(envelope.length(), |room| envelope.write(room))
    })
}

/// Seals columns for a context.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_sealColumns(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    context: ByteArray,
    columns: ByteArray,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let vault = &node.get().vault;
        let envelope = placed(env, vault, &context, &columns, |context, columns| {
            vault.seal_columns(context, columns, now)
        })?;
        env.new_bytes_by(envelope.length(), |room| envelope.write(room))
    })
}

/// Opens an envelope that must be of a context.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_open(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    context: ByteArray,
    envelope: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let vault = &node.get().vault;
        let value =
            placed(env, vault, &context, &envelope, |context, envelope| vault.open(context, envelope))?;
        env.new_bytes_of(value)
    })
}

/// Opens an envelope of columns that must be of a context.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_openColumns(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    context: ByteArray,
    envelope: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let vault = &node.get().vault;
        let columns = placed(env, vault, &context, &envelope, |context, envelope| {
            vault.open_columns(context, envelope)
        })?;
        env.new_bytes_of(columns)
    })
}

/// Reads what an envelope says in the clear.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_inspect(
    env: EnvPointer,
    _class: Class,
    envelope: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let said = env.with_bytes(&envelope, |envelope| {
            let inspection = Stored::parse(envelope)?.inspect()?;
            let mut said = packed::Writer::new();
            said.string(Some(inspection.kid.as_str())).string(Some(&inspection.context.log));
            inspection.context.write(&mut said);
            said.i32(i32::try_from(inspection.padded_len).unwrap_or(i32::MAX));
            Ok(said.finish())
        })?;
        env.new_bytes(&said)
    })
}

/// Makes a key. Returns its id and its registry row.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_newKey(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    purpose: ByteArray,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let purpose = Purpose::from_name(&env.text(&purpose)?);
        let purpose = purpose.ok_or(Error::Internal { what: "naming a key's purpose" })?;
        let row = node.get().vault.new_key(purpose, now)?;
        let mut made = packed::Writer::new();
        made.string(Some(row.kid.as_str())).string(Some(&row.text));
        env.new_bytes(&made.finish())
    })
}

/// Takes a key into use whose row is stored.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_activate(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    kid: ByteArray,
) {
    cross(env, |env| {
        let kid = env.text(&kid)?;
        Ok(node.get().vault.activate(&kid)?)
    });
}

/// Takes up the key of a registry row.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_learn(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    row: ByteArray,
) {
    cross(env, |env| {
        let row = env.text(&row)?;
        node.get().vault.learn(&row)?;
        Ok(())
    });
}

/// The search tag of a value: tenant, name, type, value.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_tag(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    packed: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let tag = env.with_bytes(&packed, |packed| {
            let mut reader = packed::Reader::new(packed);
            let (tenant, name, type_) = (reader.string()?, reader.text()?, reader.text()?);
            Ok(node.get().vault.tag(tenant, name, type_, reader.value()?)?)
        })?;
        let mut forms = packed::Writer::new();
        forms.string(Some(&tag.text())).i64(tag.long()).i64(tag.double().to_bits().cast_signed());
        env.new_bytes(&forms.finish())
    })
}

/// The ordinal of the policy's rule for a variable.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_rule(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    variable: ByteArray,
) -> jint {
    cross(env, |env| {
        env.with_bytes(&variable, |variable| {
            Ok(match node.get().policy.rule(text(variable)?) {
                Rule::Plain => 0,
                Rule::Sealed => 1,
                Rule::Searchable => 2,
            })
        })
    })
}

/// The commitment keys as a JWK Set.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_VaultNative_disclose(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
) -> ByteArray {
    cross(env, |env| env.new_bytes(node.get().vault.disclose_commitment_keys().as_bytes()))
}

/// Shows `body` a packed context and what is, or is to be, sealed for it.
fn placed<T>(
    env: &mut Env,
    vault: &Vault,
    context: &ByteArray,
    subject: &ByteArray,
    body: impl FnOnce(&Context<'_>, &[u8]) -> Result<T>,
) -> Crossing<T> {
    env.with_both(context, subject, |context, subject| {
        let context = Context::read(vault.installation(), &mut packed::Reader::new(context))?;
        Ok(body(&context, subject)?)
    })
}
