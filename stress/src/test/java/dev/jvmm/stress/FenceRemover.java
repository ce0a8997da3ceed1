package dev.jvmm.stress;

import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes one fence out of the product's queue, in a copy of its class file: what proves that the
 * test would see it missing, at no cost to the product.
 *
 * <p>Thread: any.
 */
final class FenceRemover {

  private static final String QUEUE = SplitVirtqueue.class.getName().replace('.', '/') + ".class";

  private FenceRemover() {}

  /** Writes the class without the one fence of {@code method} below {@code folder}. */
  static void remove(String method, Path folder) throws IOException {
    AtomicInteger removed = new AtomicInteger();
    CodeTransform withoutFence =
        (code, element) -> {
          if (element instanceof InvokeInstruction call && call.name().equalsString("fullFence")) {
            removed.incrementAndGet();
          } else {
            code.with(element);
          }
        };
    ClassTransform ofMethod =
        ClassTransform.transformingMethodBodies(
            candidate -> candidate.methodName().equalsString(method), withoutFence);
    byte[] without = ClassFile.of().transformClass(queue(), ofMethod);
    if (removed.get() != 1) {
      throw new AssertionError(removed + " fences in " + method);
    }
    Path file = folder.resolve(QUEUE);
    Files.createDirectories(folder.resolve(QUEUE).resolveSibling("."));
    Files.write(file, without);
  }

  private static ClassModel queue() throws IOException {
    try (InputStream original = SplitVirtqueue.class.getResourceAsStream("/" + QUEUE)) {
      return ClassFile.of().parse(Objects.requireNonNull(original).readAllBytes());
    }
  }
}
