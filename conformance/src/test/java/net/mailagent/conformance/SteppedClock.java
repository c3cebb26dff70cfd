package net.mailagent.conformance;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Instant;

/**
 * A wall clock that can be set while a program runs, as an administrator or a time server sets it:
 * put into the program's process by {@code -javaagent}, it takes the place of {@code
 * System.currentTimeMillis} and {@code Instant.now} in our classes. The monotonic clock is left
 * alone. A thread looks for the offset in a file.
 */
public final class SteppedClock {
  private static final ClassDesc SELF = SteppedClock.class.describeConstable().orElseThrow();
  private static final ClassDesc INSTANT = Instant.class.describeConstable().orElseThrow();
  private static final int LOOK_MILLIS = 50;

  private static volatile long offset;

  private SteppedClock() {}

  /**
   * Called by the virtual machine before the program starts.
   *
   * @param file holds how many milliseconds the clock is ahead
   */
  public static void premain(String file, Instrumentation instrumentation) {
    Thread.ofPlatform().name("stepped-clock").daemon().start(() -> look(Path.of(file)));
    instrumentation.addTransformer(new Transformer());
  }

  private static void look(Path file) {
    while (true) {
      try {
        offset = Long.parseLong(Files.readString(file).strip());
        Thread.sleep(LOOK_MILLIS);
      } catch (IOException e) {
        // not written yet
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** In the place of {@link System#currentTimeMillis}. */
  public static long currentTimeMillis() {
    return System.currentTimeMillis() + offset;
  }

  /** In the place of {@link Instant#now()}. */
  public static Instant now() {
    return Instant.now().plusMillis(offset);
  }

  private static final class Transformer implements ClassFileTransformer {
    @Override
    public byte[] transform(
        ClassLoader loader,
        String name,
        Class<?> redefined,
        ProtectionDomain domain,
        byte[] bytes) {
      if (!name.startsWith("net/mailagent/")
          || name.startsWith("net/mailagent/conformance/")
          || !mentions(bytes)) {
        return null;
      }
      ClassFile format =
          ClassFile.of(
              ClassFile.ClassHierarchyResolverOption.of(
                  java.lang.classfile.ClassHierarchyResolver.ofResourceParsing(loader)));
      CodeTransform code =
          (builder, element) -> {
            switch (element) {
              case InvokeInstruction call
                  when isCall(call, "java/lang/System", "currentTimeMillis") ->
                  builder.invokestatic(
                      SELF, "currentTimeMillis", MethodTypeDesc.of(ConstantDescs.CD_long));
              case InvokeInstruction call
                  when isCall(call, "java/time/Instant", "now")
                      && call.typeSymbol().parameterCount() == 0 ->
                  builder.invokestatic(SELF, "now", MethodTypeDesc.of(INSTANT));
              case CodeElement other -> builder.with(other);
            }
          };
      return format.transformClass(
          format.parse(bytes), ClassTransform.transformingMethodBodies(code));
    }

    private static boolean mentions(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      return text.contains("currentTimeMillis") || text.contains("java/time/Instant");
    }

    private static boolean isCall(InvokeInstruction call, String owner, String method) {
      return call.owner().asInternalName().equals(owner) && call.name().equalsString(method);
    }
  }
}
