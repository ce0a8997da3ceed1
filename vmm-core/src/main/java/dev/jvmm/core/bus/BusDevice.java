package dev.jvmm.core.bus;

/**
 * What answers the guest's loads and stores in a range of ports or physical addresses.
 *
 * <p>Thread: called on the thread of the vCPU that made the access, on several at once. A device is
 * safe by itself and says how, or is registered behind {@link Locked}.
 */
public interface BusDevice {

  /** All ones: what a read answers where nothing is. The bus cuts it to the width of the access. */
  long ALL_ONES = -1;

  /**
   * Answers a load.
   *
   * @param offset bytes from the start of the mapped range
   * @param size 1, 2, 4 or 8 bytes; the access lies whole in the range
   * @return the value, zero extended; bits above {@code size} bytes are ignored
   */
  long read(long offset, int size);

  /**
   * Takes a store.
   *
   * @param offset bytes from the start of the mapped range
   * @param size 1, 2, 4 or 8 bytes; the access lies whole in the range
   * @param value the value, zero extended
   */
  void write(long offset, int size, long value);
}
