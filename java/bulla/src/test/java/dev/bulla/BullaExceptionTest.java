package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.BullaException.Kind;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BullaExceptionTest {
  @Test
  void kindsHaveTheNamesAndNumbersOfTheNatives() {
    NativeLibrary.load();
    Map<String, Integer> natives = new LinkedHashMap<>();
    PackedReader list = new PackedReader(LibraryNative.kinds());
    for (int left = list.i32(); left > 0; left--) {
      int number = list.i32();
      natives.put(upperSnake(list.string()), number);
    }
    Map<String, Integer> ours = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      ours.put(kind.name(), kind.number());
    }
    assertThat(ours).containsExactlyEntriesOf(natives);
  }

  private static String upperSnake(String camelCase) {
    return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }
}
