package dev.bulla.suite;

import dev.bulla.Bulla;
import dev.bulla.Keys;
import dev.bulla.engine.seal.SealingInterceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.ibatis.session.Configuration;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;

/** Seals everything, with keys of its own. */
public final class SuitePlugin extends AbstractProcessEnginePlugin {

  @Override
  public void postInit(ProcessEngineConfigurationImpl engine) {
    Bulla bulla = Bulla.open(configuration());
    Configuration mybatis = engine.getSqlSessionFactory().getConfiguration();
    mybatis.addInterceptor(new SealingInterceptor(bulla, mybatis, "", null));
    try (Connection connection = engine.getDataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists BULLA_OVERFLOW (ID_ varchar(128) primary key,"
              + " ENVELOPE_ clob)");
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path configuration() {
    try {
      Path directory = Files.createTempDirectory("bulla-suite");
      Keys.generate(directory.resolve("keys"), "suite/node");
      return Files.writeString(
          directory.resolve("bulla.toml"),
          """
          installation = "suite"
          node = "node"

          [keys]
          master = "keys/master.jwk"
          identity = "keys/identity.jwk"
          log = "keys/log.jwk"
          registry = "registry.jsonl"

          [policy]
          seal = ["*"]
          search = ["*"]

          [[anchor]]
          directory = "anchors"
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
