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
    String text2 = text(SealedTable.TEXT2);
    String name = columns.name() == null ? null : text(columns.name());
    if (columns.forms() && type == null) {
      return new Value(null, form(name, text(SealedTable.TEXT)), text2, null, null);
    }
    Tags.Columns stored = new Tags.Columns(text(SealedTable.TEXT), number(), real());
    String bytes = text(SealedTable.BYTEARRAY);
    if (type == null || !type.startsWith(SealedTable.TYPE_PREFIX)) {
      boolean plain = columns.name() != null && sealing.rules().of(name) == Rule.PLAIN;
      if (plain && bytes == null) {
        return new Value(type, stored.text(), text2, stored.number(), stored.real());
      }
      throw notSealed(columns.type(), name);
    }
    if (text2 == null) {
      throw missing(SealedTable.TEXT2, name);
    }
    String opened = type.substring(SealedTable.TYPE_PREFIX.length());
    boolean isNull = Tags.isNull(text2);
    String envelope = envelope(SealedTable.TEXT2, withoutMark(text2), name);
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
    Value value = read(sealed, opened, name, bytes, stored, isNull);
    opened(context, envelope);
    return value;
  }

  private Value read(
      PackedReader columns,
      String type,
      String name,
      String bytes,
      Tags.Columns stored,
      boolean isNull)
      throws SQLException {
    String text = null;
    String text2 = null;
    Long number = null;
    Double real = null;
    String pointsTo = null;
    boolean tagged = false;
    int count = columns.i32();
    for (int left = count; left > 0; left--) {
      switch (columns.string()) {
        case SealedTable.TEXT -> text = (String) columns.value();
        case SealedTable.TEXT2 -> text2 = (String) columns.value();
        case SealedTable.LONG -> number = (Long) columns.value();
        case SealedTable.DOUBLE -> real = (Double) columns.value();
        case SealedTable.BYTEARRAY -> pointsTo = (String) columns.value();
        case SealedTable.TAGGED -> tagged = Long.valueOf(1).equals(columns.value());
        default -> columns.value();
      }
    }
    if (labels.has(SealedTable.BYTEARRAY) && !Objects.equals(pointsTo, bytes)) {
      throw new BullaException(
          Kind.CONTEXT_MISMATCH,
          "%s points to byte array %s, but was sealed with %s; it was re-pointed in the database"
              .formatted(place(SealedTable.BYTEARRAY, name), bytes, pointsTo));
    }
    if (isNull != (count == 0)) {
      throw wrongTag(SealedTable.TEXT2, name);
    }
    Tags.Columns tags =
        tagged
            ? sealing.tags().columns(name, type, text, number, real, pointsTo)
            : Tags.Columns.NONE;
    checkTag(SealedTable.TEXT, tags.text(), stored.text(), name);
    checkTag(SealedTable.LONG, tags.number(), stored.number(), name);
    checkTag(SealedTable.DOUBLE, tags.real(), stored.real(), name);
    return new Value(type, text, text2, number, real);
  }

  /** A wrong tag would let a query find what is not there, a missing one hide what is. */
  private void checkTag(String column, Object tag, Object stored, String name) throws SQLException {
    if (!Objects.equals(tag, stored) && labels.has(column)) {
      throw stored == null
          ? new BullaException(
              Kind.TAG_MISMATCH,
              place(column, name) + ": the search tag was removed in the database")
          : wrongTag(column, name);
    }
  }

  private BullaException wrongTag(String column, String name) throws SQLException {
    return new BullaException(
        Kind.TAG_MISMATCH,
        place(column, name)
            + ": the search tag is not that of the sealed value; it was changed in the database");
  }

  private String form(String name, String text) throws SQLException {
    if ((text == null || !isSealed(text)) && sealing.rules().of(name) == Rule.PLAIN) {
      return text;
    }
    if (text == null) {
      throw missing(SealedTable.TEXT, name);
    }
    String envelope = envelope(SealedTable.TEXT, withoutMark(text), name);
    SealedTable.Values columns = table.values();
    Context context =
        Contexts.form(table, row(envelope), name, text(columns.tenant()), text(columns.instance()));
    String opened = null;
    if (Tags.isNull(text)) {
      requireNull(SealedTable.TEXT, name, context, envelope);
    } else {
      opened = located(SealedTable.TEXT, name, () -> sealing.bulla().openText(envelope, context));
    }
    opened(context, envelope);
    return opened;
  }

  private static String withoutMark(String stored) {
    return Tags.isNull(stored) ? stored.substring(Tags.NULL.length()) : stored;
  }

  /** The envelope of null holds no columns; that of bytes or text cannot be opened as columns. */
  private void requireNull(String column, String name, Context context, String envelope)
      throws SQLException {
    PackedReader sealed =
        located(column, name, () -> sealing.bulla().openColumns(context, envelope));
    if (sealed.i32() != 0) {
      throw wrongTag(column, name);
    }
  }

  String text(String column, String stored) throws SQLException {
    if (table.mixed().contains(column) && !Tags.isMessage(stored) && !isSealed(stored)) {
      return stored;
    }
    String envelope =
        Tags.isMessage(stored) ? tagged(column, stored) : envelope(column, stored, null);
    Context context = Contexts.text(table, row(envelope), column);
    String opened = located(column, null, () -> sealing.bulla().openText(envelope, context));
    if (Tags.isMessage(stored) && !stored.equals(sealing.tags().message(column, opened))) {
      throw wrongTag(column, null);
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
    if (stored == null) {
      throw missing(part.column(), textIfAny(part.name()));
    }
    String text = new String(stored, ISO_8859_1);
    String envelope = withoutMark(text);
    if (!isSealed(envelope)) {
      throw notSealed(part.column(), textIfAny(part.name()));
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
    byte[] opened = null;
    if (Tags.isNull(text)) {
      requireNull(part.column(), textIfAny(part.name()), context, envelope);
    } else {
      opened =
          located(
              part.column(),
              textIfAny(part.name()),
              () -> sealing.bulla().openBytes(stored, context));
    }
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

  private BullaException missing(String column, String name) throws SQLException {
    return new BullaException(
        Kind.NOT_SEALED,
        place(column, name)
            + (labels.has(column)
                ? ": no value, not even a sealed null; it was taken away past the engine, restore"
                    + " it or run an audit to see what was written last"
                : ": the query does not select this column, where the sealed value stands; add"
                    + " it"));
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
