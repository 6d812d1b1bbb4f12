/*
 * What the C programs here have in common. Their arguments are the path of a bulla.toml whose keys are
 * there, and a directory of keys in PEM.
 */
#ifndef CHECK_H
#define CHECK_H

#include "bulla.h"

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

/* That `call`, whose last argument is &error, succeeds; else the error is told. */
#define WORKS(call)                                                          \
  do {                                                                       \
    if ((call) != BULLA_OK) {                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, error.message);     \
      exit(1);                                                               \
    }                                                                        \
  } while (0)

/* That `call`, whose last argument is &error, fails so and says `part`. */
#define FAILS(call, expected, part)                                          \
  do {                                                                       \
    CHECK((call) == (expected));                                             \
    CHECK(says(&error, (expected), (part)));                                 \
    bulla_error_free(&error);                                                \
  } while (0)

static inline const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

static inline int says(const bulla_error *error, int32_t kind, const char *part) {
  if (error->kind == kind && error->message != NULL && strstr(error->message, part) != NULL) {
    return 1;
  }
  fprintf(stderr, "%d: %s\n", (int)error->kind, error->message == NULL ? "(none)" : error->message);
  return 0;
}

static inline int is(const bulla_bytes *found, const char *text) {
  return found->len == strlen(text) && memcmp(found->data, text, found->len) == 0;
}

/* A file of the directory, NUL-terminated, to be given to free(). */
static inline char *file(const char *directory, const char *name) {
  char path[4096];
  char *text = (char *)calloc(1, 1 << 14);
  FILE *opened;
  CHECK(text != NULL);
  CHECK(snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path);
  opened = fopen(path, "rb");
  CHECK(opened != NULL);
  CHECK(fread(text, 1, (1 << 14) - 1, opened) > 0);
  CHECK(fclose(opened) == 0);
  return text;
}

/* RFC 8037, appendix A.1: a key that everybody knows. */
#define ED25519_PUBLIC "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," \
                       "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define ED25519_PRIVATE "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," \
                        "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"," \
                        "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"

/* A symmetric key that everybody knows. */
#define SYMMETRIC "{\"kty\":\"oct\",\"k\":\"GZy6sIZ6wl9NJOKB-jnmVQGZy6sIZ6wl9NJOKB-jnmU\"}"

#endif
