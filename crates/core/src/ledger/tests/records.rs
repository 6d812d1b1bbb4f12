//! Records, accounts and batches as they are made.

use super::*;
use crate::{ErrorKind, Result};

#[test]
fn an_epoch_begins_with_its_certificate_and_coverage() {
    let ledger = Ledger::new(setup(LOG)).unwrap();
    let record = ledger.begin(10).unwrap();
    let claimed = UnverifiedRecord::parse(&record.text, &record.signature).unwrap();
    let key = certified(claimed.certificate().unwrap());
    let record = claimed.verify(&key).unwrap();
    assert_eq!((record.seq, record.time), (1, 10));
    let Body::Epoch { coverage, .. } = record.body else { panic!("{record:?}") };
    assert_eq!(coverage, setup(LOG).coverage);
    assert_eq!(ledger.begin(11).unwrap_err().kind(), ErrorKind::LedgerState);
}

#[test]
fn an_inserted_row_is_committed_to_and_located() {
    let ledger = running();
    let record = ledger.record(20, Some("demo"), &inserts(1)).unwrap().remove(0);
    let transaction = ledger.transaction(&record);
    assert_eq!(transaction.user.as_deref(), Some("demo"));
    assert_eq!(transaction.commitment_key, commitment_key().kid().as_str());
    let row = &transaction.rows[0];
    assert_eq!((row.table.as_str(), row.id.as_str(), row.variable.as_deref()), ("T", "0", Some("name")));
    let instance = transaction.instance(row).unwrap();
    assert_eq!((instance.id.as_str(), instance.salt), ("pi", Some(salt_digest("pi", &[1; 32]))));

    let instance = commitment_key().instance(Some(&[1; 32]));
    let (key, locators) = (instance.row("T", "0"), instance.locators("T", "0"));
    let (a, x) = (pack("A", Value::Text("a")), pack("X", Value::Integer(1)));
    let expected = Change::Inserted {
        fixed: key.fixed(&[column(&a)]),
        locators: vec![locators.of(&column(&a)), locators.of_null("B"), locators.of_null("C")],
        columns: vec![("X".into(), key.updatable(&column(&x)))],
    };
    assert_eq!(row.change, expected);
}

#[test]
fn every_operation_is_read_back() {
    let ledger = running();
    let change = |rows: Vec<u8>| {
        let mut transaction = ledger.transaction(&ledger.one(&rows));
        transaction.rows.remove(0).change
    };
    let key = commitment_key().instance(Some(&[1; 32]));
    let x = pack("X", Value::Integer(2));

    let updated = change(one(|rows| {
        head(rows, "T", b'U', Some("1"));
        rows.i32(2).string(Some("Y")).u8(b'U').value(Value::Null);
        rows.string(Some("X")).u8(b'U').value(Value::Integer(2));
    }));
    let columns = vec![("X".into(), Some(key.row("T", "1").updatable(&column(&x)))), ("Y".into(), None)];
    assert_eq!(updated, Change::Updated { columns });

    let updated = change(one(|rows| {
        head(rows, "T,S", b'P', None);
        rows.string(Some("A")).value(Value::Text("root"));
        rows.i32(1).string(Some("X")).u8(b'U').value(Value::Integer(2));
    }));
    let row = key.predicate("T,S", "A", Value::Text("root"));
    let columns = vec![("X".into(), Some(row.updatable(&column(&x))))];
    let (name, value) = ("A".into(), Plain::Text("root".into()));
    assert_eq!(updated, Change::UpdatedWhere { column: name, value, columns });

    let deleted = change(one(|rows| {
        head(rows, "T", b'D', Some("1"));
        rows.string(Some("cleanup")).value(Value::Timestamp(-5)).string(Some("root"));
    }));
    let (rule, root) = (Some("cleanup".into()), Some("root".into()));
    assert_eq!(deleted, Change::Deleted { rule, removal_time: Some(-5), root });

    let other = change(one(|rows| {
        head(rows, "T", b'X', None);
        rows.string(Some("delete from T")).string(None).i64(-1);
    }));
    let sql = <crate::crypto::Active as crate::crypto::Backend>::sha256(&[b"delete from T"]);
    assert_eq!(other, Change::NotUnderstood { sql, source: None, rows: None });
}

#[test]
fn opened_values_are_listed() {
    let mut rows = Writer::new();
    rows.i32(1);
    insert(&mut rows, "1");
    rows.i32(1).string(Some("T")).string(Some("7")).i64(0x0909_0909_0909_0909).i64(0x0909_0909_0909_0909);
    let ledger = running();
    let record = ledger.one(&rows.finish());
    let seen = vec![Seen { table: "T".into(), id: "7".into(), tag: [9; 16] }];
    assert_eq!(ledger.transaction(&record).seen, seen);
}

#[test]
fn rows_beyond_two_thousand_go_to_further_records() {
    let ledger = running();
    let records = ledger.record(20, None, &inserts(4001)).unwrap();
    let sizes: Vec<_> = records.iter().map(|record| ledger.transaction(record).rows.len()).collect();
    assert_eq!(sizes, [2000, 2000, 1]);
    assert_eq!(records.iter().map(|record| record.seq).collect::<Vec<_>>(), [2, 3, 4]);
    assert!(running().record(20, None, &inserts(0)).unwrap().is_empty());
}

#[test]
fn a_record_too_long_for_its_column_goes_on_in_another() {
    let id = "x".repeat(1000);
    let mut rows = Writer::new();
    rows.i32(1000);
    (0..1000).for_each(|_| insert(&mut rows, &id));
    rows.i32(1000);
    for _ in 0..1000 {
        rows.string(Some("T")).string(Some(&id)).i64(0).i64(0);
    }
    let ledger = running();
    let records = ledger.record(20, None, &rows.finish()).unwrap();
    assert!(records.len() > 3 && records.iter().all(|record| record.text.len() < 600_000));
    let transactions: Vec<_> = records.iter().map(|record| ledger.transaction(record)).collect();
    assert_eq!(transactions.iter().map(|transaction| transaction.rows.len()).sum::<usize>(), 1000);
    assert_eq!(transactions.iter().map(|transaction| transaction.seen.len()).sum::<usize>(), 1000);
}

#[test]
fn what_is_not_covered_is_refused_by_name_and_takes_no_number() {
    let ledger = running();
    let message = |rows: Vec<u8>| ledger.record(20, None, &rows).unwrap_err().to_string();
    let unknown_table = one(|rows| {
        head(rows, "Q", b'I', Some("1"));
        rows.i32(0);
    });
    assert_eq!(message(unknown_table), "packed rows: table Q is not in the coverage");
    let column = |operation, name: &'static str, class| {
        one(move |rows| {
            head(rows, "T", operation, Some("1"));
            rows.i32(1).string(Some(name)).u8(class).value(Value::Integer(1));
        })
    };
    let uncovered = "packed rows: column Q of table T is there twice, not covered, or of the other class";
    assert_eq!(message(column(b'I', "Q", b'F')), uncovered);
    let fixed = "packed rows: column A of table T is fixed and cannot be updated";
    assert_eq!(message(column(b'U', "A", b'F')), fixed);
    assert_eq!(message(vec![0]), "packed buffer the buffer ends early");
    assert_eq!(ledger.record(20, None, &inserts(1)).unwrap()[0].seq, 2);
}

#[test]
fn two_salts_for_one_instance_are_refused() {
    let mut rows = Writer::new();
    rows.i32(2);
    insert(&mut rows, "1");
    rows.string(Some("T")).u8(b'D').string(Some("2")).string(Some("pi")).string(None).bytes(None);
    rows.string(None).value(Value::Null).string(None).i32(0);
    let error = running().record(20, None, &rows.finish()).unwrap_err();
    assert_eq!(error.to_string(), "packed rows: process instance pi has two salts");
}

#[test]
fn time_never_runs_backwards_along_the_numbers() {
    let ledger = running();
    let late = ledger.record(500, None, &inserts(1)).unwrap().remove(0);
    let early = ledger.record(400, None, &inserts(1)).unwrap().remove(0);
    assert_eq!((ledger.read(&late).time, ledger.read(&early).time), (500, 500));
    assert_eq!(ledger.read(&ledger.checkpoint(300).unwrap().unwrap().account).time, 500);
}

#[test]
fn an_account_lists_leaves_in_the_order_of_their_commits() {
    let ledger = running();
    for _ in 2..=6 {
        ledger.record(20, None, &inserts(1)).unwrap();
    }
    ledger.committed(4).unwrap();
    ledger.committed(2).unwrap();
    ledger.rolled_back(3).unwrap();
    ledger.in_doubt(5).unwrap();
    assert_eq!(ledger.doubtful(), [5]);
    let batch = ledger.checkpoint(20).unwrap().unwrap();
    let expected = Account {
        start: 1,
        added: [1, 4, 2].into_iter().collect(),
        void: [3].into_iter().collect(),
        doubt: [5].into_iter().collect(),
        open: [6].into_iter().collect(),
        ..Account::default()
    };
    assert_eq!(ledger.account(&batch.account), expected);
    assert_eq!((batch.size, batch.account.seq), (4, 7));
    ledger.resolve(5, true).unwrap();
    let batch = ledger.checkpoint(20).unwrap().unwrap();
    let account = ledger.account(&batch.account);
    assert_eq!((account.added.iter().collect::<Vec<_>>(), account.previous, account.first), (vec![5], 7, 4));
}

#[test]
fn a_number_is_settled_once() {
    let ledger = running();
    ledger.record(20, None, &inserts(1)).unwrap();
    let refused = |result: Result<()>| result.unwrap_err().to_string();
    let open = "record 2 is not open: it was settled before, or never made";
    let doubt = "record 2 is not in doubt: it was settled before, or never made";
    assert_eq!(refused(ledger.resolve(2, true)), doubt);
    ledger.in_doubt(2).unwrap();
    assert_eq!(refused(ledger.in_doubt(2)), open);
    assert_eq!(refused(ledger.committed(2)), open);
    ledger.resolve(2, false).unwrap();
    assert_eq!(refused(ledger.rolled_back(2)), open);
    assert_eq!(refused(ledger.resolve(2, true)), doubt);
    assert!(ledger.committed(99).is_err());
}

#[test]
fn an_idle_node_sends_a_heartbeat() {
    let ledger = running();
    assert_eq!(ledger.checkpoint(100).unwrap().unwrap().size, 2);
    assert!(ledger.checkpoint(1099).unwrap().is_none());
    let heartbeat = ledger.checkpoint(1100).unwrap().unwrap();
    assert!(ledger.account(&heartbeat.account).is_heartbeat());
    assert_eq!(heartbeat.size, 3);
}

#[test]
fn a_new_registry_row_goes_to_the_anchors_with_the_next_batch() {
    let ledger = running();
    ledger.checkpoint(100).unwrap().unwrap();
    ledger.key_registered("row");
    let batch = ledger.checkpoint(101).unwrap().unwrap();
    assert!(batch.lines.starts_with(b"{\"key\":\"row\"}\n"));
}

#[test]
fn after_its_end_an_epoch_records_nothing() {
    let ledger = running();
    let end = ledger.end(30).unwrap();
    assert!(matches!(ledger.read(&end.account).body, Body::End(_)));
    assert!(ledger.record(30, None, &inserts(1)).is_err());
    assert!(ledger.checkpoint(30).is_err());
    assert!(ledger.end(30).is_err());
}

#[test]
fn a_record_of_another_key_epoch_or_log_does_not_verify() {
    let ledger = running();
    let record = ledger.one(&inserts(1));
    let refused = |key: EpochKey| {
        let claimed = UnverifiedRecord::parse(&record.text, &record.signature).unwrap();
        claimed.verify(&key).unwrap_err().to_string()
    };
    let genuine = ledger.key.clone();
    let EpochKey { log, epoch, kid, .. } = &genuine;
    let expected = format!("the signature of record 2 of log {log}, epoch {epoch}, is not that of key {kid}");
    assert_eq!(refused(EpochKey { public: [0; 32], ..genuine.clone() }), expected);
    assert_eq!(refused(EpochKey { epoch: "e2".into(), ..genuine.clone() }), expected);
    assert_eq!(refused(EpochKey { log: "loans/node-2".into(), ..genuine.clone() }), expected);
    refused(running().key);
}

#[test]
fn a_record_with_any_byte_flipped_is_refused() {
    let ledger = running();
    let transaction = ledger.record(20, Some("u"), &inserts(2)).unwrap().remove(0);
    let account = ledger.checkpoint(20).unwrap().unwrap().account;
    for record in [&*transaction, &account] {
        for position in 0..record.text.len() {
            let mut changed = record.text.clone().into_bytes();
            changed[position] ^= 1 << (position % 8);
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let result = UnverifiedRecord::parse(&changed, &record.signature)
                .and_then(|claimed| claimed.verify(&ledger.key));
            assert!(result.is_err(), "byte {position}");
        }
    }
}
