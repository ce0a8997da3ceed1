package dev.jvmm.machine.acpi.aml;

/**
 * What the body of a method says (ACPI 6.3, 20.2.5.3, 20.2.5.4 and 20.2.6).
 *
 * <p>Thread: no state.
 */
public final class AmlCode {

  private static final int LOCAL0_OP = 0x60;
  private static final int STORE_OP = 0x70;
  private static final int AND_OP = 0x7B;
  private static final int NOTIFY_OP = 0x86;
  private static final int IF_OP = 0xA0;
  private static final byte[] NO_TARGET = {0};

  private AmlCode() {}

  /** {@code LocalN}, 0 to 7. */
  public static byte[] local(int index) {
    return new byte[] {(byte) (LOCAL0_OP + index)};
  }

  /** The object with this name. */
  public static byte[] object(String path) {
    return Encoding.name(path);
  }

  /** {@code target = source}. */
  public static byte[] store(byte[] source, byte[] target) {
    return Encoding.concat(new byte[] {STORE_OP}, source, target);
  }

  /** {@code a & b}. */
  public static byte[] and(byte[] a, byte[] b) {
    return Encoding.concat(new byte[] {AND_OP}, a, b, NO_TARGET);
  }

  /** {@code If (condition) { ... }}: what is not zero is true. */
  public static byte[] ifThen(byte[] condition, byte[]... terms) {
    return Encoding.enclosed(IF_OP, condition, Encoding.concat(terms));
  }

  /** {@code Notify (path, value)}. */
  public static byte[] notify(String path, int value) {
    return Encoding.concat(new byte[] {(byte) NOTIFY_OP}, Encoding.name(path), Aml.integer(value));
  }
}
