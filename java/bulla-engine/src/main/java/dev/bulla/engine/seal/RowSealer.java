package dev.bulla.engine.seal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Context;
import dev.bulla.PackedWriter;
import dev.bulla.Rule;
import dev.bulla.engine.record.RowLock;
import dev.bulla.engine.sql.Selection;
import dev.bulla.engine.sql.Source;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Seals the values of one INSERT or UPDATE in place, before they are bound. */
final class RowSealer {

  private final Sealing sealing;
  private final RowPlan plan;
  private final Object[] bound;
  private final Object parameter;
  private final Connection connection;

  /**
   * For one execution.
   *
   * @param sealing what all share
   * @param plan of the statement
   * @param bound what MyBatis bound, by index from 0; replaced by what is to be bound
   * @param parameter the statement's parameter object
   * @param connection of the statement
   */
  RowSealer(
      Sealing sealing, RowPlan plan, Object[] bound, Object parameter, Connection connection) {
    this.sealing = sealing;
    this.plan = plan;
    this.bound = bound;
    this.parameter = parameter;
    this.connection = connection;
  }

  void seal() throws SQLException {
    try {
      sealAll();
    } catch (BullaException e) {
      throw e.kind() == Kind.LONE_SURROGATE ? placed(e) : e;
    }
  }

  /** Whoever gave the text has to find it among all that a command writes. */
  private BullaException placed(BullaException e) {
    SealedTable.Values columns = plan.table().values();
    String name = columns == null || columns.name() == null ? null : context(columns.name());
    return new BullaException(
        e.kind(),
        "%s of %s: %s; half of a surrogate pair has no UTF-8 form"
            .formatted(
                name == null ? "row " + row() : "variable " + name,
                plan.table().name(),
                e.getMessage()),
        e);
  }

  private void sealAll() throws SQLException {
    if (plan.values()) {
      sealValues();
    } else if (plan.form()) {
      sealForm();
    }
    for (String column : plan.texts()) {
      sealText(column);
    }
    for (String column : plan.numbers()) {
      sealNumber(column);
    }
    for (SealedTable.Bytes part : plan.bytes()) {
      sealBytes(part);
    }
  }

  private void sealValues() throws SQLException {
    SealedTable table = plan.table();
    SealedTable.Values columns = table.values();
    String text = (String) get(SealedTable.TEXT);
    String text2 = (String) get(SealedTable.TEXT2);
    Long number = (Long) get(SealedTable.LONG);
    Double real = (Double) get(SealedTable.DOUBLE);
    String bytes = (String) get(SealedTable.BYTEARRAY);
    String type = (String) get(columns.type());
    String name = columns.name() == null ? null : context(columns.name());
    Rule rule = columns.name() == null ? Rule.SEALED : sealing.rules().of(name);
    if (rule == Rule.PLAIN && bytes == null) {
      forget();
      return;
    }
    set(columns.type(), SealedTable.TYPE_PREFIX + type);
    Context context =
        Contexts.value(
            table,
            row(),
            name,
            type,
            context(columns.tenant()),
            columns.instance() == null ? null : context(columns.instance()));
    Tags.Columns tags =
        columns.searched() && rule == Rule.SEARCHABLE
            ? sealing.tags().columns(name, type, text, number, real, bytes)
            : Tags.Columns.NONE;
    boolean isNull =
        text == null && text2 == null && number == null && real == null && bytes == null;
    PackedWriter sealed = pack(text, text2, number, real, bytes, !tags.isEmpty());
    String stored = fitted(sealing.bulla().sealColumns(context, sealed));
    set(SealedTable.DOUBLE, tags.real());
    set(SealedTable.LONG, tags.number());
    set(SealedTable.TEXT, tags.text());
    set(SealedTable.TEXT2, isNull ? Tags.NULL + stored : stored);
  }

  private static PackedWriter pack(
      String text, String text2, Long number, Double real, String bytes, boolean tagged) {
    int count = tagged ? 1 : 0;
    count += text == null ? 0 : 1;
    count += text2 == null ? 0 : 1;
    count += number == null ? 0 : 1;
    count += real == null ? 0 : 1;
    count += bytes == null ? 0 : 1;
    PackedWriter columns = new PackedWriter(64 + (text == null ? 0 : text.length()));
    columns.i32(count);
    pack(columns, SealedTable.TEXT, text);
    pack(columns, SealedTable.TEXT2, text2);
    pack(columns, SealedTable.LONG, number);
    pack(columns, SealedTable.DOUBLE, real);
    pack(columns, SealedTable.BYTEARRAY, bytes);
    pack(columns, SealedTable.TAGGED, tagged ? 1L : null);
    return columns;
  }

  private static void pack(PackedWriter columns, String name, Object value) {
    if (value != null) {
      columns.string(name).value(value);
    }
  }

  private void sealForm() throws SQLException {
    String text = (String) get(SealedTable.TEXT);
    SealedTable.Values columns = plan.table().values();
    String name = context(columns.name());
    if (sealing.rules().of(name) == Rule.PLAIN) {
      return;
    }
    Context context =
        Contexts.form(
            plan.table(), row(), name, context(columns.tenant()), context(columns.instance()));
    set(
        SealedTable.TEXT,
        text == null ? none(context) : fitted(sealing.bulla().seal(text, context)));
  }

  private void sealText(String column) throws SQLException {
    String text = (String) get(column);
    if (text == null) {
      if (plan.id() != null) {
        forget();
      }
      return;
    }
    text = MessageText.whole(text);
    String envelope = sealing.bulla().seal(text, Contexts.text(plan.table(), row(), column));
    if (sealing.rules().of(column) == Rule.SEARCHABLE) {
      keep(envelope);
      set(column, sealing.tags().message(column, text));
    } else {
      set(column, fitted(envelope));
    }
  }

  /**
   * No envelope fits a number's column: it gets a tag of row and value, which pins the envelope.
   */
  private void sealNumber(String column) throws SQLException {
    Double number = (Double) get(column);
    if (number == null) {
      return;
    }
    PackedWriter columns = new PackedWriter().i32(1).string(column).value(number);
    String envelope =
        sealing.bulla().sealColumns(Contexts.text(plan.table(), row(), column), columns);
    keep(envelope);
    set(column, sealing.tags().ofRow(column, row(), number));
  }

  private void sealBytes(SealedTable.Bytes part) {
    byte[] bytes = (byte[]) get(part.column());
    Context context =
        Contexts.bytes(
            plan.table(),
            row(),
            part.column(),
            optional(part.name()),
            optional(part.type()),
            optional(part.tenant()));
    String stored = bytes == null ? none(context) : sealing.bulla().seal(bytes, context);
    set(part.column(), stored.getBytes(ISO_8859_1));
  }

  /** Null is sealed too: a value that was taken away does not read as null. */
  private String none(Context context) {
    return Tags.NULL + sealing.bulla().sealColumns(context, new PackedWriter(4).i32(0));
  }

  /** The envelope, or a reference to it if it is too long for its column. */
  private String fitted(String envelope) throws SQLException {
    if (envelope.length() <= Overflow.COLUMN) {
      forget();
      return envelope;
    }
    keep(envelope);
    return Overflow.reference(Overflow.id(plan.table().name(), row()), envelope);
  }

  private void keep(String envelope) throws SQLException {
    if (plan.insert() || reachesRow()) {
      sealing
          .overflow()
          .put(connection, plan.table().name(), row(), parameter, envelope, plan.insert());
    }
  }

  /** An earlier value of the row may have been too long for its column. */
  private void forget() throws SQLException {
    String table = plan.table().name();
    if (!plan.insert()
        && sealing.overflow().isKept(connection, Overflow.id(table, row()))
        && reachesRow()) {
      sealing.overflow().remove(connection, table, row(), parameter);
    }
  }

  /**
   * Whether the UPDATE will find its row, which is locked then. The engine puts up with it if one
   * of its history does not, because another transaction was first; the envelope is that one's
   * then.
   */
  private boolean reachesRow() throws SQLException {
    Selection selection = plan.rows().select(List.of(SealedTable.ID));
    try (PreparedStatement select =
        connection.prepareStatement(selection.sql() + RowLock.clause(connection, plan.rows()))) {
      int place = 1;
      for (int index : selection.parameters()) {
        select.setObject(place++, bound[index - 1]);
      }
      try (ResultSet rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  private String row() {
    Object id = plan.id() instanceof Source.Parameter place ? bound[place.index() - 1] : null;
    if (id == null) {
      throw new BullaException(
          Kind.INTERNAL,
          plan.table().name()
              + " is written without the id of its row, so that its values cannot"
              + " be sealed; nothing was written");
    }
    return id.toString();
  }

  private String optional(String column) {
    return column == null ? null : context(column);
  }

  /** A column of the context: bound, or else a property of the parameter object. */
  private String context(String column) {
    Source source = plan.columns().get(column);
    if (source == null) {
      return plan.insert() ? null : sealing.properties().text(parameter, column);
    }
    return (String) get(column);
  }

  private Object get(String column) {
    int index = plan.parameter(column);
    return index == 0 ? null : bound[index - 1];
  }

  private void set(String column, Object value) {
    int index = plan.parameter(column);
    if (index > 0) {
      bound[index - 1] = value;
    } else if (value != null) {
      throw new BullaException(
          Kind.INTERNAL,
          "%s.%s is not written by the statement, so that the value cannot be sealed"
              .formatted(plan.table().name(), column));
    }
  }
}
