package dev.jvmm.machine.acpi.aml;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * The list of ports, memory and interrupts that {@code _CRS} returns (ACPI 6.3, 6.4).
 *
 * <p>Thread: confined to its maker.
 */
public final class ResourceTemplate {

  private static final int IO_PORT = 0x47;
  private static final int IO_DECODE_16 = 1;
  private static final int IRQ_NO_FLAGS = 0x22;
  private static final int MEMORY_32_FIXED = 0x86;
  private static final int MEMORY_READ_WRITE = 1;
  private static final int EXTENDED_INTERRUPT = 0x89;
  private static final int INTERRUPT_CONSUMER = 1;
  private static final int END_TAG = 0x79;

  private final LittleEndianWriter out = new LittleEndianWriter(32);

  /** An empty one. */
  public ResourceTemplate() {}

  /** {@code IO (Decode16, port, port, 0, length)}. */
  public ResourceTemplate io(int port, int length) {
    out.u8(IO_PORT).u8(IO_DECODE_16).u16(port).u16(port).u8(0).u8(length);
    return this;
  }

  /** {@code IRQNoFlags () {irq}}: an ISA interrupt, edge, active high, not shared. */
  public ResourceTemplate irq(int irq) {
    out.u8(IRQ_NO_FLAGS).u16(1 << irq);
    return this;
  }

  /** {@code Memory32Fixed (ReadWrite, base, length)}, below 4 GiB. */
  public ResourceTemplate memory32Fixed(long base, long length) {
    out.u8(MEMORY_32_FIXED).u16(9).u8(MEMORY_READ_WRITE).u32(base).u32(length);
    return this;
  }

  /** {@code Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) {gsi}}. */
  public ResourceTemplate levelInterrupt(int gsi) {
    out.u8(EXTENDED_INTERRUPT).u16(6).u8(INTERRUPT_CONSUMER).u8(1).u32(gsi);
    return this;
  }

  /** The buffer, with its end tag; the checksum of 0 says that there is none. */
  public byte[] toAml() {
    byte[] resources = out.toByteArray();
    return Aml.buffer(Encoding.concat(resources, new byte[] {END_TAG, 0}));
  }
}
