package dev.bulla.engine.script;

import dev.bulla.Bulla;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Form;
import java.util.Optional;
import java.util.function.Supplier;
import org.graalvm.polyglot.HostAccess;

/**
 * What scripts and expressions know as {@code bulla}: seals values into portable envelopes, opens
 * them, signs documents, and verifies statements.
 *
 * <pre>{@code
 * var envelope = bulla.seal({product: 'house', rate: 3.9});
 * var offer = bulla.open(envelope);
 * }</pre>
 *
 * <p>A text is sealed and signed as it is (UTF-8), and so are bytes; numbers, booleans, null, maps,
 * lists, objects and arrays of JavaScript and nodes of Spin's as JSON. {@code open} and {@code
 * verify} give back text for text, bytes for bytes, and for JSON what the script's own language
 * makes of it: in JavaScript what {@code JSON.parse} does, elsewhere maps and lists.
 *
 * <p>A context is a JSON object: its text, a map, an object of JavaScript, a node of Spin's.
 * Without one, the context is that of the place where the script runs: {@link Place#context}.
 *
 * <p>An error is a {@link BullaException} whose message begins with its kind. May be used by any
 * number of threads, each of which should be where {@code place} says that it is.
 */
public final class ScriptBulla {

  private final Bulla bulla;
  private final JsonReader json;
  private final Supplier<Optional<Place>> place;

  /**
   * @param bulla what seals and signs
   * @param json what reads JSON for scripts that have nothing for it
   * @param place where the script runs, asked whenever a context is needed
   */
  public ScriptBulla(Bulla bulla, JsonReader json, Supplier<Optional<Place>> place) {
    this.bulla = bulla;
    this.json = json;
    this.place = place;
  }

  /**
   * Seals a value for the place where the script runs.
   *
   * @return the envelope: a JSON object of ASCII, as text
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} outside of an instance, or for a value
   *     that has no form in JSON
   */
  @HostAccess.Export
  public String seal(Object value) {
    return told(() -> sealed(Document.of(value), here("seal(value, context)")));
  }

  /** Seals a value for a context of its own, which whoever opens it must state as well. */
  @HostAccess.Export
  public String seal(Object value, Object context) {
    return told(() -> sealed(Document.of(value), Document.json(context, "context")));
  }

  /**
   * Opens an envelope that was sealed where the script runs.
   *
   * @param envelope its text, or the JSON object
   * @throws BullaException {@link Kind#CONTEXT_MISMATCH} if it belongs elsewhere; another kind of
   *     the numbers 2xx if it is no envelope or was changed; {@link Kind#UNKNOWN_KEY}
   */
  @HostAccess.Export
  public Object open(Object envelope) {
    return told(
        () -> {
          try {
            return opened(Document.json(envelope, "envelope"), here("open(envelope, context)"));
          } catch (BullaException e) {
            throw e.kind() == Kind.CONTEXT_MISMATCH ? fromElsewhere(e) : e;
          }
        });
  }

  /** Opens an envelope that was sealed for a context of its own. */
  @HostAccess.Export
  public Object open(Object envelope, Object context) {
    return told(
        () -> opened(Document.json(envelope, "envelope"), Document.json(context, "context")));
  }

  /**
   * Signs a document, which then lies in the statement.
   *
   * @return the statement, a JWS in compact form; what is sealed as JSON is signed in its canonical
   *     form (RFC 8785)
   */
  @HostAccess.Export
  public String sign(Object document) {
    return told(() -> signed(Document.of(document), false));
  }

  /** Signs a document that stays where it is, beside the statement. */
  @HostAccess.Export
  public String signDetached(Object document) {
    return told(() -> signed(Document.of(document), true));
  }

  /**
   * The document in a statement, if it is signed by a trusted key.
   *
   * @param statement its text, or the JSON object
   * @throws BullaException {@link Kind#BAD_SIGNATURE}, {@link Kind#UNKNOWN_KEY}, {@link
   *     Kind#MALFORMED_STATEMENT}; {@link Kind#INVALID_ARGUMENT} if the document lies beside it
   */
  @HostAccess.Export
  public Object verify(Object statement) {
    return told(
        () -> {
          String text = Document.json(statement, "statement");
          return Document.from(bulla.verifyContent(text)).value(json);
        });
  }

  /**
   * Holds a document against the statement that lies beside it.
   *
   * @return true, so that it can stand in a condition; what does not verify is an exception
   */
  @HostAccess.Export
  public boolean verify(Object statement, Object document) {
    return told(
        () -> {
          bulla.verifyDocument(
              Document.json(statement, "statement"), Document.of(document).bytes());
          return true;
        });
  }

  // No overloads of what is public: Groovy would call them, private or not.

  private String sealed(Document document, String context) {
    return bulla.sealPortable(document.bytes(), document.type(), context);
  }

  private Object opened(String envelope, String context) {
    return Document.from(bulla.openContent(envelope, context)).value(json);
  }

  private String signed(Document document, boolean detached) {
    Form form = Form.COMPACT.contentType(document.type());
    if (document.isJson()) {
      form = form.ofCanonicalJson();
    }
    return bulla.sign(document.bytes(), detached ? form.detached() : form);
  }

  private String here(String instead) {
    return place
        .get()
        .orElseThrow(
            () ->
                new BullaException(
                    Kind.INVALID_ARGUMENT,
                    "there is no process instance here whose context could be taken; state one: "
                        + instead))
        .context(bulla.config().installation());
  }

  private static BullaException fromElsewhere(BullaException e) {
    return new BullaException(
        e.kind(),
        e.getMessage()
            + "; what is to be opened in another instance is sealed and opened with a context of"
            + " its own: seal(value, context), open(envelope, context)",
        e);
  }

  /** Scripts and the engine's log show the message alone. */
  private static <T> T told(Supplier<T> work) {
    try {
      return work.get();
    } catch (BullaException e) {
      throw new BullaException(e.kind(), e.kind() + ": " + e.getMessage(), e);
    }
  }
}
