//! Natives of `dev.bulla.LedgerNative`.

use std::sync::Arc;

use bulla_core::ledger::{
    AnchorLine, Batch, CommitmentKey, Coverage, Ledger, LogVerifier, Recovery, Remains, SavedCheckpoint,
    Setup, SignedRecord,
};
use bulla_core::packed::{Reader, Writer};
use bulla_core::{Error, Result};
use bulla_kms::Node;
use jni_sys::{jint, jlong};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;
use crate::handle::Handle;

/// What `dev.bulla.Ledger` holds.
pub struct OpenLedger {
    ledger: Ledger,
    /// What its recovery brought to light, packed.
    recovery: Vec<u8>,
}

/// Which records a recovery needs: remains without records. Returns numbers and the one above which
/// all are needed.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_wanted(
    env: EnvPointer,
    _class: Class,
    remains: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let packed = env.bytes(&remains)?;
        let wanted = read_remains(&mut Reader::new(&packed))?.wanted()?;
        let mut answer = Writer::new();
        numbers(&mut answer, wanted.numbers.len(), wanted.numbers.into_iter());
        answer.i64(wanted.above.cast_signed());
        env.new_bytes(&answer.finish())
    })
}

/// Goes on with a log: coverage, remains with records.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_resume(
    env: EnvPointer,
    _class: Class,
    node: Handle<Node>,
    heartbeat: jlong,
    packed: ByteArray,
) -> Handle<OpenLedger> {
    cross(env, |env| {
        let packed = env.bytes(&packed)?;
        Ok(Handle::new(resume(node.get(), heartbeat, &packed)?))
    })
}

fn resume(node: &Node, heartbeat: i64, packed: &[u8]) -> Result<OpenLedger> {
    let mut reader = Reader::new(packed);
    let coverage = reader.bytes()?.unwrap_or_default();
    let setup = Setup {
        epoch: Arc::clone(&node.epoch),
        log_key: Arc::clone(&node.log_key),
        commitment_key: CommitmentKey::new(&node.vault.commitment_key()?.secret),
        coverage: Coverage::read(coverage)?,
        heartbeat,
    };
    let mut remains = read_remains(&mut reader)?;
    remains.records = read_records(&mut reader)?;
    let verifier = LogVerifier::new(&node.log, *node.log_key.public())?;
    let recovery = Recovery::verify(&verifier, node.vault.trust(), remains)?;
    let told = write_recovery(&recovery);
    Ok(OpenLedger { ledger: Ledger::resume(setup, recovery)?, recovery: told })
}

/// Forgets a ledger.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_free(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
) {
    cross(env, |_| {
        ledger.free();
        Ok(())
    });
}

/// The log's name, the epoch's id and when it started; then what the recovery brought to light:
/// unsaved batches, missing numbers, refused numbers with the reason.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_describe(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
) -> ByteArray {
    cross(env, |env| {
        let OpenLedger { ledger, recovery } = ledger.get();
        let certificate = ledger.certificate();
        let mut told = Writer::new();
        told.string(Some(&certificate.log)).string(Some(&certificate.epoch)).i64(certificate.started);
        env.new_bytes(&[told.finish(), recovery.clone()].concat())
    })
}

/// The record that begins the epoch.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_begin(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let record = ledger.get().ledger.begin(now)?;
        let mut answer = Writer::new();
        write_record(&mut answer, &record);
        env.new_bytes(&answer.finish())
    })
}

/// The records of a transaction: user, rows.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_record(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
    now: jlong,
    packed: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        // A copy, because signing takes too long to hold back the garbage collector.
        let packed = env.bytes(&packed)?;
        let mut reader = Reader::new(&packed);
        let user = reader.string()?;
        let records = ledger.get().ledger.record(now, user, reader.rest())?;
        let mut answer = Writer::new();
        answer.i32(count(records.len()));
        for record in records {
            write_record(&mut answer, &record);
        }
        env.new_bytes(&answer.finish())
    })
}

/// What became of a transaction: the ordinal of `Ledger.Outcome`.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_settle(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
    seq: jlong,
    outcome: jint,
) {
    cross(env, |_| {
        let ledger = &ledger.get().ledger;
        let seq = seq.cast_unsigned();
        match outcome {
            0 => ledger.committed(seq)?,
            1 => ledger.rolled_back(seq)?,
            2 => ledger.in_doubt(seq)?,
            3 => ledger.resolve(seq, true)?,
            4 => ledger.resolve(seq, false)?,
            _ => return Err(Error::Internal { what: "the outcome of a transaction" }.into()),
        }
        Ok(())
    });
}

/// The numbers in doubt.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_doubtful(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
) -> ByteArray {
    cross(env, |env| {
        let doubtful = ledger.get().ledger.doubtful();
        let mut answer = Writer::new();
        numbers(&mut answer, doubtful.len(), doubtful.into_iter());
        env.new_bytes(&answer.finish())
    })
}

/// Sends a registry row to the anchors.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_keyRegistered(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
    row: ByteArray,
) {
    cross(env, |env| {
        let row = env.text(&row)?;
        ledger.get().ledger.key_registered(&row);
        Ok(())
    });
}

/// The next batch, or nothing.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_checkpoint(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let mut answer = Writer::new();
        if let Some(batch) = ledger.get().ledger.checkpoint(now)? {
            write_batch(&mut answer, &batch);
        }
        env.new_bytes(&answer.finish())
    })
}

/// The last batch.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_LedgerNative_end(
    env: EnvPointer,
    _class: Class,
    ledger: Handle<OpenLedger>,
    now: jlong,
) -> ByteArray {
    cross(env, |env| {
        let batch = ledger.get().ledger.end(now)?;
        let mut answer = Writer::new();
        write_batch(&mut answer, &batch);
        env.new_bytes(&answer.finish())
    })
}

/// Remains but for the records: whether there is a checkpoint, note, frontier, account; anchor lines;
/// the anchor's first records of epochs.
fn read_remains(reader: &mut Reader<'_>) -> Result<Remains> {
    let mut remains = Remains::default();
    if reader.u8()? != 0 {
        let (note, frontier) = (reader.text()?.into(), reader.text()?.into());
        remains.checkpoint = Some(SavedCheckpoint { note, frontier, account: read_record(reader)? });
    }
    remains.anchored = read_lines(reader)?;
    remains.epochs = read_lines(reader)?;
    Ok(remains)
}

fn read_lines(reader: &mut Reader<'_>) -> Result<Vec<AnchorLine>> {
    let count = reader.i32()?;
    let parse =
        |line: i32| AnchorLine::parse(reader.text()?.as_bytes(), "anchor", line.unsigned_abs().into());
    (1..=count).map(parse).collect()
}

fn read_records(reader: &mut Reader<'_>) -> Result<Vec<SignedRecord>> {
    (0..reader.i32()?).map(|_| read_record(reader)).collect()
}

fn read_record(reader: &mut Reader<'_>) -> Result<SignedRecord> {
    Ok(SignedRecord {
        seq: reader.i64()?.cast_unsigned(),
        text: reader.text()?.into(),
        signature: reader.text()?.into(),
    })
}

fn write_recovery(recovery: &Recovery) -> Vec<u8> {
    let mut told = Writer::new();
    told.i32(count(recovery.unsaved.len()));
    for batch in &recovery.unsaved {
        write_batch(&mut told, batch);
    }
    numbers(&mut told, recovery.missing.len(), recovery.missing.iter().copied());
    told.i32(count(recovery.refused.len()));
    for (seq, error) in &recovery.refused {
        told.i64(seq.cast_signed()).string(Some(&error.to_string()));
    }
    told.finish()
}

fn write_batch(answer: &mut Writer, batch: &Batch) {
    write_record(answer, &batch.account);
    answer.string(Some(&batch.note)).i64(batch.size.cast_signed());
    answer.string(Some(&batch.frontier)).bytes(Some(&batch.lines));
}

fn write_record(answer: &mut Writer, record: &SignedRecord) {
    answer.i64(record.seq.cast_signed());
    answer.string(Some(&record.text)).string(Some(&record.signature));
}

fn numbers(answer: &mut Writer, length: usize, seqs: impl Iterator<Item = u64>) {
    answer.i32(count(length));
    for seq in seqs {
        answer.i64(seq.cast_signed());
    }
}

fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}
