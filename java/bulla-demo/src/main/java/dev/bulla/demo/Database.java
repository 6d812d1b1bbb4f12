package dev.bulla.demo;

import dev.bulla.demo.Attack.OlderBackup;
import dev.bulla.demo.Attack.Sql;
import dev.bulla.demo.Attack.Statements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** An H2 database in a file of its own, and what its owner does with it. */
record Database(Path directory) {

  /** The URL that the engine and the audit connect to. */
  String url() {
    return "jdbc:h2:file:" + directory.toAbsolutePath().resolve("loans");
  }

  /** The file itself. */
  Path file() {
    return directory.resolve("loans.mv.db");
  }

  /** A connection past the engine. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), "sa", "");
  }

  /** Copies the file of a database that is not open. */
  Database copyTo(Path target) throws IOException {
    Files.createDirectories(target);
    Database copy = new Database(target);
    Files.copy(file(), copy.file(), StandardCopyOption.REPLACE_EXISTING);
    return copy;
  }

  /** Does what an attack does. */
  void suffer(Attack attack, Database backup) throws SQLException, IOException {
    if (attack instanceof Statements statements) {
      execute(statements.statements());
    } else if (attack instanceof OlderBackup) {
      backup.copyTo(directory);
    }
  }

  private void execute(List<Sql> statements) throws SQLException {
    try (Connection connection = connect()) {
      for (Sql sql : statements) {
        try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
          Rows.bind(statement, sql.values().toArray());
          statement.execute();
          if (statement.getUpdateCount() == 0 && sql.text().startsWith("UPDATE")) {
            throw new IllegalStateException("changes nothing: " + sql);
          }
        }
      }
    }
  }
}
