package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.vm.ConfigException;

/**
 * The debug console of Bochs and QEMU: a port (0xE9) that takes a character a write and reads as
 * its own number, which is how firmware finds it.
 *
 * <p>It has no status register, so a guest that writes faster than the host takes loses characters;
 * they are counted.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}.
 */
public final class Debugcon implements BusDevice, CharFrontend {

  private final Chardev chardev;
  private final int readback;
  private final byte[] one = new byte[1];
  private long lost;

  /**
   * Where the port is and what it reads as.
   *
   * @param iobase the port, one byte wide
   * @param readback what it reads as, 0 to 0xFF
   */
  public record Config(int iobase, int readback) {

    /** As Bochs has it. */
    public static final Config DEFAULT = new Config(0xE9, 0xE9);

    /** Refuses a port or a value that there is not. */
    public Config {
      if (iobase < 0 || iobase > 0xFFFF) {
        throw new ConfigException(
            "device", "isa-debugcon: iobase=%#x: ports end at 0xffff".formatted(iobase));
      }
      if (readback < 0 || readback > 0xFF) {
        throw new ConfigException(
            "device", "isa-debugcon: readback=%#x: it is one byte".formatted(readback));
      }
    }
  }

  /** A port that writes to {@code chardev}. */
  public Debugcon(Config config, Chardev chardev) {
    this.readback = config.readback();
    this.chardev = chardev;
  }

  /** How many characters the host did not take. */
  public synchronized long lost() {
    return lost;
  }

  @Override
  public long read(long offset, int size) {
    return size == 1 ? readback : ALL_ONES;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size != 1) {
      return;
    }
    one[0] = (byte) value;
    if (chardev.write(one, 0, 1) == 0) {
      lost++;
    }
  }

  /** The port takes no input; what the host sends is thrown away, so that it never waits. */
  @Override
  public int receiveRoom() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void receive(byte[] bytes, int offset, int length) {
    // Nowhere to put it: the port reads as its own number.
  }

  @Override
  public void writable() {
    // Nothing is kept back.
  }

  @Override
  public void event(Event event) {
    // There is no line whose state it could show.
  }
}
