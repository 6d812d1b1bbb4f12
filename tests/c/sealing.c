/*
 * What include/bulla.h promises, asked of the library by a C99 program.
 * Its argument is the path of a bulla.toml whose keys are there.
 */
#include "bulla.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                     \
  do {                                                                       \
    if (!(condition)) {                                                      \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);        \
      exit(1);                                                               \
    }                                                                        \
  } while (0)

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

static bulla_context place(const char *row) {
  bulla_context context = {0};
  context.table = "ORDERS";
  context.row = row;
  context.group = "value";
  context.name = "amount";
  return context;
}

static int says(const bulla_error *error, int32_t kind, const char *part) {
  if (error->kind == kind && error->message != NULL && strstr(error->message, part) != NULL) {
    return 1;
  }
  fprintf(stderr, "%d: %s\n", (int)error->kind, error->message == NULL ? "(none)" : error->message);
  return 0;
}

static void canonical_json(void) {
  bulla_bytes out = {0};
  bulla_error error = {0};
  const char *json = "{\"b\": 1.0, \"a\": \"\\u0041\"}";

  CHECK(bulla_canonicalize(bytes(json), strlen(json), &out, &error) == BULLA_OK);
  CHECK(error.kind == BULLA_OK && error.message == NULL);
  CHECK(strcmp((const char *)out.data, "{\"a\":\"A\",\"b\":1}") == 0);
  CHECK(out.len == strlen("{\"a\":\"A\",\"b\":1}"));
  bulla_bytes_free(&out);
  CHECK(out.data == NULL && out.len == 0);
  bulla_bytes_free(&out);

  json = "{\"n\":9007199254740993}";
  CHECK(bulla_canonicalize(bytes(json), strlen(json), &out, &error) == BULLA_INEXACT_NUMBER);
  CHECK(says(&error, BULLA_INEXACT_NUMBER, "at byte 5"));
  CHECK(out.data == NULL && out.len == 0);
  bulla_error_free(&error);
  CHECK(error.kind == BULLA_OK && error.message == NULL);
  bulla_error_free(&error);
}

static void nothing_and_too_little(void) {
  bulla_bytes out = {0};
  bulla_error error = {0};
  bulla_keyring keyring = 7;

  CHECK(bulla_canonicalize(NULL, 0, &out, NULL) == BULLA_JSON_SYNTAX);
  CHECK(bulla_canonicalize(NULL, 5, &out, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "json is NULL, but its length is 5"));
  bulla_error_free(&error);
  CHECK(bulla_canonicalize(bytes("1"), 1, NULL, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "out is NULL"));
  bulla_error_free(&error);
  CHECK(bulla_canonicalize(bytes("1"), SIZE_MAX, &out, NULL) == BULLA_INVALID_ARGUMENT);
  CHECK(bulla_keyring_open(NULL, &keyring, &error) == BULLA_INVALID_ARGUMENT && keyring == 0);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "path is NULL"));
  bulla_error_free(&error);
  CHECK(bulla_keyring_open("nowhere/bulla.toml", &keyring, &error) == BULLA_IO);
  CHECK(says(&error, BULLA_IO, "nowhere/bulla.toml cannot be read"));
  bulla_error_free(&error);
  CHECK(bulla_keyring_open("nowhere", NULL, NULL) == BULLA_INVALID_ARGUMENT);
  bulla_error_free(NULL);
  bulla_bytes_free(NULL);
  bulla_keyring_free(0);
}

static void names(void) {
  CHECK(strcmp(bulla_kind_name(BULLA_CONTEXT_MISMATCH), "CONTEXT_MISMATCH") == 0);
  CHECK(strcmp(bulla_kind_name(BULLA_OK), "OK") == 0);
  CHECK(bulla_kind_name(-1) == NULL);
  CHECK(bulla_version()[0] != '\0');
}

static void sealing(bulla_keyring keyring) {
  bulla_bytes envelope = {0};
  bulla_bytes opened = {0};
  bulla_error error = {0};
  bulla_context here = place("1");
  bulla_context elsewhere = place("2");

  CHECK(bulla_seal(keyring, &here, bytes("2,500"), 5, &envelope, &error) == BULLA_OK);
  CHECK(strstr((const char *)envelope.data, "2,500") == NULL);
  CHECK(bulla_open(keyring, &here, envelope.data, envelope.len, &opened, &error) == BULLA_OK);
  CHECK(opened.len == 5 && memcmp(opened.data, "2,500", 5) == 0);
  bulla_bytes_free(&opened);

  CHECK(bulla_open(keyring, &elsewhere, envelope.data, envelope.len, &opened, &error) ==
        BULLA_CONTEXT_MISMATCH);
  CHECK(says(&error, BULLA_CONTEXT_MISMATCH, "row is \"1\" and should be \"2\""));
  CHECK(opened.data == NULL);
  bulla_error_free(&error);

  CHECK(bulla_inspect(envelope.data, envelope.len, &opened, &error) == BULLA_OK);
  CHECK(strstr((const char *)opened.data, "\"table\":\"ORDERS\"") != NULL);
  bulla_bytes_free(&opened);

  envelope.data[envelope.len - 30] ^= 1;
  CHECK(bulla_open(keyring, &here, envelope.data, envelope.len, &opened, &error) != BULLA_OK);
  CHECK(error.kind == BULLA_AUTHENTICATION_FAILED || error.kind == BULLA_MALFORMED_ENVELOPE);
  bulla_error_free(&error);
  bulla_bytes_free(&envelope);

  CHECK(bulla_seal(keyring, &here, NULL, 0, &envelope, NULL) == BULLA_OK);
  CHECK(bulla_open(keyring, &here, envelope.data, envelope.len, &opened, NULL) == BULLA_OK);
  CHECK(opened.len == 0);
  bulla_bytes_free(&opened);
  bulla_bytes_free(&envelope);

  here.table = NULL;
  CHECK(bulla_seal(keyring, &here, bytes("x"), 1, &envelope, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "context.table is NULL"));
  bulla_error_free(&error);
  here.table = "\xff";
  CHECK(bulla_seal(keyring, &here, bytes("x"), 1, &envelope, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "context.table is not UTF-8 at byte 0"));
  bulla_error_free(&error);
  CHECK(bulla_seal(keyring, NULL, bytes("x"), 1, &envelope, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "context is NULL"));
  bulla_error_free(&error);
}

/* RFC 8037, appendix A.1: a key that everybody knows. */
static const char *const PRIVATE =
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
static const char *const PUBLIC =
    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

static void statements(void) {
  bulla_signer signer = 0;
  bulla_verifier verifier = 0;
  bulla_bytes statement = {0};
  bulla_bytes document = {0};
  bulla_error error = {0};
  const char *json = "{\"b\":1, \"a\":2}";
  const char *again = "{\"a\": 2, \"b\": 1}";

  CHECK(bulla_signer_parse(bytes(PRIVATE), strlen(PRIVATE), &signer, &error) == BULLA_OK);
  CHECK(bulla_verifier_parse(bytes(PUBLIC), strlen(PUBLIC), &verifier, &error) == BULLA_OK);

  CHECK(bulla_sign(signer, bytes("approved"), 8, 0, "text/plain", &statement, &error) == BULLA_OK);
  CHECK(bulla_verify(verifier, statement.data, statement.len, &document, &error) == BULLA_OK);
  CHECK(strcmp((const char *)document.data, "approved") == 0);
  bulla_bytes_free(&document);
  statement.data[statement.len / 2] ^= 1;
  CHECK(bulla_verify(verifier, statement.data, statement.len, &document, NULL) != BULLA_OK);
  CHECK(document.data == NULL);
  bulla_bytes_free(&statement);

  CHECK(bulla_sign(signer, bytes(json), strlen(json), BULLA_DETACHED | BULLA_CANONICAL, NULL, &statement,
                   &error) == BULLA_OK);
  CHECK(bulla_verify_document(verifier, statement.data, statement.len, bytes(again), strlen(again),
                              &error) == BULLA_OK);
  CHECK(bulla_verify_document(verifier, statement.data, statement.len, bytes("{}"), 2, &error) ==
        BULLA_BAD_SIGNATURE);
  bulla_error_free(&error);
  bulla_bytes_free(&statement);

  CHECK(bulla_sign(signer, bytes("x"), 1, 6, NULL, &statement, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "form is detached in two ways"));
  bulla_error_free(&error);
  CHECK(bulla_sign(signer, bytes("x"), 1, 16, NULL, &statement, &error) == BULLA_INVALID_ARGUMENT);
  CHECK(says(&error, BULLA_INVALID_ARGUMENT, "form has bits of no meaning: 0x10"));
  bulla_error_free(&error);
  CHECK(bulla_sign(verifier, bytes("x"), 1, 0, NULL, &statement, &error) == BULLA_CLOSED);
  CHECK(says(&error, BULLA_CLOSED, "is no signer"));
  bulla_error_free(&error);
  CHECK(bulla_signer_parse(bytes("{}"), 2, &signer, &error) == BULLA_MALFORMED_KEY && signer == 0);
  CHECK(says(&error, BULLA_MALFORMED_KEY, "the key"));
  bulla_error_free(&error);
  bulla_signer_free(signer);
  bulla_verifier_free(verifier);
}

static void *seals_until_closed(void *argument) {
  bulla_keyring keyring = *(const bulla_keyring *)argument;
  bulla_context here = place("1");
  int32_t kind = BULLA_OK;
  while (kind == BULLA_OK) {
    bulla_bytes envelope = {0};
    kind = bulla_seal(keyring, &here, bytes("x"), 1, &envelope, NULL);
    bulla_bytes_free(&envelope);
  }
  CHECK(kind == BULLA_CLOSED);
  return NULL;
}

static void freed_while_in_use(bulla_keyring keyring) {
  pthread_t threads[4];
  bulla_error error = {0};
  bulla_bytes out = {0};
  bulla_context here = place("1");
  size_t i;

  for (i = 0; i < 4; i++) {
    CHECK(pthread_create(&threads[i], NULL, seals_until_closed, &keyring) == 0);
  }
  bulla_keyring_free(keyring);
  for (i = 0; i < 4; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
  bulla_keyring_free(keyring);
  CHECK(bulla_seal(keyring, &here, bytes("x"), 1, &out, &error) == BULLA_CLOSED);
  CHECK(says(&error, BULLA_CLOSED, "is no keyring: it was freed, or never given"));
  bulla_error_free(&error);
  CHECK(bulla_seal(12345, &here, bytes("x"), 1, &out, NULL) == BULLA_CLOSED);
}

int main(int count, char **arguments) {
  bulla_keyring keyring = 0;
  bulla_error error = {0};

  CHECK(count == 2);
  canonical_json();
  nothing_and_too_little();
  names();
  if (bulla_keyring_open(arguments[1], &keyring, &error) != BULLA_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  sealing(keyring);
  statements();
  freed_while_in_use(keyring);
  puts("sealed, opened, refused: as promised");
  return 0;
}
