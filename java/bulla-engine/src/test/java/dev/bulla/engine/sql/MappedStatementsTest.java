package dev.bulla.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.ibatis.mapping.SqlCommandType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MappedStatementsTest {

  static List<String> databases() {
    return MappedStatements.databases();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void every_mapped_write_is_understood(String database) {
    List<String> notUnderstood = new ArrayList<>();
    int writes = 0;
    for (MappedStatements.Mapped mapped : MappedStatements.of(database)) {
      if (mapped.type() == SqlCommandType.SELECT) {
        continue;
      }
      for (String sql : mapped.texts()) {
        writes++;
        Statement statement = SqlReader.read(sql);
        boolean fits =
            statement instanceof Statement.Insert
                || statement instanceof Statement.Update
                || statement instanceof Statement.Delete;
        if (!fits) {
          notUnderstood.add(mapped.id() + ": " + statement + "\n  " + sql.replaceAll("\\s+", " "));
        }
      }
    }
    assertThat(writes).isGreaterThan(300);
    assertThat(notUnderstood).isEmpty();
  }
}
