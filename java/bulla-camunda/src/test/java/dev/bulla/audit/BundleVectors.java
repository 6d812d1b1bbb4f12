package dev.bulla.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/**
 * Writes the bundles among the vectors anew; only a new version of the format needs that. Its
 * argument is their directory.
 */
final class BundleVectors {
  private BundleVectors() {}

  /** Writes them. */
  public static void main(String... arguments) throws IOException, SQLException {
    Path vectors = Path.of(arguments[0]);
    Installation site = new Installation(Files.createTempDirectory("bulla-vectors")).live();
    Files.copy(site.policy(), vectors.resolve("audit-policy.toml"));
    Files.copy(site.keys(), vectors.resolve("audit-keys.jwks"));
    Files.move(site.export(UnaryOperator.identity()), vectors.resolve("clean.tar.gz"));
    site.tamper("UPDATE ACT_HI_TASKINST SET ASSIGNEE_ = 'mallory' WHERE ASSIGNEE_ = 'john'");
    site.tamper("DELETE FROM ACT_HI_VARINST WHERE NAME_ = 'rate'");
    site.tamper("UPDATE ACT_HI_VARINST SET TEXT2_ = 'eyJ' WHERE NAME_ = 'applicant'");
    site.tamper("INSERT INTO ACT_ID_USER (ID_) VALUES (CHAR(27) || '[2J')");
    Files.move(site.export(UnaryOperator.identity()), vectors.resolve("edited.tar.gz"));
    Files.writeString(
        vectors.resolve("edited.json"), site.audit(UnaryOperator.identity()).json() + "\n");
  }
}
