package dev.bulla.engine.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Context;
import dev.bulla.PackedReader;
import dev.bulla.Rule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Supplier;

/** Opens the sealed columns of the current row of a result set. */
final class RowOpener {

  /** What a variable's columns hold. */
  record Value(String type, String text, String text2, Long number, Double real) {}

  private static final int TAG = 22;
  private static final int TAG_BYTES = 16;

  private final Sealing sealing;
  private final SealedTable table;
  private final ResultSet rows;
  private final Labels labels;
  private final String boundId;

  /**
   * For one result set.
   *
   * @param sealing what all share
   * @param table of its rows
   * @param rows as the driver has them
   * @param labels of the result set
   * @param boundId the id that the query asks for, or null
   */
  RowOpener(Sealing sealing, SealedTable table, ResultSet rows, Labels labels, String boundId) {
    this.sealing = sealing;
    this.table = table;
    this.rows = rows;
    this.labels = labels;
    this.boundId = boundId;
  }

  Value value() throws SQLException {
    SealedTable.Values columns = table.values();
    String type = text(columns.type());
    String text = text(SealedTable.TEXT);
    String text2 = text(SealedTable.TEXT2);
    String name = columns.name() == null ? null : text(columns.name());
    if (columns.forms() && type == null) {
      return new Value(null, text == null ? null : form(name, text), text2, null, null);
    }
    Long number = number();
    Double real = real();
    String bytes = text(SealedTable.BYTEARRAY);
    boolean marked = type != null && type.startsWith(SealedTable.TYPE_PREFIX);
    boolean empty = text == null && text2 == null && number == null && real == null;
    if (!marked) {
      boolean plain = columns.name() != null && sealing.rules().of(name) == Rule.PLAIN;
      if (plain && bytes == null) {
        return new Value(type, text, text2, number, real);
      }
      throw notSealed(columns.type(), name);
    }
    String opened = type.substring(SealedTable.TYPE_PREFIX.length());
    if (empty && bytes == null) {
      return new Value(opened, null, null, null, null);
    }
    if (text2 == null) {
      throw notSealed(SealedTable.TEXT2, name);
    }
    String envelope = envelope(SealedTable.TEXT2, text2, name);
    Context context =
        labels.has(columns.tenant())
                && (columns.instance() == null || labels.has(columns.instance()))
            ? Contexts.value(
                table,
                row(envelope),
                name,
                opened,
                text(columns.tenant()),
                columns.instance() == null ? null : text(columns.instance()))
            : stated(envelope, name, opened);
    PackedReader sealed =
        located(SealedTable.TEXT2, name, () -> sealing.bulla().openColumns(context, envelope));
    Value value = read(sealed, opened, name, bytes);
    checkTags(value, name, text, number, real);
    opened(context, envelope);
    return value;
  }

  private Value read(PackedReader columns, String type, String name, String bytes)
      throws SQLException {
    String text = null;
    String text2 = null;
    Long number = null;
    Double real = null;
    String pointsTo = null;
    for (int left = columns.i32(); left > 0; left--) {
      switch (columns.string()) {
        case SealedTable.TEXT -> text = (String) columns.value();
        case SealedTable.TEXT2 -> text2 = (String) columns.value();
        case SealedTable.LONG -> number = (Long) columns.value();
        case SealedTable.DOUBLE -> real = (Double) columns.value();
        case SealedTable.BYTEARRAY -> pointsTo = (String) columns.value();
        default -> columns.value();
      }
    }
    if (labels.has(SealedTable.BYTEARRAY) && !Objects.equals(pointsTo, bytes)) {
      throw new BullaException(
          Kind.CONTEXT_MISMATCH,
          "%s points to byte array %s, but was sealed with %s; it was re-pointed in the database"
              .formatted(place(SealedTable.BYTEARRAY, name), bytes, pointsTo));
    }
    return new Value(type, text, text2, number, real);
  }

  /** A tag that is not that of its value would let a query find what is not there. */
  private void checkTags(Value value, String name, String text, Long number, Double real)
      throws SQLException {
    Tags tags = sealing.tags();
    boolean wrong =
        (real != null
                && (value.real() == null
                    || !real.equals(tags.real(name, value.type(), value.real()))))
            || (number != null
                && (value.number() == null
                    || !number.equals(tags.number(name, value.type(), value.number()))))
            || (text != null
                && (value.text() == null
                    || !text.equals(tags.text(name, value.type(), value.text()))));
    if (wrong) {
      String column =
          real != null ? SealedTable.DOUBLE : number != null ? SealedTable.LONG : SealedTable.TEXT;
      throw new BullaException(
          Kind.TAG_MISMATCH,
          place(column, name)
              + ": the search tag is not that of the sealed value; it was changed in the database");
    }
  }

  private String form(String name, String text) throws SQLException {
    if (!isSealed(text) && sealing.rules().of(name) == Rule.PLAIN) {
      return text;
    }
    String envelope = envelope(SealedTable.TEXT, text, name);
    SealedTable.Values columns = table.values();
    Context context =
        Contexts.form(table, row(envelope), name, text(columns.tenant()), text(columns.instance()));
    String opened =
        located(SealedTable.TEXT, name, () -> sealing.bulla().openText(envelope, context));
    opened(context, envelope);
    return opened;
  }

  String text(String column, String stored) throws SQLException {
    String envelope =
        Tags.isMessage(stored) ? tagged(column, stored) : envelope(column, stored, null);
    Context context = Contexts.text(table, row(envelope), column);
    String opened = located(column, null, () -> sealing.bulla().openText(envelope, context));
    if (Tags.isMessage(stored) && !stored.equals(sealing.tags().message(column, opened))) {
      throw new BullaException(
          Kind.TAG_MISMATCH,
          place(column, null)
              + ": the search tag is not that of the sealed value; it was changed in the database");
    }
    opened(context, envelope);
    return opened;
  }

  Double number(String column, double stored) throws SQLException {
    String row = labels.has(SealedTable.ID) ? text(SealedTable.ID) : boundId;
    String envelope = kept(column, row, "its number");
    Context context = Contexts.text(table, row, column);
    PackedReader columns =
        located(column, null, () -> sealing.bulla().openColumns(context, envelope));
    Double number =
        columns.i32() == 1 && columns.string().equals(column) ? (Double) columns.value() : null;
    if (number == null || stored != sealing.tags().ofRow(column, row, number)) {
      throw new BullaException(
          Kind.TAG_MISMATCH,
          place(column, null)
              + ": not the tag of the sealed number; it was changed in the database");
    }
    opened(context, envelope);
    return number;
  }

  private String tagged(String column, String stored) throws SQLException {
    String row = labels.has(SealedTable.ID) ? text(SealedTable.ID) : boundId;
    return kept(column, row, stored);
  }

  private String kept(String column, String row, String what) throws SQLException {
    String envelope =
        sealing
            .overflow()
            .find(rows.getStatement().getConnection(), Overflow.id(table.name(), row));
    if (envelope == null) {
      throw new BullaException(
          Kind.AUTHENTICATION_FAILED,
          place(column, null)
              + ": the envelope that belongs to "
              + what
              + " is missing; it was deleted, or the number was put there past the engine");
    }
    return envelope;
  }

  byte[] bytes(SealedTable.Bytes part, byte[] stored) throws SQLException {
    String envelope = new String(stored, ISO_8859_1);
    if (!isSealed(envelope)) {
      throw notSealed(part.column(), part.name() == null ? null : textIfAny(part.name()));
    }
    boolean complete = part.name() == null || labels.has(part.name());
    Context context =
        complete
            ? Contexts.bytes(
                table,
                row(envelope),
                part.column(),
                textIfAny(part.name()),
                textIfAny(part.type()),
                textIfAny(part.tenant()))
            : stated(envelope, null, null);
    byte[] opened =
        located(
            part.column(),
            textIfAny(part.name()),
            () -> sealing.bulla().openBytes(stored, context));
    opened(context, envelope);
    return opened;
  }

  /** Where a query leaves columns of the context out, the envelope's own word stands for them. */
  private Context stated(String envelope, String name, String type) throws SQLException {
    Context said = sealing.bulla().inspect(envelope).context();
    return Context.builder(table.name(), row(envelope), said.group())
        .name(name == null ? said.name() : name)
        .type(type == null ? said.type() : type)
        .tenant(said.tenant())
        .instance(said.instance())
        .build();
  }

  private String row(String envelope) throws SQLException {
    if (labels.has(SealedTable.ID)) {
      return text(SealedTable.ID);
    }
    return boundId != null ? boundId : sealing.bulla().inspect(envelope).context().row();
  }

  private String envelope(String column, String stored, String name) throws SQLException {
    if (Overflow.isReference(stored)) {
      String row = labels.has(SealedTable.ID) ? text(SealedTable.ID) : boundId;
      return sealing
          .overflow()
          .resolve(rows.getStatement().getConnection(), Overflow.id(table.name(), row), stored);
    }
    if (!isSealed(stored)) {
      throw notSealed(column, name);
    }
    return stored;
  }

  /**
   * The protected header of an envelope is a JSON object in base64url: it begins with a brace and a
   * quote.
   */
  private static boolean isSealed(String stored) {
    return (stored.startsWith("eyJ") && stored.indexOf('.') > 0) || Overflow.isReference(stored);
  }

  /** An error in opening says where it was met. */
  private <T> T located(String column, String name, Supplier<T> open) throws SQLException {
    try {
      return open.get();
    } catch (BullaException e) {
      throw new BullaException(e.kind(), place(column, name) + ": " + e.getMessage(), e);
    }
  }

  private void opened(Context context, String envelope) {
    if (sealing.recorder() != null && envelope.length() > TAG) {
      byte[] tag = Base64.getUrlDecoder().decode(envelope.substring(envelope.length() - TAG));
      sealing
          .recorder()
          .opened(
              table.name(),
              context.row(),
              tag.length == TAG_BYTES ? tag : envelope.getBytes(UTF_8));
    }
  }

  private BullaException notSealed(String column, String name) throws SQLException {
    return new BullaException(
        Kind.NOT_SEALED,
        place(column, name)
            + ": a plain value where policy says sealed; it was put there past the engine, restore"
            + " the sealed one or run an audit to see who wrote it");
  }

  private String place(String column, String name) throws SQLException {
    String row = labels.has(SealedTable.ID) ? text(SealedTable.ID) : boundId;
    return table.name()
        + "."
        + column
        + " of row "
        + row
        + (name == null ? "" : ", variable '" + name + "'");
  }

  private Long number() throws SQLException {
    if (!labels.has(SealedTable.LONG)) {
      return null;
    }
    long value = rows.getLong(labels.index(SealedTable.LONG));
    return rows.wasNull() ? null : value;
  }

  private Double real() throws SQLException {
    if (!labels.has(SealedTable.DOUBLE)) {
      return null;
    }
    double value = rows.getDouble(labels.index(SealedTable.DOUBLE));
    return rows.wasNull() ? null : value;
  }

  private String textIfAny(String column) throws SQLException {
    return column == null ? null : text(column);
  }

  private String text(String column) throws SQLException {
    return labels.has(column) ? rows.getString(labels.index(column)) : null;
  }
}
