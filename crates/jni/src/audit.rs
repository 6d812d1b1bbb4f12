//! Natives of `dev.bulla.AuditNative`.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bulla_bundle::{BundleAudit, Export, Intake, TemporaryFile};
use bulla_core::audit::{Audit, Report};
use bulla_core::packed::{Reader, Writer};
use bulla_core::{Error, Result};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;
use crate::handle::Handle;

/// What Java feeds, or has read.
pub struct Running(Mutex<State>);

enum State {
    Audit(Box<Audit>),
    Bundle(Box<BundleAudit<File>>),
    Export(Box<Export>),
    /// An export that has ended.
    Exported,
}

const FEEDING: Error = Error::Internal { what: "feeding the audit" };

impl Running {
    fn handle(state: State) -> Handle<Self> {
        Handle::new(Self(Mutex::new(state)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn intake(&mut self) -> Result<&mut dyn Intake> {
        match self {
            Self::Audit(audit) => Ok(&mut **audit),
            Self::Export(export) => Ok(&mut **export),
            Self::Bundle(_) | Self::Exported => Err(FEEDING),
        }
    }

    fn compare(&mut self, limit: u64) -> Result<u64> {
        match self {
            Self::Audit(audit) => audit.compare(limit),
            Self::Bundle(bundle) => bundle.compare(limit),
            Self::Export(_) | Self::Exported => Err(FEEDING),
        }
    }

    fn finish(&mut self) -> Result<Report> {
        match self {
            Self::Audit(audit) => audit.finish(),
            Self::Bundle(bundle) => bundle.finish(),
            Self::Export(_) | Self::Exported => Err(FEEDING),
        }
    }
}

/// Takes over one portion of input; the kinds are those of `dev.bulla.Intake`.
fn feed(intake: &mut dyn Intake, kind: i32, packed: &[u8]) -> Result<()> {
    let mut reader = Reader::new(packed);
    match kind {
        1 => intake.anchor_file(reader.text()?, Path::new(reader.text()?)),
        2 => intake.expect_anchors(),
        3 => intake.records(packed),
        4 => intake.checkpoints(packed),
        5 => intake.keys(packed),
        6 => intake.salts(packed),
        7 => {
            let (kind, name, table) = (reader.text()?, reader.text()?, reader.text()?);
            intake.schema_object(kind, name, table, reader.u8()? == 1)
        }
        8 => {
            let table = reader.text()?;
            intake.rows(table, reader.rest())
        }
        9 => {
            let (table, column) = (reader.text()?, reader.text()?);
            intake.too_large(table, column, reader.i64()?.cast_unsigned());
            Ok(())
        }
        _ => Err(FEEDING),
    }
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
        let spill = Box::new(TemporaryFile::new()?);
        let audit = Audit::new(policy, file, keys, reader.i64()?, spill)?;
        Ok(Running::handle(State::Audit(Box::new(audit))))
    })
}

/// Begins an export: policy, its file's name, database, product, the bundle's path, time.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_export(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> Handle<Running> {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        let mut reader = Reader::new(&packed);
        let (policy, file) = (reader.text()?, reader.text()?);
        let (database, product) = (reader.text()?, reader.text()?);
        let target = Path::new(reader.text()?);
        let export = Export::create(target, database, product, policy, file, reader.i64()?)?;
        Ok(Running::handle(State::Export(Box::new(export))))
    })
}

/// Ends an export: the bundle stands under its name.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_exported(
    env: EnvPointer,
    _class: Class,
    export: Handle<Running>,
) {
    cross(env, |_| match std::mem::replace(&mut *export.get().lock(), State::Exported) {
        State::Export(export) => Ok(export.finish()?),
        _ => Err(FEEDING.into()),
    });
}

/// Begins to read a bundle: policy, its file's name, keys or null, the bundle's path.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_bundle(
    env: EnvPointer,
    _class: Class,
    packed: ByteArray,
) -> Handle<Running> {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        let mut reader = Reader::new(&packed);
        let (policy, file, keys) = (reader.text()?, reader.text()?, reader.string()?);
        let path = reader.text()?;
        let source =
            File::open(path).map_err(|error| Error::Io { what: path.into(), problem: error.to_string() })?;
        let bundle = BundleAudit::open(source, path, policy, file, keys)?;
        Ok(Running::handle(State::Bundle(Box::new(bundle))))
    })
}

/// What a bundle says of itself: time, database, product, installation.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_about(
    env: EnvPointer,
    _class: Class,
    bundle: Handle<Running>,
) -> ByteArray {
    cross(env, |env| {
        let State::Bundle(bundle) = &*bundle.get().lock() else { return Err(FEEDING.into()) };
        let about = bundle.about();
        let mut out = Writer::new();
        out.i64(about.exported).string(Some(&about.database));
        out.string(Some(&about.product)).string(Some(&about.installation));
        env.new_bytes(&out.finish())
    })
}

/// Reads some more of a bundle: how far it is read, in bytes; -1 at its end.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_AuditNative_read(
    env: EnvPointer,
    _class: Class,
    bundle: Handle<Running>,
) -> i64 {
    cross(env, |_| {
        let State::Bundle(bundle) = &mut *bundle.get().lock() else { return Err(FEEDING.into()) };
        Ok(if bundle.read()? { bundle.position().cast_signed() } else { -1 })
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
        Ok(feed(audit.get().lock().intake()?, kind, &packed)?)
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
        let tables = audit.get().lock().intake()?.coverage()?;
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
