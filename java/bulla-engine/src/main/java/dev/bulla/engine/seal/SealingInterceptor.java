package dev.bulla.engine.seal;

import dev.bulla.Bulla;
import dev.bulla.engine.record.BulkDeletions;
import dev.bulla.engine.record.Recorder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.ibatis.executor.statement.StatementHandler;
import org.apache.ibatis.plugin.Interceptor;
import org.apache.ibatis.plugin.Invocation;
import org.apache.ibatis.session.Configuration;

/**
 * Seals the values of one engine. Add it to the engine's MyBatis configuration, once all statements
 * are mapped and before the first is executed.
 */
public final class SealingInterceptor implements Interceptor, BulkDeletions {

  private final Sealing sealing;

  /**
   * Seals with the keys and the policy of {@code bulla}.
   *
   * @param bulla is not closed by this
   * @param configuration the engine's
   * @param tablePrefix what the engine puts before its tables, schema included; empty for nothing
   * @param recorder is told of what is bound and opened; null for nobody
   */
  public SealingInterceptor(
      Bulla bulla, Configuration configuration, String tablePrefix, Recorder recorder) {
    this.sealing = new Sealing(bulla, recorder, new Overflow(tablePrefix, recorder), configuration);
  }

  @Override
  public void deleted(Connection connection, String table, List<String> ids) throws SQLException {
    if (SealedTable.named(table) != null) {
      sealing.overflow().lookAgain();
      for (String id : ids) {
        sealing.overflow().remove(connection, table, id, null);
      }
    }
  }

  @Override
  public Object plugin(Object target) {
    return target instanceof StatementHandler handler
        ? new SealingHandler(handler, sealing)
        : target;
  }

  @Override
  public Object intercept(Invocation invocation) throws ReflectiveOperationException {
    return invocation.proceed();
  }
}
