package dev.jvmm.machine.pci;

import dev.jvmm.core.bus.AddressRange;
import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.Widths;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;
import org.jspecify.annotations.Nullable;

/**
 * Configuration mechanism 1 (PCI Local Bus 3.0, 3.2.2.3.2): CONFIG_ADDRESS at 0xCF8 says which
 * register of which function, CONFIG_DATA at 0xCFC is that register.
 *
 * <p>CONFIG_ADDRESS is 32 bits wide: narrower accesses go past it, as the byte at 0xCF9 does, which
 * is the reset register. There is bus 0 only, and there are no bridges to others.
 *
 * <p>Thread: safe by its monitor; a guest keeps its own CPUs from using the pair at once.
 */
public final class ConfigPorts implements Resettable, Snapshottable<ConfigPorts.State> {

  /** Where CONFIG_ADDRESS is; CONFIG_DATA follows. */
  public static final int CONFIG_ADDRESS = 0xCF8;

  /** Where CONFIG_DATA is. */
  public static final int CONFIG_DATA = 0xCFC;

  private static final int LENGTH = 4;

  private static final int ADDRESS_ENABLE = 1 << 31;
  private static final int ADDRESS_BUS = 0xFF << 16;
  private static final int ADDRESS_FUNCTION_SHIFT = 8; // slot in 15 to 11, function in 10 to 8
  private static final int ADDRESS_REGISTER = 0xFC;
  private static final int ADDRESS_WRITABLE = ADDRESS_ENABLE | 0x00FF_FFFC;

  private final PciBus bus;
  private final BusDevice addressPort = new AddressPort();
  private final BusDevice dataPort = new DataPort();
  private int address;

  /** What a snapshot keeps. */
  public record State(int address) {

    /** Nothing is selected. */
    public static final State POWER_ON = new State(0);
  }

  /** The ports of a bus, in a state. */
  public ConfigPorts(PciBus bus, State state) {
    this.bus = bus;
    this.address = state.address() & ADDRESS_WRITABLE;
  }

  /** Puts both where a PC has them. */
  public void mapOn(Bus ports) {
    ports.map(new AddressRange(CONFIG_ADDRESS, LENGTH), Widths.DWORD, addressPort);
    ports.map(CONFIG_DATA, LENGTH, dataPort);
  }

  @Override
  public synchronized State state() {
    return new State(address);
  }

  @Override
  public synchronized void reset() {
    address = State.POWER_ON.address();
  }

  private synchronized int address() {
    return address;
  }

  private synchronized void address(int written) {
    address = written & ADDRESS_WRITABLE;
  }

  private static boolean outside(long offset, int size) {
    return offset + size > LENGTH;
  }

  /** What CONFIG_ADDRESS points to, or null. */
  private @Nullable PciFunction selected(int selector) {
    if ((selector & ADDRESS_ENABLE) == 0 || (selector & ADDRESS_BUS) != 0) {
      return null;
    }
    return bus.at((selector >>> ADDRESS_FUNCTION_SHIFT) & 0xFF);
  }

  private final class AddressPort implements BusDevice {

    @Override
    public long read(long offset, int size) {
      return size == LENGTH ? Integer.toUnsignedLong(address()) : ALL_ONES;
    }

    @Override
    public void write(long offset, int size, long value) {
      if (size == LENGTH) {
        address((int) value);
      }
    }
  }

  private final class DataPort implements BusDevice {

    @Override
    public long read(long offset, int size) {
      int selector = address();
      PciFunction function = selected(selector);
      if (function == null || outside(offset, size)) {
        return ALL_ONES;
      }
      return function.readConfig((selector & ADDRESS_REGISTER) + (int) offset, size);
    }

    @Override
    public void write(long offset, int size, long value) {
      int selector = address();
      PciFunction function = selected(selector);
      if (function != null && !outside(offset, size)) {
        function.writeConfig((selector & ADDRESS_REGISTER) + (int) offset, size, (int) value);
      }
    }
  }
}
