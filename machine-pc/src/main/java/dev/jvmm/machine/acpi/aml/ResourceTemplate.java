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
  private static final int INTERRUPT_SHARED = 1 << 3;
  private static final int DWORD_ADDRESS_SPACE = 0x87;
  private static final int WORD_ADDRESS_SPACE = 0x88;
  private static final int QWORD_ADDRESS_SPACE = 0x8A;
  private static final int ADDRESS_MEMORY = 0;
  private static final int ADDRESS_IO = 1;
  private static final int ADDRESS_BUS = 2;
  private static final int ADDRESS_FIXED = 0xC; // both ends; passed on, decoded positively
  private static final int ADDRESS_IO_ENTIRE = 3;
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

  /** {@code Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) {gsi}}. */
  public ResourceTemplate sharedLevelInterrupt(int gsi) {
    out.u8(EXTENDED_INTERRUPT).u16(6).u8(INTERRUPT_CONSUMER | INTERRUPT_SHARED).u8(1).u32(gsi);
    return this;
  }

  /** {@code WordBusNumber}: the buses behind a bridge. */
  public ResourceTemplate busNumbers(int first, int last) {
    return wordWindow(ADDRESS_BUS, 0, first, last);
  }

  /** {@code WordIO}: ports that a bridge passes on, the last one included. */
  public ResourceTemplate ioWindow(int first, int last) {
    return wordWindow(ADDRESS_IO, ADDRESS_IO_ENTIRE, first, last);
  }

  private ResourceTemplate wordWindow(int type, int flags, int first, int last) {
    out.u8(WORD_ADDRESS_SPACE).u16(13).u8(type).u8(ADDRESS_FIXED).u8(flags);
    out.u16(0).u16(first).u16(last).u16(0).u16(last - first + 1);
    return this;
  }

  /** {@code DWordMemory (..., NonCacheable, ReadWrite)}: what a bridge passes on below 4 GiB. */
  public ResourceTemplate memoryWindow32(long base, long length) {
    out.u8(DWORD_ADDRESS_SPACE).u16(23);
    out.u8(ADDRESS_MEMORY).u8(ADDRESS_FIXED).u8(MEMORY_READ_WRITE);
    out.u32(0).u32(base).u32(base + length - 1).u32(0).u32(length);
    return this;
  }

  /** {@code QWordMemory (..., NonCacheable, ReadWrite)}: what a bridge passes on anywhere. */
  public ResourceTemplate memoryWindow64(long base, long length) {
    out.u8(QWORD_ADDRESS_SPACE).u16(43);
    out.u8(ADDRESS_MEMORY).u8(ADDRESS_FIXED).u8(MEMORY_READ_WRITE);
    out.u64(0).u64(base).u64(base + length - 1).u64(0).u64(length);
    return this;
  }

  /** The buffer, with its end tag; the checksum of 0 says that there is none. */
  public byte[] toAml() {
    byte[] resources = out.toByteArray();
    return Aml.buffer(Encoding.concat(resources, new byte[] {END_TAG, 0}));
  }
}
