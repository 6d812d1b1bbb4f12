package dev.bulla.engine.node;

import dev.bulla.engine.record.Capture;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The salts of process instances. An instance gets one in the transaction that starts it, and in no
 * other: so two transactions never make one for the same instance. Rows of what is no process
 * instance, or was started without history, have none; the ledger then uses the installation's.
 */
final class Salts {

  private static final int LENGTH = 32;
  private static final int CACHED = 10_000;

  private final Database database;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, byte[]> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
              return size() > CACHED;
            }
          });

  Salts(Database database) {
    this.database = database;
  }

  /** The salts of one transaction, which others may use once it has committed. */
  record Used(Map<String, byte[]> all, Map<String, byte[]> fresh) {}

  /** Finds the salts of the instances in a capture, and makes those of the started ones. */
  Used use(Connection connection, Capture capture) throws SQLException {
    Map<String, byte[]> all = new HashMap<>();
    Map<String, byte[]> fresh = new HashMap<>();
    Set<String> started = capture.started();
    List<String> wanted = new ArrayList<>();
    for (String instance : capture.instances()) {
      if (started.contains(instance)) {
        byte[] salt = new byte[LENGTH];
        random.nextBytes(salt);
        fresh.put(instance, salt);
        all.put(instance, salt);
      } else {
        byte[] cached = known.get(instance);
        if (cached == null) {
          wanted.add(instance);
        } else {
          all.put(instance, cached);
        }
      }
    }
    if (!fresh.isEmpty()) {
      insert(connection, fresh);
    }
    for (String instance : wanted) {
      byte[] salt = read(connection, instance);
      if (salt != null) {
        all.put(instance, salt);
        known.put(instance, salt);
      }
    }
    return new Used(all, fresh);
  }

  /** The transaction that made these has committed. */
  void committed(Used used) {
    used.fresh().forEach((instance, salt) -> known.put(instance, salt));
  }

  private void insert(Connection connection, Map<String, byte[]> fresh) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into " + database.table("BULLA_SALT") + " (INSTANCE_, SALT_) values (?, ?)")) {
      for (Map.Entry<String, byte[]> entry : fresh.entrySet()) {
        insert.setString(1, entry.getKey());
        insert.setString(
            2, Base64.getUrlEncoder().withoutPadding().encodeToString(entry.getValue()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private byte[] read(Connection connection, String instance) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select SALT_ from " + database.table("BULLA_SALT") + " where INSTANCE_ = ?")) {
      select.setString(1, instance);
      try (ResultSet results = select.executeQuery()) {
        return results.next() ? Base64.getUrlDecoder().decode(results.getString(1)) : null;
      }
    }
  }
}
