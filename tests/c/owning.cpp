// The header in C++11, and how its structs are owned there. Its arguments are as of check.h.
#include "bulla.h"

#include <cstring>
#include <iostream>
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
    return opened.text() == plaintext ? 0 : 1;
  } catch (const std::exception &problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
