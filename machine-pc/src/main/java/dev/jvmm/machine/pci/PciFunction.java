package dev.jvmm.machine.pci;

import dev.jvmm.core.state.Resettable;

/**
 * A function on the PCI bus: its configuration space, with a header of type 0 (PCI Local Bus 3.0,
 * 6.1).
 *
 * <p>Not emulated: BIST, expansion ROM, error reports (the bits hold what is written).
 *
 * <p>Thread: safe by its monitor.
 */
public final class PciFunction implements Resettable {

  private final PciIdentity identity;
  private final ConfigSpace config;

  private PciFunction(Builder builder) {
    identity = builder.identity;
    config = builder.config;
  }

  /** Begins a function that a device of its own is behind. */
  public static Builder builder(PciIdentity identity) {
    return new Builder(identity);
  }

  /** What it says that it is. */
  public PciIdentity identity() {
    return identity;
  }

  /**
   * Reads configuration space.
   *
   * @param offset the first byte; the access lies whole in one double word
   * @param size 1, 2 or 4 bytes
   */
  synchronized int readConfig(int offset, int size) {
    return config.get(offset, size);
  }

  /** Writes configuration space, as {@link #readConfig} reads it. */
  synchronized void writeConfig(int offset, int size, int value) {
    config.write(offset, size, value);
  }

  @Override
  public synchronized void reset() {
    config.reset();
  }

  /** What a function is made from. */
  public static final class Builder {

    private static final int ENDPOINT_COMMAND =
        Header.COMMAND_MASTER
            | Header.COMMAND_PARITY
            | Header.COMMAND_SERR
            | Header.COMMAND_INTX_DISABLE;

    private final PciIdentity identity;
    private final ConfigSpace config = new ConfigSpace();

    private Builder(PciIdentity identity) {
      this.identity = identity;
      config.define(Header.VENDOR_ID, 2, identity.vendor(), 0);
      config.define(Header.DEVICE_ID, 2, identity.device(), 0);
      config.define(Header.REVISION_ID, 1, identity.revision(), 0);
      config.define(Header.CLASS_CODE, 3, identity.classCode(), 0);
      config.define(Header.CACHE_LINE_SIZE, 1, 0, 0xFF);
      config.define(Header.LATENCY_TIMER, 1, 0, 0xFF);
      config.define(Header.SUBSYSTEM_VENDOR_ID, 2, identity.subsystemVendor(), 0);
      config.define(Header.SUBSYSTEM_ID, 2, identity.subsystem(), 0);
      config.define(Header.INTERRUPT_LINE, 1, 0, 0xFF);
      config.defineClearable(Header.STATUS, 2, Header.STATUS_ERRORS);
      command(0, ENDPOINT_COMMAND);
    }

    /** Says what the command register is at power-on, and which bits of it a guest writes. */
    Builder command(int powerOn, int writable) {
      config.define(Header.COMMAND, 2, powerOn, writable);
      return this;
    }

    /** Says which of the status bits that never change are set. */
    Builder status(int fixed) {
      config.define(Header.STATUS, 2, fixed, 0);
      return this;
    }

    /** Says that the slot has further functions; for function 0. */
    public Builder multifunction() {
      config.define(Header.HEADER_TYPE, 1, Header.HEADER_TYPE_MULTIFUNCTION, 0);
      return this;
    }

    /**
     * Adds a register of the device's own, from 0x40 on.
     *
     * @param size 1 to 4 bytes
     * @param powerOn its value at first and after a reset
     * @param writable the bits that the guest writes
     */
    public Builder register(int offset, int size, int powerOn, int writable) {
      config.define(offset, size, powerOn, writable);
      return this;
    }

    /** Makes the function; the builder is used up. */
    public PciFunction build() {
      return new PciFunction(this);
    }
  }
}
