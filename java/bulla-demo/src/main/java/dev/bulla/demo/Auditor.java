package dev.bulla.demo;

import dev.bulla.AuditReport;
import dev.bulla.audit.AuditCommand;
import dev.bulla.audit.DatabaseAudit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Has what the node disclosed, and audits databases against its anchors.
 *
 * @param policy the pinned public keys
 * @param keys the commitment keys, which open nothing
 * @param anchors where the node's anchors lie
 */
record Auditor(Path policy, Path keys, Path anchors) {

  /** What an audit of a database comes to. */
  AuditReport audit(Database database) throws SQLException, IOException {
    try (Connection connection = database.connect()) {
      return new DatabaseAudit(connection)
          .policy(Files.readString(policy), policy.toString())
          .keys(Files.readString(keys))
          .anchors(anchors)
          .run();
    }
  }

  /** Audits with the command, as an auditor would, and has it write the report for people. */
  int report(Database database, Path html) {
    return AuditCommand.run(
        "--jdbc-url", database.url(),
        "--user", "sa",
        "--policy", policy.toString(),
        "--keys", keys.toString(),
        "--anchors", anchors.toString(),
        "--report", html.toString());
  }
}
