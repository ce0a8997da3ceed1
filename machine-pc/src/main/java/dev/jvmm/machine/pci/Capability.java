package dev.jvmm.machine.pci;

/**
 * An entry of a function's capability list (PCI Local Bus 3.0, 6.7): its bytes, and what happens
 * when a guest touches them.
 *
 * <p>Thread: called under the monitor of the function.
 */
public interface Capability {

  /** What kind it is, as the specification numbers them. */
  int id();

  /** Its bytes at power-on behind id and next pointer. */
  byte[] body();

  /** For each bit of the body whether the guest writes it. */
  byte[] writable();

  /**
   * Called before a guest reads some of its bytes, which it may bring up to date.
   *
   * @param offset from the start of the capability, its id
   */
  void reading(Registers registers, int offset, int size);

  /** Called when a guest has written some of its bytes. */
  void written(Registers registers, int offset, int size);

  /** Called when the bytes are those of {@link #body} again. */
  void reset();

  /** The bytes of one capability, by their offset from its id. */
  final class Registers {

    private final ConfigSpace config;
    private final int start;
    private final int length;

    Registers(ConfigSpace config, int start, int length) {
      this.config = config;
      this.start = start;
      this.length = length;
    }

    /** The value of 1 to 4 bytes. */
    public int get(int offset, int size) {
      return config.get(checked(offset, size), size);
    }

    /** Sets bytes, whether or not the guest may write them. */
    public void set(int offset, int size, int value) {
      config.set(checked(offset, size), size, value);
    }

    boolean touchedBy(int offset, int size) {
      return offset < start + length && start < offset + size;
    }

    int start() {
      return start;
    }

    private int checked(int offset, int size) {
      if (offset < 0 || offset > length - size) {
        throw new IndexOutOfBoundsException("%d+%d of %d".formatted(offset, size, length));
      }
      return start + offset;
    }
  }
}
