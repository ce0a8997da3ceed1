package dev.jvmm.virtio.net;

import dev.jvmm.virtio.queue.ReadableSlices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The header of a frame that the driver sends (virtio 1.2, 5.1.6): copied once, then checked, so
 * that what the host acts on is what was checked.
 *
 * <p>Thread: confined to the queue's worker.
 */
final class FrameHeader {

  /** Without num_buffers: a legacy driver's that can't merge. */
  static final int LEGACY_BYTES = 10;

  /** With num_buffers. */
  static final int BYTES = 12;

  /** Two addresses and a type: what less could not be a frame. */
  static final int MIN_FRAME_BYTES = 14;

  /**
   * 64 KiB of packet, addresses, type and a VLAN tag; the attack that it stops: a frame that a host
   * buffers for as long as the guest likes.
   */
  static final int MAX_FRAME_BYTES = 65535 + MIN_FRAME_BYTES + 4;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int FLAGS = 0;
  private static final int GSO_TYPE = 1;
  private static final int GSO_SIZE = 4;
  private static final int CSUM_START = 6;
  private static final int CSUM_OFFSET = 8;
  private static final int NUM_BUFFERS = 10;

  private static final int F_NEEDS_CSUM = 1;
  private static final int GSO_NONE = 0;
  private static final int GSO_TCPV4 = 1;
  private static final int GSO_TCPV6 = 4;
  private static final int GSO_ECN = 0x80;

  private static final int CHECKSUM_BYTES = 2;

  private final MemorySegment memory = Arena.ofAuto().allocate(16, 8);
  private final int sizeBytes;
  private final long features;

  /**
   * Headers of a driver.
   *
   * @param sizeBytes {@link #BYTES} or {@link #LEGACY_BYTES}
   * @param features what was negotiated
   */
  FrameHeader(int sizeBytes, long features) {
    this.sizeBytes = sizeBytes;
    this.features = features;
  }

  int sizeBytes() {
    return sizeBytes;
  }

  /** The copy. */
  MemorySegment memory() {
    return memory;
  }

  /** Copies a header; {@code false} where it, or the length of the frame, makes no sense. */
  boolean take(ReadableSlices source) {
    int frame = source.sizeBytes() - sizeBytes;
    if (frame < MIN_FRAME_BYTES || frame > MAX_FRAME_BYTES) {
      return false;
    }
    source.read(0, memory, 0, sizeBytes);
    if (sizeBytes > NUM_BUFFERS) {
      memory.set(U16, NUM_BUFFERS, (short) 0); // the driver's is nobody's business (5.1.6.2.1)
    }
    return checksumCanBe(frame) && segmentsCanBe();
  }

  private boolean checksumCanBe(int frame) {
    int flags = u8(FLAGS);
    if ((features & NetFeatures.CSUM) == 0) {
      return flags == 0;
    }
    memory.set(ValueLayout.JAVA_BYTE, FLAGS, (byte) (flags & F_NEEDS_CSUM));
    return (flags & F_NEEDS_CSUM) == 0
        || u16(CSUM_START) + u16(CSUM_OFFSET) + CHECKSUM_BYTES <= frame;
  }

  private boolean segmentsCanBe() {
    int type = u8(GSO_TYPE);
    if (type == GSO_NONE) {
      return true;
    }
    long needed =
        switch (type & ~GSO_ECN) {
          case GSO_TCPV4 -> NetFeatures.HOST_TSO4;
          case GSO_TCPV6 -> NetFeatures.HOST_TSO6;
          default -> 0;
        };
    boolean ecnCanBe = (type & GSO_ECN) == 0 || (features & NetFeatures.HOST_ECN) != 0;
    return (features & needed) != 0
        && ecnCanBe
        && u8(FLAGS) == F_NEEDS_CSUM // 5.1.6.2.1
        && u16(GSO_SIZE) != 0;
  }

  private int u8(int offset) {
    return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset));
  }

  private int u16(int offset) {
    return Short.toUnsignedInt(memory.get(U16, offset));
  }
}
