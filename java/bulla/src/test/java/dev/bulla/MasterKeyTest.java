package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStoreException;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that Java code implements. */
class MasterKeyTest {
  private static final String CONFIG =
      """
      installation = "loans"
      node = "node-1"
      [keys]
      identity = "keys/identity.jwk"
      log = "keys/log.jwk"
      """;

  @TempDir Path directory;

  /** Wraps by AES key wrap of the JCE, as a key service would. */
  static class ServiceKey implements MasterKey {
    final AtomicInteger wraps = new AtomicInteger();
    final AtomicInteger unwraps = new AtomicInteger();
    final List<byte[]> seen = new ArrayList<>();
    private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");

    @Override
    public String kid() {
      return "service/key/1";
    }

    @Override
    public byte[] wrap(byte[] secret) throws Exception {
      wraps.incrementAndGet();
      synchronized (seen) {
        seen.add(secret);
      }
      Cipher cipher = Cipher.getInstance("AESWrap");
      cipher.init(Cipher.WRAP_MODE, key);
      return cipher.wrap(new SecretKeySpec(secret, "AES"));
    }

    @Override
    public byte[] unwrap(byte[] wrapped) throws Exception {
      unwraps.incrementAndGet();
      Cipher cipher = Cipher.getInstance("AESWrap");
      cipher.init(Cipher.UNWRAP_MODE, key);
      byte[] secret = cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
      synchronized (seen) {
        seen.add(secret);
      }
      return secret;
    }
  }

  /** A key whose provider does what a test says. */
  record Failing(Function<byte[], byte[]> answer) implements MasterKey {
    @Override
    public String kid() {
      return "failing";
    }

    @Override
    public byte[] wrap(byte[] key) {
      return answer.apply(key);
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
      return answer.apply(wrapped);
    }
  }

  private Config config() {
    Keys.generate(directory.resolve("keys"), "loans/node-1");
    return Config.parse(CONFIG, directory.resolve("bulla.toml"));
  }

  @Test
  void anInstallationLivesOnAMasterKeyOfJava() {
    ServiceKey master = new ServiceKey();
    MemoryKeyRegistry registry = new MemoryKeyRegistry();
    Config config = config();
    Context place = Context.of("orders", "42", "note");
    String stored;
    String portable;
    try (Bulla bulla = Bulla.open(config, registry, master)) {
      stored = bulla.seal("confidential", place);
      portable = bulla.sealPortable(new byte[10_000], "{}");
    }
    try (Bulla bulla = Bulla.open(config, registry, master)) {
      assertThat(bulla.openText(stored, place)).isEqualTo("confidential");
      assertThat(bulla.openPortable(portable, "{}")).hasSize(10_000);
    }
    assertThat(portable).contains("encrypted_key");
    assertThat(Inspection.json(portable)).contains("dev.bulla.master", "service/key/1");
  }

  @Test
  void keyBytesDoNotStayInTheHeap() {
    ServiceKey master = new ServiceKey();
    try (Sealer sealer = Sealer.builder().master(master).build();
        Opener opener = Opener.of(master)) {
      assertThat(opener.openText(sealer.seal("x", "{}"), "{}")).isEqualTo("x");
    }
    assertThat(master.seen).hasSize(2).allSatisfy(key -> assertThat(key).containsOnly(0));
  }

  @Test
  void aMasterKeyIsAskedOnceForManyMessages() throws Exception {
    ServiceKey master = new ServiceKey();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Sealer sealer = Sealer.builder().master(master).build();
        Opener opener = Opener.of(master)) {
      List<Future<String>> envelopes = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] value = new byte[i * 100];
        envelopes.add(threads.submit(() -> sealer.seal(value, "{}")));
      }
      List<Future<byte[]>> values = new ArrayList<>();
      for (Future<String> envelope : envelopes) {
        String text = envelope.get();
        values.add(threads.submit(() -> opener.open(text, "{}")));
      }
      for (int i = 0; i < 200; i++) {
        assertThat(values.get(i).get()).hasSize(i * 100);
      }
      assertThat(master.wraps).hasValue(1);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aFailureKeepsItsCause() {
    RuntimeException cause = new IllegalStateException("the service is down");
    try (Sealer sealer = Sealer.builder().master(failing(cause)).build()) {
      for (int length : new int[] {1, 100_000}) {
        BullaException failure =
            catchThrowableOfType(BullaException.class, () -> sealer.seal(new byte[length], "{}"));
        assertThat(failure.kind()).isEqualTo(Kind.KEY_UNAVAILABLE);
        assertThat(failure.key()).contains("failing");
        assertThat(failure).hasCause(cause).hasMessageContaining("the service is down");
      }
    }
  }

  @Test
  void anErrorOfItsOwnKindComesThrough() {
    BullaException own = new BullaException(Kind.AUTHENTICATION_FAILED, "not wrapped here");
    try (Sealer sealer = Sealer.builder().master(failing(own)).build()) {
      assertThatThrownBy(() -> sealer.seal("x", "{}")).isSameAs(own);
    }
    StackOverflowError error = new StackOverflowError();
    Failing endless =
        new Failing(
            key -> {
              throw error;
            });
    try (Sealer sealer = Sealer.builder().master(endless).build()) {
      assertThatThrownBy(() -> sealer.seal("x", "{}")).isSameAs(error);
    }
  }

  @Test
  void answersThatAreNoKeyAreRefused() {
    try (Sealer sealer = Sealer.builder().master(new Failing(key -> null)).build()) {
      assertThatThrownBy(() -> sealer.seal("x", "{}")).hasMessageContaining("returned null");
    }
    Failing cut = new Failing(key -> new byte[7]);
    try (Sealer sealer = Sealer.builder().master(cut).build();
        Opener opener = Opener.of(cut)) {
      String envelope = sealer.seal("x", "{}");
      assertThatThrownBy(() -> opener.open(envelope, "{}"))
          .hasMessageContaining("it unwrapped a key and gave 7 bytes");
    }
  }

  @Test
  void aMasterKeyWithoutANameDoesNotGiveWayToAnother() throws IOException {
    MasterKey nameless =
        new ServiceKey() {
          @Override
          public String kid() {
            return null;
          }
        };
    Config config = config();
    Config withOwn =
        Config.parse(CONFIG + "master = \"keys/master.jwk\"\n", directory.resolve("bulla.toml"));
    for (Config each : List.of(config, withOwn)) {
      assertThatThrownBy(() -> Bulla.open(each, new MemoryKeyRegistry(), nameless))
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
          .hasMessage("a master key's kid is null");
    }
    String other = Files.readString(directory.resolve("keys/master.jwk"));
    Sealer.Builder sealer = Sealer.builder().master(nameless).recipient(other);
    assertThatThrownBy(sealer::build).hasMessage("a master key's kid is null");
    assertThatThrownBy(() -> Opener.of(nameless, other)).hasMessage("a master key's kid is null");
  }

  @Test
  void aMasterKeyThatSealsByItselfIsRefusedAndDoesNotHang() {
    Sealer[] own = new Sealer[1];
    Failing circular = new Failing(key -> own[0].seal(key, "{}").getBytes(ISO_8859_1));
    try (Sealer sealer = Sealer.builder().master(circular).build()) {
      own[0] = sealer;
      assertThatThrownBy(() -> sealer.seal("x", "{}"))
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
          .hasMessageContaining("by its own master key");
    }
  }

  @Test
  void aMasterKeyMayUseTheLibrary() {
    ServiceKey service = new ServiceKey();
    try (Sealer inner = Sealer.builder().master(service).build();
        Opener opener = Opener.of(service);
        Sealer outer = Sealer.builder().master(new Wrapping(inner, opener)).build();
        Opener outerOpener = Opener.of(new Wrapping(inner, opener))) {
      assertThat(outerOpener.openText(outer.seal("x", "{}"), "{}")).isEqualTo("x");
    }
  }

  /** Wraps keys in portable envelopes of another sealer. */
  record Wrapping(Sealer sealer, Opener opener) implements MasterKey {
    @Override
    public String kid() {
      return "wrapping";
    }

    @Override
    public byte[] wrap(byte[] key) {
      return sealer.seal(key, "{}").getBytes(ISO_8859_1);
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
      return opener.open(new String(wrapped, ISO_8859_1), "{}");
    }
  }

  @Test
  void aKeyOfTheJceSigns() throws Exception {
    for (String[] each :
        new String[][] {{"Ed25519", null}, {"EC", null}, {"RSA", "PS256"}, {"RSA", "RS256"}}) {
      KeyPair pair = StatementTest.pair(each[0]);
      try (Signer signer = Signer.of(pair.getPrivate(), pair.getPublic(), each[1]);
          Verifier verifier = Verifier.of(List.of(signer.publicKey()), each[1])) {
        byte[] document = new byte[9_000];
        assertThat(verifier.verify(signer.sign(document, Form.COMPACT))).isEqualTo(document);
        List<String> batch = signer.signBatch(List.of(document, new byte[1]), false);
        verifier.verifyDocument(batch.get(1), new byte[1]);
      }
    }
  }

  @Test
  void aSignatureThatIsNotTheKeysIsRefused() throws Exception {
    KeyPair pair = StatementTest.pair("EC");
    Signer derEncoded =
        new Signer() {
          @Override
          public String publicKey() {
            return PortableTest.pem("PUBLIC", pair.getPublic());
          }

          @Override
          public String algorithm() {
            return "ES256";
          }

          @Override
          public byte[] sign(byte[] message) throws GeneralSecurityException {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
          }
        };
    assertThatThrownBy(() -> derEncoded.sign(new byte[1], Form.COMPACT))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_SIGNATURE))
        .hasMessageContaining("what the signer's method sign returned");
  }

  @Test
  void whatASignerRemembersStaysAsItIs() throws Exception {
    KeyPair pair = StatementTest.pair("Ed25519");
    Map<String, byte[]> signatures = new HashMap<>();
    Signer key = Signer.of(pair.getPrivate(), pair.getPublic());
    Signer remembering =
        new Signer() {
          @Override
          public String publicKey() {
            return key.publicKey();
          }

          @Override
          public String algorithm() {
            return key.algorithm();
          }

          @Override
          public byte[] sign(byte[] message) throws Exception {
            String text = new String(message, ISO_8859_1);
            if (!signatures.containsKey(text)) {
              signatures.put(text, key.sign(message));
            }
            return signatures.get(text);
          }
        };
    String first = remembering.sign(new byte[1], Form.COMPACT);
    assertThat(remembering.sign(new byte[1], Form.COMPACT)).isEqualTo(first);
  }

  @Test
  void aSignerThatFailsKeepsItsCause() throws Exception {
    KeyPair pair = StatementTest.pair("Ed25519");
    KeyStoreException cause = new KeyStoreException("the token was pulled out");
    Signer signer =
        new Signer() {
          @Override
          public String publicKey() {
            return PortableTest.pem("PUBLIC", pair.getPublic());
          }

          @Override
          public String algorithm() {
            return "EdDSA";
          }

          @Override
          public byte[] sign(byte[] message) throws KeyStoreException {
            throw cause;
          }
        };
    assertThatThrownBy(() -> signer.sign(new byte[1], Form.COMPACT))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.KEY_UNAVAILABLE))
        .hasCause(cause);
  }

  private static Failing failing(RuntimeException cause) {
    return new Failing(
        key -> {
          assertThat(Arrays.equals(key, new byte[32])).isFalse();
          throw cause;
        });
  }
}
