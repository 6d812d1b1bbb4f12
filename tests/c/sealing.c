/* What include/bulla.h promises of keyrings, asked of the library by a C99 program. */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static bulla_context place(const char *row) {
  bulla_context context = {0};
  context.table = "ORDERS";
  context.row = row;
  context.group = "value";
  context.name = "amount";
  return context;
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

/* What a forked process seals with its parent's keyring, and the other way round. */
static void forked(bulla_keyring keyring) {
  bulla_context here = place("1");
  bulla_bytes envelope = {0};
  bulla_bytes opened = {0};
  bulla_error error = {0};
  uint8_t told[4096];
  int ends[2];
  ssize_t len;
  int status = 0;
  pid_t child;

  WORKS(bulla_seal(keyring, &here, bytes("parent"), 6, &envelope, &error));
  CHECK(pipe(ends) == 0 && fflush(NULL) == 0);
  child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    WORKS(bulla_open(keyring, &here, envelope.data, envelope.len, &opened, &error));
    CHECK(opened.len == 6 && memcmp(opened.data, "parent", 6) == 0);
    bulla_bytes_free(&opened);
    bulla_bytes_free(&envelope);
    WORKS(bulla_seal(keyring, &here, bytes("child"), 5, &envelope, &error));
    CHECK(write(ends[1], envelope.data, envelope.len) == (ssize_t)envelope.len);
    bulla_bytes_free(&envelope);
    bulla_keyring_free(keyring);
    _exit(0);
  }
  bulla_bytes_free(&envelope);
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  len = read(ends[0], told, sizeof told);
  CHECK(len > 0 && close(ends[0]) == 0 && close(ends[1]) == 0);
  WORKS(bulla_open(keyring, &here, told, (size_t)len, &opened, &error));
  CHECK(opened.len == 5 && memcmp(opened.data, "child", 5) == 0);
  bulla_bytes_free(&opened);
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

  CHECK(count == 3);
  canonical_json();
  nothing_and_too_little();
  names();
  if (bulla_keyring_open(arguments[1], &keyring, &error) != BULLA_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  sealing(keyring);
  forked(keyring);
  freed_while_in_use(keyring);
  puts("sealed, opened, refused: as promised");
  return 0;
}
