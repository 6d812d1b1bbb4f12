/* What include/bulla.h promises of keys that the program implements. */
#include "check.h"

#include <pthread.h>

/* A master key that hides keys from nobody: it turns their bits around. */
struct key {
  pthread_mutex_t mutex;
  int wraps;
  int unwraps;
  int releases;
  /* What to do instead. */
  int32_t fails;
  const char *message;
  size_t lies;
  /* How long what it wraps is made, if more than it is. */
  size_t padded;
  /* Where it puts what it makes, if not where it should. */
  uint8_t *elsewhere;
  bulla_sealer calls;
  bulla_keyring calls_keyring;
  int32_t called;
};

static bulla_context place(void) {
  bulla_context context = {0};
  context.table = "ORDERS";
  context.row = "1";
  context.group = "value";
  return context;
}

static void turn(const uint8_t *from, size_t len, uint8_t *to) {
  size_t i;
  for (i = 0; i < len; i++) {
    to[i] = from[i] ^ 0x55;
  }
}

static int32_t asked(struct key *key, int *times, bulla_answer *answer) {
  CHECK(answer->len == 0 && answer->message[0] == '\0');
  CHECK(pthread_mutex_lock(&key->mutex) == 0);
  *times += 1;
  CHECK(pthread_mutex_unlock(&key->mutex) == 0);
  if (key->message != NULL) {
    strncpy(answer->message, key->message, sizeof answer->message);
  }
  return key->fails;
}

static int32_t wraps(void *user, const uint8_t *secret, size_t len, bulla_answer *answer) {
  struct key *key = (struct key *)user;
  int32_t kind = asked(key, &key->wraps, answer);
  if (kind != BULLA_OK) {
    return kind;
  }
  CHECK(len == 32 && answer->room == 4096);
  if (key->calls != 0) {
    bulla_bytes out = {0};
    key->called = bulla_sealer_seal(key->calls, bytes("{}"), 2, NULL, 0, &out, NULL);
    bulla_bytes_free(&out);
    CHECK(bulla_canonicalize(bytes("1.0"), 3, &out, NULL) == BULLA_OK && is(&out, "1"));
    bulla_bytes_free(&out);
  }
  if (key->calls_keyring != 0) {
    bulla_bytes out = {0};
    bulla_context here = place();
    key->called = bulla_seal(key->calls_keyring, &here, NULL, 0, &out, NULL);
  }
  if (key->elsewhere != NULL) {
    answer->data = key->elsewhere;
  }
  memcpy(answer->data, "mine", 4);
  turn(secret, len, answer->data + 4);
  if (key->padded != 0) {
    memset(answer->data + 36, 0x5a, key->padded - 36);
  }
  answer->len = key->lies != 0 ? key->lies : key->padded != 0 ? key->padded : 36;
  return BULLA_OK;
}

static int32_t unwraps(void *user, const uint8_t *wrapped, size_t len, bulla_answer *answer) {
  struct key *key = (struct key *)user;
  int32_t kind = asked(key, &key->unwraps, answer);
  if (kind != BULLA_OK) {
    return kind;
  }
  CHECK(answer->room == 32);
  if (len != (key->padded != 0 ? key->padded : 36) || memcmp(wrapped, "mine", 4) != 0) {
    return BULLA_AUTHENTICATION_FAILED;
  }
  turn(wrapped + 4, 32, answer->data);
  answer->len = key->lies != 0 ? key->lies : 32;
  return BULLA_OK;
}

static void released(void *user) { ((struct key *)user)->releases += 1; }

static struct key new_key(void) {
  struct key key = {PTHREAD_MUTEX_INITIALIZER, 0, 0, 0, BULLA_OK, NULL, 0, 0, NULL, 0, 0, BULLA_OK};
  return key;
}

static bulla_master_key callbacks(struct key *key) {
  bulla_master_key master = {0};
  master.kid = "service/key-1";
  master.user = key;
  master.wrap = wraps;
  master.unwrap = unwraps;
  master.release = released;
  return master;
}

static void portable(void) {
  struct key mine = new_key();
  struct key yours = new_key();
  bulla_master_key master = callbacks(&mine);
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes envelope = {0};
  bulla_bytes opened = {0};
  bulla_error error = {0};

  WORKS(bulla_sealer_of_master_key(&master, bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, &sealer, &error));
  master = callbacks(&yours);
  WORKS(bulla_opener_of_master_key(&master, NULL, 0, &opener, &error));
  memset(&master, 0x5a, sizeof master);
  WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, bytes("2,500"), 5, &envelope, &error));
  WORKS(bulla_inspect(envelope.data, envelope.len, &opened, &error));
  CHECK(strstr((const char *)opened.data,
               "{\"algorithm\":\"dev.bulla.master\",\"kid\":\"service/key-1\"}") != NULL);
  CHECK(strstr((const char *)opened.data, "{\"algorithm\":\"A256KW\"") != NULL);
  bulla_bytes_free(&opened);
  WORKS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &opened, &error));
  CHECK(is(&opened, "2,500"));
  bulla_bytes_free(&opened);
  WORKS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &opened, &error));
  bulla_bytes_free(&opened);
  CHECK(mine.wraps == 1 && mine.unwraps == 0 && mine.releases == 0);
  CHECK(yours.wraps == 0 && yours.unwraps == 1);
  bulla_opener_free(opener);
  CHECK(yours.releases == 1);

  WORKS(bulla_opener_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), &opener, &error));
  WORKS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &opened, &error));
  CHECK(is(&opened, "2,500"));
  bulla_bytes_free(&opened);
  bulla_opener_free(opener);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_sealer_free(sealer);
  CHECK(mine.releases == 1);
}

/* What comes of a seal with a master key that does this. */
static void refusal(struct key key, int32_t kind, const char *part) {
  bulla_master_key master = callbacks(&key);
  bulla_sealer sealer = 0;
  bulla_bytes out = {0};
  bulla_error error = {0};
  WORKS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error));
  FAILS(bulla_sealer_seal(sealer, bytes("{}"), 2, NULL, 0, &out, &error), kind, part);
  CHECK(out.data == NULL);
  bulla_sealer_free(sealer);
  CHECK(key.releases == 1);
}

static void refusals(void) {
  struct key key = new_key();
  char endless[400];
  uint8_t elsewhere[36];
  memset(endless, 'x', sizeof endless);
  endless[sizeof endless - 1] = '\0';

  key.fails = BULLA_IO;
  key.message = "the service is asleep";
  refusal(key, BULLA_KEY_UNAVAILABLE, "key service/key-1 cannot be had: the service is asleep");
  key.message = endless;
  refusal(key, BULLA_KEY_UNAVAILABLE, "cannot be had: xxxx");
  key.message = NULL;
  key.fails = -7;
  refusal(key, BULLA_KEY_UNAVAILABLE, "cannot be had: its callback returned -7");
  key.fails = BULLA_OK;
  key.lies = 4097;
  refusal(key, BULLA_KEY_UNAVAILABLE, "its callback says that it wrote 4097 bytes where 4096 fit");
  key.lies = SIZE_MAX;
  refusal(key, BULLA_KEY_UNAVAILABLE, "bytes where 4096 fit");
  key.lies = 0;
  key.elsewhere = elsewhere;
  refusal(key, BULLA_KEY_UNAVAILABLE, "its callback changed answer.data instead of writing there");
}

static void wrong_unwraps(void) {
  struct key mine = new_key();
  struct key yours = new_key();
  bulla_master_key master = callbacks(&mine);
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes envelope = {0};
  bulla_bytes out = {0};
  bulla_error error = {0};

  WORKS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error));
  WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, NULL, 0, &envelope, &error));
  master = callbacks(&yours);
  WORKS(bulla_opener_of_master_key(&master, NULL, 0, &opener, &error));
  yours.lies = 31;
  FAILS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &out, &error),
        BULLA_KEY_UNAVAILABLE, "it unwrapped a key and gave 31 bytes, which is not the length of one");
  yours.lies = 33;
  FAILS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &out, &error),
        BULLA_KEY_UNAVAILABLE, "wrote 33 bytes where 32 fit");
  yours.fails = BULLA_AUTHENTICATION_FAILED;
  FAILS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &out, &error),
        BULLA_AUTHENTICATION_FAILED, "sealed by another key than service/key-1");
  CHECK(yours.unwraps == 3);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
}

static void incomplete(void) {
  struct key key = new_key();
  bulla_master_key master = callbacks(&key);
  bulla_sealer sealer = 7;
  bulla_error error = {0};

  master.wrap = NULL;
  FAILS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "master.wrap is NULL");
  CHECK(sealer == 0 && key.releases == 1);
  master = callbacks(&key);
  master.unwrap = NULL;
  FAILS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "master.unwrap is NULL");
  master = callbacks(&key);
  master.kid = NULL;
  FAILS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "master.kid is NULL");
  master.kid = "";
  FAILS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "a master key's kid must be 1 to 255 bytes long");
  master = callbacks(&key);
  master.algorithm = "A128KW";
  FAILS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "a master key's algorithm is \"A128KW\"");
  master = callbacks(&key);
  FAILS(bulla_sealer_of_master_key(&master, bytes("{}"), 2, NULL, &sealer, &error), BULLA_MALFORMED_KEY,
        "the key");
  FAILS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, NULL, &error), BULLA_INVALID_ARGUMENT,
        "out is NULL");
  CHECK(key.releases == 7);
  FAILS(bulla_sealer_of_master_key(NULL, NULL, 0, NULL, &sealer, &error), BULLA_INVALID_ARGUMENT,
        "master is NULL");
  /* Just 36 bytes, which A256KW never gives. */
  master.algorithm = "A256KW";
  WORKS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error));
  {
    bulla_bytes out = {0};
    FAILS(bulla_sealer_seal(sealer, bytes("{}"), 2, NULL, 0, &out, &error), BULLA_KEY_UNAVAILABLE,
          "it wrapped a key and gave 36 bytes");
  }
  bulla_sealer_free(sealer);
}

static void calling_back(void) {
  struct key key = new_key();
  bulla_master_key master = callbacks(&key);
  bulla_sealer sealer = 0;
  bulla_sealer other = 0;
  bulla_bytes out = {0};
  bulla_error error = {0};

  WORKS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error));
  key.calls = sealer;
  WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, NULL, 0, &out, &error));
  bulla_bytes_free(&out);
  CHECK(key.wraps == 1 && key.called == BULLA_INVALID_ARGUMENT);
  bulla_sealer_free(sealer);

  WORKS(bulla_sealer_parse(bytes(SYMMETRIC), strlen(SYMMETRIC), NULL, &other, &error));
  WORKS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error));
  key.calls = other;
  key.called = -1;
  WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, NULL, 0, &out, &error));
  bulla_bytes_free(&out);
  CHECK(key.called == BULLA_OK);
  bulla_sealer_free(sealer);
  bulla_sealer_free(other);
}

static void keyrings(const char *config) {
  const char *keyless =
      "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nidentity = \"identity.jwk\"\n"
      "log = \"log.jwk\"\nregistry = \"registry\"\n";
  struct key key = new_key();
  bulla_master_key master = callbacks(&key);
  bulla_context here = place();
  bulla_keyring files = 0;
  bulla_keyring keyring = 0;
  bulla_bytes before = {0};
  bulla_bytes after = {0};
  bulla_bytes opened = {0};
  bulla_error error = {0};

  WORKS(bulla_keyring_open(config, &files, &error));
  WORKS(bulla_seal(files, &here, bytes("old"), 3, &before, &error));
  FAILS(bulla_keyring_parse(bytes(keyless), strlen(keyless), config, &keyring, &error),
        BULLA_INVALID_CONFIG, "keys.master is missing: it names the file of the master key");

  /* Beside the file's master key, which goes on unwrapping. */
  WORKS(bulla_keyring_of_master_key(&master, NULL, 0, config, &keyring, &error));
  key.calls_keyring = keyring;
  WORKS(bulla_seal(keyring, &here, bytes("new"), 3, &after, &error));
  CHECK(key.wraps == 1 && key.unwraps == 1 && key.called == BULLA_INVALID_ARGUMENT);
  WORKS(bulla_open(keyring, &here, before.data, before.len, &opened, &error));
  CHECK(is(&opened, "old"));
  bulla_bytes_free(&opened);
  FAILS(bulla_open(files, &here, after.data, after.len, &opened, &error), BULLA_KEY_UNAVAILABLE,
        "master key service/key-1 wraps it, which is not the one that keys.master names");
  bulla_keyring_free(files);
  bulla_keyring_free(keyring);
  CHECK(key.releases == 1);

  /* Instead of it. */
  master = callbacks(&key);
  WORKS(bulla_keyring_of_master_key(&master, bytes(keyless), strlen(keyless), config, &keyring, &error));
  WORKS(bulla_open(keyring, &here, after.data, after.len, &opened, &error));
  CHECK(is(&opened, "new") && key.unwraps == 2);
  bulla_bytes_free(&opened);
  CHECK(bulla_open(keyring, &here, before.data, before.len, &opened, NULL) == BULLA_KEY_UNAVAILABLE);
  bulla_bytes_free(&before);
  bulla_bytes_free(&after);
  bulla_keyring_free(keyring);
  CHECK(key.releases == 2);

  FAILS(bulla_keyring_of_master_key(NULL, NULL, 0, config, &keyring, &error), BULLA_INVALID_ARGUMENT,
        "master is NULL");
  FAILS(bulla_keyring_of_master_key(&master, bytes(""), 0, config, &keyring, &error), BULLA_INVALID_CONFIG,
        "missing");
  FAILS(bulla_keyring_of_master_key(&master, NULL, 0, NULL, &keyring, &error), BULLA_INVALID_ARGUMENT,
        "path is NULL");
  CHECK(key.releases == 4);
}

/* The longest id and the longest wrapped key go through envelopes and the registry. */
static void longest(const char *config) {
  char kid[256];
  struct key key = new_key();
  struct key again = new_key();
  bulla_master_key master = callbacks(&key);
  bulla_context here = place();
  bulla_keyring keyring = 0;
  bulla_sealer sealer = 0;
  bulla_opener opener = 0;
  bulla_bytes envelope = {0};
  bulla_bytes opened = {0};
  bulla_error error = {0};

  memset(kid, 'k', 255);
  kid[255] = '\0';
  key.padded = again.padded = 4096;
  master.kid = kid;
  WORKS(bulla_keyring_of_master_key(&master, NULL, 0, config, &keyring, &error));
  WORKS(bulla_seal(keyring, &here, bytes("x"), 1, &envelope, &error));
  WORKS(bulla_sealer_of_keyring(keyring, NULL, &sealer, &error));
  bulla_keyring_free(keyring);
  master = callbacks(&again);
  master.kid = kid;
  WORKS(bulla_keyring_of_master_key(&master, NULL, 0, config, &keyring, &error));
  WORKS(bulla_open(keyring, &here, envelope.data, envelope.len, &opened, &error));
  CHECK(is(&opened, "x") && again.unwraps == 1);
  bulla_bytes_free(&opened);
  bulla_bytes_free(&envelope);

  WORKS(bulla_opener_of_keyring(keyring, &opener, &error));
  WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, bytes("x"), 1, &envelope, &error));
  WORKS(bulla_opener_open(opener, bytes("{}"), 2, envelope.data, envelope.len, &opened, &error));
  CHECK(is(&opened, "x") && again.unwraps == 2);
  bulla_bytes_free(&opened);
  bulla_bytes_free(&envelope);
  bulla_sealer_free(sealer);
  bulla_opener_free(opener);
  CHECK(key.releases == 1 && again.releases == 0);
  bulla_keyring_free(keyring);
  CHECK(again.releases == 1);
}

/* A signing key that has another signer sign. */
struct signing {
  bulla_signer by;
  const char *document;
  int32_t fails;
  size_t len;
  int calls_itself;
  int releases;
};

static int decoded(char character) {
  const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const char *found = strchr(alphabet, character);
  CHECK(found != NULL);
  return (int)(found - alphabet);
}

static int32_t signs(void *user, const uint8_t *message, size_t len, bulla_answer *answer) {
  const struct signing *signing = (const struct signing *)user;
  bulla_bytes statement = {0};
  bulla_error error = {0};
  const char *encoded;
  unsigned bits = 0;
  unsigned filled = 0;

  if (signing->fails != BULLA_OK) {
    strcpy(answer->message, "no token in the slot");
    return signing->fails;
  }
  CHECK(message != NULL && len > 0 && answer->room == 1024);
  if (signing->calls_itself) {
    int32_t kind = bulla_sign(signing->by, NULL, 0, 0, NULL, &statement, &error);
    CHECK(kind == BULLA_INVALID_ARGUMENT && strlen(error.message) < sizeof answer->message);
    strcpy(answer->message, error.message);
    bulla_error_free(&error);
    return kind;
  }
  /* Ed25519 signs without chance, so the other signer's statement has the signature that is wanted. */
  WORKS(bulla_sign(signing->by, bytes(signing->document), strlen(signing->document), 0, NULL, &statement,
                   &error));
  for (encoded = strrchr((const char *)statement.data, '.') + 1; *encoded != '\0'; encoded++) {
    bits = bits << 6 | (unsigned)decoded(*encoded);
    filled += 6;
    if (filled >= 8) {
      filled -= 8;
      answer->data[answer->len++] = (uint8_t)(bits >> filled);
    }
  }
  CHECK(answer->len == 64);
  if (signing->len != 0) {
    answer->len = signing->len;
  }
  bulla_bytes_free(&statement);
  return BULLA_OK;
}

static void signing_released(void *user) { ((struct signing *)user)->releases += 1; }

static void signers(void) {
  struct signing signing = {0, "approved", BULLA_OK, 0, 0, 0};
  bulla_signing_key key = {0};
  bulla_signer signer = 0;
  bulla_bytes theirs = {0};
  bulla_bytes ours = {0};
  bulla_error error = {0};

  key.public_key = bytes(ED25519_PUBLIC);
  key.public_key_len = strlen(ED25519_PUBLIC);
  key.user = &signing;
  key.sign = signs;
  key.release = signing_released;
  WORKS(bulla_signer_parse(bytes(ED25519_PRIVATE), strlen(ED25519_PRIVATE), NULL, &signing.by, &error));
  WORKS(bulla_signer_of_signing_key(&key, &signer, &error));
  WORKS(bulla_sign(signing.by, bytes("approved"), 8, 0, NULL, &ours, &error));
  WORKS(bulla_sign(signer, bytes("approved"), 8, 0, NULL, &theirs, &error));
  CHECK(is(&theirs, (const char *)ours.data));
  bulla_bytes_free(&ours);
  bulla_bytes_free(&theirs);

  FAILS(bulla_sign(signer, bytes("refused"), 7, 0, NULL, &theirs, &error), BULLA_BAD_SIGNATURE,
        "the signature of what the callback sign gave is not that of key");
  signing.len = 63;
  FAILS(bulla_sign(signer, bytes("approved"), 8, 0, NULL, &theirs, &error), BULLA_BAD_SIGNATURE, "key");
  signing.len = 1025;
  FAILS(bulla_sign(signer, bytes("approved"), 8, 0, NULL, &theirs, &error), BULLA_KEY_UNAVAILABLE,
        "wrote 1025 bytes where 1024 fit");
  {
    bulla_signer by = signing.by;
    signing.by = signer;
    signing.calls_itself = 1;
    FAILS(bulla_sign(signer, bytes("approved"), 8, 0, NULL, &theirs, &error), BULLA_KEY_UNAVAILABLE,
          "signer must not be used by a callback that it called");
    signing.by = by;
    signing.calls_itself = 0;
  }
  signing.fails = BULLA_IO;
  FAILS(bulla_sign(signer, bytes("approved"), 8, 0, NULL, &theirs, &error), BULLA_KEY_UNAVAILABLE,
        "cannot be had: no token in the slot");
  CHECK(signing.releases == 0);
  bulla_signer_free(signer);
  CHECK(signing.releases == 1);

  key.sign = NULL;
  FAILS(bulla_signer_of_signing_key(&key, &signer, &error), BULLA_INVALID_ARGUMENT, "key.sign is NULL");
  key.sign = signs;
  key.public_key_len = 2;
  FAILS(bulla_signer_of_signing_key(&key, &signer, &error), BULLA_MALFORMED_KEY, "not JSON");
  key.public_key = NULL;
  key.public_key_len = 0;
  CHECK(bulla_signer_of_signing_key(&key, &signer, NULL) == BULLA_MALFORMED_KEY && signer == 0);
  CHECK(bulla_signer_of_signing_key(&key, NULL, NULL) == BULLA_INVALID_ARGUMENT);
  CHECK(signing.releases == 5);
  FAILS(bulla_signer_of_signing_key(NULL, &signer, &error), BULLA_INVALID_ARGUMENT, "key is NULL");
  bulla_signer_free(signing.by);
}

static void *seals(void *argument) {
  bulla_sealer sealer = *(const bulla_sealer *)argument;
  bulla_error error = {0};
  bulla_bytes out = {0};
  int i;
  for (i = 0; i < 50; i++) {
    WORKS(bulla_sealer_seal(sealer, bytes("{}"), 2, bytes("x"), 1, &out, &error));
    bulla_bytes_free(&out);
  }
  return NULL;
}

static void from_many_threads(void) {
  struct key key = new_key();
  bulla_master_key master = callbacks(&key);
  bulla_sealer sealer = 0;
  bulla_error error = {0};
  pthread_t threads[4];
  size_t i;

  WORKS(bulla_sealer_of_master_key(&master, NULL, 0, NULL, &sealer, &error));
  for (i = 0; i < 4; i++) {
    CHECK(pthread_create(&threads[i], NULL, seals, &sealer) == 0);
  }
  for (i = 0; i < 4; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
  }
  bulla_sealer_free(sealer);
  CHECK(key.wraps == 1 && key.releases == 1);
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  portable();
  refusals();
  wrong_unwraps();
  incomplete();
  calling_back();
  keyrings(arguments[1]);
  longest(arguments[1]);
  signers();
  from_many_threads();
  puts("wrapped, unwrapped, signed by callbacks: as promised");
  return 0;
}
