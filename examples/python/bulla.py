"""Bulla in Python: include/bulla.h by ctypes, but for writing ledgers.

Every error is a `BullaError`. Objects hold a handle until they are closed or collected; any thread may
use them.
"""

import ctypes
import os
import weakref
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char, c_char_p, c_int32, c_size_t, c_uint8
from ctypes import c_uint32, c_uint64, c_void_p

FLATTENED, DETACHED, DETACHED_RAW, CANONICAL = 1, 2, 4, 8

_library = ctypes.CDLL(os.environ.get("BULLA_LIBRARY", "libbulla.so.0"))


class BullaError(Exception):
    """What a function of the library refused, and why; `kind` is a name such as CONTEXT_MISMATCH."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class _Bytes(Structure):
    _fields_ = [("data", c_void_p), ("len", c_size_t)]


class _Error(Structure):
    _fields_ = [("kind", c_int32), ("message", c_char_p)]


class _Context(Structure):
    _fields_ = [(name, c_char_p) for name in ("table", "row", "group", "name", "type", "tenant", "instance")]


class _Answer(Structure):
    _fields_ = [("data", POINTER(c_uint8)), ("room", c_size_t), ("len", c_size_t), ("message", c_char * 256)]


_Callback = CFUNCTYPE(c_int32, c_void_p, POINTER(c_uint8), c_size_t, POINTER(_Answer))


class _MasterKey(Structure):
    _fields_ = [("kid", c_char_p), ("algorithm", c_char_p), ("user", c_void_p)]
    _fields_ += [("wrap", _Callback), ("unwrap", _Callback), ("release", c_void_p)]


_INPUT = (c_char_p, c_size_t)
_OUT, _HANDLE, _ERROR = POINTER(_Bytes), POINTER(c_uint64), POINTER(_Error)


def _function(name, *parameters, result=c_int32):
    function = getattr(_library, f"bulla_{name}")
    function.argtypes, function.restype = parameters, result
    return function


_bytes_free = _function("bytes_free", _OUT, result=None)
_error_free = _function("error_free", _ERROR, result=None)
_kind_name = _function("kind_name", c_int32, result=c_char_p)
_inspect = _function("inspect", *_INPUT, _OUT, _ERROR)
_canonicalize = _function("canonicalize", *_INPUT, _OUT, _ERROR)
_key_thumbprint = _function("key_thumbprint", *_INPUT, _OUT, _ERROR)
_key_public = _function("key_public", *_INPUT, _OUT, _ERROR)
_log_open = _function("log_open", c_char_p, *_INPUT, *_INPUT, _HANDLE, _ERROR)
_log_follow = _function("log_follow", c_uint64, *_INPUT, _ERROR)
_log_proven = _function("log_proven", c_uint64, _HANDLE, _ERROR)
_log_verify_record = _function("log_verify_record", c_uint64, c_char_p, c_char_p, _ERROR)
_keyring_open = _function("keyring_open", c_char_p, _HANDLE, _ERROR)
_seal = _function("seal", c_uint64, POINTER(_Context), *_INPUT, _OUT, _ERROR)
_open = _function("open", c_uint64, POINTER(_Context), *_INPUT, _OUT, _ERROR)
_sealer_parse = _function("sealer_parse", *_INPUT, c_char_p, _HANDLE, _ERROR)
_sealer_of_master_key = _function(
    "sealer_of_master_key", POINTER(_MasterKey), *_INPUT, c_char_p, _HANDLE, _ERROR
)
_sealer_seal = _function("sealer_seal", c_uint64, *_INPUT, *_INPUT, _OUT, _ERROR)
_opener_parse = _function("opener_parse", *_INPUT, _HANDLE, _ERROR)
_opener_of_master_key = _function("opener_of_master_key", POINTER(_MasterKey), *_INPUT, _HANDLE, _ERROR)
_opener_open = _function("opener_open", c_uint64, *_INPUT, *_INPUT, _OUT, _ERROR)
_signer_parse = _function("signer_parse", *_INPUT, c_char_p, _HANDLE, _ERROR)
_sign = _function("sign", c_uint64, *_INPUT, c_uint32, c_char_p, _OUT, _ERROR)
_sign_batch = _function(
    "sign_batch",
    *(c_uint64, POINTER(c_char_p), POINTER(c_size_t), c_size_t, c_uint32, _OUT, _ERROR),
)
_verifier_parse = _function("verifier_parse", *_INPUT, c_char_p, _HANDLE, _ERROR)
_verify = _function("verify", c_uint64, *_INPUT, _OUT, _ERROR)
_verify_document = _function("verify_document", c_uint64, *_INPUT, *_INPUT, _ERROR)


def _call(function, *arguments):
    error = _Error()
    if function(*arguments, byref(error)) != 0:
        refused = BullaError(_kind_name(error.kind).decode(), error.message.decode())
        _error_free(byref(error))
        raise refused


def _take(out):
    taken = ctypes.string_at(out.data, out.len)
    _bytes_free(byref(out))
    return taken


def _bytes(function, *arguments):
    out = _Bytes()
    _call(function, *arguments, byref(out))
    return _take(out)


def _input(data):
    """Bytes, or a text as UTF-8, and their length."""
    data = data.encode() if isinstance(data, str) else bytes(memoryview(data))  # bytes(5) is five NULs
    return data, len(data)


def _text(text):
    """A text that ends with a NUL: C would not see what came after another."""
    if text is None:
        return None
    encoded = text.encode() if isinstance(text, str) else text
    if b"\0" in encoded:
        raise ValueError("a NUL character is in a name, where C takes it for the end")
    return encoded


def inspect(text):
    """What an envelope or a statement tells without a key, as canonical JSON."""
    return _bytes(_inspect, *_input(text))


def canonicalize(document):
    """The canonical form of a JSON document (RFC 8785)."""
    return _bytes(_canonicalize, *_input(document))


def thumbprint(key):
    """A key's id (RFC 7638), by which envelopes and statements name it."""
    return _bytes(_key_thumbprint, *_input(key)).decode()


def public_key(key):
    """The public part of a key, a JWK, to be given to others."""
    return _bytes(_key_public, *_input(key)).decode()


class _Object:
    """What lives in the library until it is closed, at the latest when it is collected."""

    def __init__(self, noun, function, *arguments):
        handle = c_uint64()
        _call(function, *arguments, byref(handle))
        self._handle = handle.value
        free = _function(f"{noun}_free", c_uint64, result=None)
        self.close = weakref.finalize(self, free, self._handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Keyring(_Object):
    """The keys that a `bulla.toml` names; seals values for rows of tables."""

    def __init__(self, path):
        super().__init__("keyring", _keyring_open, _text(os.fsencode(path)))

    def seal(self, plaintext, **context):
        """The envelope of a value that belongs to `table`, `row`, `group` …"""
        return _bytes(_seal, self._handle, byref(_context(context)), *_input(plaintext))

    def open(self, envelope, **context):
        """The value, if the envelope was sealed for just this context."""
        return _bytes(_open, self._handle, byref(_context(context)), *_input(envelope))


def _context(members):
    return _Context(**{name: _text(text) for name, text in members.items()})


class Sealer(_Object):
    """Those for whom portable envelopes are sealed: keys as JWK, JWK Set or PEM, a `MasterKey`, or both."""

    def __init__(self, keys=None, content_type=None, master=None):
        rest = *_input(keys or b""), _text(content_type)
        if master is None:
            super().__init__("sealer", _sealer_parse, *rest)
        else:
            super().__init__("sealer", _sealer_of_master_key, *master.callbacks(self), *rest)

    def seal(self, plaintext, context):
        """The portable envelope of any bytes, bound to a JSON object."""
        return _bytes(_sealer_seal, self._handle, *_input(context), *_input(plaintext))


class Opener(_Object):
    """Private keys that open portable envelopes, a `MasterKey`, or both."""

    def __init__(self, keys=None, master=None):
        rest = _input(keys or b"")
        if master is None:
            super().__init__("opener", _opener_parse, *rest)
        else:
            super().__init__("opener", _opener_of_master_key, *master.callbacks(self), *rest)

    def open(self, envelope, context):
        """The plaintext, if the envelope was sealed for just this context."""
        return _bytes(_opener_open, self._handle, *_input(context), *_input(envelope))


class Signer(_Object):
    """A private key that signs."""

    def __init__(self, key, rsa_algorithm=None):
        super().__init__("signer", _signer_parse, *_input(key), _text(rsa_algorithm))

    def sign(self, document, form=0, content_type=None):
        """A statement: the document with a signature, or the signature alone if it is detached."""
        return _bytes(_sign, self._handle, *_input(document), form, _text(content_type))

    def sign_batch(self, documents, form=0):
        """A statement for each of the documents, all under one signature."""
        count = len(documents)
        documents = [_input(document)[0] for document in documents]
        lens = (c_size_t * count)(*map(len, documents))
        out = (_Bytes * count)()
        _call(_sign_batch, self._handle, (c_char_p * count)(*documents), lens, count, form, out)
        return [_take(statement) for statement in out]


class Verifier(_Object):
    """Keys whose statements are believed."""

    def __init__(self, keys, rsa_algorithm=None):
        super().__init__("verifier", _verifier_parse, *_input(keys), _text(rsa_algorithm))

    def verify(self, statement):
        """The document that lies in the statement."""
        return _bytes(_verify, self._handle, *_input(statement))

    def verify_document(self, statement, document):
        """Passes if the statement is about this document."""
        _call(_verify_document, self._handle, *_input(statement), *_input(document))


class Log(_Object):
    """A node's log, as its anchor tells it; the public keys say who may sign it."""

    def __init__(self, name, log_key, identities):
        super().__init__("log", _log_open, _text(name), *_input(log_key), *_input(identities))

    def follow(self, lines):
        """Takes up the next lines of the anchor, if they are genuine and follow."""
        _call(_log_follow, self._handle, *_input(lines))

    def proven(self):
        """How many leaves the last checkpoint proves."""
        leaves = c_uint64()
        _call(_log_proven, self._handle, byref(leaves))
        return leaves.value

    def verify_record(self, text, signature):
        """Passes if a certified key of this log signed the record."""
        _call(_log_verify_record, self._handle, _text(text), _text(signature))


class MasterKey:
    """A master key that Python code holds, or reaches: derive from it for a key service."""

    def __init__(self, kid):
        self.kid = kid

    def wrap(self, key):
        """What `unwrap` makes the 32 secret bytes from."""
        raise NotImplementedError

    def unwrap(self, wrapped):
        """The 32 bytes; raises `BullaError` with AUTHENTICATION_FAILED if `wrap` did not make that."""
        raise NotImplementedError

    def callbacks(self, owner):
        """This key as the library asks it, as long as `owner` is there."""
        wrap, unwrap = _Callback(_answering(self.wrap)), _Callback(_answering(self.unwrap))
        owner.kept = wrap, unwrap
        return (byref(_MasterKey(self.kid.encode(), None, None, wrap, unwrap, None)),)


def _answering(method):
    def callback(_, data, length, answer):
        answer = answer.contents
        try:
            made = method(ctypes.string_at(data, length))
            if len(made) > answer.room:
                raise ValueError(f"{len(made)} bytes do not fit")
            ctypes.memmove(answer.data, made, len(made))
            answer.len = len(made)
            return 0
        except Exception as error:  # None may pass through the library.
            answer.message = str(error).encode()[:255]
            return 206 if getattr(error, "kind", None) == "AUTHENTICATION_FAILED" else 302

    return callback
