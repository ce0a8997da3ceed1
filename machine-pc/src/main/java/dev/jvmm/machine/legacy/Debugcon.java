package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.vm.ConfigException;
import java.util.concurrent.TimeUnit;

/**
 * The debug console of Bochs and QEMU: a port (0xE9) that takes a character a write and reads as
 * its own number, which is how firmware finds it.
 *
 * <p>It has no status register, so a guest can't be told to wait: its vCPU waits for a host that
 * does not keep up. Not for ever, as QEMU's does, since pause, reset and the end wait for the vCPU:
 * after {@value #PATIENCE_MILLIS} ms characters are lost, and counted, until the host takes some
 * again.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}.
 */
public final class Debugcon implements BusDevice, CharFrontend {

  private final Chardev chardev;
  private final int readback;
  private final byte[] one = new byte[1];
  private long lost;
  private boolean roomMade; // since the last attempt to write
  private boolean stuck; // the host was waited for in vain

  /** How long a character waits for the host, and with it whatever waits for the vCPU. */
  static final int PATIENCE_MILLIS = 100;

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
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!taken()) {
      if (!awaitRoom(deadline)) {
        count();
        return;
      }
    }
  }

  /** The host may make room, and say so, at any moment from the attempt on. */
  private boolean taken() {
    synchronized (this) {
      roomMade = false;
    }
    return chardev.write(one, 0, 1) == 1;
  }

  private synchronized boolean awaitRoom(long deadline) {
    try {
      while (!roomMade && !stuck) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          stuck = true;
        } else {
          wait(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return roomMade;
  }

  private synchronized void count() {
    lost++;
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
  public synchronized void writable() {
    roomMade = true;
    stuck = false;
    notifyAll();
  }

  @Override
  public void event(Event event) {
    // There is no line whose state it could show.
  }
}
