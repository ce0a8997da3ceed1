package dev.jvmm.block;

/**
 * {@code detect-zeroes=}: whether a write of nothing but zeros becomes a write of zeros, which
 * needs no data.
 *
 * <p>Thread: immutable.
 */
public enum DetectZeroes {
  /** Data is data. */
  OFF,
  /** It does, and the space stays allocated. */
  ON,
  /** It does, and with {@code discard=unmap} the space is given back. */
  UNMAP;

  /** The choice of that name, or a sentence. */
  public static DetectZeroes named(String name) {
    return OptionNames.parse(DetectZeroes.class, "detect-zeroes", name);
  }
}
