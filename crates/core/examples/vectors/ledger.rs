use std::sync::Arc;

use bulla_core::crypto::{Active, Backend};
use bulla_core::keys::{Purpose, Signer};
use bulla_core::ledger::{
    Batch, Checkpoint, Column, CommitmentKey, Coverage, Ledger, Locator, LogVerifier, Setup, SignedRecord,
    salt_digest,
};
use bulla_core::packed::{Reader, Value as Packed, Writer};
use serde_json::{Value, json};

use crate::{LOG, NOW, World, decode, encode, hex, signer, with_other_end, write};

const TABLE: &str = "ACT_RU_VARIABLE";
const FIXED: [&str; 3] = ["ID_", "NAME_", "PROC_INST_ID_"];
const UPDATABLE: [&str; 2] = ["REV_", "TEXT_"];
const SALT: [u8; 32] = [8; 32];

pub(crate) fn write_all(world: &World) {
    let (records, batches) = run(world);
    let accepted: Vec<Value> = records
        .iter()
        .map(|(name, why, record)| {
            json!({"name": name, "why": why, "record": record.text, "signature": record.signature,
                   "leaf": hex(&record.leaf())})
        })
        .collect();
    write("records/accepted.json", &json!(accepted));
    write("records/refused.json", &json!(refused_records(world, &records[1].2)));
    write("records/commitments.json", &commitments(world));
    let log_key = signer(2);
    let verifier = LogVerifier::new(LOG, *log_key.public()).unwrap();
    let notes: Vec<Value> = batches
        .iter()
        .map(|batch| {
            let checkpoint = verifier.verify(&batch.note).unwrap();
            json!({"name": format!("size-{}", batch.size), "why": "A checkpoint of the log of the vectors.",
                   "note": batch.note, "origin": checkpoint.origin, "size": checkpoint.size,
                   "root": hex(&checkpoint.root), "frontier": batch.frontier})
        })
        .collect();
    write("checkpoints/accepted.json", &json!({"verifier": verifier.to_string(), "notes": notes}));
    write("checkpoints/refused.json", &json!(refused_notes(&log_key, &batches[0])));
    let lines: Vec<String> = batches
        .iter()
        .flat_map(|batch| {
            String::from_utf8(batch.lines.clone()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    write("anchors/accepted.json", &json!(lines));
    write("anchors/refused.json", &json!(refused_lines(&lines)));
}

/// One epoch: its start, a transaction that commits, one that does not, an account, the end.
fn run(world: &World) -> (Vec<(&'static str, &'static str, SignedRecord)>, Vec<Batch>) {
    let ledger = Ledger::new(Setup {
        epoch: Arc::clone(&world.epoch),
        log_key: Arc::new(signer(2)),
        commitment_key: CommitmentKey::new(world.secret(Purpose::Commitment)),
        coverage: coverage(),
        heartbeat: 60_000,
    })
    .unwrap();
    for (row, _) in &world.rows {
        ledger.key_registered(&row.text);
    }
    let start = ledger.begin(NOW).unwrap();
    ledger.committed(start.seq).unwrap();
    let record = SignedRecord::clone(&ledger.record(NOW + 1, Some("demo"), &rows()).unwrap()[0]);
    let lost = ledger.record(NOW + 2, None, &rows()).unwrap();
    ledger.committed(record.seq).unwrap();
    ledger.rolled_back(lost[0].seq).unwrap();
    let first = ledger.checkpoint(NOW + 3).unwrap().unwrap();
    let end = ledger.end(NOW + 4).unwrap();
    let records = vec![
        ("epoch", "An epoch begins: its certificate and what it covers.", start),
        ("transaction", "One row of each operation, and a value that was opened.", record),
        ("account", "Records 1 and 2 are leaves, number 3 is void.", first.account.clone()),
        ("end", "The epoch ends.", end.account.clone()),
    ];
    (records, vec![first, end])
}

fn coverage() -> Coverage {
    let mut packed = Writer::new();
    let list = |packed: &mut Writer, names: &[&str]| {
        packed.i32(i32::try_from(names.len()).unwrap());
        for name in names {
            packed.string(Some(name));
        }
    };
    packed.i32(1).string(Some(TABLE));
    list(&mut packed, &["ID_"]);
    packed.string(Some("PROC_INST_ID_")).string(Some("NAME_"));
    list(&mut packed, &FIXED);
    list(&mut packed, &UPDATABLE);
    list(&mut packed, &["TEXT_"]);
    Coverage::read(&packed.finish()).unwrap()
}

/// A row of each operation.
fn rows() -> Vec<u8> {
    let mut rows = Writer::new();
    let head = |rows: &mut Writer, operation: u8, id: Option<&str>| {
        rows.string(Some(TABLE)).u8(operation).string(id);
        rows.string(Some("pi-1")).string(Some("amount")).bytes(Some(&SALT));
    };
    rows.i32(5);
    head(&mut rows, b'I', Some("v-1"));
    rows.i32(4).string(Some("ID_")).u8(b'F').value(Packed::Text("v-1"));
    rows.string(Some("NAME_")).u8(b'F').value(Packed::Text("amount"));
    rows.string(Some("REV_")).u8(b'U').value(Packed::Integer(1));
    rows.string(Some("TEXT_")).u8(b'U').value(Packed::Null);
    head(&mut rows, b'U', Some("v-1"));
    rows.i32(2).string(Some("REV_")).u8(b'U').value(Packed::Integer(2));
    rows.string(Some("TEXT_")).u8(b'U').value(Packed::Null);
    head(&mut rows, b'P', None);
    rows.string(Some("PROC_INST_ID_")).value(Packed::Text("pi-1"));
    rows.i32(1).string(Some("TEXT_")).u8(b'U').value(Packed::Text("x"));
    head(&mut rows, b'D', Some("v-1"));
    rows.string(Some("cleanup")).value(Packed::Timestamp(1_900_000_000_000_000)).string(Some("pi-0"));
    head(&mut rows, b'X', None);
    rows.string(Some("delete from ACT_RU_VARIABLE where 1 = 1")).string(Some("mapper.clear")).i64(-1);
    rows.i32(1).string(Some(TABLE)).string(Some("v-0"));
    for byte in 0..16 {
        rows.u8(byte);
    }
    rows.finish()
}

fn commitments(world: &World) -> Value {
    let key = CommitmentKey::new(world.secret(Purpose::Commitment));
    let instance = key.instance(Some(&SALT));
    let row = instance.row(TABLE, "v-1");
    let locators = instance.locators(TABLE, "v-1");
    let pack = |name: &str, value| {
        let mut packed = Writer::new();
        packed.string(Some(name)).value(value);
        packed.finish()
    };
    let fixed = [
        pack("ID_", Packed::Text("v-1")),
        pack("NAME_", Packed::Text("amount")),
        pack("PROC_INST_ID_", Packed::Null),
    ];
    let columns = fixed.each_ref().map(|packed| Column::read(&mut Reader::new(packed)).unwrap());
    let updatable = pack("REV_", Packed::Integer(2));
    let updatable_column = Column::read(&mut Reader::new(&updatable)).unwrap();
    let predicate = instance.predicate(TABLE, "PROC_INST_ID_", Packed::Text("pi-1"));
    let set = pack("TEXT_", Packed::Text("x"));
    let set_column = Column::read(&mut Reader::new(&set)).unwrap();
    json!({
        "why": "Commitments and locators of the row v-1 in the records, step by step.",
        "salt": encode(SALT), "instance": "pi-1", "saltDigest": encode(salt_digest("pi-1", &SALT).0),
        "instanceKey": encode(instance.secret().expose()),
        "installationKey": encode(key.instance(None).secret().expose()),
        "table": TABLE, "id": "v-1", "rowKey": encode(row.secret().expose()),
        "fixedColumns": fixed.each_ref().map(encode), "fixed": row.fixed(&columns).to_string(),
        "locators": encode(columns.map(|column| { let Locator(bytes) = locators.of(&column); bytes }).concat()),
        "updatableColumn": encode(&updatable), "updatable": row.updatable(&updatable_column).to_string(),
        "predicateKey": encode(predicate.secret().expose()),
        "predicateColumn": encode(&set), "predicate": predicate.updatable(&set_column).to_string(),
    })
}

#[allow(clippy::too_many_lines, reason = "it is a list")]
fn refused_records(world: &World, genuine: &SignedRecord) -> Vec<Value> {
    let epoch = world.epoch.signer();
    let (prefix, signature) = genuine.signature.split_once("..").unwrap();
    let header = String::from_utf8(decode(prefix)).unwrap();
    let signed_over = |record: &str, header: &str, signer: &Signer, payload: &[u8]| {
        let prefix = encode(header);
        let signature = signer.sign(format!("{prefix}.{}", encode(payload)).as_bytes());
        (record.to_owned(), format!("{prefix}..{}", encode(signature)))
    };
    let resigned = |record: &str, header: &str, signer: &Signer| {
        signed_over(record, header, signer, &Active::sha256(&[record.as_bytes()]))
    };
    let edited = |from: &str, to: &str| {
        let edited = genuine.text.replacen(from, to, 1);
        assert_ne!(edited, genuine.text, "{from}");
        edited
    };
    let signed = |from: &str, to: &str| resigned(&edited(from, to), &header, epoch);
    let with_header = |from: &str, to: &str| {
        let changed = header.replacen(from, to, 1);
        assert_ne!(changed, header, "{from}");
        resigned(&genuine.text, &changed, epoch)
    };
    let unsigned = |from: &str, to: &str| (edited(from, to), genuine.signature.clone());
    let with_signature = |signature: String| (genuine.text.clone(), signature);
    let stranger = signer(4);
    let malformed = "MalformedRecord";
    [
        ("another-user", "The user was changed.", "BadSignature", unsigned("demo", "eve")),
        ("another-signature", "The signature was changed.", "BadSignature",
            with_signature(with_other_end(&genuine.signature))),
        ("a-stranger", "Signed by a key that nobody certified.", "BadSignature",
            resigned(&genuine.text, &header.replace(epoch.kid().as_str(), stranger.kid().as_str()), &stranger)),
        ("a-stranger-under-a-known-name", "Signed by a stranger under the epoch key's id.", "BadSignature",
            resigned(&genuine.text, &header, &stranger)),
        ("another-log", "Signed by the epoch's key for another log.", "BadSignature", signed("loans/node-1", "loans/node-2")),
        ("not-detached", "The payload stands in the signature.", malformed,
            with_signature(format!("{prefix}.{}.{signature}", encode(&genuine.text)))),
        ("no-signature", "There is no signature.", malformed, with_signature(String::new())),
        ("a-short-signature", "A signature of 60 bytes.", malformed,
            with_signature(format!("{prefix}..{}", &signature[..80]))),
        ("signed-by-nobody", "`none` signs nothing.", "UnsupportedAlgorithm", with_header("EdDSA", "none")),
        ("a-mac", "A public key used as a secret.", "UnsupportedAlgorithm", with_header("EdDSA", "HS256")),
        ("a-critical-header", "A critical header that is not understood.", "UnknownCritical",
            with_header("{", "{\"b64\":false,\"crit\":[\"b64\"],")),
        ("the-record-for-its-digest", "The record itself was signed.", "BadSignature",
            signed_over(&genuine.text, &header, epoch, genuine.text.as_bytes())),
        ("another-type", "A signature of another kind of statement.", malformed, with_header("bulla-record", "bulla-key")),
        ("not-json", "The record is cut.", "JsonSyntax", resigned(&genuine.text[..40], &header, epoch)),
        ("a-member-twice", "A member twice.", "DuplicateMember", signed("{", "{\"user\":\"eve\",")),
        ("a-newer-version", "Written by a version that this one does not know.", malformed, signed("\"v\":1", "\"v\":2")),
        ("an-unknown-kind", "A kind that is not there.", malformed, signed("\"kind\":\"tx\"", "\"kind\":\"fx\"")),
        ("an-unknown-member", "A member of no meaning here.", "UnexpectedJson", signed("{", "{\"a\":1,")),
        ("a-member-missing", "The commitment key is left out.", "UnexpectedJson", signed(&format!("\"ck\":\"{}\",", world.row(Purpose::Commitment).kid), "")),
        ("number-zero", "Records are numbered from 1.", malformed, signed("\"seq\":2", "\"seq\":0")),
        ("a-number-too-large", "A time that no double holds.", "InexactNumber",
            signed(&format!("\"time\":{}", NOW + 1), "\"time\":9007199254740993")),
        ("an-unknown-operation", "An operation that is not there.", malformed, signed("\"o\":\"I\"", "\"o\":\"Z\"")),
        ("a-member-of-another-operation", "A tombstone with settings.", "UnexpectedJson",
            signed("\"r\":\"cleanup\"", "\"u\":{}")),
        ("an-instance-that-is-none", "A row of an instance without salt.", malformed, signed("\"p\":0", "\"p\":1")),
        ("a-short-commitment", "A commitment of fewer than 128 bits.", malformed, short_commitment(&signed, genuine)),
    ]
    .map(|(name, why, kind, (record, signature))| {
        json!({"name": name, "why": why, "record": record, "signature": signature, "kind": kind})
    })
    .into()
}

fn short_commitment(
    signed: &impl Fn(&str, &str) -> (String, String),
    genuine: &SignedRecord,
) -> (String, String) {
    let record: Value = serde_json::from_str(&genuine.text).unwrap();
    let commitment = record["rows"][0]["f"].as_str().unwrap().to_owned();
    signed(&commitment, &commitment[..20])
}

fn refused_notes(log_key: &Signer, batch: &Batch) -> Vec<Value> {
    let note = &batch.note;
    let checkpoint = |origin: &str, size| Checkpoint { origin: origin.into(), size, root: [1; 32] };
    let own = checkpoint(LOG, 7).sign(log_key);
    let (text, _) = own.split_once("\n\n").unwrap();
    let resigned = |text: &str| {
        // The signature of a text that is not a checkpoint's.
        let signature = own.rsplit(' ').next().unwrap().trim_end();
        let id = base64_simd::STANDARD.decode_to_vec(signature).unwrap()[..4].to_vec();
        let bytes = [id, log_key.sign(format!("{text}\n").as_bytes()).to_vec()].concat();
        format!("{text}\n\n— {LOG} {}\n", base64_simd::STANDARD.encode_to_string(bytes))
    };
    let malformed = "MalformedCheckpoint";
    [
        ("another-size", "The size was changed.", "BadSignature", note.replacen("\n3\n", "\n4\n", 1)),
        ("a-stranger", "Signed by another key.", "BadSignature", checkpoint(LOG, 7).sign(&signer(4))),
        (
            "another-log",
            "The log's key under another name.",
            "BadSignature",
            checkpoint("loans/node-2", 7).sign(log_key),
        ),
        ("no-signature", "Nothing but the text.", malformed, text.to_owned()),
        ("no-empty-line", "The signature follows at once.", malformed, note.replacen("\n\n", "\n", 1)),
        ("cut", "The last line does not end.", malformed, note.trim_end().to_owned()),
        ("a-hyphen", "A hyphen where the dash must be.", malformed, note.replacen('—', "-", 1)),
        (
            "a-size-with-a-zero",
            "Signed, but the size has a leading zero.",
            malformed,
            resigned(&text.replacen("\n7\n", "\n07\n", 1)),
        ),
        ("a-short-root", "Signed, but the root is cut.", malformed, resigned(&text[..text.len() - 4])),
        (
            "an-extension",
            "Signed, but with a line that is not understood.",
            malformed,
            resigned(&format!("{text}\nextension")),
        ),
    ]
    .map(|(name, why, kind, note)| json!({"name": name, "why": why, "note": note, "kind": kind}))
    .into()
}

fn refused_lines(lines: &[String]) -> Vec<Value> {
    let record = lines.iter().find(|line| line.starts_with("{\"record\"")).unwrap();
    [
        ("nothing", "An empty line.", String::new()),
        ("not-json", "A line that is cut.", record[..20].to_owned()),
        ("with-space", "There is one way to write a line.", record.replacen(':', ": ", 1)),
        ("an-unknown-member", "A member of no meaning here.", record.replacen('{', "{\"a\":1,", 1)),
        ("an-unknown-line", "A line that is none of the three.", "{\"note\":\"x\"}".into()),
        ("two-lines-in-one", "A key and a checkpoint.", "{\"checkpoint\":\"x\",\"key\":\"y\"}".into()),
        ("no-signature", "A record without its signature.", "{\"record\":\"{}\"}".into()),
        ("not-a-text", "A record that is not a string.", "{\"record\":{},\"signature\":\"\"}".into()),
        ("escaped-otherwise", "There is one way to escape.", "{\"key\":\"\\u0061\"}".into()),
    ]
    .map(|(name, why, line)| json!({"name": name, "why": why, "line": line, "kind": "MalformedAnchor"}))
    .into()
}
