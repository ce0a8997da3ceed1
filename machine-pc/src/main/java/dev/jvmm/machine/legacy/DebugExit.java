package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.vm.ConfigException;

/**
 * The device that ends the virtual machine with a status of the guest's choice, as QEMU's
 * isa-debug-exit: the value written, doubled, plus one, so that it is never 0.
 *
 * <p>Thread: immutable; no lock is needed.
 */
public final class DebugExit implements BusDevice {

  private final ExitListener listener;

  /** Told of the guest's wish to end, on the thread of the vCPU that made it. */
  @FunctionalInterface
  public interface ExitListener {

    /**
     * The guest wants the virtual machine to end.
     *
     * @param status the exit status, odd, 1 to 255
     */
    void exitRequested(int status);
  }

  /**
   * Where the device is.
   *
   * @param iobase its first port
   * @param iosize how many ports it has, and so how wide an access may be
   */
  public record Config(int iobase, int iosize) {

    /** Where it is when nothing else is said. */
    public static final Config DEFAULT = new Config(0x501, 2);

    /** Refuses ports that there are not. */
    public Config {
      if (iosize < 1 || iosize > 8) {
        throw new ConfigException(
            "device", "isa-debug-exit: iosize=%d: give 1 to 8 ports".formatted(iosize));
      }
      if (iobase < 0 || iobase > 0x10000 - iosize) {
        throw new ConfigException(
            "device", "isa-debug-exit: iobase=%#x: ports end at 0xffff".formatted(iobase));
      }
    }
  }

  /** A device that tells {@code listener}. */
  public DebugExit(ExitListener listener) {
    this.listener = listener;
  }

  /** Reads as 0 in any width: it says that the device is there. */
  @Override
  public long read(long offset, int size) {
    return 0;
  }

  /** A process has eight bits of exit status; what is above them is lost. */
  @Override
  public void write(long offset, int size, long value) {
    listener.exitRequested((((int) value << 1) | 1) & 0xFF);
  }
}
