/* What include/bulla.h promises of ledgers: an engine whose database is an array keeps one. */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const COVERAGE =
    "{\"ORDERS\":{\"id\":[\"ID\"],\"instance\":\"INSTANCE\",\"fixed\":[\"CUSTOMER\",\"CREATED\"],"
    "\"updatable\":[\"AMOUNT\",\"NOTE\",\"WEIGHT\",\"SCAN\"],\"sealed\":[\"NOTE\"]}}";

/* What outlives the process. */
struct world {
  struct {
    uint64_t seq;
    char *text;
    char *signature;
  } records[64];
  size_t count;
  char *note;
  char *frontier;
  uint64_t account;
  char *anchor;
  size_t anchor_len;
};

static char *copy(const char *text) {
  char *copied = (char *)malloc(strlen(text) + 1);
  CHECK(copied != NULL);
  return strcpy(copied, text);
}

static void insert(struct world *world, const bulla_record *record) {
  CHECK(record->seq > 0 && world->count < 64);
  world->records[world->count].seq = record->seq;
  world->records[world->count].text = copy(record->text);
  world->records[world->count].signature = copy(record->signature);
  world->count++;
}

static void erase(struct world *world, uint64_t seq) {
  size_t i;
  for (i = 0; i < world->count; i++) {
    if (world->records[i].seq == seq) {
      free(world->records[i].text);
      free(world->records[i].signature);
      world->count--;
      memmove(&world->records[i], &world->records[i + 1], (world->count - i) * sizeof world->records[0]);
      return;
    }
  }
}

static void anchor(struct world *world, const bulla_batch *batch) {
  world->anchor = (char *)realloc(world->anchor, world->anchor_len + batch->lines.len + 1);
  CHECK(world->anchor != NULL);
  memcpy(world->anchor + world->anchor_len, batch->lines.data, batch->lines.len + 1);
  world->anchor_len += batch->lines.len;
}

static void store(struct world *world, const bulla_batch *batch) {
  insert(world, &batch->account);
  free(world->note);
  free(world->frontier);
  world->note = copy(batch->note);
  world->frontier = copy(batch->frontier);
  world->account = batch->account.seq;
}

static void end_of(struct world *world) {
  while (world->count > 0) {
    erase(world, world->records[0].seq);
  }
  free(world->note);
  free(world->frontier);
  free(world->anchor);
  memset(world, 0, sizeof *world);
}

static bulla_record row_of(const struct world *world, size_t index) {
  bulla_record record = {0};
  record.seq = world->records[index].seq;
  record.text = world->records[index].text;
  record.signature = world->records[index].signature;
  return record;
}

static int listed(const bulla_bytes *numbers, uint64_t seq) {
  const char *at = (const char *)numbers->data;
  while (at != NULL && *at != '\0') {
    char *end;
    if (strtoull(at, &end, 10) == seq) {
      return 1;
    }
    at = *end == ',' ? end + 1 : end;
  }
  return 0;
}

/* Starts a process: a keyring, and the ledger that goes on with what the world has. */
static bulla_ledger start(const char *config, struct world *world, size_t unsaved) {
  bulla_keyring keyring = 0;
  bulla_ledger ledger = 0;
  bulla_remains remains = {0};
  bulla_record account = {0};
  bulla_record found[64];
  bulla_bytes wanted = {0};
  bulla_records first = {0};
  bulla_batch batch = {0};
  bulla_error error = {0};
  uint64_t above = 7;
  size_t i;

  WORKS(bulla_keyring_open(config, &keyring, &error));
  remains.note = world->note;
  remains.frontier = world->frontier;
  remains.anchor = bytes(world->anchor);
  remains.anchor_len = world->anchor_len;
  for (i = 0; i < world->count; i++) {
    if (world->records[i].seq == world->account) {
      account = row_of(world, i);
      remains.account = &account;
    }
  }
  WORKS(bulla_ledger_wanted(&remains, &above, &wanted, &error));
  for (i = 0; i < world->count; i++) {
    if (world->records[i].seq > above || listed(&wanted, world->records[i].seq)) {
      found[remains.records_len++] = row_of(world, i);
    }
  }
  bulla_bytes_free(&wanted);
  remains.records = found;
  WORKS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), &remains, &ledger, &error));
  {
    bulla_ledger second = 7;
    FAILS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), NULL, &second, &error),
          BULLA_LEDGER_STATE, "the keyring has opened its ledger already");
    CHECK(second == 0);
  }
  bulla_keyring_free(keyring);

  if (unsaved > 0) {
    FAILS(bulla_ledger_begin(ledger, &first, &error), BULLA_LEDGER_STATE, "bulla_ledger_unsaved");
  }
  for (i = 0; i < unsaved; i++) {
    WORKS(bulla_ledger_unsaved(ledger, &batch, &error));
    CHECK(batch.note != NULL && batch.lines.len == 0);
    store(world, &batch);
    bulla_batch_free(&batch);
  }
  WORKS(bulla_ledger_unsaved(ledger, &batch, &error));
  CHECK(batch.note == NULL && batch.account.seq == 0);

  WORKS(bulla_ledger_begin(ledger, &first, &error));
  CHECK(first.len == 1);
  insert(world, &first.data[0]);
  WORKS(bulla_ledger_committed(ledger, first.data[0].seq, &error));
  bulla_records_free(&first);
  CHECK(first.data == NULL && first.len == 0);
  bulla_records_free(&first);
  return ledger;
}

static void checkpoint(bulla_ledger ledger, struct world *world) {
  bulla_batch batch = {0};
  bulla_error error = {0};
  WORKS(bulla_ledger_checkpoint(ledger, &batch, &error));
  CHECK(batch.note != NULL && batch.lines.len > 0);
  anchor(world, &batch);
  store(world, &batch);
  bulla_batch_free(&batch);
  CHECK(batch.note == NULL && batch.lines.data == NULL);
  bulla_batch_free(&batch);
}

static const uint8_t SALT[32] = {1, 2, 3};
static const uint8_t OTHER_SALT[32] = {4, 5, 6};

static bulla_row order(const char *id) {
  bulla_row row = {0};
  row.table = "ORDERS";
  row.id = id;
  row.instance = "instance-1";
  row.variable = "order";
  row.salt = SALT;
  return row;
}

/* One order, inserted by alice; the number of its record. */
static uint64_t records_one(bulla_ledger ledger, struct world *world, const char *id) {
  bulla_transaction transaction = 0;
  bulla_records records = {0};
  bulla_error error = {0};
  bulla_row row = order(id);
  uint64_t seq;

  WORKS(bulla_transaction_new(ledger, &transaction, &error));
  WORKS(bulla_transaction_insert(transaction, &row, &error));
  WORKS(bulla_transaction_text(transaction, "CUSTOMER", bytes("Ur-Nammu"), 8, &error));
  WORKS(bulla_transaction_timestamp(transaction, "CREATED", 1790000000000000, &error));
  WORKS(bulla_transaction_integer(transaction, "AMOUNT", 2500, &error));
  WORKS(bulla_transaction_double(transaction, "WEIGHT", 0.5, &error));
  WORKS(bulla_transaction_bytes(transaction, "SCAN", SALT, sizeof SALT, &error));
  WORKS(bulla_transaction_record(transaction, "alice", &records, &error));
  CHECK(records.len == 1);
  CHECK(strstr(records.data[0].text, "\"user\":\"alice\"") != NULL);
  CHECK(strstr(records.data[0].text, "Ur-Nammu") == NULL);
  seq = records.data[0].seq;
  insert(world, &records.data[0]);
  bulla_records_free(&records);
  /* It may serve the next transaction, and has nothing of this one. */
  WORKS(bulla_transaction_record(transaction, NULL, &records, &error));
  CHECK(records.len == 0 && records.data == NULL);
  bulla_transaction_free(transaction);
  return seq;
}

/* Everything that one can do to rows, in one record. */
static void records_much(bulla_ledger ledger, struct world *world) {
  bulla_transaction transaction = 0;
  bulla_records records = {0};
  bulla_error error = {0};
  bulla_row row = order("1");

  WORKS(bulla_transaction_new(ledger, &transaction, &error));
  FAILS(bulla_transaction_null(transaction, "NOTE", &error), BULLA_INVALID_ARGUMENT,
        "column is of no row: add the row first");
  WORKS(bulla_transaction_update(transaction, &row, &error));
  WORKS(bulla_transaction_null(transaction, "NOTE", &error));
  FAILS(bulla_transaction_text(transaction, "CUSTOMER", bytes("x"), 1, &error), BULLA_INVALID_ARGUMENT,
        "column CUSTOMER of table ORDERS is fixed and cannot be updated");
  FAILS(bulla_transaction_text(transaction, "ELSE", bytes("x"), 1, &error), BULLA_INVALID_ARGUMENT,
        "column ELSE of table ORDERS is not covered");
  FAILS(bulla_transaction_text(transaction, "AMOUNT", bytes("\xff"), 1, &error), BULLA_INVALID_ARGUMENT,
        "value is not UTF-8");
  /* Nothing of it is read. */
  FAILS(bulla_transaction_text(transaction, "AMOUNT", bytes("x"), (size_t)1 << 31, &error),
        BULLA_INVALID_ARGUMENT, "value has 2147483648 bytes; a column has less than 2 GiB");
  FAILS(bulla_transaction_bytes(transaction, "AMOUNT", bytes("x"), SIZE_MAX, &error),
        BULLA_INVALID_ARGUMENT, "a column has less than 2 GiB");
  WORKS(bulla_transaction_delete(transaction, &row, "cleanup", &error));
  FAILS(bulla_transaction_null(transaction, "NOTE", &error), BULLA_INVALID_ARGUMENT, "is of no row");
  WORKS(bulla_transaction_not_understood(transaction, "ORDERS", "truncate ORDERS", NULL, -1, &error));
  row.table = "OTHERS";
  FAILS(bulla_transaction_insert(transaction, &row, &error), BULLA_INVALID_ARGUMENT,
        "row.table is OTHERS, which is not covered");
  row = order("1");
  row.instance = NULL;
  FAILS(bulla_transaction_insert(transaction, &row, &error), BULLA_INVALID_ARGUMENT,
        "row.salt belongs to no instance");
  FAILS(bulla_transaction_insert(transaction, NULL, &error), BULLA_INVALID_ARGUMENT, "row is NULL");
  WORKS(bulla_transaction_record(transaction, NULL, &records, &error));
  CHECK(records.len == 1);
  CHECK(strstr(records.data[0].text, "\"o\":\"U\"") != NULL);
  CHECK(strstr(records.data[0].text, "\"o\":\"D\",\"p\":0,\"r\":\"cleanup\"") != NULL);
  CHECK(strstr(records.data[0].text, "\"o\":\"X\"") != NULL);
  CHECK(strstr(records.data[0].text, "\"user\":null") != NULL);
  insert(world, &records.data[0]);
  WORKS(bulla_ledger_committed(ledger, records.data[0].seq, &error));
  FAILS(bulla_ledger_committed(ledger, records.data[0].seq, &error), BULLA_LEDGER_STATE,
        "is not open: it was settled before, or never made");
  bulla_records_free(&records);

  /* A column is set once; the row is as it was, and goes on. */
  row = order("2");
  WORKS(bulla_transaction_insert(transaction, &row, &error));
  WORKS(bulla_transaction_integer(transaction, "AMOUNT", 1, &error));
  WORKS(bulla_transaction_null(transaction, "CUSTOMER", &error));
  FAILS(bulla_transaction_integer(transaction, "AMOUNT", 2, &error), BULLA_INVALID_ARGUMENT,
        "column AMOUNT of table ORDERS was set already");
  FAILS(bulla_transaction_null(transaction, "CUSTOMER", &error), BULLA_INVALID_ARGUMENT, "set already");
  WORKS(bulla_transaction_record(transaction, NULL, &records, &error));
  CHECK(records.len == 1);
  insert(world, &records.data[0]);
  WORKS(bulla_ledger_committed(ledger, records.data[0].seq, &error));
  bulla_records_free(&records);

  /* What no record can say is refused, and all stays collected. */
  WORKS(bulla_transaction_update(transaction, &row, &error));
  row.salt = OTHER_SALT;
  WORKS(bulla_transaction_update(transaction, &row, &error));
  FAILS(bulla_transaction_record(transaction, NULL, &records, &error), BULLA_INVALID_ARGUMENT, "salt");
  FAILS(bulla_transaction_record(transaction, NULL, &records, &error), BULLA_INVALID_ARGUMENT, "salt");
  CHECK(records.data == NULL);
  bulla_transaction_free(transaction);
}

/* That a transaction opened a value that the keyring sealed. */
static void records_what_it_opened(bulla_ledger ledger, struct world *world, const char *config) {
  bulla_keyring keyring = 0;
  bulla_transaction transaction = 0;
  bulla_bytes envelope = {0};
  bulla_records records = {0};
  bulla_error error = {0};
  bulla_context context = {0};
  bulla_row row = order("1");

  context.table = "ORDERS";
  context.row = "1";
  context.group = "value";
  WORKS(bulla_keyring_open(config, &keyring, &error));
  WORKS(bulla_seal(keyring, &context, bytes("x"), 1, &envelope, &error));
  WORKS(bulla_transaction_new(ledger, &transaction, &error));
  FAILS(bulla_transaction_opened(transaction, "ORDERS", "1", bytes("x"), 1, &error),
        BULLA_MALFORMED_ENVELOPE, "not an envelope");
  WORKS(bulla_transaction_opened(transaction, "ORDERS", "1", envelope.data, envelope.len, &error));
  WORKS(bulla_transaction_update(transaction, &row, &error));
  WORKS(bulla_transaction_text(transaction, "NOTE", envelope.data, envelope.len, &error));
  WORKS(bulla_transaction_record(transaction, NULL, &records, &error));
  CHECK(strstr(records.data[0].text, "\"seen\":[[\"ORDERS\",\"1\",\"") != NULL);
  insert(world, &records.data[0]);
  WORKS(bulla_ledger_committed(ledger, records.data[0].seq, &error));
  bulla_records_free(&records);
  bulla_bytes_free(&envelope);
  bulla_transaction_free(transaction);
  bulla_keyring_free(keyring);
}

static bulla_log reader(const char *directory) {
  bulla_log log = 0;
  bulla_error error = {0};
  char *log_key = file(directory, "log.jwk");
  char *identity = file(directory, "identity.jwk");
  WORKS(bulla_log_open("loans/node-1", bytes(log_key), strlen(log_key), bytes(identity), strlen(identity),
                       &log, &error));
  free(log_key);
  free(identity);
  return log;
}

static void epochs(const char *config, const char *directory) {
  struct world world = {0};
  bulla_error error = {0};
  bulla_batch batch = {0};
  bulla_bytes told = {0};
  bulla_ledger ledger = start(config, &world, 0);
  bulla_log log;
  uint64_t doubtful;
  uint64_t proven = 0;
  uint64_t voided;
  char *line;
  size_t i;

  WORKS(bulla_ledger_recovery(ledger, &told, &error));
  CHECK(is(&told, "{\"missing\":[],\"refused\":[]}"));
  bulla_bytes_free(&told);
  WORKS(bulla_ledger_committed(ledger, records_one(ledger, &world, "1"), &error));
  records_much(ledger, &world);
  records_what_it_opened(ledger, &world, config);
  voided = records_one(ledger, &world, "2");
  erase(&world, voided);
  WORKS(bulla_ledger_rolled_back(ledger, voided, &error));
  doubtful = records_one(ledger, &world, "3");
  WORKS(bulla_ledger_in_doubt(ledger, doubtful, &error));
  checkpoint(ledger, &world);
  WORKS(bulla_ledger_doubtful(ledger, &told, &error));
  CHECK(listed(&told, doubtful));
  bulla_bytes_free(&told);
  WORKS(bulla_ledger_resolve(ledger, doubtful, 1, &error));
  FAILS(bulla_ledger_resolve(ledger, doubtful, 1, &error), BULLA_LEDGER_STATE, "is not in doubt");
  WORKS(bulla_ledger_doubtful(ledger, &told, &error));
  CHECK(told.len == 0);
  bulla_bytes_free(&told);
  checkpoint(ledger, &world);
  WORKS(bulla_ledger_checkpoint(ledger, &batch, &error));
  CHECK(batch.note == NULL && batch.lines.data == NULL && batch.account.seq == 0);

  /* A crash after a record that committed, another that was never answered, and a batch that was
     anchored and not stored. */
  WORKS(bulla_ledger_committed(ledger, records_one(ledger, &world, "4"), &error));
  WORKS(bulla_ledger_checkpoint(ledger, &batch, &error));
  anchor(&world, &batch);
  bulla_batch_free(&batch);
  records_one(ledger, &world, "5");
  bulla_ledger_free(ledger);
  CHECK(bulla_ledger_committed(ledger, 1, NULL) == BULLA_CLOSED);

  ledger = start(config, &world, 1);
  checkpoint(ledger, &world);
  WORKS(bulla_ledger_end(ledger, &batch, &error));
  anchor(&world, &batch);
  store(&world, &batch);
  bulla_batch_free(&batch);
  FAILS(bulla_ledger_end(ledger, &batch, &error), BULLA_LEDGER_STATE, "or has ended");
  bulla_ledger_free(ledger);

  /* Who reads the anchor believes all of it, and every record of the database. */
  log = reader(directory);
  WORKS(bulla_log_follow(log, bytes(world.anchor), world.anchor_len, &error));
  WORKS(bulla_log_proven(log, &proven, &error));
  CHECK(proven == world.count);
  for (i = 0; i < world.count; i++) {
    WORKS(bulla_log_verify_record(log, world.records[i].text, world.records[i].signature, &error));
  }
  line = strstr(world.records[1].text, "alice");
  CHECK(line != NULL);
  *line = 'A';
  FAILS(bulla_log_verify_record(log, world.records[1].text, world.records[1].signature, &error),
        BULLA_BAD_SIGNATURE, "the signature of record");
  *line = 'a';
  bulla_log_free(log);

  /* Who changed one letter of it is found, at its line. */
  line = strstr(world.anchor, "alice");
  CHECK(line != NULL);
  *line = 'A';
  log = reader(directory);
  CHECK(bulla_log_follow(log, bytes(world.anchor), world.anchor_len, &error) == BULLA_BAD_SIGNATURE);
  CHECK(strstr(error.message, "anchor, line ") == error.message);
  bulla_error_free(&error);
  WORKS(bulla_log_proven(log, &proven, &error));
  CHECK(proven == 0);
  bulla_log_free(log);
  *line = 'a';

  /* A database that was emptied is found when the next epoch starts. */
  ledger = 0;
  {
    bulla_keyring keyring = 0;
    bulla_remains remains = {0};
    WORKS(bulla_keyring_open(config, &keyring, &error));
    remains.anchor = bytes(world.anchor);
    remains.anchor_len = world.anchor_len;
    WORKS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), &remains, &ledger, &error));
    WORKS(bulla_ledger_recovery(ledger, &told, &error));
    CHECK(strstr((const char *)told.data, "{\"missing\":[1,") != NULL);
    bulla_bytes_free(&told);
    bulla_ledger_free(ledger);
    WORKS(bulla_keyring_disclose(keyring, &told, &error));
    CHECK(strstr((const char *)told.data, "\"alg\":\"HS256\"") != NULL);
    bulla_bytes_free(&told);
    bulla_keyring_free(keyring);
  }
  end_of(&world);
}

static void odd_remains(const char *config) {
  bulla_keyring keyring = 0;
  bulla_ledger ledger = 7;
  bulla_remains remains = {0};
  bulla_record record = {0};
  bulla_bytes out = {0};
  bulla_error error = {0};
  uint64_t above = 0;

  WORKS(bulla_keyring_open(config, &keyring, &error));
  WORKS(bulla_ledger_wanted(NULL, &above, &out, &error));
  CHECK(above == 0 && out.len == 0);
  bulla_bytes_free(&out);
  FAILS(bulla_ledger_wanted(NULL, NULL, &out, &error), BULLA_INVALID_ARGUMENT, "above is NULL");
  FAILS(bulla_ledger_open(keyring, bytes("[]"), 2, NULL, &ledger, &error), BULLA_UNEXPECTED_JSON,
        "coverage: not an object");
  CHECK(ledger == 0);
  FAILS(bulla_ledger_open(keyring, NULL, 0, NULL, &ledger, &error), BULLA_JSON_SYNTAX, "not JSON");
  remains.note = "a note";
  FAILS(bulla_ledger_wanted(&remains, &above, &out, &error), BULLA_INVALID_ARGUMENT,
        "remains.account is NULL, but there is a note");
  remains.account = &record;
  FAILS(bulla_ledger_wanted(&remains, &above, &out, &error), BULLA_INVALID_ARGUMENT,
        "remains.frontier is NULL, but there is a note");
  remains.frontier = "0:";
  FAILS(bulla_ledger_wanted(&remains, &above, &out, &error), BULLA_INVALID_ARGUMENT,
        "a record's text is NULL");
  record.text = "{}";
  record.signature = "";
  FAILS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), &remains, &ledger, &error),
        BULLA_MALFORMED_CHECKPOINT, "not a checkpoint");
  remains.note = NULL;
  remains.records_len = 2;
  FAILS(bulla_ledger_wanted(&remains, &above, &out, &error), BULLA_INVALID_ARGUMENT,
        "remains.records is NULL, but there are 2");
  remains.records_len = 0;
  remains.anchor = bytes("{\"checkpoint\":\"\"}\nx");
  remains.anchor_len = 18;
  FAILS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), &remains, &ledger, &error),
        BULLA_MALFORMED_CHECKPOINT, "not a checkpoint");
  /* What was refused took nothing. */
  WORKS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), NULL, &ledger, &error));
  FAILS(bulla_ledger_checkpoint(ledger, NULL, &error), BULLA_INVALID_ARGUMENT, "out is NULL");
  bulla_ledger_free(ledger);
  bulla_keyring_free(keyring);
}

struct shared {
  bulla_ledger ledger;
  uint64_t settled;
};

static void *records_many(void *argument) {
  struct shared *shared = (struct shared *)argument;
  bulla_error error = {0};
  int i;
  for (i = 0; i < 25; i++) {
    struct world alone = {0};
    WORKS(bulla_ledger_committed(shared->ledger, records_one(shared->ledger, &alone, "1"), &error));
    end_of(&alone);
  }
  return NULL;
}

static void from_many_threads(const char *config, const char *directory) {
  struct world world = {0};
  struct shared shared = {0, 0};
  bulla_error error = {0};
  bulla_batch batch = {0};
  bulla_log log = reader(directory);
  pthread_t threads[4];
  uint64_t proven = 0;
  size_t i;

  shared.ledger = start(config, &world, 0);
  for (i = 0; i < 4; i++) {
    CHECK(pthread_create(&threads[i], NULL, records_many, &shared) == 0);
  }
  for (i = 0; i < 4; i++) {
    WORKS(bulla_ledger_checkpoint(shared.ledger, &batch, &error));
    if (batch.note != NULL) {
      WORKS(bulla_log_follow(log, batch.lines.data, batch.lines.len, &error));
    }
    bulla_batch_free(&batch);
  }
  for (i = 0; i < 4; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
  WORKS(bulla_ledger_end(shared.ledger, &batch, &error));
  WORKS(bulla_log_follow(log, batch.lines.data, batch.lines.len, &error));
  WORKS(bulla_log_proven(log, &proven, &error));
  CHECK(proven == batch.size && proven > 101);
  bulla_batch_free(&batch);
  bulla_ledger_free(shared.ledger);
  bulla_log_free(log);
  end_of(&world);
}

/* What a forked process does with its parent's keyring and ledger: it would give numbers twice. */
static void forked(bulla_keyring keyring, bulla_ledger ledger, bulla_transaction transaction) {
  bulla_records records = {0};
  bulla_batch batch = {0};
  bulla_bytes envelope = {0};
  bulla_ledger own = 0;
  bulla_error error = {0};
  bulla_context context = {0};

  FAILS(bulla_transaction_record(transaction, NULL, &records, &error), BULLA_LEDGER_STATE,
        "the ledger was opened before this process was forked");
  FAILS(bulla_ledger_checkpoint(ledger, &batch, &error), BULLA_LEDGER_STATE, "after the fork");
  FAILS(bulla_ledger_end(ledger, &batch, &error), BULLA_LEDGER_STATE, "after the fork");
  FAILS(bulla_ledger_open(keyring, bytes(COVERAGE), strlen(COVERAGE), NULL, &own, &error),
        BULLA_LEDGER_STATE, "the keyring was opened before this process was forked");
  context.table = "ORDERS";
  context.row = "1";
  context.group = "value";
  WORKS(bulla_seal(keyring, &context, bytes("x"), 1, &envelope, &error));
  bulla_bytes_free(&envelope);
}

static void in_two_processes(const char *config) {
  struct world world = {0};
  bulla_keyring keyring = 0;
  bulla_transaction transaction = 0;
  bulla_error error = {0};
  bulla_row row = order("1");
  bulla_ledger ledger = start(config, &world, 0);
  pid_t child;
  int status = 0;

  WORKS(bulla_keyring_open(config, &keyring, &error));
  WORKS(bulla_transaction_new(ledger, &transaction, &error));
  WORKS(bulla_transaction_insert(transaction, &row, &error));
  CHECK(fflush(NULL) == 0);
  child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    forked(keyring, ledger, transaction);
    _exit(0);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  bulla_transaction_free(transaction);
  bulla_ledger_free(ledger);
  bulla_keyring_free(keyring);
  end_of(&world);
}

int main(int count, char **arguments) {
  char directory[4096];
  char *slash;

  CHECK(count == 3 && strlen(arguments[1]) < sizeof directory);
  strcpy(directory, arguments[1]);
  slash = strrchr(directory, '/');
  CHECK(slash != NULL);
  *slash = '\0';
  odd_remains(arguments[1]);
  epochs(arguments[1], directory);
  from_many_threads(arguments[1], directory);
  in_two_processes(arguments[1]);
  puts("recorded, recovered, verified: as promised");
  return 0;
}
