package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A null is refused by its parameter's name in all that is public and takes objects. The objects
 * are closed: the natives would say so first.
 */
class NullsTest {
  /** Where null means something, as the documentation says. */
  private static final Set<String> MAY_BE_NULL =
      Set.of(
          "Audit.begin keys",
          "Bulla.open master",
          "Bulla.sealPortable contentType",
          "Bulla.tag tenant",
          "Bulla.tag value",
          "BullaException.<init> cause",
          "BullaException.<init> message",
          "BundleAudit.open keys",
          "Context$Builder.instance value",
          "Context$Builder.name value",
          "Context$Builder.tenant value",
          "Context$Builder.type value",
          "Form.<init> contentType",
          "Form.contentType type",
          "Ledger.record user",
          "LogRemains.<init> checkpoint",
          "PackedWriter.bytes value",
          "PackedWriter.string value",
          "PackedWriter.value value",
          "Sealer$Builder.contentType type",
          "Signer.of algorithm",
          "Verifier.of rsaAlgorithm");

  /** What the library gives out, and what a database holds. */
  private static final Set<Class<?>> DATA =
      Set.of(
          AuditReport.class,
          AuditReport.Window.class,
          Batch.class,
          BundleAudit.About.class,
          Finding.class,
          Inspection.class,
          Intake.CoveredTable.class,
          Ledger.Refused.class,
          LogRemains.Checkpoint.class,
          LogRemains.Wanted.class,
          OpenedObject.Layer.class,
          SignedRecord.class,
          Tag.class);

  @TempDir static Path directory;

  /** One of each type that something takes, or that has methods which take something. */
  private static final Map<Class<?>, Object> ONE = new HashMap<>();

  @BeforeAll
  static void make() throws Exception {
    Path configuration = Installation.in(directory);
    String key = Files.readString(directory.resolve("keys/log.jwk"));
    String secret = Files.readString(directory.resolve("keys/master.jwk"));
    String policy = Files.readString(directory.resolve("keys/audit-policy.toml"));
    KeyPair pair = StatementTest.pair("Ed25519");
    KeyRegistry registry = new FileKeyRegistry(directory.resolve("registry"));
    Bulla bulla = Bulla.open(Config.load(configuration), registry);
    Ledger ledger = Ledger.create(bulla, new PackedWriter().i32(0));
    Audit audit = Audit.begin(policy, "policy", null, 0);
    Opener opener = Opener.of(secret);
    Sealer sealer = Sealer.of(secret);
    Signer signer = Signer.of(key);
    Verifier verifier = Verifier.of(key);
    ObjectOpener objects =
        ObjectOpener.ofKeys(List.of(KeyGenerator.getInstance("AES").generateKey()), List.of());
    for (AutoCloseable each :
        List.of(bulla, ledger, audit, opener, sealer, signer, verifier, objects)) {
      each.close();
    }
    ONE.put(Bulla.class, bulla);
    ONE.put(Config.class, bulla.config());
    ONE.put(KeyRegistry.class, registry);
    ONE.put(FileKeyRegistry.class, registry);
    ONE.put(Ledger.class, ledger);
    ONE.put(Intake.class, audit);
    ONE.put(Opener.class, opener);
    ONE.put(Sealer.class, sealer);
    ONE.put(Sealer.Builder.class, Sealer.builder());
    ONE.put(Signer.class, signer);
    ONE.put(Verifier.class, verifier);
    ONE.put(ObjectOpener.class, objects);
    ONE.put(PrivateKey.class, pair.getPrivate());
    ONE.put(PublicKey.class, pair.getPublic());
    ONE.put(Context.class, Context.of("a", "b", "c"));
    ONE.put(Context.Builder.class, Context.builder("a", "b", "c"));
    ONE.put(Form.class, Form.COMPACT);
    ONE.put(Form.Serialization.class, Form.Serialization.COMPACT);
    ONE.put(Form.Attachment.class, Form.Attachment.ATTACHED);
    ONE.put(BullaException.Kind.class, BullaException.Kind.IO);
    ONE.put(Purpose.class, Purpose.DATA);
    ONE.put(KeyRow.class, new KeyRow("", Purpose.DATA, ""));
    ONE.put(LogRemains.class, LogRemains.NONE);
    ONE.put(LogRemains.Checkpoint.class, new LogRemains.Checkpoint("", "", null));
    ONE.put(Intake.CoveredTable.class, new Intake.CoveredTable("", List.of()));
    ONE.put(PackedWriter.class, new PackedWriter());
    ONE.put(MasterKey.class, new NoKey());
    ONE.put(String.class, "");
    ONE.put(String[].class, new String[0]);
    ONE.put(byte[].class, new byte[0]);
    ONE.put(ByteBuffer.class, ByteBuffer.allocate(0));
    ONE.put(List.class, List.of());
    ONE.put(Path.class, directory.resolve("nothing"));
    ONE.put(InputStream.class, new ByteArrayInputStream(new byte[0]));
    ONE.put(IOException.class, new IOException());
    ONE.put(Throwable.class, new IOException());
    ONE.put(Object.class, "");
    ONE.put(int.class, 0);
    ONE.put(long.class, 0L);
    ONE.put(boolean.class, false);
  }

  static Stream<Arguments> parameters() throws IOException {
    List<Arguments> parameters = new ArrayList<>();
    for (Executable each : open()) {
      for (Parameter parameter : each.getParameters()) {
        if (!parameter.getType().isPrimitive() && !MAY_BE_NULL.contains(name(each, parameter))) {
          parameters.add(Arguments.of(name(each, parameter), each, parameter));
        }
      }
    }
    return parameters.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parameters")
  void nullIsRefusedByTheParametersName(String name, Executable executable, Parameter parameter) {
    assertThatThrownBy(() -> call(executable, parameter, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(parameter.getName());
    Class<?> type = parameter.getType();
    if (type == List.class || type == String[].class) {
      Object holding =
          type == List.class ? Collections.singletonList(null) : Array.newInstance(String.class, 1);
      assertThatThrownBy(() -> call(executable, parameter, holding))
          .isInstanceOf(NullPointerException.class)
          .hasMessage(parameter.getName());
    }
  }

  @Test
  void whatMayBeNullIsThere() throws IOException {
    assertThat(
            open().stream()
                .flatMap(each -> Arrays.stream(each.getParameters()).map(of -> name(each, of))))
        .containsAll(MAY_BE_NULL);
  }

  /** All that is public, has a body and takes something. */
  private static List<Executable> open() throws IOException {
    List<Executable> open = new ArrayList<>();
    for (Class<?> type : types()) {
      if (!DATA.contains(type)) {
        open.addAll(List.of(type.getConstructors()));
      }
      for (Method method : type.getDeclaredMethods()) {
        int modifiers = method.getModifiers();
        boolean ofTheLanguage =
            method.isSynthetic() || method.getName().equals("equals") || type.isEnum();
        if (Modifier.isPublic(modifiers) && !Modifier.isAbstract(modifiers) && !ofTheLanguage) {
          open.add(method);
        }
      }
    }
    assertThat(open).hasSizeGreaterThan(100);
    return open;
  }

  /** The public classes, and those of the same package that stand behind public interfaces. */
  private static List<Class<?>> types() throws IOException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("target/classes/dev/bulla"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        if (!name.endsWith("-info")) {
          Class<?> type = load("dev.bulla." + name);
          if (Modifier.isPublic(type.getModifiers())) {
            types.add(type);
          }
        }
      }
    }
    return types;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, NullsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static void call(Executable executable, Parameter instead, Object value)
      throws Throwable {
    Object[] arguments =
        Arrays.stream(executable.getParameters())
            .map(each -> each.equals(instead) ? value : one(each.getType()))
            .toArray();
    try {
      if (executable instanceof Constructor<?> constructor) {
        constructor.newInstance(arguments);
      } else {
        boolean needsNone = Modifier.isStatic(executable.getModifiers());
        Object receiver = needsNone ? null : one(executable.getDeclaringClass());
        ((Method) executable).invoke(receiver, arguments);
      }
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Object one(Class<?> type) {
    Object one = ONE.get(type);
    if (one == null) {
      throw new AssertionError("this test needs a " + type.getName() + "; make one above");
    }
    return one;
  }

  private static String name(Executable executable, Parameter parameter) {
    String type = executable.getDeclaringClass().getName().substring("dev.bulla.".length());
    String method = executable instanceof Constructor ? "<init>" : executable.getName();
    return "%s.%s %s".formatted(type, method, parameter.getName());
  }

  private static final class NoKey implements MasterKey {
    @Override
    public String kid() {
      return "none";
    }

    @Override
    public byte[] wrap(byte[] key) {
      throw new IllegalStateException("not asked");
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
      throw new IllegalStateException("not asked");
    }
  }
}
