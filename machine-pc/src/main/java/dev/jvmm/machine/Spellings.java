package dev.jvmm.machine;

import dev.jvmm.core.vm.Spelling;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the user said what only the host can refuse, so that the refusal names what was typed.
 *
 * <p>Thread: immutable.
 *
 * @param memory null where nothing was said
 * @param chardevs by id, those that were asked for
 */
public record Spellings(@Nullable Spelling memory, Map<String, Spelling> chardevs) {

  /** Of a machine that was not said in words. */
  public static final Spellings NONE = new Spellings(null, Map.of());

  /** Copies the map, so that nothing changes afterwards. */
  public Spellings {
    chardevs = Map.copyOf(chardevs);
  }
}
