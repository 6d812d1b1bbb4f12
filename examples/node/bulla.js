// Bulla in Node: include/bulla.h by koffi, as far as the example needs it.
//
// Objects hold a handle until they are closed. Calls run on the thread that makes them.
import koffi from "koffi";

export const FLATTENED = 1;
export const DETACHED = 2;
export const DETACHED_RAW = 4;
export const CANONICAL = 8;

const library = koffi.load(process.env.BULLA_LIBRARY ?? "libbulla.so.0");

koffi.struct("bulla_bytes", { data: "void *", len: "size_t" });
koffi.struct("bulla_error", { kind: "int32_t", message: "void *" });
const kindName = library.func("const char *bulla_kind_name(int32_t kind)");
const freeBytes = library.func("void bulla_bytes_free(_Inout_ bulla_bytes *bytes)");
const freeError = library.func("void bulla_error_free(_Inout_ bulla_error *error)");

const INPUT = "const uint8_t *, size_t";
const BYTES = "_Out_ bulla_bytes *, _Out_ bulla_error *";
const HANDLE = "_Out_ uint64_t *, _Out_ bulla_error *";
const parseSealer = library.func(`int32_t bulla_sealer_parse(${INPUT}, const char *, ${HANDLE})`);
const freeSealer = library.func("void bulla_sealer_free(uint64_t)");
const sealFor = library.func(`int32_t bulla_sealer_seal(uint64_t, ${INPUT}, ${INPUT}, ${BYTES})`);
const parseOpener = library.func(`int32_t bulla_opener_parse(${INPUT}, ${HANDLE})`);
const freeOpener = library.func("void bulla_opener_free(uint64_t)");
const openWith = library.func(`int32_t bulla_opener_open(uint64_t, ${INPUT}, ${INPUT}, ${BYTES})`);
const parseSigner = library.func(`int32_t bulla_signer_parse(${INPUT}, const char *, ${HANDLE})`);
const freeSigner = library.func("void bulla_signer_free(uint64_t)");
const signWith = library.func(`int32_t bulla_sign(uint64_t, ${INPUT}, uint32_t, const char *, ${BYTES})`);
const parseVerifier = library.func(`int32_t bulla_verifier_parse(${INPUT}, const char *, ${HANDLE})`);
const freeVerifier = library.func("void bulla_verifier_free(uint64_t)");
const verifyWith = library.func(
  `int32_t bulla_verify_document(uint64_t, ${INPUT}, ${INPUT}, _Out_ bulla_error *)`,
);

/** What a function of the library refused, and why; `kind` is a name such as CONTEXT_MISMATCH. */
export class BullaError extends Error {
  constructor(kind, message) {
    super(message);
    this.name = "BullaError";
    this.kind = kind;
  }
}

function call(f, ...parameters) {
  const error = {};
  if (f(...parameters, error) === 0) return;
  const refused = new BullaError(kindName(error.kind), koffi.decode(error.message, "char", -1));
  freeError(error);
  throw refused;
}

function bytes(f, ...parameters) {
  const out = {};
  call(f, ...parameters, out);
  const taken = Buffer.from(koffi.decode(out.data, "uint8_t", Number(out.len)));
  freeBytes(out);
  return taken;
}

function handle(f, ...parameters) {
  const out = [0];
  call(f, ...parameters, out);
  return out[0];
}

/** Bytes, or a text as UTF-8, and their length. */
function input(data) {
  const given = Buffer.from(bytesOf(data));
  return [given, given.length];
}

/** Buffer.from() would cut numbers down to bytes, and take a DataView for nothing. */
function bytesOf(data) {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (typeof data === "string" || data instanceof ArrayBuffer) return data;
  throw new TypeError("neither bytes nor a text");
}

/** A text that ends with a NUL: C would not see what came after another. */
function text(given) {
  if (given?.includes("\0")) throw new TypeError("a NUL character is in a text, where C takes it for the end");
  return given;
}

/** Those for whom portable envelopes are sealed: keys as JWK, JWK Set or PEM. */
export class Sealer {
  #handle;

  constructor(keys, contentType = null) {
    this.#handle = handle(parseSealer, ...input(keys), text(contentType));
  }

  /** The envelope of any bytes, bound to a JSON object. */
  seal(plaintext, context) {
    return bytes(sealFor, this.#handle, ...input(context), ...input(plaintext));
  }

  close() {
    freeSealer(this.#handle);
  }
}

/** Private keys that open portable envelopes. */
export class Opener {
  #handle;

  constructor(keys) {
    this.#handle = handle(parseOpener, ...input(keys));
  }

  /** The plaintext, if the envelope was sealed for just this context. */
  open(envelope, context) {
    return bytes(openWith, this.#handle, ...input(context), ...input(envelope));
  }

  close() {
    freeOpener(this.#handle);
  }
}

/** A private key that signs. */
export class Signer {
  #handle;

  constructor(key, rsaAlgorithm = null) {
    this.#handle = handle(parseSigner, ...input(key), text(rsaAlgorithm));
  }

  /** A statement: the document with a signature, or the signature alone if it is detached. */
  sign(document, form = 0, contentType = null) {
    return bytes(signWith, this.#handle, ...input(document), form, text(contentType));
  }

  close() {
    freeSigner(this.#handle);
  }
}

/** Keys whose statements are believed. */
export class Verifier {
  #handle;

  constructor(keys, rsaAlgorithm = null) {
    this.#handle = handle(parseVerifier, ...input(keys), text(rsaAlgorithm));
  }

  /** Returns if the statement is about this document, throws if not. */
  verifyDocument(statement, document) {
    call(verifyWith, this.#handle, ...input(statement), ...input(document));
  }

  close() {
    freeVerifier(this.#handle);
  }
}
