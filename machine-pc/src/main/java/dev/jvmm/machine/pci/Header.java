package dev.jvmm.machine.pci;

/**
 * The registers of a type 0 header (PCI Local Bus 3.0, 6.1), offsets and bits.
 *
 * <p>Thread: no state.
 */
final class Header {

  static final int VENDOR_ID = 0x00;
  static final int DEVICE_ID = 0x02;
  static final int COMMAND = 0x04;
  static final int STATUS = 0x06;
  static final int REVISION_ID = 0x08;
  static final int CLASS_CODE = 0x09;
  static final int CACHE_LINE_SIZE = 0x0C;
  static final int LATENCY_TIMER = 0x0D;
  static final int HEADER_TYPE = 0x0E;
  static final int BARS = 0x10;
  static final int BARS_END = 0x28;
  static final int SUBSYSTEM_VENDOR_ID = 0x2C;
  static final int SUBSYSTEM_ID = 0x2E;
  static final int CAPABILITIES_POINTER = 0x34;
  static final int INTERRUPT_LINE = 0x3C;
  static final int INTERRUPT_PIN = 0x3D;
  static final int LENGTH = 0x40;

  static final int COMMAND_IO = 1 << 0;
  static final int COMMAND_MEMORY = 1 << 1;
  static final int COMMAND_MASTER = 1 << 2;
  static final int COMMAND_PARITY = 1 << 6;
  static final int COMMAND_SERR = 1 << 8;
  static final int COMMAND_INTX_DISABLE = 1 << 10;

  static final int STATUS_INTERRUPT = 1 << 3;
  static final int STATUS_CAPABILITIES = 1 << 4;
  static final int STATUS_FAST_BACK_TO_BACK = 1 << 7;
  static final int STATUS_DEVSEL_MEDIUM = 1 << 9;
  static final int STATUS_ERRORS = 0xF900; // a written 1 clears each

  static final int HEADER_TYPE_MULTIFUNCTION = 1 << 7;

  private Header() {}
}
