/* What every function does with NULL, nothing, and handles that are none: it says so, and no more. */
#include "check.h"

/* What the functions are called with. */
static bulla_bytes out;
static bulla_error error;
static uint64_t handle;
static uint64_t number;
static bulla_records records;
static bulla_batch batch;
static bulla_context context;
static bulla_master_key master;
static bulla_signing_key signing;
static bulla_row row;

/* A call, what must come of it, and a part of what it says. */
struct call {
  const char *call;
  int32_t (*make)(bulla_error *error, uint64_t wrong);
  int32_t kind;
  const char *part;
};

#define CALL(name, expression)                                       \
  static int32_t name(bulla_error *error, uint64_t wrong) {          \
    (void)wrong;                                                     \
    return expression;                                               \
  }
#define ARGUMENT(name, part) {#name, name, BULLA_INVALID_ARGUMENT, part}
#define CLOSED(name, part) {#name, name, BULLA_CLOSED, part}

/* NULL where something is needed. */
CALL(canonicalize_out, bulla_canonicalize(bytes("1"), 1, NULL, error))
CALL(canonicalize_json, bulla_canonicalize(NULL, 1, &out, error))
CALL(canonicalize_endless, bulla_canonicalize(bytes("1"), SIZE_MAX, &out, error))
CALL(inspect_out, bulla_inspect(bytes("1"), 1, NULL, error))
CALL(inspect_text, bulla_inspect(NULL, 1, &out, error))
CALL(keyring_path, bulla_keyring_open(NULL, &handle, error))
CALL(keyring_out, bulla_keyring_open("x", NULL, error))
CALL(keyring_parse_config, bulla_keyring_parse(NULL, 1, "x", &handle, error))
CALL(keyring_parse_path, bulla_keyring_parse(bytes(""), 0, NULL, &handle, error))
CALL(keyring_parse_out, bulla_keyring_parse(bytes(""), 0, "x", NULL, error))
CALL(keyring_master, bulla_keyring_of_master_key(NULL, NULL, 0, "x", &handle, error))
CALL(keyring_master_kid, bulla_keyring_of_master_key(&master, NULL, 0, "x", &handle, error))
CALL(keys_source, bulla_keys_read(NULL, &out, error))
CALL(keys_out, bulla_keys_read("env:HOME", NULL, error))
CALL(thumbprint_key, bulla_key_thumbprint(NULL, 1, &out, error))
CALL(thumbprint_out, bulla_key_thumbprint(bytes("1"), 1, NULL, error))
CALL(public_key, bulla_key_public(NULL, 1, &out, error))
CALL(public_out, bulla_key_public(bytes("1"), 1, NULL, error))
CALL(sealer_keys, bulla_sealer_parse(NULL, 1, NULL, &handle, error))
CALL(sealer_out, bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, NULL, error))
CALL(sealer_master, bulla_sealer_of_master_key(NULL, NULL, 0, NULL, &handle, error))
CALL(sealer_master_kid, bulla_sealer_of_master_key(&master, NULL, 0, NULL, &handle, error))
CALL(opener_keys, bulla_opener_parse(NULL, 1, &handle, error))
CALL(opener_out, bulla_opener_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, error))
CALL(opener_master, bulla_opener_of_master_key(NULL, NULL, 0, &handle, error))
CALL(opener_master_kid, bulla_opener_of_master_key(&master, NULL, 0, &handle, error))
CALL(signer_key, bulla_signer_parse(NULL, 1, NULL, &handle, error))
CALL(signer_out, bulla_signer_parse(bytes(ED25519_PRIVATE), strlen(ED25519_PRIVATE), NULL, NULL, error))
CALL(signer_signing, bulla_signer_of_signing_key(NULL, &handle, error))
CALL(signer_signing_sign, bulla_signer_of_signing_key(&signing, &handle, error))
CALL(verifier_keys, bulla_verifier_parse(NULL, 1, NULL, &handle, error))
CALL(verifier_out, bulla_verifier_parse(bytes(ED25519_PUBLIC), strlen(ED25519_PUBLIC), NULL, NULL, error))
CALL(log_name, bulla_log_open(NULL, bytes(ED25519_PUBLIC), strlen(ED25519_PUBLIC), bytes(ED25519_PUBLIC),
                              strlen(ED25519_PUBLIC), &handle, error))
CALL(log_key, bulla_log_open("a/b", NULL, 1, bytes("{}"), 2, &handle, error))
CALL(log_identities, bulla_log_open("a/b", bytes(ED25519_PUBLIC), strlen(ED25519_PUBLIC), NULL, 1, &handle,
                                    error))
CALL(log_out, bulla_log_open("a/b", bytes("{}"), 2, bytes("{}"), 2, NULL, error))
CALL(log_text, bulla_log_verify_record(wrong, NULL, "", error))
CALL(log_signature, bulla_log_verify_record(wrong, "", NULL, error))
CALL(log_leaves, bulla_log_proven(wrong, NULL, error))
CALL(wanted_above, bulla_ledger_wanted(NULL, NULL, &out, error))
CALL(wanted_out, bulla_ledger_wanted(NULL, &number, NULL, error))
CALL(ledger_out, bulla_ledger_open(wrong, bytes("{}"), 2, NULL, NULL, error))
CALL(unsaved_out, bulla_ledger_unsaved(wrong, NULL, error))
CALL(begin_out, bulla_ledger_begin(wrong, NULL, error))
CALL(checkpoint_out, bulla_ledger_checkpoint(wrong, NULL, error))
CALL(end_out, bulla_ledger_end(wrong, NULL, error))
CALL(doubtful_out, bulla_ledger_doubtful(wrong, NULL, error))
CALL(recovery_out, bulla_ledger_recovery(wrong, NULL, error))
CALL(transaction_out, bulla_transaction_new(wrong, NULL, error))
CALL(record_out, bulla_transaction_record(wrong, NULL, NULL, error))
CALL(batch_out, bulla_sign_batch(wrong, NULL, NULL, 1, 0, NULL, error))

static const struct call null[] = {
    ARGUMENT(canonicalize_out, "out is NULL"),
    ARGUMENT(canonicalize_json, "json is NULL, but its length is 1"),
    ARGUMENT(canonicalize_endless, "json cannot be"),
    ARGUMENT(inspect_out, "out is NULL"),
    ARGUMENT(inspect_text, "text is NULL"),
    ARGUMENT(keyring_path, "path is NULL"),
    ARGUMENT(keyring_out, "out is NULL"),
    ARGUMENT(keyring_parse_config, "config is NULL"),
    ARGUMENT(keyring_parse_path, "path is NULL"),
    ARGUMENT(keyring_parse_out, "out is NULL"),
    ARGUMENT(keyring_master, "master is NULL"),
    ARGUMENT(keyring_master_kid, "master.kid is NULL"),
    ARGUMENT(keys_source, "source is NULL"),
    ARGUMENT(thumbprint_key, "key is NULL"),
    ARGUMENT(thumbprint_out, "out is NULL"),
    ARGUMENT(public_key, "key is NULL"),
    ARGUMENT(public_out, "out is NULL"),
    ARGUMENT(keys_out, "out is NULL"),
    ARGUMENT(sealer_keys, "keys is NULL"),
    ARGUMENT(sealer_out, "out is NULL"),
    ARGUMENT(sealer_master, "master is NULL"),
    ARGUMENT(sealer_master_kid, "master.kid is NULL"),
    ARGUMENT(opener_keys, "keys is NULL"),
    ARGUMENT(opener_out, "out is NULL"),
    ARGUMENT(opener_master, "master is NULL"),
    ARGUMENT(opener_master_kid, "master.kid is NULL"),
    ARGUMENT(signer_key, "key is NULL"),
    ARGUMENT(signer_out, "out is NULL"),
    ARGUMENT(signer_signing, "key is NULL"),
    ARGUMENT(signer_signing_sign, "key.sign is NULL"),
    ARGUMENT(verifier_keys, "keys is NULL"),
    ARGUMENT(verifier_out, "out is NULL"),
    ARGUMENT(log_name, "name is NULL"),
    ARGUMENT(log_key, "log_key is NULL"),
    ARGUMENT(log_identities, "identities is NULL"),
    ARGUMENT(log_out, "out is NULL"),
    ARGUMENT(log_text, "text is NULL"),
    ARGUMENT(log_signature, "signature is NULL"),
    ARGUMENT(log_leaves, "leaves is NULL"),
    ARGUMENT(wanted_above, "above is NULL"),
    ARGUMENT(wanted_out, "out is NULL"),
    ARGUMENT(ledger_out, "out is NULL"),
    ARGUMENT(unsaved_out, "out is NULL"),
    ARGUMENT(begin_out, "out is NULL"),
    ARGUMENT(checkpoint_out, "out is NULL"),
    ARGUMENT(end_out, "out is NULL"),
    ARGUMENT(doubtful_out, "out is NULL"),
    ARGUMENT(recovery_out, "out is NULL"),
    ARGUMENT(transaction_out, "out is NULL"),
    ARGUMENT(record_out, "out is NULL"),
    ARGUMENT(batch_out, "out is NULL"),
};

/* Handles that are none, or of another kind. */
CALL(disclose, bulla_keyring_disclose(wrong, &out, error))
CALL(seal, bulla_seal(wrong, &context, NULL, 0, &out, error))
CALL(open_, bulla_open(wrong, &context, NULL, 0, &out, error))
CALL(sealer_of_keyring, bulla_sealer_of_keyring(wrong, NULL, &handle, error))
CALL(opener_of_keyring, bulla_opener_of_keyring(wrong, &handle, error))
CALL(signer_of_keyring, bulla_signer_of_keyring(wrong, &handle, error))
CALL(verifier_of_keyring, bulla_verifier_of_keyring(wrong, &handle, error))
CALL(sealer_seal, bulla_sealer_seal(wrong, bytes("{}"), 2, NULL, 0, &out, error))
CALL(opener_open, bulla_opener_open(wrong, bytes("{}"), 2, NULL, 0, &out, error))
CALL(sign, bulla_sign(wrong, NULL, 0, 0, NULL, &out, error))
CALL(sign_batch, bulla_sign_batch(wrong, NULL, NULL, 0, 0, &out, error))
CALL(verify, bulla_verify(wrong, NULL, 0, &out, error))
CALL(verify_document, bulla_verify_document(wrong, NULL, 0, NULL, 0, error))
CALL(ledger_open, bulla_ledger_open(wrong, bytes("{}"), 2, NULL, &handle, error))
CALL(unsaved, bulla_ledger_unsaved(wrong, &batch, error))
CALL(recovery, bulla_ledger_recovery(wrong, &out, error))
CALL(begin, bulla_ledger_begin(wrong, &records, error))
CALL(committed, bulla_ledger_committed(wrong, 1, error))
CALL(rolled_back, bulla_ledger_rolled_back(wrong, 1, error))
CALL(in_doubt, bulla_ledger_in_doubt(wrong, 1, error))
CALL(resolve, bulla_ledger_resolve(wrong, 1, 1, error))
CALL(doubtful, bulla_ledger_doubtful(wrong, &out, error))
CALL(checkpoint, bulla_ledger_checkpoint(wrong, &batch, error))
CALL(end, bulla_ledger_end(wrong, &batch, error))
CALL(transaction_new, bulla_transaction_new(wrong, &handle, error))
CALL(insert, bulla_transaction_insert(wrong, &row, error))
CALL(update, bulla_transaction_update(wrong, &row, error))
CALL(delete_, bulla_transaction_delete(wrong, &row, NULL, error))
CALL(not_understood, bulla_transaction_not_understood(wrong, "T", "sql", NULL, -1, error))
CALL(column_null, bulla_transaction_null(wrong, "C", error))
CALL(column_text, bulla_transaction_text(wrong, "C", NULL, 0, error))
CALL(column_integer, bulla_transaction_integer(wrong, "C", 1, error))
CALL(column_double, bulla_transaction_double(wrong, "C", 1.5, error))
CALL(column_bytes, bulla_transaction_bytes(wrong, "C", NULL, 0, error))
CALL(column_timestamp, bulla_transaction_timestamp(wrong, "C", 1, error))
CALL(opened, bulla_transaction_opened(wrong, "T", "1", NULL, 0, error))
CALL(record, bulla_transaction_record(wrong, NULL, &records, error))
CALL(follow, bulla_log_follow(wrong, NULL, 0, error))
CALL(proven, bulla_log_proven(wrong, &number, error))
CALL(verify_record, bulla_log_verify_record(wrong, "", "", error))

static const struct call closed[] = {
    CLOSED(disclose, "is no keyring"),
    CLOSED(seal, "is no keyring"),
    CLOSED(open_, "is no keyring"),
    CLOSED(sealer_of_keyring, "is no keyring"),
    CLOSED(opener_of_keyring, "is no keyring"),
    CLOSED(signer_of_keyring, "is no keyring"),
    CLOSED(verifier_of_keyring, "is no keyring"),
    CLOSED(sealer_seal, "is no sealer"),
    CLOSED(opener_open, "is no opener"),
    CLOSED(sign, "is no signer"),
    CLOSED(sign_batch, "is no signer"),
    CLOSED(verify, "is no verifier"),
    CLOSED(verify_document, "is no verifier"),
    CLOSED(ledger_open, "is no keyring"),
    CLOSED(unsaved, "is no ledger"),
    CLOSED(recovery, "is no ledger"),
    CLOSED(begin, "is no ledger"),
    CLOSED(committed, "is no ledger"),
    CLOSED(rolled_back, "is no ledger"),
    CLOSED(in_doubt, "is no ledger"),
    CLOSED(resolve, "is no ledger"),
    CLOSED(doubtful, "is no ledger"),
    CLOSED(checkpoint, "is no ledger"),
    CLOSED(end, "is no ledger"),
    CLOSED(transaction_new, "is no ledger"),
    CLOSED(insert, "is no transaction"),
    CLOSED(update, "is no transaction"),
    CLOSED(delete_, "is no transaction"),
    CLOSED(not_understood, "is no transaction"),
    CLOSED(column_null, "is no transaction"),
    CLOSED(column_text, "is no transaction"),
    CLOSED(column_integer, "is no transaction"),
    CLOSED(column_double, "is no transaction"),
    CLOSED(column_bytes, "is no transaction"),
    CLOSED(column_timestamp, "is no transaction"),
    CLOSED(opened, "is no transaction"),
    CLOSED(record, "is no transaction"),
    CLOSED(follow, "is no log"),
    CLOSED(proven, "is no log"),
    CLOSED(verify_record, "is no log"),
};

/* What is nowhere near an input. */
CALL(inspect_nothing, bulla_inspect(NULL, 0, &out, error))
CALL(canonicalize_nothing, bulla_canonicalize(NULL, 0, &out, error))
CALL(sealer_nothing, bulla_sealer_parse(NULL, 0, NULL, &handle, error))
CALL(opener_nothing, bulla_opener_parse(NULL, 0, &handle, error))
CALL(signer_nothing, bulla_signer_parse(NULL, 0, NULL, &handle, error))
CALL(verifier_nothing, bulla_verifier_parse(NULL, 0, NULL, &handle, error))
CALL(keyring_nothing, bulla_keyring_parse(NULL, 0, "bulla.toml", &handle, error))
CALL(thumbprint_nothing, bulla_key_thumbprint(NULL, 0, &out, error))
CALL(public_nothing, bulla_key_public(NULL, 0, &out, error))
CALL(keys_nothing, bulla_keys_read("", &out, error))
CALL(keys_nowhere, bulla_keys_read("nowhere/keys.pem", &out, error))
CALL(keys_unset, bulla_keys_read("env:BULLA_TEST_NOT_SET", &out, error))
CALL(keyring_nowhere, bulla_keyring_open("nowhere/bulla.toml", &handle, error))

static const struct call nothing[] = {
    {"inspect", inspect_nothing, BULLA_MALFORMED_ENVELOPE, "neither JSON nor three or five parts"},
    {"canonicalize", canonicalize_nothing, BULLA_JSON_SYNTAX, "not JSON"},
    {"sealer", sealer_nothing, BULLA_MALFORMED_KEY, "the key"},
    {"opener", opener_nothing, BULLA_MALFORMED_KEY, "the key"},
    {"signer", signer_nothing, BULLA_MALFORMED_KEY, "the key"},
    {"verifier", verifier_nothing, BULLA_MALFORMED_KEY, "the key"},
    {"thumbprint", thumbprint_nothing, BULLA_MALFORMED_KEY, "the key"},
    {"public", public_nothing, BULLA_MALFORMED_KEY, "the key"},
    {"keys", keys_nothing, BULLA_INVALID_ARGUMENT, "key source is empty"},
    {"keys", keys_nowhere, BULLA_IO, "nowhere/keys.pem"},
    {"keys", keys_unset, BULLA_IO, "BULLA_TEST_NOT_SET is not set"},
    {"keyring", keyring_nothing, BULLA_INVALID_CONFIG, "bulla.toml, line 1"},
    {"keyring", keyring_nowhere, BULLA_IO, "nowhere/bulla.toml cannot be read"},
};

static void check(const struct call *calls, size_t count, uint64_t wrong) {
  size_t i;
  for (i = 0; i < count; i++) {
    int32_t kind;
    handle = 7;
    memset(&out, 0x5a, sizeof out);
    memset(&records, 0x5a, sizeof records);
    memset(&batch, 0x5a, sizeof batch);
    kind = calls[i].make(&error, wrong);
    if (kind != calls[i].kind || !says(&error, calls[i].kind, calls[i].part)) {
      fprintf(stderr, "%s gave %d\n", calls[i].call, (int)kind);
      exit(1);
    }
    bulla_error_free(&error);
    CHECK(calls[i].make(NULL, wrong) == kind);
    /* What an output was before does not matter: it is empty now, or was not touched. */
    CHECK(out.data == NULL || out.len == (size_t)0x5a5a5a5a5a5a5a5aULL);
    CHECK(records.data == NULL || records.len == (size_t)0x5a5a5a5a5a5a5a5aULL);
    CHECK(batch.note == NULL || batch.size == 0x5a5a5a5a5a5a5a5aULL);
    CHECK(handle == 0 || handle == 7);
  }
}

int main(int count, char **arguments) {
  bulla_keyring keyring = 0;
  bulla_verifier verifier = 0;
  size_t i;
  uint64_t wrong[5] = {0, 1, UINT64_MAX, 0, 0};

  CHECK(count == 3);
  WORKS(bulla_keyring_open(arguments[1], &keyring, &error));
  WORKS(bulla_verifier_parse(bytes(ED25519_PUBLIC), strlen(ED25519_PUBLIC), NULL, &verifier, &error));
  signing.public_key = bytes(ED25519_PUBLIC);
  signing.public_key_len = strlen(ED25519_PUBLIC);
  check(null, sizeof null / sizeof null[0], 0);
  check(nothing, sizeof nothing / sizeof nothing[0], 0);

  bulla_keyring_free(keyring);
  wrong[3] = keyring;
  wrong[4] = verifier;
  for (i = 0; i < 4; i++) {
    check(closed, sizeof closed / sizeof closed[0], wrong[i]);
  }
  for (i = 0; i < sizeof closed / sizeof closed[0]; i++) {
    if (strstr(closed[i].part, "verifier") == NULL) {
      check(&closed[i], 1, verifier);
    }
  }
  bulla_verifier_free(verifier);
  bulla_verifier_free(verifier);

  /* To free what is nothing does nothing. */
  bulla_bytes_free(NULL);
  bulla_error_free(NULL);
  bulla_records_free(NULL);
  bulla_batch_free(NULL);
  for (i = 0; i < 5; i++) {
    bulla_keyring_free(wrong[i]);
    bulla_sealer_free(wrong[i]);
    bulla_opener_free(wrong[i]);
    bulla_signer_free(wrong[i]);
    bulla_verifier_free(wrong[i]);
    bulla_ledger_free(wrong[i]);
    bulla_transaction_free(wrong[i]);
    bulla_log_free(wrong[i]);
  }
  puts("nothing is nothing: as promised");
  return 0;
}
