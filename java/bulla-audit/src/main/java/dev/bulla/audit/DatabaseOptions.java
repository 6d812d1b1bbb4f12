package dev.bulla.audit;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Option;

/** The options that say where an engine's tables are. */
final class DatabaseOptions {
  /** Warns of URLs that it cannot read, and tells them whole, with their passwords. */
  private static final Logger POSTGRESQL = Logger.getLogger("org.postgresql.Driver");

  @Option(names = "--jdbc-url", paramLabel = "URL", description = "the engine's database")
  String url;

  @Option(names = "--user", paramLabel = "NAME", description = "the database user")
  private String user;

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      arity = "0..1",
      interactive = true,
      description = "the database password; asked for when none follows")
  private String password;

  @Option(
      names = "--schema",
      paramLabel = "NAME",
      description = "the schema of the engine's tables")
  String schema;

  @Option(
      names = "--table-prefix",
      paramLabel = "PREFIX",
      description = "what the engine puts before table names")
  String prefix;

  /**
   * The URL without what follows the database's name, and without a user: nothing secret. Where
   * others have their passwords is not known, so of their URLs only the beginning is told.
   */
  String place() {
    if (!url.matches("(?s)jdbc:(h2|postgresql):.*")) {
      return url.replaceFirst("(?s)(jdbc:\\w+:)?.*", "$1…");
    }
    return url.replaceFirst("(?s)[;?].*", "").replaceFirst("//.*@", "//");
  }

  Connection connect() {
    String existing = existing();
    POSTGRESQL.setLevel(Level.OFF);
    try {
      return DriverManager.getConnection(existing, user, password);
    } catch (SQLException e) {
      String reason = String.valueOf(e.getMessage()).replace(existing, place());
      throw new BullaException(
          Kind.IO,
          "no connection to %s%s: %s; see --jdbc-url, --user and --password"
              .formatted(place(), user == null ? "" : " as " + user, reason));
    }
  }

  /** The URL, of H2 without leave to make a database where there is none. */
  private String existing() {
    boolean makes =
        url.startsWith("jdbc:h2:")
            && !url.startsWith("jdbc:h2:mem:")
            && !url.toUpperCase(Locale.ROOT).contains(";IFEXISTS=");
    return makes ? url + ";IFEXISTS=TRUE" : url;
  }
}
