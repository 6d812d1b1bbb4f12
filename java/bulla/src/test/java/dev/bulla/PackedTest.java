package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedTest {
  private static final Object[] VALUES = {
    null,
    "",
    "größe 𝄞",
    "a".repeat(64),
    "a".repeat(65),
    "a".repeat(63) + "ß",
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    -0.0,
    Double.NaN,
    new byte[] {0, -1},
    new byte[0],
    LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000),
    LocalDateTime.of(2026, 1, 31, 12, 0)
  };

  @Test
  void whatIsWrittenIsReadBack() {
    PackedWriter writer = new PackedWriter(1).u8(200).i32(-2).i64(-3).string(null).bytes(null);
    for (Object value : VALUES) {
      writer.value(value);
    }
    PackedReader reader = new PackedReader(writer.toByteArray());
    assertThat(reader.u8()).isEqualTo(200);
    assertThat(reader.i32()).isEqualTo(-2);
    assertThat(reader.i64()).isEqualTo(-3);
    assertThat(reader.string()).isNull();
    assertThat(reader.bytes()).isNull();
    for (Object value : VALUES) {
      assertThat(reader.value()).isEqualTo(value);
    }
    assertThat(reader.isEmpty()).isTrue();
  }

  @Test
  void aBufferCutAnywhereIsRefused() {
    byte[] whole = new PackedWriter().value("abc").value(new byte[] {1}).value(7).toByteArray();
    for (int length = 0; length < whole.length; length++) {
      PackedReader reader = new PackedReader(Arrays.copyOf(whole, length));
      assertThatThrownBy(
              () -> {
                reader.value();
                reader.value();
                reader.value();
              })
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
          .hasMessage("the packed buffer ends early");
    }
  }

  @Test
  void anUnknownTypeIsRefused() {
    assertThatThrownBy(() -> new PackedReader(new byte[] {9}).value())
        .hasMessage("the packed buffer holds a value of unknown type 9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\udc00", "ab\ud800c", "é\ud800", "𝄞\udd1e"})
  void halfAPairIsRefusedAndNotReplaced(String text) {
    int place = text.startsWith("a") ? text.indexOf(text.charAt(text.length() > 2 ? 2 : 1)) : -1;
    assertThatThrownBy(() -> new PackedWriter().string(text))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LONE_SURROGATE))
        .hasMessageStartingWith("lone surrogate at character " + (place < 0 ? "" : place));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8191, 8192, 8193, 20_000})
  void aLoneSurrogateIsFoundWhereverItIsInALongText(int place) {
    String ascii = "?".repeat(20_001);
    assertThat(PackedWriter.utf8(ascii)).isEqualTo(ascii.getBytes(UTF_8));
    String text = ascii.substring(0, place) + '\ud83f' + ascii.substring(place + 1);
    assertThatThrownBy(() -> PackedWriter.utf8(text))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LONE_SURROGATE))
        .hasMessage("lone surrogate at character " + place);
  }

  @Test
  void aQuestionMarkIsNoLoneSurrogate() {
    assertThat(PackedWriter.utf8("?é")).isEqualTo(new byte[] {'?', (byte) 0xc3, (byte) 0xa9});
  }

  @Test
  void integersOfAllSizesAndBooleansAreThePackedTheSame() {
    byte[] one = new PackedWriter().value(1L).toByteArray();
    for (Object value : new Object[] {1, (short) 1, (byte) 1, true}) {
      assertThat(new PackedWriter().value(value).toByteArray()).isEqualTo(one);
    }
  }

  @Test
  void datesArePackedAsTheWallClockShowsThem() {
    LocalDateTime wall = LocalDateTime.of(2026, 7, 1, 8, 30, 0, 123_000_000);
    Timestamp timestamp = Timestamp.valueOf(wall);
    byte[] expected = new PackedWriter().value(wall).toByteArray();
    assertThat(new PackedWriter().value(timestamp).toByteArray()).isEqualTo(expected);
    assertThat(new PackedWriter().value(new Date(timestamp.getTime())).toByteArray())
        .isEqualTo(expected);
  }

  @Test
  void aTimeTooFarAwayPassesForNoOther() {
    LocalDateTime time = LocalDateTime.of(2026, 11, 23, 12, 0);
    // 2^64 microseconds, what a long cannot tell from 0
    LocalDateTime later = time.plusSeconds(18_446_744_073_709L).plusNanos(551_616_000);
    LocalDateTime earlier = time.minusSeconds(18_446_744_073_709L).minusNanos(551_616_000);
    assertThat(new PackedWriter().value(later).toByteArray())
        .isEqualTo(new PackedWriter().u8(PackedWriter.TIMESTAMP).i64(Long.MAX_VALUE).toByteArray());
    assertThat(new PackedWriter().value(earlier).toByteArray())
        .isEqualTo(new PackedWriter().u8(PackedWriter.TIMESTAMP).i64(Long.MIN_VALUE).toByteArray());
  }

  @Test
  void aValueOfAnotherTypeIsRefusedByName() {
    assertThatThrownBy(() -> new PackedWriter().value(BigDecimal.ONE))
        .hasMessage("a column value of java.math.BigDecimal has no packed form");
  }
}
