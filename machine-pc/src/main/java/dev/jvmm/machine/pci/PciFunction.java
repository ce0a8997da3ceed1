package dev.jvmm.machine.pci;

import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.state.Resettable;
import java.util.ArrayList;
import java.util.List;

/**
 * A function on the PCI bus: its configuration space with a header of type 0 (PCI Local Bus 3.0,
 * 6.1), its BARs, its interrupt pin and its list of capabilities.
 *
 * <p>Not emulated: BIST, expansion ROM, error reports (the bits hold what is written).
 *
 * <p>Thread: safe by its monitor. What it holds while it calls others: a decoder, a pin, a
 * capability, and a device that a capability leads to; none of these calls back but {@link
 * #busMaster}, which takes no lock.
 */
public final class PciFunction implements Resettable {

  private static final int COMMAND_END = Header.COMMAND + 2;

  private final ConfigSpace config;
  private final IntxPin pin;
  private final Decoder decoder;
  private final List<Decoder.Window> windows;
  private final List<Entry> capabilities;
  private final List<MessageSource> messages;
  private volatile boolean busMaster;

  private record Entry(Capability capability, Capability.Registers registers) {}

  private PciFunction(Builder builder) {
    config = builder.config;
    pin = builder.pin;
    decoder = builder.decoder;
    windows = List.copyOf(builder.windows);
    capabilities = List.copyOf(builder.capabilities);
    messages = List.copyOf(builder.messages);
    synchronized (this) {
      commandChanged();
    }
  }

  /** Whether it may read and write memory and send messages. */
  public boolean busMaster() {
    return busMaster;
  }

  /**
   * Reads configuration space.
   *
   * @param offset the first byte; the access lies whole in one double word
   * @param size 1, 2 or 4 bytes
   */
  synchronized int readConfig(int offset, int size) {
    for (Entry entry : capabilities) {
      if (entry.registers().touchedBy(offset, size)) {
        entry.capability().reading(entry.registers(), offset - entry.registers().start(), size);
      }
    }
    int status = config.get(Header.STATUS, 1) & ~Header.STATUS_INTERRUPT;
    config.set(Header.STATUS, 1, status | (pin.high() ? Header.STATUS_INTERRUPT : 0));
    return config.get(offset, size);
  }

  /** Writes configuration space, as {@link #readConfig} reads it. */
  synchronized void writeConfig(int offset, int size, int value) {
    config.write(offset, size, value);
    if (offset < COMMAND_END && Header.COMMAND < offset + size) {
      commandChanged();
    } else if (offset >= Header.BARS && offset < Header.BARS_END) {
      decode();
    }
    for (Entry entry : capabilities) {
      if (entry.registers().touchedBy(offset, size)) {
        entry.capability().written(entry.registers(), offset - entry.registers().start(), size);
      }
    }
  }

  @Override
  public synchronized void reset() {
    config.reset();
    pin.set(false);
    for (Entry entry : capabilities) {
      entry.capability().reset();
    }
    commandChanged();
  }

  private void commandChanged() {
    int command = config.get(Header.COMMAND, 2);
    busMaster = (command & Header.COMMAND_MASTER) != 0;
    for (MessageSource source : messages) {
      source.busMaster(busMaster);
    }
    pin.disable((command & Header.COMMAND_INTX_DISABLE) != 0);
    decode();
  }

  /** Puts every BAR where its register has it, if the command register lets it answer. */
  private void decode() {
    int command = config.get(Header.COMMAND, 2);
    for (Decoder.Window window : windows) {
      boolean answers = (command & window.bar().decodedBy()) != 0;
      decoder.move(window, answers ? window.bar().place(config) : Bar.NOWHERE);
    }
  }

  /** What a function is made from; {@link PciBus#function} begins one. */
  public static final class Builder {

    private static final int ENDPOINT_COMMAND =
        Header.COMMAND_MASTER
            | Header.COMMAND_PARITY
            | Header.COMMAND_SERR
            | Header.COMMAND_INTX_DISABLE;
    private static final int LIST_HEAD = 2; // id and next pointer

    private final ConfigSpace config = new ConfigSpace();
    private final PciBus bus;
    private final PciAddress address;
    private final Decoder decoder;
    private final IntxPin pin;
    private final List<Decoder.Window> windows = new ArrayList<>();
    private final List<Entry> capabilities = new ArrayList<>();
    private final List<MessageSource> messages = new ArrayList<>();
    private int command;
    private int writableCommand = ENDPOINT_COMMAND;
    private int status;
    private int barsTaken;
    private int nextPointer = Header.CAPABILITIES_POINTER;
    private int capabilityEnd = Header.LENGTH;

    Builder(PciBus bus, PciAddress address, PciIdentity identity) {
      this.bus = bus;
      this.address = address;
      decoder = bus.decoder();
      pin = new IntxPin(bus.line(address.slot()));
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
    }

    /** Says what the command register is at power-on, and which bits of it a guest writes. */
    Builder command(int powerOn, int writable) {
      command = powerOn;
      writableCommand = writable;
      return this;
    }

    /** Says which of the status bits that never change are set. */
    Builder status(int fixed) {
      status |= fixed;
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

    /** Adds a BAR; its registers must be free. */
    public Builder bar(Bar bar) {
      int registers = ((1 << bar.registers()) - 1) << bar.index();
      if ((barsTaken & registers) != 0) {
        throw new IllegalStateException("BAR " + bar.index() + " twice");
      }
      barsTaken |= registers;
      bar.defineIn(config);
      writableCommand |= bar.decodedBy();
      windows.add(new Decoder.Window(bar));
      return this;
    }

    /** Adds a capability at the end of the list. */
    public Builder capability(Capability capability) {
      byte[] body = capability.body();
      byte[] writable = capability.writable();
      int start = capabilityEnd;
      int end = start + LIST_HEAD + body.length;
      if (end > ConfigSpace.LENGTH || writable.length != body.length) {
        throw new IllegalStateException("no room for capability " + capability.id());
      }
      config.define(nextPointer, 1, start, 0);
      config.define(start, 1, capability.id(), 0);
      for (int i = 0; i < body.length; i++) {
        config.define(start + LIST_HEAD + i, 1, body[i], writable[i]);
      }
      capabilities.add(
          new Entry(capability, new Capability.Registers(config, start, LIST_HEAD + body.length)));
      nextPointer = start + 1;
      capabilityEnd = (end + 3) & ~3; // capabilities begin at double words
      return status(Header.STATUS_CAPABILITIES);
    }

    /** Gives it an interrupt pin, INTA, and says what line that is, as firmware does. */
    public IrqLine intx() {
      config.define(Header.INTERRUPT_PIN, 1, 1, 0);
      config.define(Header.INTERRUPT_LINE, 1, Interrupts.gsiOf(address.slot()), 0xFF);
      return pin;
    }

    /**
     * Gives it messages, with a BAR of 32 bits that is theirs alone.
     *
     * @param bar which one
     * @param vectors how many messages, 1 to {@link Msix#MAX_VECTORS}
     */
    public Msix msix(int bar, int vectors) {
      Msix msix = new Msix(bar, vectors, bus.vectors(), pin);
      bar(Bar.memory32(bar, msix.barBytes(), msix.device()));
      capability(msix);
      messages.add(msix);
      return msix;
    }

    /**
     * Gives it messages without a table, for guests that know no other.
     *
     * @param vectors how many messages, a power of two up to {@link Msi#MAX_VECTORS}
     */
    public Msi msi(int vectors) {
      Msi msi = new Msi(vectors, bus.messages(), pin);
      capability(msi);
      messages.add(msi);
      return msi;
    }

    /** Makes the function and puts it on the bus; the builder is used up. */
    public PciFunction build() {
      config.define(Header.COMMAND, 2, command, writableCommand);
      config.define(Header.STATUS, 2, status, 0);
      PciFunction function = new PciFunction(this);
      bus.put(address, function);
      return function;
    }
  }
}
