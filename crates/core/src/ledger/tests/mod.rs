//! The ledger as a whole: written, stored, anchored, lost and read.

mod life;
mod reader;
mod records;

use std::sync::Arc;

use super::*;
use crate::crypto::Secret;
use crate::keys::{Certificate, Epoch, Signer, Trust};
use crate::packed::{Value, Writer};

const LOG: &str = "loans/node-1";

fn signer(seed: u8) -> Signer {
    Signer::from_seed(&Secret::new([seed; 32]))
}

fn trust() -> Trust {
    Trust::new([signer(1).kid()])
}

fn certified(certificate: &str) -> EpochKey {
    EpochKey::from(&Certificate::verify(certificate, &trust()).unwrap())
}

fn setup(log: &str) -> Setup {
    let tables: [(&str, &[&str], &[&str]); 2] = [("T", &["A", "B", "C"], &["X", "Y"]), ("S", &["A"], &["X"])];
    Setup {
        epoch: Arc::new(Epoch::start(&signer(1), log, 0).unwrap()),
        log_key: Arc::new(signer(2)),
        commitment_key: commitment_key(),
        coverage: Coverage::read(&coverage::tests::pack(&tables)).unwrap(),
        heartbeat: 1000,
    }
}

fn commitment_key() -> CommitmentKey {
    CommitmentKey::new(&Secret::new([50; 32]))
}

fn verifier() -> LogVerifier {
    LogVerifier::new(LOG, *signer(2).public()).unwrap()
}

fn head(rows: &mut Writer, table: &str, operation: u8, id: Option<&str>) {
    rows.string(Some(table)).u8(operation).string(id);
    rows.string(Some("pi")).string(Some("name")).bytes(Some(&[1; 32]));
}

fn insert(rows: &mut Writer, id: &str) {
    head(rows, "T", b'I', Some(id));
    rows.i32(4);
    rows.string(Some("Y")).u8(b'U').value(Value::Null);
    rows.string(Some("B")).u8(b'F').value(Value::Null);
    rows.string(Some("A")).u8(b'F').value(Value::Text("a"));
    rows.string(Some("X")).u8(b'U').value(Value::Integer(1));
}

fn inserts(count: i32) -> Vec<u8> {
    let mut rows = Writer::new();
    rows.i32(count);
    for id in 0..count {
        insert(&mut rows, &id.to_string());
    }
    rows.i32(0);
    rows.finish()
}

fn one(rows: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut packed = Writer::new();
    packed.i32(1);
    rows(&mut packed);
    packed.i32(0);
    packed.finish()
}

/// A ledger whose epoch has begun, and its key.
struct Running {
    ledger: Ledger,
    key: EpochKey,
}

impl std::ops::Deref for Running {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        &self.ledger
    }
}

fn running() -> Running {
    let ledger = Ledger::new(setup(LOG)).unwrap();
    let first = ledger.begin(10).unwrap();
    ledger.committed(1).unwrap();
    let claimed = UnverifiedRecord::parse(&first.text, &first.signature).unwrap();
    let key = certified(claimed.certificate().unwrap());
    Running { ledger, key }
}

impl Running {
    fn one(&self, rows: &[u8]) -> Arc<SignedRecord> {
        self.record(20, None, rows).unwrap().remove(0)
    }

    fn read(&self, record: &SignedRecord) -> Record {
        UnverifiedRecord::parse(&record.text, &record.signature).unwrap().verify(&self.key).unwrap()
    }

    fn transaction(&self, record: &SignedRecord) -> Transaction {
        match self.read(record).body {
            Body::Transaction(transaction) => transaction,
            body => panic!("{body:?}"),
        }
    }

    fn account(&self, record: &SignedRecord) -> Account {
        match self.read(record).body {
            Body::Account(account) | Body::End(account) => account,
            body => panic!("{body:?}"),
        }
    }
}

fn pack(name: &str, value: Value<'_>) -> Vec<u8> {
    let mut packed = Writer::new();
    packed.string(Some(name)).value(value);
    packed.finish()
}

fn column(packed: &[u8]) -> Column<'_> {
    Column::read(&mut crate::packed::Reader::new(packed)).unwrap()
}
