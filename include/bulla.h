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
 * - A pointer that a function needs is refused with BULLA_INVALID_ARGUMENT when it is NULL; what else
 *   it may not be, no function can find out.
 * - Output is written to bulla_bytes that the caller frees with bulla_bytes_free, which also
 *   overwrites it. On an error it is empty.
 * - Handles are numbers, 64 bits each, that are never given twice. One that was freed, was never given or is of
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
 The keys of one configuration. Any number of threads may seal and open with it at once; one that
 needs a key which is not known yet makes the others wait that need it too.
 */
typedef uint64_t bulla_keyring;

/*
 Where a callback writes what it made, or why it could not.

 What callbacks have in common: they return `BULLA_OK` or another kind of error, and may be called
 by any thread that calls the library, by several at once. They may call the library, but not with
 a handle on whose behalf they were called (that is refused with `BULLA_INVALID_ARGUMENT`), and
 must not wait for a thread that does. Neither an exception of C++ nor a `longjmp` may leave them.
 */
typedef struct {
  /*
   Where to write.
   */
  uint8_t *data;
  /*
   How many bytes fit there.
   */
  size_t room;
  /*
   How many were written; 0 when the callback is called.
   */
  size_t len;
  /*
   On an error: what happened, UTF-8 that ends with a NUL, never a secret. Empty when the
   callback is called.
   */
  char message[256];
} bulla_answer;

/*
 A master key that lives elsewhere, in a key service for example: it wraps the 32 bytes of a key,
 and unwraps what it made.

 The struct is read during the call that it is given to; `user` is kept, and given back to `release`
 when the last object that needs it is gone, or at once if the call fails. For the callbacks see
 `bulla_answer`.
 */
typedef struct {
  /*
   The key's id, by which envelopes and registry rows name it: UTF-8, 1 to 255 bytes.
   */
  const char *kid;
  /*
   What stands as `alg` in portable envelopes: NULL for a wrapping that only this key's owner
   understands (`"dev.bulla.master"`); `"A256KW"` or `"RSA-OAEP-256"` if `wrap` gives just what
   RFC 7518 says of them, so that other implementations can unwrap it with the same key.
   */
  const char *algorithm;
  /*
   What the callbacks are called with.
   */
  void *user;
  /*
   Wraps `key`, 32 secret bytes. At most 4096 bytes fit in the answer.
   */
  int32_t (*wrap)(void *user, const uint8_t *key, size_t len, bulla_answer *answer);
  /*
   Unwraps what `wrap` made: the answer is the 32 bytes. Returns `BULLA_AUTHENTICATION_FAILED` if
   it did not make it; any other error is reported as `BULLA_KEY_UNAVAILABLE`.
   */
  int32_t (*unwrap)(void *user, const uint8_t *wrapped, size_t len, bulla_answer *answer);
  /*
   Called once with `user` when nothing needs it any more, by whatever thread; or NULL.
   */
  void (*release)(void *user);
} bulla_master_key;

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
 Those for whom portable envelopes are sealed. Any number of threads may seal with it at once.
 */
typedef uint64_t bulla_sealer;

/*
 Keys that open portable envelopes. Any number of threads may open with it at once.
 */
typedef uint64_t bulla_opener;

/*
 A signing key that lives elsewhere, in a key service for example. Its id in statements is its
 public key's thumbprint (RFC 7638).

 The struct is read during the call that it is given to; `user` is kept, and given back to `release`
 when the signer is gone, or at once if the call fails. For the callbacks see `bulla_answer`.
 */
typedef struct {
  /*
   The public key, as a JWK, a JWK Set or in PEM (SPKI).
   */
  const uint8_t *public_key;
  /*
   How many bytes.
   */
  size_t public_key_len;
  /*
   How it signs, if it is an RSA key: as of `bulla_signer_parse`.
   */
  const char *rsa_algorithm;
  /*
   What the callbacks are called with.
   */
  void *user;
  /*
   Signs `message` (not its digest) as RFC 7518, section 3, and RFC 8037 lay it out: 64 bytes by
   `EdDSA`; by `ES256` the 64 bytes r and s, not DER; by `PS256` and `RS256` as many as the
   modulus has. Whatever error it returns is reported as `BULLA_KEY_UNAVAILABLE`.
   */
  int32_t (*sign)(void *user, const uint8_t *message, size_t len, bulla_answer *answer);
  /*
   Called once with `user` when nothing needs it any more, by whatever thread; or NULL.
   */
  void (*release)(void *user);
} bulla_signing_key;

/*
 A key that signs statements. Any number of threads may sign with it at once.
 */
typedef uint64_t bulla_signer;

/*
 Keys whose statements are believed. Any number of threads may verify with it at once.
 */
typedef uint64_t bulla_verifier;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 Overwrites and frees bytes, and makes them all zero. NULL is fine, and so is doing it twice.
 */
void bulla_bytes_free(bulla_bytes *bytes);

/*
 The library's version, such as `"0.1.0"`. It is never freed.
 */
const char *bulla_version(void);

/*
 Frees the message of an error and makes it all zero. NULL is fine, and so is doing it twice.
 */
void bulla_error_free(bulla_error *error);

/*
 The name of a kind in capitals, such as `"CONTEXT_MISMATCH"`; `"OK"` of 0, NULL of a number that
 is no kind. It is never freed.
 */
const char *bulla_kind_name(int32_t kind);

/*
 Finds out what a text is, and says what it tells without a key, as canonical JSON; never a
 plaintext, nor the document of a statement. By the member `form`:

 - `"stored"`, an envelope of `bulla_seal`: `content` (`"bytes"` or `"columns"`), `context`, `kid`
   (the data key's id), `padded` (the plaintext's length with its padding);
 - `"portable"`, an envelope of `bulla_sealer_seal`: `content_key`, `content_type`, `context`,
   `length` of the plaintext, `recipients` (of each `algorithm` and `kid`);
 - `"statement"`: `algorithm`, `batch` and `canonical` and `detached` (true or false),
   `content_type`, `kid`, `length` of the document in it.

 Lengths are in bytes; what the text does not say is left out. What it says is its word only:
 nothing of it is proven before it is opened or verified.

 `text`: `len` bytes.
 */
int32_t bulla_inspect(const uint8_t *text, size_t len, bulla_bytes *out, bulla_error *error);

/*
 Writes a JSON document in its canonical form (RFC 8785).

 `json`: UTF-8, up to 16 MiB, nested up to 128 deep. What canonicalisation would silently change
 is refused with its position: a member twice, half a surrogate pair, a number that a double
 does not hold exactly.
 */
int32_t bulla_canonicalize(const uint8_t *json, size_t len, bulla_bytes *out, bulla_error *error);

/*
 Opens the keys that a configuration file names. Registers data keys in the file that its
 `keys.registry` names, which processes may share.

 `path`: of `bulla.toml`, ends with a NUL. `out` receives the handle, 0 on an error.
 */
int32_t bulla_keyring_open(const char *path, bulla_keyring *out, bulla_error *error);

/*
 Opens the keys that the text of a configuration names.

 `config`: TOML, `len` bytes. `path`: where the configuration would stand; key files are looked
 for relative to it, and errors name it. `out` receives the handle, 0 on an error.
 */
int32_t bulla_keyring_parse(const uint8_t *config,
                            size_t len,
                            const char *path,
                            bulla_keyring *out,
                            bulla_error *error);

/*
 Opens a keyring whose master key lives elsewhere. A `keys.master` in the configuration may be left
 out; what it wrapped is still unwrapped by it, and no more is wrapped.

 `config` and `path`: as of `bulla_keyring_parse`, or NULL with length 0 to read the file `path`.
 `out` receives the handle, 0 on an error.
 */
int32_t bulla_keyring_of_master_key(const bulla_master_key *master,
                                    const uint8_t *config,
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
 */
int32_t bulla_open(bulla_keyring keyring,
                   const bulla_context *context,
                   const uint8_t *envelope,
                   size_t len,
                   bulla_bytes *out,
                   bulla_error *error);

/*
 Reads the keys of those for whom one seals: whoever has one of them can open.

 `keys`: a JWK, a JWK Set or a key in PEM, `len` bytes. RSA is sealed for by `RSA-OAEP-256`, P-256
 and X25519 by `ECDH-ES+A256KW`, a symmetric key by `A256KW`, or by `A256GCMKW` where its `alg`
 says so. Of key pairs the public one is enough. `content_type`: what the plaintexts will be, a
 media type, which the envelopes tell; or NULL. `out` receives the handle, 0 on an error.
 */
int32_t bulla_sealer_parse(const uint8_t *keys,
                           size_t len,
                           const char *content_type,
                           bulla_sealer *out,
                           bulla_error *error);

/*
 Seals for whoever may use a keyring's master key, which may be freed before the sealer.

 `content_type`: as of `bulla_sealer_parse`. `out` receives the handle, 0 on an error.
 */
int32_t bulla_sealer_of_keyring(bulla_keyring keyring,
                                const char *content_type,
                                bulla_sealer *out,
                                bulla_error *error);

/*
 Seals for whoever may use a master key that lives elsewhere, and for those of `keys`.

 `keys`: as of `bulla_sealer_parse`, or NULL with length 0. `content_type`: as there. `out` receives
 the handle, 0 on an error.
 */
int32_t bulla_sealer_of_master_key(const bulla_master_key *master,
                                   const uint8_t *keys,
                                   size_t len,
                                   const char *content_type,
                                   bulla_sealer *out,
                                   bulla_error *error);

/*
 Forgets a sealer. 0 and a handle that was freed already are fine.
 */
void bulla_sealer_free(bulla_sealer sealer);

/*
 Seals bytes for a sealer's recipients and a context.

 `context`: a JSON object, `context_len` bytes of it, at most 64 KiB: what the envelope is bound
 to and tells in the clear; `{}` binds it to nothing. `plaintext`: any bytes. `out` receives the
 envelope, a JWE in JSON serialization, flattened for one recipient and general for several:
 ASCII, a third longer than plaintext and context, and some 400 bytes for each recipient.
 */
int32_t bulla_sealer_seal(bulla_sealer sealer,
                          const uint8_t *context,
                          size_t context_len,
                          const uint8_t *plaintext,
                          size_t len,
                          bulla_bytes *out,
                          bulla_error *error);

/*
 Reads keys that open portable envelopes, each by its one algorithm.

 `keys`: private or symmetric, as a JWK, a JWK Set or in PEM, `len` bytes; the algorithms are those
 of `bulla_sealer_parse`. `out` receives the handle, 0 on an error.
 */
int32_t bulla_opener_parse(const uint8_t *keys, size_t len, bulla_opener *out, bulla_error *error);

/*
 Opens what was sealed for a keyring's master key; the keyring may be freed before the opener.

 `out` receives the handle, 0 on an error.
 */
int32_t bulla_opener_of_keyring(bulla_keyring keyring, bulla_opener *out, bulla_error *error);

/*
 Opens what was sealed for a master key that lives elsewhere, or for one of `keys`.

 `keys`: as of `bulla_opener_parse`, or NULL with length 0. `out` receives the handle, 0 on an error.
 */
int32_t bulla_opener_of_master_key(const bulla_master_key *master,
                                   const uint8_t *keys,
                                   size_t len,
                                   bulla_opener *out,
                                   bulla_error *error);

/*
 Forgets an opener's keys. 0 and a handle that was freed already are fine.
 */
void bulla_opener_free(bulla_opener opener);

/*
 Opens a portable envelope that was sealed for just this context; one of another context is
 refused with `BULLA_CONTEXT_MISMATCH`, a changed one with `BULLA_AUTHENTICATION_FAILED`, one for
 other keys with `BULLA_UNKNOWN_KEY`.

 `context`: a JSON object, `context_len` bytes of it, in any layout. `envelope`: a JWE in JSON
 serialization, `len` bytes. `out` receives the plaintext.
 */
int32_t bulla_opener_open(bulla_opener opener,
                          const uint8_t *context,
                          size_t context_len,
                          const uint8_t *envelope,
                          size_t len,
                          bulla_bytes *out,
                          bulla_error *error);

/*
 A signer whose key lives elsewhere. What it signs is verified before it is given on: a wrong
 signature is refused with `BULLA_BAD_SIGNATURE`.

 `out` receives the handle, 0 on an error.
 */
int32_t bulla_signer_of_signing_key(const bulla_signing_key *key,
                                    bulla_signer *out,
                                    bulla_error *error);

/*
 Reads a private key, which signs by one algorithm: Ed25519 by `EdDSA`, P-256 by `ES256`, RSA by
 `PS256` or `RS256`.

 `key`: one key, as a JWK, a JWK Set or in PEM (PKCS#8), `len` bytes. `rsa_algorithm`: how an RSA
 key signs that has no `alg`, `"PS256"` or `"RS256"`; NULL stands for `"PS256"`. `out` receives the
 handle, 0 on an error.
 */
int32_t bulla_signer_parse(const uint8_t *key,
                           size_t len,
                           const char *rsa_algorithm,
                           bulla_signer *out,
                           bulla_error *error);

/*
 Forgets a signer's key. 0 and a handle that was freed already are fine.
 */
void bulla_signer_free(bulla_signer signer);

/*
 Reads the keys whose statements are to be believed.

 `keys`: a JWK, a JWK Set or a key in PEM (SPKI), `len` bytes; of private keys only the public part
 counts. Each verifies by one algorithm, as of `bulla_signer_parse`. `rsa_algorithm`: by which an
 RSA key verifies that has no `alg`, `"PS256"` or `"RS256"`; NULL stands for `"PS256"`. `out`
 receives the handle, 0 on an error.
 */
int32_t bulla_verifier_parse(const uint8_t *keys,
                             size_t len,
                             const char *rsa_algorithm,
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
 */
int32_t bulla_sign(bulla_signer signer,
                   const uint8_t *document,
                   size_t len,
                   uint32_t form,
                   const char *content_type,
                   bulla_bytes *out,
                   bulla_error *error);

/*
 Signs many documents with one signature and makes a statement for each, which `bulla_verify_document`
 verifies by itself: it holds the document's place in a Merkle tree of all, and the signed root. The
 documents lie beside.

 `documents`: `count` pointers, each to as many bytes as the same place of `lens` says; NULL with
 length 0 is an empty document. `form`: 0 or `BULLA_CANONICAL`. `out`: room for `count` statements,
 in the order of the documents, each to be freed with `bulla_bytes_free`; on an error all are empty.
 */
int32_t bulla_sign_batch(bulla_signer signer,
                         const uint8_t *const *documents,
                         const size_t *lens,
                         size_t count,
                         uint32_t form,
                         bulla_bytes *out,
                         bulla_error *error);

/*
 Verifies a statement that has its document in it; one that nobody of the verifier's keys signed
 is refused with `BULLA_BAD_SIGNATURE` or `BULLA_UNKNOWN_KEY`.

 `statement`: in either form, `len` bytes. `out` receives the document.
 */
int32_t bulla_verify(bulla_verifier verifier,
                     const uint8_t *statement,
                     size_t len,
                     bulla_bytes *out,
                     bulla_error *error);

/*
 Verifies a statement whose document lies beside it, as `bulla_verify` does. A document that is not
 the one of its batch is refused with `BULLA_NOT_IN_BATCH`.

 `statement`: in either form, `len` bytes. `document`: `document_len` bytes; where the statement
 says that the canonical form was signed, the document may be laid out otherwise.
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
