/*
 * Bulla seals process variables, for process engines and applications in any language.
 *
 * Conventions
 *
 * - Every function that can fail returns a bulla_kind: BULLA_OK, or the kind of the error, the same
 *   names and numbers as in the other bindings. Its last parameter may be NULL, or receives kind and
 *   message; free that with bulla_error_free.
 * - Input is borrowed for the call: a pointer and a length in bytes. NULL stands for nothing, with
 *   length 0. Texts are UTF-8; where there is no length they end with a NUL.
 * - Output is written to bulla_bytes that the caller frees with bulla_bytes_free, which also
 *   overwrites it. On an error it is empty.
 * - Handles are numbers that are never given twice. One that was freed, was never given or is of
 *   another kind is refused with BULLA_CLOSED; 0 is no handle, and freeing it does nothing.
 * - All functions may be called from any thread, on the same handle too. A handle that is freed
 *   while another thread is inside stays alive until that call ends.
 */


#ifndef BULLA_H
#define BULLA_H

#include <stddef.h>
#include <stdint.h>

/*
 Form of a statement: JSON (RFC 7515, section 7.2.2) instead of three parts with dots between.
 */
#define BULLA_FLATTENED 1

/*
 Form of a statement: the document stays beside it (RFC 7515, appendix F).
 */
#define BULLA_DETACHED 2

/*
 Form of a statement: the document stays beside it and is signed as it is (RFC 7797).
 */
#define BULLA_DETACHED_RAW 4

/*
 Form of a statement: the document is JSON, and its canonical form (RFC 8785) is signed.
 */
#define BULLA_CANONICAL 8

/*
 Whether a call succeeded, or why not.
 */
typedef enum {
  /*
   The call succeeded.
   */
  BULLA_OK = 0,
  /*
   The text is not UTF-8.
   */
  BULLA_INVALID_UTF8 = 101,
  /*
   The document begins with a byte-order mark.
   */
  BULLA_BYTE_ORDER_MARK = 102,
  /*
   The document is not JSON.
   */
  BULLA_JSON_SYNTAX = 103,
  /*
   An object names a member twice.
   */
  BULLA_DUPLICATE_MEMBER = 104,
  /*
   A string holds half of a surrogate pair.
   */
  BULLA_LONE_SURROGATE = 105,
  /*
   The document is nested too deeply.
   */
  BULLA_TOO_DEEP = 106,
  /*
   The document is larger than the limit.
   */
  BULLA_TOO_LARGE = 107,
  /*
   A number would be silently changed.
   */
  BULLA_INEXACT_NUMBER = 108,
  /*
   A number is beyond the range of a double.
   */
  BULLA_NUMBER_OUT_OF_RANGE = 109,
  /*
   A member is missing or has a wrong type.
   */
  BULLA_UNEXPECTED_JSON = 110,
  /*
   The envelope has not the form of one.
   */
  BULLA_MALFORMED_ENVELOPE = 201,
  /*
   The algorithm is not one that this key allows.
   */
  BULLA_UNSUPPORTED_ALGORITHM = 202,
  /*
   A critical header is not understood.
   */
  BULLA_UNKNOWN_CRITICAL = 203,
  /*
   The envelope states no context.
   */
  BULLA_CONTEXT_MISSING = 204,
  /*
   The envelope belongs elsewhere.
   */
  BULLA_CONTEXT_MISMATCH = 205,
  /*
   The envelope was changed, or sealed by another key.
   */
  BULLA_AUTHENTICATION_FAILED = 206,
  /*
   A plain value stands where policy says sealed.
   */
  BULLA_NOT_SEALED = 207,
  /*
   A search tag is not that of its value.
   */
  BULLA_TAG_MISMATCH = 208,
  /*
   A comparison other than equality, or of a variable that is not searchable.
   */
  BULLA_NOT_SEARCHABLE = 209,
  /*
   The key is in no keyring.
   */
  BULLA_UNKNOWN_KEY = 301,
  /*
   The key cannot be had now.
   */
  BULLA_KEY_UNAVAILABLE = 302,
  /*
   The text is not a key.
   */
  BULLA_MALFORMED_KEY = 303,
  /*
   The key serves another purpose.
   */
  BULLA_WRONG_PURPOSE = 304,
  /*
   The registry row is not signed as it must be.
   */
  BULLA_BAD_REGISTRY_ROW = 305,
  /*
   The signer is not among the trusted identities.
   */
  BULLA_UNTRUSTED_KEY = 306,
  /*
   The unwrapped key is not the one that its id names.
   */
  BULLA_KEY_MISMATCH = 307,
  /*
   No data key may seal now: make a fresh one.
   */
  BULLA_DATA_KEY_NEEDED = 308,
  /*
   The system gave no random bytes.
   */
  BULLA_RANDOM_UNAVAILABLE = 309,
  /*
   The record has not the form of one.
   */
  BULLA_MALFORMED_RECORD = 401,
  /*
   The signature is not the signer's.
   */
  BULLA_BAD_SIGNATURE = 402,
  /*
   The checkpoint has not the form of one.
   */
  BULLA_MALFORMED_CHECKPOINT = 403,
  /*
   The anchor's line has not the form of one.
   */
  BULLA_MALFORMED_ANCHOR = 404,
  /*
   The ledger is not in a state for this.
   */
  BULLA_LEDGER_STATE = 405,
  /*
   The statement has not the form of one.
   */
  BULLA_MALFORMED_STATEMENT = 406,
  /*
   The document is not among those that were signed together.
   */
  BULLA_NOT_IN_BATCH = 407,
  /*
   The configuration is not valid.
   */
  BULLA_INVALID_CONFIG = 501,
  /*
   An argument is not valid.
   */
  BULLA_INVALID_ARGUMENT = 601,
  /*
   The object was closed.
   */
  BULLA_CLOSED = 602,
  /*
   A file or a database could not be read or written.
   */
  BULLA_IO = 603,
  /*
   This platform is not covered.
   */
  BULLA_UNSUPPORTED_PLATFORM = 604,
  /*
   A defect of this library.
   */
  BULLA_INTERNAL = 699,
} bulla_kind;

/*
 Bytes that the library made and the caller frees. All zero before they are first used.

 Behind the last byte is a NUL that `len` does not count, so that a text can be used as one.
 */
typedef struct {
  /*
   The bytes; NULL when there are none, or after an error.
   */
  uint8_t *data;
  /*
   How many.
   */
  size_t len;
} bulla_bytes;

/*
 What went wrong. All zero before it is first used.
 */
typedef struct {
  /*
   A `bulla_kind`.
   */
  int32_t kind;
  /*
   What happened, where, and what to do: UTF-8 that ends with a NUL, never a secret or a
   plaintext. NULL without an error.
   */
  char *message;
} bulla_error;

/*
 The keys of one configuration. A number; 0 is none.
 */
typedef uint64_t bulla_keyring;

/*
 The place that a sealed value belongs to: it opens nowhere else.

 Texts are UTF-8 and end with a NUL. `table`, `row` and `group` are required, the others NULL
 where a value has none. The installation comes from the keyring.
 */
typedef struct {
  /*
   The table.
   */
  const char *table;
  /*
   The row's id.
   */
  const char *row;
  /*
   Which of the row's columns are sealed together.
   */
  const char *group;
  /*
   The variable's name.
   */
  const char *name;
  /*
   The variable's type.
   */
  const char *type;
  /*
   The tenant.
   */
  const char *tenant;
  /*
   The process instance.
   */
  const char *instance;
} bulla_context;

/*
 A key that signs statements. A number; 0 is none.
 */
typedef uint64_t bulla_signer;

/*
 Keys whose statements are believed. A number; 0 is none.
 */
typedef uint64_t bulla_verifier;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 Overwrites and frees bytes, and makes them all zero. NULL is fine, and so is doing it twice.

 Pointers: `bytes` is NULL or points to bytes that this library filled, or to zeros.
 */
void bulla_bytes_free(bulla_bytes *bytes);

/*
 The library's version, such as `"0.1.0"`. It is never freed.
 */
const char *bulla_version(void);

/*
 Frees the message of an error and makes it all zero. NULL is fine, and so is doing it twice.

 Pointers: `error` is NULL or points to an error that this library filled, or to zeros.
 */
void bulla_error_free(bulla_error *error);

/*
 The name of a kind in capitals, such as `"CONTEXT_MISMATCH"`; `"OK"` of 0, NULL of a number that
 is no kind. It is never freed.
 */
const char *bulla_kind_name(int32_t kind);

/*
 Writes a JSON document in its canonical form (RFC 8785).

 `json`: UTF-8, up to 16 MiB, nested up to 128 deep. What canonicalisation would silently change
 is refused with its position: a member twice, half a surrogate pair, a number that a double
 does not hold exactly.

 Pointers: `json` is NULL or points to `len` bytes; `out` and `error` are NULL or point to such structs.
 */
int32_t bulla_canonicalize(const uint8_t *json, size_t len, bulla_bytes *out, bulla_error *error);

/*
 Opens the keys that a configuration file names. Registers data keys in the file that its
 `keys.registry` names, which processes may share.

 `path`: of `bulla.toml`, ends with a NUL. `out` receives the handle, 0 on an error.

 Pointers: `path` is NULL or a text; `out` and `error` are NULL or point to a handle and an error.
 */
int32_t bulla_keyring_open(const char *path, bulla_keyring *out, bulla_error *error);

/*
 Opens the keys that the text of a configuration names.

 `config`: TOML, `len` bytes. `path`: where the configuration would stand; key files are looked
 for relative to it, and errors name it. `out` receives the handle, 0 on an error.

 Pointers: `config` is NULL or points to `len` bytes, `path` is NULL or a text; `out` and `error` are NULL
 or point to a handle and an error.
 */
int32_t bulla_keyring_parse(const uint8_t *config,
                            size_t len,
                            const char *path,
                            bulla_keyring *out,
                            bulla_error *error);

/*
 Forgets a keyring's keys. 0 and a handle that was freed already are fine.
 */
void bulla_keyring_free(bulla_keyring keyring);

/*
 Seals bytes for a context.

 `plaintext`: any bytes. `out` receives the envelope, a JWE in compact form: ASCII, a third longer
 than the plaintext and some 400 bytes.

 Pointers: `context` is NULL or points to a context of texts, `plaintext` is NULL or points to `len` bytes;
 `out` and `error` are NULL or point to such structs.
 */
int32_t bulla_seal(bulla_keyring keyring,
                   const bulla_context *context,
                   const uint8_t *plaintext,
                   size_t len,
                   bulla_bytes *out,
                   bulla_error *error);

/*
 Opens an envelope that was sealed for just this context; one of another place is refused with
 `BULLA_CONTEXT_MISMATCH`, a changed one with `BULLA_AUTHENTICATION_FAILED`.

 `envelope`: as `bulla_seal` made it, `len` bytes. `out` receives the plaintext.

 Pointers: `context` is NULL or points to a context of texts, `envelope` is NULL or points to `len` bytes;
 `out` and `error` are NULL or point to such structs.
 */
int32_t bulla_open(bulla_keyring keyring,
                   const bulla_context *context,
                   const uint8_t *envelope,
                   size_t len,
                   bulla_bytes *out,
                   bulla_error *error);

/*
 Says what an envelope tells without a key, as canonical JSON: `content` (`"bytes"` or
 `"columns"`), `context`, `kid` (the data key's id) and `padded` (the plaintext's length with its
 padding, in bytes).

 What it says is the envelope's word only: nothing of it is proven before it is opened.

 Pointers: `envelope` is NULL or points to `len` bytes; `out` and `error` are NULL or point to such structs.
 */
int32_t bulla_inspect(const uint8_t *envelope, size_t len, bulla_bytes *out, bulla_error *error);

/*
 Reads a private key.

 `key`: a JWK (`"kty":"OKP","crv":"Ed25519"`), `len` bytes. `out` receives the handle, 0 on an
 error.

 Pointers: `key` is NULL or points to `len` bytes; `out` and `error` are NULL or point to a handle and an
 error.
 */
int32_t bulla_signer_parse(const uint8_t *key, size_t len, bulla_signer *out, bulla_error *error);

/*
 Forgets a signer's key. 0 and a handle that was freed already are fine.
 */
void bulla_signer_free(bulla_signer signer);

/*
 Reads the keys whose statements are to be believed.

 `keys`: a JWK Set of Ed25519 keys, `len` bytes; of private keys only the public part counts.
 `out` receives the handle, 0 on an error.

 Pointers: `keys` is NULL or points to `len` bytes; `out` and `error` are NULL or point to a handle and an
 error.
 */
int32_t bulla_verifier_parse(const uint8_t *keys,
                             size_t len,
                             bulla_verifier *out,
                             bulla_error *error);

/*
 Forgets a verifier's keys. 0 and a handle that was freed already are fine.
 */
void bulla_verifier_free(bulla_verifier verifier);

/*
 Signs a document.

 `form`: 0, or what is wanted of `BULLA_FLATTENED`, `BULLA_CANONICAL` and one of `BULLA_DETACHED`
 and `BULLA_DETACHED_RAW`, added. `content_type`: the document's media type, or NULL. `out`
 receives the statement, a JWS.

 Pointers: `document` is NULL or points to `len` bytes, `content_type` is NULL or a text; `out` and `error`
 are NULL or point to such structs.
 */
int32_t bulla_sign(bulla_signer signer,
                   const uint8_t *document,
                   size_t len,
                   uint32_t form,
                   const char *content_type,
                   bulla_bytes *out,
                   bulla_error *error);

/*
 Verifies a statement that has its document in it; one that nobody of the verifier's keys signed
 is refused with `BULLA_BAD_SIGNATURE` or `BULLA_UNKNOWN_KEY`.

 `statement`: in either form, `len` bytes. `out` receives the document.

 Pointers: `statement` is NULL or points to `len` bytes; `out` and `error` are NULL or point to such structs.
 */
int32_t bulla_verify(bulla_verifier verifier,
                     const uint8_t *statement,
                     size_t len,
                     bulla_bytes *out,
                     bulla_error *error);

/*
 Verifies a statement whose document lies beside it, as `bulla_verify` does.

 `statement`: in either form, `len` bytes. `document`: `document_len` bytes; where the statement
 says that the canonical form was signed, the document may be laid out otherwise.

 Pointers: `statement` is NULL or points to `len` bytes, `document` is NULL or points to `document_len`
 bytes; `error` is NULL or points to an error.
 */
int32_t bulla_verify_document(bulla_verifier verifier,
                              const uint8_t *statement,
                              size_t len,
                              const uint8_t *document,
                              size_t document_len,
                              bulla_error *error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BULLA_H */
