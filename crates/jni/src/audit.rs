//! Natives of `dev.bulla.AuditNative`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bulla_core::audit::{Audit, Spill};
use bulla_core::packed::{Reader, Writer};
use bulla_core::{Error, Result};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;
use crate::handle::Handle;

/// An audit that Java feeds.
pub struct Running(Mutex<Audit>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, Audit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over one portion of input; the kinds are those of `dev.bulla.Audit`.
    fn feed(&self, kind: i32, packed: &[u8]) -> Result<()> {
        let mut audit = self.lock();
        let mut reader = Reader::new(packed);
        match kind {
            1 => {
                let (file, first) = (reader.text()?, reader.i64()?.cast_unsigned());
                audit.anchor(file, first, reader.bytes()?.unwrap_or_default())
            }
            2 => audit.torn_anchor(reader.text()?),
            3 => audit.records(packed),
            4 => audit.checkpoints(packed),
            5 => audit.keys(packed),
            6 => audit.salts(packed),
            7 => {
                let (kind, name, table) = (reader.text()?, reader.text()?, reader.text()?);
                audit.schema_object(kind, name, table, reader.u8()? == 1);
                Ok(())
            }
            8 => {
                let table = reader.text()?;
                audit.rows(table, reader.rest())
            }
            9 => {
                let (table, column) = (reader.text()?, reader.text()?);
                audit.too_large(table, column, reader.i64()?.cast_unsigned());
                Ok(())
            }
            _ => Err(Error::Internal { what: "feeding the audit" }),
        }
    }
}

/// A temporary file that has no name, so that only this process can open it.
struct TemporaryFile(File);

impl Spill for TemporaryFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.seek(SeekFrom::End(0)).and_then(|_| self.0.write_all(bytes)).map_err(unusable)
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<()> {
        self.0.seek(SeekFrom::Start(offset)).and_then(|_| self.0.read_exact(out)).map_err(unusable)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn unusable(error: std::io::Error) -> Error {
    let problem = format!("{error}; name a directory with more room with the environment variable TMPDIR");
    Error::Io { what: "the audit's temporary file".into(), problem }
}

/// Begins an audit: policy, its file's name, keys or null, time.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_open(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> Handle<Running> {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        let mut reader = Reader::new(&packed);
        let (policy, file, keys) = (reader.text()?, reader.text()?, reader.string()?);
        let spill = TemporaryFile(tempfile::tempfile().map_err(unusable)?);
        let audit = Audit::new(policy, file, keys, reader.i64()?, Box::new(spill))?;
        Ok(Handle::new(Running(Mutex::new(audit))))
    })
}

/// Ends an audit.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_free(
    env: EnvPointer,
    _class: Class,
    audit: Handle<Running>,
) {
    cross(env, |_| {
        audit.free();
        Ok(())
    });
}

/// Takes over input of one kind.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_feed(
    env: EnvPointer,
    _class: Class,
    audit: Handle<Running>,
    kind: i32,
    packed: ByteArray,
) {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        Ok(audit.get().feed(kind, &packed)?)
    });
}

/// Closes the ledger's part: a count, then name and list of columns of each covered table.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_coverage(
    env: EnvPointer,
    _class: Class,
    audit: Handle<Running>,
) -> ByteArray {
    cross(env, |env| {
        let tables = audit.get().lock().coverage()?;
        let mut out = Writer::new();
        out.i32(i32::try_from(tables.len()).unwrap_or(0));
        for (name, columns) in &tables {
            out.string(Some(name)).i32(i32::try_from(columns.len()).unwrap_or(0));
            for column in columns {
                out.string(Some(column));
            }
        }
        env.new_bytes(&out.finish())
    })
}

/// Compares some more rows: how many, 0 if none is left.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_compare(
    env: EnvPointer,
    _class: Class,
    audit: Handle<Running>,
    limit: i64,
) -> i64 {
    cross(env, |_| Ok(audit.get().lock().compare(limit.cast_unsigned())?.cast_signed()))
}

/// Compares what was not compared yet: the report and its JSON.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_finish(
    env: EnvPointer,
    _class: Class,
    audit: Handle<Running>,
) -> ByteArray {
    cross(env, |env| {
        let report = audit.get().lock().finish()?;
        let mut packed = report.packed();
        let mut json = Writer::new();
        json.string(Some(&report.json()));
        packed.extend_from_slice(&json.finish());
        env.new_bytes(&packed)
    })
}
