package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONArrayUtils;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.bulla.BullaException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.SignedObject;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SealedObject;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Objects that this JDK seals and signs, and those of the vectors. */
class ObjectOpenerTest {
  private static final Path VECTORS = Path.of("../../tests/vectors");
  private static final String CBC = "AES/CBC/PKCS5Padding";
  private static final String GCM = "AES/GCM/NoPadding";

  private static KeyPair rsa;
  private static SecretKey aes;

  @BeforeAll
  static void makeKeys() throws Exception {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(2048);
    rsa = pairs.generateKeyPair();
    KeyGenerator keys = KeyGenerator.getInstance("AES");
    keys.init(256);
    aes = keys.generateKey();
  }

  @Test
  void whatThisJdkSealsOpens() throws Exception {
    try (ObjectOpener opener = ObjectOpener.ofKeys(List.of(aes, rsa.getPrivate()), List.of())) {
      for (String transformation : List.of("AES", CBC, GCM)) {
        OpenedObject opened = opener.open(sealed("2,500 €", transformation));
        assertThat(opened.value()).isEqualTo("2,500 €");
        assertThat(opened.isAuthenticated()).isEqualTo(transformation.equals(GCM));
        assertThat(opened.layers()).hasSize(1);
        assertThat(opened.layers().get(0).algorithm()).isEqualTo(transformation);
      }
      for (String transformation :
          List.of("RSA", "RSA/ECB/PKCS1Padding", "RSA/ECB/OAEPWithSHA-1AndMGF1Padding")) {
        Cipher cipher = Cipher.getInstance(transformation);
        cipher.init(Cipher.ENCRYPT_MODE, rsa.getPublic());
        OpenedObject opened = opener.open(stream(new SealedObject(4711L, cipher)));
        assertThat(opened.value()).isEqualTo(4711L);
        assertThat(opened.isAuthenticated()).isFalse();
      }
    }
  }

  @Test
  void whatThisJdkSignsIsVerifiedAndNothingElseIs() throws Exception {
    byte[] signed = stream(signed("approved"));
    try (ObjectOpener opener = ObjectOpener.ofKeys(List.of(aes), List.of(rsa.getPublic()))) {
      OpenedObject opened = opener.open(Base64.getMimeEncoder().encodeToString(signed));
      assertThat(opened.text()).isEqualTo("approved");
      assertThat(opened.isAuthenticated()).isTrue();
      assertThat(opened.layers()).extracting(OpenedObject.Layer::signature).containsExactly(true);

      int at = new String(signed, ISO_8859_1).indexOf("approved");
      signed[at] ^= 1;
      assertThatThrownBy(() -> opener.open(signed)).satisfies(kind(Kind.BAD_SIGNATURE));
      assertThatThrownBy(() -> opener.open(sealed("approved", GCM)))
          .satisfies(kind(Kind.REFUSED_OBJECT))
          .hasMessageContaining("it is not signed, and a key that must have signed it was given");
    }
  }

  @Test
  void layersWithinOneAnotherAreTakenOff() throws Exception {
    byte[] object = sealed(signed("approved"), CBC);
    try (ObjectOpener opener = ObjectOpener.ofKeys(List.of(aes), List.of(rsa.getPublic()))) {
      OpenedObject opened = opener.open(object);
      assertThat(opened.value()).isEqualTo("approved");
      assertThat(opened.layers())
          .extracting(OpenedObject.Layer::algorithm)
          .containsExactly(CBC, "SHA256withRSA");
      assertThat(opened.isAuthenticated()).isTrue();
      assertThat(opened.toString()).doesNotContain("approved");
    }
  }

  @Test
  void anyStringNumberAndArrayComesOutAsItWas() throws Exception {
    try (ObjectOpener opener = ObjectOpener.ofKeys(List.of(aes), List.of())) {
      for (Serializable value :
          List.of(
              "",
              "ä\0漢\uD83D\uDD11".repeat(20_000),
              true,
              (byte) -1,
              (short) 300,
              Integer.MAX_VALUE,
              Long.MIN_VALUE,
              1.1f,
              Float.NEGATIVE_INFINITY,
              Double.MIN_VALUE,
              Double.NaN,
              -0.0,
              new byte[] {1, 2, 3})) {
        assertThat(opener.open(sealed(value, GCM)).value()).isEqualTo(value);
      }
    }
  }

  @Test
  void anotherObjectStaysTheStreamThatItIs() throws Exception {
    TreeMap<String, Integer> map = new TreeMap<>(Map.of("amount", 2500));
    try (ObjectOpener opener = ObjectOpener.ofKeys(List.of(aes), List.of())) {
      OpenedObject opened = opener.open(sealed(map, GCM));
      assertThat(opened.type()).isEqualTo("java.lang.Object");
      assertThat(opened.mediaType()).isEqualTo("application/x-java-serialized-object");
      assertThatThrownBy(opened::text).satisfies(kind(Kind.INVALID_ARGUMENT));
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream((byte[]) opened.value()))) {
        assertThat(in.readObject()).isEqualTo(map);
      }
    }
  }

  @Test
  void aClosedOpenerAndOneWithKeysOfAnotherKindSaySo() throws Exception {
    ObjectOpener closed = ObjectOpener.ofKeys(List.of(aes), List.of());
    closed.close();
    byte[] object = sealed("2500", GCM);
    assertThatThrownBy(() -> closed.open(object)).satisfies(kind(Kind.CLOSED));
    KeyPair ec = KeyPairGenerator.getInstance("EC").generateKeyPair();
    assertThatThrownBy(() -> ObjectOpener.ofKeys(List.of(ec.getPrivate()), List.of()))
        .satisfies(kind(Kind.MALFORMED_KEY));
    try (ObjectOpener none = ObjectOpener.of(List.of(), List.of())) {
      assertThatThrownBy(() -> none.open(object))
          .satisfies(kind(Kind.INVALID_ARGUMENT))
          .hasMessageContaining("opening keys hold no AES key");
    }
  }

  @TestFactory
  Stream<DynamicTest> vectorsThatOpen() throws Exception {
    return each(
        "opened.json",
        vector -> {
          if ("rust-crypto".equals(vector.get("needs"))) {
            assertThatThrownBy(() -> open(vector)).satisfies(kind(Kind.UNSUPPORTED_ALGORITHM));
            return;
          }
          OpenedObject opened = open(vector);
          assertThat(opened.type()).isEqualTo(vector.get("kind"));
          assertThat(opened.bytes())
              .isEqualTo(new Base64URL((String) vector.get("content")).decode());
          assertThat(opened.isAuthenticated()).isEqualTo(vector.get("authenticated"));
          assertThat(opened.layers().stream().map(OpenedObject.Layer::algorithm).toList())
              .isEqualTo(vector.get("layers"));
        });
  }

  @TestFactory
  Stream<DynamicTest> vectorsThatAreRefused() throws Exception {
    return each(
        "refused.json",
        vector -> {
          BullaException e = catchThrowableOfType(BullaException.class, () -> open(vector));
          assertThat(e).isNotNull();
          String kind = e.kind().name().replace("_", "");
          assertThat(kind).isEqualTo(((String) vector.get("kind")).toUpperCase(Locale.ROOT));
        });
  }

  private static OpenedObject open(Map<String, Object> vector) throws Exception {
    try (ObjectOpener opener = ObjectOpener.of(keys(vector, "keys"), keys(vector, "signers"))) {
      return opener.open((String) vector.get("object"));
    }
  }

  @SuppressWarnings("unchecked")
  private static List<String> keys(Map<String, Object> vector, String member) throws Exception {
    Map<String, Object> keys =
        JSONObjectUtils.parse(Files.readString(VECTORS.resolve("jose/keys.json")));
    keys.putAll(JSONObjectUtils.parse(Files.readString(VECTORS.resolve("serialized/keys.json"))));
    return ((List<?>) vector.get(member))
        .stream()
            .map(name -> JSONObjectUtils.toJSONString((Map<String, ?>) keys.get(name)))
            .toList();
  }

  @FunctionalInterface
  private interface Claim {
    void check(Map<String, Object> vector) throws Exception;
  }

  @SuppressWarnings("unchecked")
  private static Stream<DynamicTest> each(String file, Claim claim) throws Exception {
    List<Object> vectors =
        JSONArrayUtils.parse(Files.readString(VECTORS.resolve("serialized").resolve(file)));
    assertThat(vectors).isNotEmpty();
    return vectors.stream()
        .map(vector -> (Map<String, Object>) vector)
        .map(
            vector ->
                DynamicTest.dynamicTest((String) vector.get("name"), () -> claim.check(vector)));
  }

  private static Consumer<Throwable> kind(Kind kind) {
    return e -> assertThat(((BullaException) e).kind()).isEqualTo(kind);
  }

  private static byte[] sealed(Serializable content, String transformation) throws Exception {
    Cipher cipher = Cipher.getInstance(transformation);
    cipher.init(Cipher.ENCRYPT_MODE, aes);
    return stream(new SealedObject(content, cipher));
  }

  private static SignedObject signed(Serializable content) throws Exception {
    return new SignedObject(content, rsa.getPrivate(), Signature.getInstance("SHA256withRSA"));
  }

  private static byte[] stream(Serializable object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }
}
