// The header in C++11, and how its structs are owned there. Its arguments are as of check.h.
#include "bulla.h"

#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

class Bytes {
 public:
  Bytes() : raw_() {}
  ~Bytes() { bulla_bytes_free(&raw_); }
  Bytes(const Bytes &) = delete;
  Bytes &operator=(const Bytes &) = delete;
  bulla_bytes *out() { return &raw_; }
  std::string text() const { return std::string(reinterpret_cast<const char *>(raw_.data), raw_.len); }

 private:
  bulla_bytes raw_;
};

class Error {
 public:
  Error() : raw_() {}
  ~Error() { bulla_error_free(&raw_); }
  Error(const Error &) = delete;
  Error &operator=(const Error &) = delete;
  bulla_error *out() { return &raw_; }
  void check(std::int32_t kind) const {
    if (kind != BULLA_OK) throw std::runtime_error(raw_.message);
  }

 private:
  bulla_error raw_;
};

const std::uint8_t *bytes(const std::string &text) {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

// A master key as a class. No exception may leave a callback, so here they end.
class MasterKey {
 public:
  explicit MasterKey(bool reachable) : reachable_(reachable) {}

  static bulla_master_key callbacks(std::unique_ptr<MasterKey> key) {
    bulla_master_key master = bulla_master_key();
    master.kid = "service/key-1";
    master.wrap = [](void *user, const std::uint8_t *bytes, std::size_t len, bulla_answer *answer) {
      return static_cast<MasterKey *>(user)->turn(bytes, len, answer);
    };
    master.unwrap = master.wrap;
    master.release = [](void *user) { delete static_cast<MasterKey *>(user); };
    master.user = key.release();
    return master;
  }

 private:
  std::int32_t turn(const std::uint8_t *bytes, std::size_t len, bulla_answer *answer) noexcept {
    try {
      if (!reachable_) throw std::runtime_error("the service cannot be reached");
      for (std::size_t i = 0; i < len; i++) answer->data[i] = bytes[i] ^ 0x55;
      answer->len = len;
      return BULLA_OK;
    } catch (const std::exception &problem) {
      std::strncpy(answer->message, problem.what(), sizeof answer->message - 1);
      return BULLA_KEY_UNAVAILABLE;
    }
  }

  bool reachable_;
};

std::string sealed_by(bool reachable) {
  Error error;
  const bulla_master_key master = MasterKey::callbacks(std::unique_ptr<MasterKey>(new MasterKey(reachable)));
  bulla_sealer sealer = 0;
  error.check(bulla_sealer_of_master_key(&master, nullptr, 0, nullptr, &sealer, error.out()));
  Bytes envelope;
  const std::int32_t kind =
      bulla_sealer_seal(sealer, bytes("{}"), 2, bytes("x"), 1, envelope.out(), error.out());
  bulla_sealer_free(sealer);
  error.check(kind);
  return envelope.text();
}

}  // namespace

int main(int count, char **arguments) {
  if (count != 3) return 1;
  try {
    Error error;
    bulla_keyring keyring = 0;
    error.check(bulla_keyring_open(arguments[1], &keyring, error.out()));
    bulla_context place = bulla_context();
    place.table = "ORDERS";
    place.row = "4711";
    place.group = "value";
    const std::string plaintext("with a \0 in it", 14);
    Bytes envelope;
    error.check(bulla_seal(keyring, &place, bytes(plaintext), plaintext.size(), envelope.out(), error.out()));
    Bytes opened;
    const std::string sealed = envelope.text();
    error.check(bulla_open(keyring, &place, bytes(sealed), sealed.size(), opened.out(), error.out()));
    bulla_keyring_free(keyring);
    if (opened.text() != plaintext || sealed_by(true).empty()) return 1;
    try {
      sealed_by(false);
      return 1;
    } catch (const std::runtime_error &problem) {
      const std::string expected = "key service/key-1 cannot be had: the service cannot be reached";
      return problem.what() == expected ? 0 : 1;
    }
  } catch (const std::exception &problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
