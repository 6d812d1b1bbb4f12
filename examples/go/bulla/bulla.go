// Package bulla is include/bulla.h in Go, as far as the example needs it.
//
// Objects hold a handle until they are closed; any goroutine may use them.
package bulla

// #cgo pkg-config: bulla
// #include <bulla.h>
// #include <stdlib.h>
import "C"

import (
	"errors"
	"strings"
	"unsafe"
)

// Kind says what kind of error it was; the names are those of the header.
type Kind int32

// Some kinds that a program may want to tell apart.
const (
	ContextMismatch      Kind = C.BULLA_CONTEXT_MISMATCH
	AuthenticationFailed Kind = C.BULLA_AUTHENTICATION_FAILED
	UnknownKey           Kind = C.BULLA_UNKNOWN_KEY
	BadSignature         Kind = C.BULLA_BAD_SIGNATURE
)

func (kind Kind) String() string { return C.GoString(C.bulla_kind_name(C.int32_t(kind))) }

// Error is what a function of the library refused, and why.
type Error struct {
	Kind    Kind
	Message string
}

func (e *Error) Error() string { return e.Kind.String() + ": " + e.Message }

// Form says how a statement looks; forms may be added.
type Form uint32

// The forms of statements.
const (
	Flattened   Form = C.BULLA_FLATTENED
	Detached    Form = C.BULLA_DETACHED
	DetachedRaw Form = C.BULLA_DETACHED_RAW
	Canonical   Form = C.BULLA_CANONICAL
)

// Sealer seals portable envelopes for those whose keys it has.
type Sealer struct{ handle C.bulla_sealer }

// NewSealer reads keys: a JWK, a JWK Set or PEM. The media type may be empty.
func NewSealer(keys []byte, contentType string) (*Sealer, error) {
	media, free, err := text(contentType)
	if err != nil {
		return nil, err
	}
	defer free()
	sealer := new(Sealer)
	var failed C.bulla_error
	kind := C.bulla_sealer_parse(start(keys), size(keys), media, &sealer.handle, &failed)
	return sealer, check(kind, &failed)
}

// Seal makes the envelope of any bytes, bound to a JSON object.
func (s *Sealer) Seal(plaintext, context []byte) ([]byte, error) {
	var out C.bulla_bytes
	var failed C.bulla_error
	kind := C.bulla_sealer_seal(s.handle, start(context), size(context), start(plaintext), size(plaintext),
		&out, &failed)
	return take(&out), check(kind, &failed)
}

// Close forgets the keys.
func (s *Sealer) Close() { C.bulla_sealer_free(s.handle) }

// Opener has private keys that open portable envelopes.
type Opener struct{ handle C.bulla_opener }

// NewOpener reads private keys: a JWK, a JWK Set or PEM.
func NewOpener(keys []byte) (*Opener, error) {
	opener := new(Opener)
	var failed C.bulla_error
	kind := C.bulla_opener_parse(start(keys), size(keys), &opener.handle, &failed)
	return opener, check(kind, &failed)
}

// Open gives the plaintext, if the envelope was sealed for just this context.
func (o *Opener) Open(envelope, context []byte) ([]byte, error) {
	var out C.bulla_bytes
	var failed C.bulla_error
	kind := C.bulla_opener_open(o.handle, start(context), size(context), start(envelope), size(envelope),
		&out, &failed)
	return take(&out), check(kind, &failed)
}

// Close forgets the keys.
func (o *Opener) Close() { C.bulla_opener_free(o.handle) }

// Signer has a private key that signs.
type Signer struct{ handle C.bulla_signer }

// NewSigner reads a private key: a JWK or PEM. RSA signs by PS256.
func NewSigner(key []byte) (*Signer, error) {
	signer := new(Signer)
	var failed C.bulla_error
	kind := C.bulla_signer_parse(start(key), size(key), nil, &signer.handle, &failed)
	return signer, check(kind, &failed)
}

// Sign makes a statement: the document with a signature, or the signature alone if it is detached.
func (s *Signer) Sign(document []byte, form Form) ([]byte, error) {
	var out C.bulla_bytes
	var failed C.bulla_error
	kind := C.bulla_sign(s.handle, start(document), size(document), C.uint32_t(form), nil, &out, &failed)
	return take(&out), check(kind, &failed)
}

// Close forgets the key.
func (s *Signer) Close() { C.bulla_signer_free(s.handle) }

// Verifier has keys whose statements are believed.
type Verifier struct{ handle C.bulla_verifier }

// NewVerifier reads keys: a JWK, a JWK Set or PEM.
func NewVerifier(keys []byte) (*Verifier, error) {
	verifier := new(Verifier)
	var failed C.bulla_error
	kind := C.bulla_verifier_parse(start(keys), size(keys), nil, &verifier.handle, &failed)
	return verifier, check(kind, &failed)
}

// VerifyDocument gives nil if the statement is about this document.
func (v *Verifier) VerifyDocument(statement, document []byte) error {
	var failed C.bulla_error
	kind := C.bulla_verify_document(v.handle, start(statement), size(statement), start(document),
		size(document), &failed)
	return check(kind, &failed)
}

// Close forgets the keys.
func (v *Verifier) Close() { C.bulla_verifier_free(v.handle) }

func start(data []byte) *C.uint8_t {
	if len(data) == 0 {
		return nil
	}
	return (*C.uint8_t)(unsafe.Pointer(&data[0]))
}

func size(data []byte) C.size_t { return C.size_t(len(data)) }

// A text that ends with a NUL: C would not see what came after another.
func text(text string) (*C.char, func(), error) {
	if strings.ContainsRune(text, 0) {
		return nil, nil, errors.New("a NUL character is in a text, where C takes it for the end")
	}
	if text == "" {
		return nil, func() {}, nil
	}
	copied := C.CString(text)
	return copied, func() { C.free(unsafe.Pointer(copied)) }, nil
}

func take(out *C.bulla_bytes) []byte {
	defer C.bulla_bytes_free(out)
	if out.data == nil {
		return nil
	}
	return append([]byte{}, unsafe.Slice((*byte)(out.data), int(out.len))...)
}

func check(kind C.int32_t, failed *C.bulla_error) error {
	if kind == C.BULLA_OK {
		return nil
	}
	defer C.bulla_error_free(failed)
	return &Error{Kind(kind), C.GoString(failed.message)}
}
