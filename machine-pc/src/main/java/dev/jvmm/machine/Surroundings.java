package dev.jvmm.machine;

import dev.jvmm.core.event.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a program brings to a machine besides its configuration: things that live.
 *
 * @param notices takes lines for whoever starts it: what the default guest is, where a
 *     pseudo-terminal is
 * @param loop what the machine's devices run on, and others' too; null: the machine has its own.
 *     Whoever made it closes it, after the machine
 * @param devices the embedder's own, by the names that messages have for them, in order
 */
public record Surroundings(
    Consumer<String> notices, @Nullable EventLoop loop, Map<String, CustomDevice> devices) {

  /** Nobody listens, and nothing is there. */
  public static final Surroundings NONE = new Surroundings(notice -> {}, null, Map.of());

  /** Copies the devices, in their order. */
  public Surroundings {
    devices = new LinkedHashMap<>(devices);
  }
}
