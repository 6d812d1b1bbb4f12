/*
 * A small engine that keeps a ledger of its one table, and writes what it has into files of the
 * directory that is its second argument: records, checkpoints, an anchor, the auditor's keys, and the
 * envelope that stands in the row that is left.
 */
#include "check.h"

static const char *out_directory;
static const uint8_t SALT[32] = {1, 2, 3, 4};

static void append(const char *name, const char *text, size_t len) {
  char path[4096];
  FILE *opened;
  CHECK(snprintf(path, sizeof path, "%s/%s", out_directory, name) < (int)sizeof path);
  opened = fopen(path, "ab");
  CHECK(opened != NULL && fwrite(text, 1, len, opened) == len && fclose(opened) == 0);
}

/* A record a line: number, text and signature with a tab between, of which neither has one. */
static void store(const bulla_record *record) {
  char number[32];
  CHECK(snprintf(number, sizeof number, "%llu\t", (unsigned long long)record->seq) > 0);
  append("records", number, strlen(number));
  append("records", record->text, strlen(record->text));
  append("records", "\t", 1);
  append("records", record->signature, strlen(record->signature));
  append("records", "\n", 1);
}

static void keep(bulla_batch *batch) {
  char head[64];
  CHECK(batch->note != NULL);
  append("anchor", (const char *)batch->lines.data, batch->lines.len);
  store(&batch->account);
  CHECK(snprintf(head, sizeof head, "%llu\t%llu\t", (unsigned long long)batch->size,
                 (unsigned long long)batch->account.seq) > 0);
  append("checkpoints", head, strlen(head));
  append("checkpoints", batch->note, strlen(batch->note));
  append("checkpoints", "\f", 1);
  bulla_batch_free(batch);
}

/* Stores what the transaction wrote, and commits. */
static void commit(bulla_ledger ledger, bulla_transaction transaction) {
  bulla_records records = {0};
  bulla_error error = {0};
  size_t i;
  WORKS(bulla_transaction_record(transaction, "alice", &records, &error));
  CHECK(records.len > 0);
  for (i = 0; i < records.len; i++) {
    store(&records.data[i]);
    WORKS(bulla_ledger_committed(ledger, records.data[i].seq, &error));
  }
  bulla_records_free(&records);
}

static bulla_row order(const char *id) {
  bulla_row row = {0};
  row.table = "ORDERS";
  row.id = id;
  row.instance = "instance-1";
  row.salt = SALT;
  return row;
}

int main(int count, char **arguments) {
  const char *coverage =
      "{\"ORDERS\":{\"id\":[\"ID\"],\"instance\":\"INSTANCE\",\"fixed\":[\"CREATED\",\"CUSTOMER\","
      "\"INSTANCE\"],\"updatable\":[\"AMOUNT\",\"NOTE\",\"SCAN\",\"WEIGHT\"],\"sealed\":[\"NOTE\"]}}";
  bulla_keyring keyring = 0;
  bulla_ledger ledger = 0;
  bulla_transaction transaction = 0;
  bulla_context context = {0};
  bulla_bytes note = {0};
  bulla_bytes keys = {0};
  bulla_records first = {0};
  bulla_batch batch = {0};
  bulla_row row = order("1");
  bulla_error error = {0};

  CHECK(count == 3);
  out_directory = arguments[2];
  WORKS(bulla_keyring_open(arguments[1], &keyring, &error));
  WORKS(bulla_ledger_open(keyring, bytes(coverage), strlen(coverage), NULL, &ledger, &error));
  WORKS(bulla_ledger_begin(ledger, &first, &error));
  store(&first.data[0]);
  WORKS(bulla_ledger_committed(ledger, first.data[0].seq, &error));
  bulla_records_free(&first);
  WORKS(bulla_ledger_checkpoint(ledger, &batch, &error));
  keep(&batch);

  context.table = "ORDERS";
  context.row = "1";
  context.group = "NOTE";
  WORKS(bulla_seal(keyring, &context, bytes("on credit"), 9, &note, &error));
  append("note", (const char *)note.data, note.len);
  WORKS(bulla_transaction_new(ledger, &transaction, &error));
  WORKS(bulla_transaction_insert(transaction, &row, &error));
  WORKS(bulla_transaction_text(transaction, "CUSTOMER", bytes("Ur-Nammu"), 8, &error));
  WORKS(bulla_transaction_text(transaction, "INSTANCE", bytes("instance-1"), 10, &error));
  WORKS(bulla_transaction_timestamp(transaction, "CREATED", 1790000000000000, &error));
  WORKS(bulla_transaction_integer(transaction, "AMOUNT", 2500, &error));
  WORKS(bulla_transaction_text(transaction, "NOTE", note.data, note.len, &error));
  WORKS(bulla_transaction_bytes(transaction, "SCAN", SALT, sizeof SALT, &error));
  commit(ledger, transaction);

  WORKS(bulla_transaction_opened(transaction, "ORDERS", "1", note.data, note.len, &error));
  WORKS(bulla_transaction_update(transaction, &row, &error));
  WORKS(bulla_transaction_integer(transaction, "AMOUNT", 3000, &error));
  WORKS(bulla_transaction_double(transaction, "WEIGHT", 0.5, &error));
  WORKS(bulla_transaction_null(transaction, "SCAN", &error));
  commit(ledger, transaction);

  row = order("2");
  WORKS(bulla_transaction_insert(transaction, &row, &error));
  WORKS(bulla_transaction_text(transaction, "CUSTOMER", bytes("Shulgi"), 6, &error));
  WORKS(bulla_transaction_text(transaction, "INSTANCE", bytes("instance-1"), 10, &error));
  commit(ledger, transaction);
  WORKS(bulla_transaction_delete(transaction, &row, "cancelled", &error));
  commit(ledger, transaction);

  WORKS(bulla_ledger_checkpoint(ledger, &batch, &error));
  keep(&batch);
  WORKS(bulla_ledger_end(ledger, &batch, &error));
  keep(&batch);
  WORKS(bulla_keyring_disclose(keyring, &keys, &error));
  append("keys", (const char *)keys.data, keys.len);

  bulla_bytes_free(&keys);
  bulla_bytes_free(&note);
  bulla_transaction_free(transaction);
  bulla_ledger_free(ledger);
  bulla_keyring_free(keyring);
  return 0;
}
