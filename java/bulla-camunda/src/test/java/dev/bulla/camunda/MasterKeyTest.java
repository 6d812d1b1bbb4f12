package dev.bulla.camunda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.MasterKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine whose keys are wrapped by Java code, as by the client of a key service. */
class MasterKeyTest {

  @TempDir Path directory;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(directory);
  }

  /** Wraps by AES key wrap of the JCE. */
  private static final class ServiceKey implements MasterKey {
    final AtomicInteger unwraps = new AtomicInteger();
    boolean available = true;
    private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");

    @Override
    public String kid() {
      return "service/key/1";
    }

    @Override
    public byte[] wrap(byte[] secret) throws Exception {
      Cipher cipher = Cipher.getInstance("AESWrap");
      cipher.init(Cipher.WRAP_MODE, key);
      return cipher.wrap(new SecretKeySpec(secret, "AES"));
    }

    @Override
    public byte[] unwrap(byte[] wrapped) throws Exception {
      if (!available) {
        throw new IllegalStateException("the service is down");
      }
      unwraps.incrementAndGet();
      Cipher cipher = Cipher.getInstance("AESWrap");
      cipher.init(Cipher.UNWRAP_MODE, key);
      return cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
    }
  }

  @Test
  void an_engine_lives_on_a_master_key_of_java_alone() throws Exception {
    Files.delete(directory.resolve("keys/master.jwk"));
    ServiceKey key = new ServiceKey();
    ProcessEngine engine = start(key);
    Site.deploy(engine);
    ProcessInstance instance =
        engine.getRuntimeService().startProcessInstanceByKey("order", Map.of("secret", "2,500"));
    engine.close();

    assertThat(site.query("select ROW_ from BULLA_KEY"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(payload(row)).contains("\"service/key/1\""));

    ProcessEngine next = start(key);
    try {
      assertThat(next.getRuntimeService().getVariable(instance.getId(), "secret"))
          .isEqualTo("2,500");
      assertThat(key.unwraps).hasPositiveValue();
    } finally {
      next.close();
    }
  }

  @Test
  void what_a_master_key_throws_is_the_cause_of_what_the_engine_throws() {
    ServiceKey key = new ServiceKey();
    start(key).close();
    key.available = false;

    assertThatThrownBy(() -> start(key))
        .hasStackTraceContaining("the service is down")
        .satisfies(
            error ->
                assertThat(error)
                    .isInstanceOfSatisfying(
                        BullaException.class,
                        bulla -> assertThat(bulla.kind()).isEqualTo(Kind.KEY_UNAVAILABLE)));
  }

  private ProcessEngine start(MasterKey key) {
    return site.start(
        configuration -> configuration.setProcessEnginePlugins(List.of(site.plugin(key))));
  }

  private static String payload(String row) {
    String encoded = row.substring(row.indexOf('.') + 1, row.lastIndexOf('.'));
    return new String(Base64.getUrlDecoder().decode(encoded), UTF_8);
  }
}
