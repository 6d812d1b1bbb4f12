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
 * - A process that is forked may go on with its parent's handles, but for keeping a ledger; unless
 *   another thread of the parent was inside the library when it forked: the child may then wait for
 *   ever for what that thread held.
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
   The serialised object is none that is opened.
   */
  BULLA_REFUSED_OBJECT = 210,
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
   The evidence bundle is damaged, or has not the form of one.
   */
  BULLA_MALFORMED_BUNDLE = 408,
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
   Where to write; the pointer itself stays as it is.
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
   Wraps `key`, 32 secret bytes. At most 4096 bytes fit in the answer. A keyring has it unwrapped
   at once: what it could not unwrap later would be lost.
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
 A record of a ledger: what a transaction wrote, or what became of earlier records. It is stored
 under its number; text and signature exactly as they are.
 */
typedef struct {
  /*
   Its number in the log, from 1; 0 stands for no record.
   */
  uint64_t seq;
  /*
   What it says: JSON in canonical form, as a rule below 1 MiB.
   */
  const char *text;
  /*
   Its signature, a detached JWS: ASCII, at most 255 characters.
   */
  const char *signature;
} bulla_record;

/*
 What is left of a log when a process starts; all zero for a new log. All of it is borrowed, and
 nothing of it believed that is not signed.
 */
typedef struct {
  /*
   The note of the newest checkpoint in the database, or NULL.
   */
  const char *note;
  /*
   What was stored beside it.
   */
  const char *frontier;
  /*
   The record that was stored with it, or NULL without a note.
   */
  const bulla_record *account;
  /*
   The lines of an anchor, from the batch of the note, or from one before it, to the end. Of the
   last batch a crash may have left a part behind the last checkpoint: that is not read, and must
   be cut off before another batch is appended.
   */
  const uint8_t *anchor;
  /*
   How many bytes.
   */
  size_t anchor_len;
  /*
   The records that `bulla_ledger_wanted` asked for, as far as the database has them.
   */
  const bulla_record *records;
  /*
   How many.
   */
  size_t records_len;
} bulla_remains;

/*
 One epoch of this node's log: from the start of the process to its end. Any number of threads may
 record and settle with it at once.

 It numbers and signs records and keeps the log's tree; it stores nothing. An engine

 1. opens it (`bulla_ledger_wanted`, `bulla_ledger_open`, `bulla_ledger_unsaved`);
 2. begins the epoch (`bulla_ledger_begin`) and stores its record, which is then told committed;
 3. at the end of each transaction that wrote covered rows, with its locks still held, makes its
    records (`bulla_transaction_record`) and inserts them in that same transaction; if the insert
    fails, the transaction must;
 4. after the transaction, says what became of each record: `bulla_ledger_committed`,
    `bulla_ledger_rolled_back`, or `bulla_ledger_in_doubt` when the commit was not answered; what is
    in doubt is looked for by its number, and then `bulla_ledger_resolve`;
 5. every second or so asks for a checkpoint (`bulla_ledger_checkpoint`), anchors and stores it;
 6. ends it (`bulla_ledger_end`) and frees it.
 */
typedef uint64_t bulla_ledger;

/*
 What belongs to one checkpoint of a ledger; freed with `bulla_batch_free`. All zero before it is
 first used, and where there is no checkpoint.

 First `lines` goes to the anchors, durably, then `account`, `note` and `frontier` to the database,
 each tried until it succeeds, and before the next batch is.
 */
typedef struct {
  /*
   A record that says what became of the others: it is stored among them.
   */
  bulla_record account;
  /*
   The checkpoint: a signed note (C2SP tlog-checkpoint) that ends with a NUL, below 1 KiB.
   */
  const char *note;
  /*
   How many leaves the log's tree has.
   */
  uint64_t size;
  /*
   What a later epoch goes on from: ASCII that ends with a NUL, below 3 KiB.
   */
  const char *frontier;
  /*
   The lines for the anchors. Empty in a batch of `bulla_ledger_unsaved`, which is anchored already.
   */
  bulla_bytes lines;
} bulla_batch;

/*
 Records that the library made; freed with `bulla_records_free`. All zero before it is first used.
 */
typedef struct {
  /*
   The records; NULL when there are none, or after an error.
   */
  bulla_record *data;
  /*
   How many.
   */
  size_t len;
} bulla_records;

/*
 What is known of one node's log by who reads it. Threads that use it at once wait for each other.
 */
typedef uint64_t bulla_log;

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

/*
 What one transaction wrote: rows, each with its columns, in the order in which they were written.
 It belongs to whoever fills it; threads that use it at once wait for each other.
 */
typedef uint64_t bulla_transaction;

/*
 A row of a covered table. Texts are UTF-8 and end with a NUL.
 */
typedef struct {
  /*
   The table.
   */
  const char *table;
  /*
   The row's id: the value of its id column as text; where several make it, a JSON array of them.
   */
  const char *id;
  /*
   The process instance that it belongs to, or NULL.
   */
  const char *instance;
  /*
   The name of the variable that it is about, or NULL.
   */
  const char *variable;
  /*
   The instance's salt, 32 random bytes that are the same for all of its rows; destroying it
   erases what the rows' commitments prove. Or NULL.
   */
  const uint8_t *salt;
} bulla_row;

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
   `content_type`, `kid`, `length` of the document in it;
 - `"key"`, a row of a key registry: `created`, `epoch`, `identity`, `kid`, `log`, `master`,
   `purpose`, `signer`;
 - `"epoch"`, an epoch certificate: `epoch`, `identity`, `kid` (of the epoch's key), `log`, `started`;
 - `"record"` of a ledger, alone or as an anchor holds it: `epoch`, `kid` (of what signed it),
   `kind`, `log`, `rows` (how many), `seq`, `time`, `user`;
 - `"checkpoint"`: `log`, `root` in base64, `signers` (name and key id of each), `size`.

 Lengths are in bytes, times in milliseconds since 1970-01-01T00:00Z; what the text does not say is left out. What it says is its word only:
 nothing of it is proven before it is opened or verified.

 `text`: `len` bytes.
 */
int32_t bulla_inspect(const uint8_t *text,
                      size_t len,
                      bulla_bytes *out,
                      bulla_error *error);

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
 Discloses the keys that an auditor needs: they verify what a ledger says of values, and open none.

 `out` receives a JWK Set, which is secret all the same; it has no keys before a ledger was opened.
 */
int32_t bulla_keyring_disclose(bulla_keyring keyring, bulla_bytes *out, bulla_error *error);

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
 Reads keys, as the text that `bulla_sealer_parse` and its like take.

 `source`: the path of a file, or `env:` and the name of an environment variable that holds what would
 stand in one; at most 1 MiB. `out` receives the text, which is overwritten when it is freed.
 */
int32_t bulla_keys_read(const char *source,
                        bulla_bytes *out,
                        bulla_error *error);

/*
 Names a key: writes its thumbprint (RFC 7638), by which envelopes and statements name it.

 `key`: one key, a JWK, a JWK Set or PEM, at most 1 MiB; `BULLA_MALFORMED_KEY` if it is none. `out`
 receives 43 characters of base64url.
 */
int32_t bulla_key_thumbprint(const uint8_t *key, size_t len, bulla_bytes *out, bulla_error *error);

/*
 Writes the public part of a key, to be given to others: a JWK.

 `key`: as of `bulla_key_thumbprint`; `BULLA_INVALID_ARGUMENT` if it is a symmetric one.
 */
int32_t bulla_key_public(const uint8_t *key, size_t len, bulla_bytes *out, bulla_error *error);

/*
 Says which records of the database are needed to go on with a log: all whose number is above
 `above`, and those whose numbers `out` lists, in decimal with commas between (`"1,7"`; empty if
 there are none).

 `remains`: without records.
 */
int32_t bulla_ledger_wanted(const bulla_remains *remains,
                            uint64_t *above,
                            bulla_bytes *out,
                            bulla_error *error);

/*
 Goes on with this node's log, in an epoch of its own. A keyring opens one ledger in its life; while
 it is open, other processes with the same `keys.registry` are kept out of the log. A process that
 is forked later is refused with `BULLA_LEDGER_STATE`, by this function with a keyring of its parent
 too: it opens both for itself.

 `coverage`: which tables are recorded and what is known of their columns, a JSON object of `len`
 bytes: `{"ORDERS":{"id":["ID"],"fixed":["CUSTOMER"],"updatable":["AMOUNT"]}}`. `id`: the columns
 that make a row's id. `fixed`: those that no statement ever updates. `updatable`: those that one
 may. `sealed`: those of them that hold envelopes. `instance` and `variable`: the columns that name
 a row's process instance and variable. Columns that are not listed are not covered.
 `remains`: what is left of the log; NULL stands for nothing. `out` receives the handle, 0 on an
 error. The keyring may be freed before the ledger.
 */
int32_t bulla_ledger_open(bulla_keyring keyring,
                          const uint8_t *coverage,
                          size_t len,
                          const bulla_remains *remains,
                          bulla_ledger *out,
                          bulla_error *error);

/*
 Forgets a ledger. What was not settled by a checkpoint is for the next epoch to find out. 0 and a
 handle that was freed already are fine.
 */
void bulla_ledger_free(bulla_ledger ledger);

/*
 Gives the next batch that a crash left anchored and not stored: to be stored now, before the epoch
 begins. When there is none any more, `out` is all zero.
 */
int32_t bulla_ledger_unsaved(bulla_ledger ledger, bulla_batch *out, bulla_error *error);

/*
 Says what came to light when the log was taken up, as JSON: `{"missing":[…],"refused":[{"problem":
 "…","seq":…}]}`. Missing are the numbers of records that the anchor holds and the database does not:
 it was set back to an older state, or they were deleted. Refused are records of the database that
 are not genuine. Both call for an audit.
 */
int32_t bulla_ledger_recovery(bulla_ledger ledger,
                              bulla_bytes *out,
                              bulla_error *error);

/*
 Makes the record that begins the epoch. It is stored like every other, and told committed; the
 epoch exists once the checkpoint after it is anchored, and only then may the engine write.

 `out` receives one record.
 */
int32_t bulla_ledger_begin(bulla_ledger ledger, bulla_records *out, bulla_error *error);

/*
 Says that the transaction with this record committed. `seq`: the record's number.
 */
int32_t bulla_ledger_committed(bulla_ledger ledger, uint64_t seq, bulla_error *error);

/*
 Says that the transaction with this record rolled back, or never came to write it.
 */
int32_t bulla_ledger_rolled_back(bulla_ledger ledger, uint64_t seq, bulla_error *error);

/*
 Says that it is not known whether the transaction with this record committed.
 */
int32_t bulla_ledger_in_doubt(bulla_ledger ledger, uint64_t seq, bulla_error *error);

/*
 Says whether a record in doubt was found in the database: `present` is 0 if it was not.
 */
int32_t bulla_ledger_resolve(bulla_ledger ledger,
                             uint64_t seq,
                             int32_t present,
                             bulla_error *error);

/*
 Lists the numbers in doubt, in decimal with commas between; nothing if there are none.
 */
int32_t bulla_ledger_doubtful(bulla_ledger ledger, bulla_bytes *out, bulla_error *error);

/*
 Accounts for what was settled since the last checkpoint, and signs a new one. `out` is all zero if
 there was nothing to account for and no sign of life is due (`ledger.heartbeat` of the
 configuration).
 */
int32_t bulla_ledger_checkpoint(bulla_ledger ledger, bulla_batch *out, bulla_error *error);

/*
 Makes the last checkpoint of the epoch. Afterwards nothing can be recorded; what is still open or
 in doubt is for the next epoch to find out.
 */
int32_t bulla_ledger_end(bulla_ledger ledger, bulla_batch *out, bulla_error *error);

/*
 Begins to read the log `name`, `<installation>/<node>`.

 `log_key`: the public key that signs its checkpoints, as a JWK, a JWK Set or in PEM, `log_key_len`
 bytes. `identities`: the public keys that may certify its epochs, likewise, `identities_len` bytes.
 All are Ed25519. `out` receives the handle, 0 on an error.
 */
int32_t bulla_log_open(const char *name,
                       const uint8_t *log_key,
                       size_t log_key_len,
                       const uint8_t *identities,
                       size_t identities_len,
                       bulla_log *out,
                       bulla_error *error);

/*
 Forgets a log. 0 and a handle that was freed already are fine.
 */
void bulla_log_free(bulla_log log);

/*
 Follows the log: takes up the next lines of an anchor, from its first on, and verifies them all: the
 signature of each record by a certified key, that the accounts leave no number out, and that each
 checkpoint is signed over just these records in this order. It stops at the first line that is not
 genuine or does not follow, which the message names; the lines before it are taken up, it is not.

 `lines`: any number of whole lines, `len` bytes.
 */
int32_t bulla_log_follow(bulla_log log,
                         const uint8_t *lines,
                         size_t len,
                         bulla_error *error);

/*
 Says how many leaves of the log's tree (records, and the accounts among them) the last checkpoint
 proves that `bulla_log_follow` took up.
 */
int32_t bulla_log_proven(bulla_log log, uint64_t *leaves, bulla_error *error);

/*
 Verifies a record that was found anywhere, in the database for example: that a key signed it that a
 trusted identity certified for its epoch of this log; else it is refused with `BULLA_BAD_SIGNATURE`,
 `BULLA_UNTRUSTED_KEY` or `BULLA_MALFORMED_RECORD`. The first record of its epoch must have been seen
 before, here or by `bulla_log_follow`. That it is part of the log, only the log shows.
 */
int32_t bulla_log_verify_record(bulla_log log,
                                const char *text,
                                const char *signature,
                                bulla_error *error);

/*
 Reads the keys of those for whom one seals: whoever has one of them can open.

 `keys`: a JWK, a JWK Set or a key in PEM, `len` bytes. RSA is sealed for by `RSA-OAEP-256`, P-256
 and X25519 by `ECDH-ES+A256KW`, a symmetric key by `A256KW`, or by `A256GCMKW` where its `alg`
 says so. Of key pairs the public one is enough. `content_type`: what the plaintexts will be, a
 media type in printable ASCII, which the envelopes tell; or NULL. `out` receives the handle, 0 on
 an error.
 */
int32_t bulla_sealer_parse(const uint8_t *keys,
                           size_t len,
                           const char *content_type,
                           bulla_sealer *out,
                           bulla_error *error);

/*
 Seals for whoever may use a keyring's master key, and for the `portable.recipients` of its
 configuration. The keyring may be freed before the sealer.

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
 Opens what was sealed for a keyring's master keys, or for one of the `portable.keys` of its
 configuration. The keyring may be freed before the opener.

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
 Frees records and makes them all zero. NULL is fine, and so is doing it twice.
 */
void bulla_records_free(bulla_records *records);

/*
 Frees a batch and makes it all zero. NULL is fine, and so is doing it twice.
 */
void bulla_batch_free(bulla_batch *batch);

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
 Signs with the key that `statement.signer` names in a keyring's configuration; without one this is
 `BULLA_INVALID_CONFIG`. The keyring may be freed before the signer.

 `out` receives the handle, 0 on an error.
 */
int32_t bulla_signer_of_keyring(bulla_keyring keyring, bulla_signer *out, bulla_error *error);

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
 Believes the key that `statement.signer` names in a keyring's configuration, and those of
 `statement.verifiers`; without any this is `BULLA_INVALID_CONFIG`. The keyring may be freed before
 the verifier.

 `out` receives the handle, 0 on an error.
 */
int32_t bulla_verifier_of_keyring(bulla_keyring keyring, bulla_verifier *out, bulla_error *error);

/*
 Forgets a verifier's keys. 0 and a handle that was freed already are fine.
 */
void bulla_verifier_free(bulla_verifier verifier);

/*
 Signs a document.

 `form`: 0, or what is wanted of `BULLA_FLATTENED`, `BULLA_CANONICAL` and one of `BULLA_DETACHED`
 and `BULLA_DETACHED_RAW`, added. `content_type`: the document's media type, in
 printable ASCII, or NULL. `out` receives the statement, a JWS.
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

/*
 Begins to collect what a transaction writes. The ledger may be freed before it; its log stays locked
 until both are.

 `out` receives the handle, 0 on an error.
 */
int32_t bulla_transaction_new(bulla_ledger ledger,
                              bulla_transaction *out,
                              bulla_error *error);

/*
 Forgets what was collected. 0 and a handle that was freed already are fine.
 */
void bulla_transaction_free(bulla_transaction transaction);

/*
 Adds a row that was inserted. Its columns follow, by the functions below, each once; one that does not
 is NULL.
 */
int32_t bulla_transaction_insert(bulla_transaction transaction,
                                 const bulla_row *row,
                                 bulla_error *error);

/*
 Adds a row that was updated. The columns that were set follow, by the functions below, each once.
 */
int32_t bulla_transaction_update(bulla_transaction transaction,
                                 const bulla_row *row,
                                 bulla_error *error);

/*
 Adds a row that was deleted. `rule`: by which rule of the engine, or NULL.
 */
int32_t bulla_transaction_delete(bulla_transaction transaction,
                                 const bulla_row *row,
                                 const char *rule,
                                 bulla_error *error);

/*
 Adds a statement of which it is not known which rows it wrote: it is recorded by the digest of its
 text, and reported by an audit.

 `table`: which it wrote. `sql`: its text. `source`: where it comes from, or NULL. `rows`: how many
 it changed, -1 if that is not known.
 */
int32_t bulla_transaction_not_understood(bulla_transaction transaction,
                                         const char *table,
                                         const char *sql,
                                         const char *source,
                                         int64_t rows,
                                         bulla_error *error);

/*
 Says that a column of the last row is NULL now.
 */
int32_t bulla_transaction_null(bulla_transaction transaction,
                               const char *column,
                               bulla_error *error);

/*
 Says what characters a column of the last row has now: UTF-8, `len` bytes, less than 2 GiB.
 */
int32_t bulla_transaction_text(bulla_transaction transaction,
                               const char *column,
                               const uint8_t *value,
                               size_t len,
                               bulla_error *error);

/*
 Says what integer a column of the last row has now, or what truth, as 0 or 1.
 */
int32_t bulla_transaction_integer(bulla_transaction transaction,
                                  const char *column,
                                  int64_t value,
                                  bulla_error *error);

/*
 Says what floating-point number a column of the last row has now.
 */
int32_t bulla_transaction_double(bulla_transaction transaction,
                                 const char *column,
                                 double value,
                                 bulla_error *error);

/*
 Says what bytes a column of the last row has now: less than 2 GiB.
 */
int32_t bulla_transaction_bytes(bulla_transaction transaction,
                                const char *column,
                                const uint8_t *value,
                                size_t len,
                                bulla_error *error);

/*
 Says what date and time (without a zone) a column of the last row has now: in microseconds since
 1970-01-01T00:00 of the same wall clock.
 */
int32_t bulla_transaction_timestamp(bulla_transaction transaction,
                                    const char *column,
                                    int64_t microseconds,
                                    bulla_error *error);

/*
 Says that the transaction opened a sealed value, so that an old one which was put back leaves a
 trace. It is recorded if the transaction wrote rows too.

 `table` and `id`: of its row. `envelope`: as it was opened, of `bulla_seal`, `len` bytes.
 */
int32_t bulla_transaction_opened(bulla_transaction transaction,
                                 const char *table,
                                 const char *id,
                                 const uint8_t *envelope,
                                 size_t len,
                                 bulla_error *error);

/*
 Makes the records of what was collected: none if there are no rows, several if they are too many
 for one. They are to be inserted in the transaction itself, before it commits and while it holds
 its locks, so that of two that wrote one row the later one has the higher number.

 Afterwards nothing is collected any more, and the handle may serve the next transaction; on an
 error it is as it was. `user`: who was authenticated with the engine, or NULL.
 */
int32_t bulla_transaction_record(bulla_transaction transaction,
                                 const char *user,
                                 bulla_records *out,
                                 bulla_error *error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BULLA_H */
