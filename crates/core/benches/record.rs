//! Makes and signs the record of a task completion with five string and two JSON variables at
//! history level FULL, 25 rows, as captured after sealing; and says how many bytes a row takes.
//!
//! `cargo bench -p bulla-core --bench record`

use std::hint::black_box;
use std::sync::Arc;

use bulla_core::Result;
use bulla_core::crypto::{Active, Backend, Secret};
use bulla_core::keys::{Epoch, Signer};
use bulla_core::ledger::{CommitmentKey, Coverage, Ledger, Setup};
use bulla_core::packed::{Value, Writer};
use criterion::Criterion;

/// A table with its fixed and updatable columns, as an engine's own statements have them. A column
/// that holds something is followed by what: an id, an envelope, a number, a time or a short text.
struct Table {
    name: &'static str,
    fixed: &'static str,
    updatable: &'static str,
}

const VARIABLE: Table = Table {
    name: "ACT_RU_VARIABLE",
    fixed: "BATCH_ID_ CASE_EXECUTION_ID_ CASE_INST_ID_ IS_CONCURRENT_LOCAL_=number NAME_=text \
        PROC_DEF_ID_=id PROC_INST_ID_=id TASK_ID_ TENANT_ID_",
    updatable: "BYTEARRAY_ID_ DOUBLE_ EXECUTION_ID_=id LONG_ REV_=number SEQUENCE_COUNTER_=number \
        TEXT2_=envelope TEXT_ TYPE_=text VAR_SCOPE_=id",
};
const HISTORIC_VARIABLE: Table = Table {
    name: "ACT_HI_VARINST",
    fixed: "ACT_INST_ID_=id CASE_DEF_KEY_ CASE_EXECUTION_ID_ CASE_INST_ID_ CREATE_TIME_=time \
        EXECUTION_ID_=id NAME_=text PROC_INST_ID_=id ROOT_PROC_INST_ID_=id TASK_ID_ TENANT_ID_",
    updatable: "BYTEARRAY_ID_ CASE_DEF_ID_ DOUBLE_ LONG_ PROC_DEF_ID_=id PROC_DEF_KEY_=text \
        REMOVAL_TIME_ REV_=number STATE_=text TEXT2_=envelope TEXT_ VAR_TYPE_=text",
};
const DETAIL: Table = Table {
    name: "ACT_HI_DETAIL",
    fixed: "ACT_INST_ID_=id BYTEARRAY_ID_ CASE_DEF_ID_ CASE_DEF_KEY_ CASE_EXECUTION_ID_ CASE_INST_ID_ \
        DOUBLE_ EXECUTION_ID_=id INITIAL_=number LONG_ NAME_=text OPERATION_ID_=id PROC_DEF_ID_=id \
        PROC_DEF_KEY_=text PROC_INST_ID_=id REV_=number ROOT_PROC_INST_ID_=id SEQUENCE_COUNTER_=number \
        TASK_ID_=id TENANT_ID_ TEXT2_=envelope TEXT_ TIME_=time TYPE_=text VAR_INST_ID_=id VAR_TYPE_=text",
    updatable: "REMOVAL_TIME_",
};
const BYTES: Table = Table {
    name: "ACT_GE_BYTEARRAY",
    fixed: "CREATE_TIME_=time DEPLOYMENT_ID_ GENERATED_=number NAME_=text ROOT_PROC_INST_ID_=id \
        TENANT_ID_ TYPE_=number",
    updatable: "BYTES_=envelope REMOVAL_TIME_ REV_=number",
};
const TASK: Table = Table {
    name: "ACT_HI_TASKINST",
    fixed: "ACT_INST_ID_ PROC_INST_ID_ START_TIME_",
    updatable: "ASSIGNEE_=text DELETE_REASON_=text DESCRIPTION_ DUE_DATE_ DURATION_=number END_TIME_=time \
        EXECUTION_ID_=id FOLLOW_UP_DATE_ NAME_=text OWNER_ PARENT_TASK_ID_ PRIORITY_=number \
        PROC_DEF_ID_=id TASK_DEF_KEY_=text TASK_STATE_=text",
};
const ACTIVITY: Table = Table {
    name: "ACT_HI_ACTINST",
    fixed: "PROC_INST_ID_ START_TIME_",
    updatable: "ACT_INST_STATE_=number DURATION_=number END_TIME_=time EXECUTION_ID_=id PROC_DEF_ID_=id",
};

const INSTANCE: &str = "8a1b7c1e-0000-11f0-9d2e-0242ac120002";

impl Table {
    fn names(columns: &str) -> impl Iterator<Item = &str> {
        columns.split(' ').map(|column| column.split('=').next().unwrap_or(column))
    }

    fn cover(&self, coverage: &mut Writer) {
        coverage
            .string(Some(self.name))
            .i32(1)
            .string(Some("ID_"))
            .string(Some("PROC_INST_ID_"))
            .string(None);
        for columns in [self.fixed, self.updatable] {
            coverage.i32(i32::try_from(Self::names(columns).count()).unwrap_or(0));
            Self::names(columns).for_each(|name| {
                coverage.string(Some(name));
            });
        }
        coverage.i32(0);
    }

    fn row(&self, operation: u8, number: usize, rows: &mut Writer) {
        let id = format!("8a1b7c1e-{number:04x}-11f0-9d2e-0242ac120002");
        rows.string(Some(self.name)).u8(operation).string(Some(&id));
        rows.string(Some(INSTANCE)).string(Some("orderId")).bytes(Some(&[7; 32]));
        let fixed = self.fixed.split(' ').map(|column| (column, b'F'));
        let fixed = fixed.filter(|_| operation == b'I');
        let columns: Vec<_> = fixed.chain(self.updatable.split(' ').map(|column| (column, b'U'))).collect();
        rows.i32(i32::try_from(columns.len()).unwrap_or(0));
        let envelope = "e".repeat(520);
        for (column, class) in columns {
            let (name, holds) = column.split_once('=').unwrap_or((column, ""));
            rows.string(Some(name)).u8(class).value(match holds {
                "id" => Value::Text(INSTANCE),
                "envelope" => Value::Text(&envelope),
                "number" => Value::Integer(1),
                "time" => Value::Timestamp(1_700_000_000_000_000),
                "text" => Value::Text("sealed:string"),
                _ => Value::Null,
            });
        }
    }

    /// The bytes of the values of a whole row, its id included.
    fn own_size(&self) -> usize {
        let columns = self.fixed.split(' ').chain(self.updatable.split(' '));
        let size = |column: &str| match column.split_once('=') {
            Some((_, "id")) => INSTANCE.len(),
            Some((_, "envelope")) => 520,
            Some((_, "text")) => 13,
            Some(_) => 8,
            None => 0,
        };
        INSTANCE.len() + columns.map(size).sum::<usize>()
    }
}

fn rows(plan: &[(&Table, u8, usize)]) -> Vec<u8> {
    let mut rows = Writer::new();
    rows.i32(i32::try_from(plan.iter().map(|(_, _, count)| count).sum::<usize>()).unwrap_or(0));
    for (table, operation, count) in plan {
        (0..*count).for_each(|number| table.row(*operation, number, &mut rows));
    }
    rows.i32(0);
    rows.finish()
}

fn ledger() -> Result<Ledger> {
    let tables = [&VARIABLE, &HISTORIC_VARIABLE, &DETAIL, &BYTES, &TASK, &ACTIVITY];
    let mut coverage = Writer::new();
    coverage.i32(i32::try_from(tables.len()).unwrap_or(0));
    for table in tables {
        table.cover(&mut coverage);
    }
    let ledger = Ledger::new(Setup {
        epoch: Arc::new(Epoch::start(&Signer::generate()?, "loans/node-1", 0)?),
        log_key: Arc::new(Signer::generate()?),
        commitment_key: CommitmentKey::new(&Secret::random()?),
        coverage: Coverage::read(&coverage.finish())?,
        heartbeat: 0,
    })?;
    ledger.begin(0)?;
    Ok(ledger)
}

fn report(ledger: &Ledger) -> Result<()> {
    println!("bytes in the record:");
    let plan = [
        (&VARIABLE, b'I'),
        (&HISTORIC_VARIABLE, b'I'),
        (&DETAIL, b'I'),
        (&BYTES, b'I'),
        (&TASK, b'U'),
        (&ACTIVITY, b'U'),
    ];
    for (table, operation) in plan {
        let size = |count| -> Result<usize> {
            Ok(ledger.record(0, None, &rows(&[(table, operation, count)]))?[0].text.len())
        };
        let operation = char::from(operation);
        let (row, own) = ((size(101)? - size(1)?) / 100, table.own_size());
        println!("  {:<18} {operation} {row:>5} a row; the row's own values are {own:>5}", table.name);
    }
    let record = ledger.record(0, Some("demo"), &completion())?.remove(0);
    let (text, signature) = (record.text.len(), record.signature.len());
    println!("  25 rows: {text} + {signature} of signature, {} a row", (text + signature) / 25);
    Ok(())
}

fn completion() -> Vec<u8> {
    rows(&[
        (&VARIABLE, b'I', 7),
        (&HISTORIC_VARIABLE, b'I', 7),
        (&DETAIL, b'I', 7),
        (&BYTES, b'I', 2),
        (&TASK, b'U', 1),
        (&ACTIVITY, b'U', 1),
    ])
}

fn main() -> Result<()> {
    let ledger = ledger()?;
    report(&ledger)?;
    let mut criterion = Criterion::default().configure_from_args();
    let packed = completion();
    let record = || ledger.record(0, Some("demo"), black_box(&packed));
    let text = record()?.remove(0).text.clone();
    criterion.bench_function("record of 25 rows, made and signed", |bencher| {
        bencher.iter(|| {
            let record = record().expect("the rows are covered").remove(0);
            ledger.rolled_back(record.seq).expect("it is open");
            record
        });
    });
    let signer = Signer::generate()?;
    criterion.bench_function("its signature alone", |bencher| {
        bencher.iter(|| signer.sign(&Active::sha256(&[black_box(text.as_bytes())])));
    });
    criterion.final_summary();
    Ok(())
}
