package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockLimits;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.ReadableSlices;
import dev.jvmm.virtio.queue.WritableSlices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Makes of a driver's chain what the disk is asked (virtio 1.2, 5.2.6). The driver may cut a
 * request into descriptors as it likes: the header is the first 16 bytes that we may read, the
 * status the last byte that we may write. Header and ranges are copied once, then checked.
 *
 * <p>Thread: confined to the disk's loop.
 */
final class RequestReader {

  /** Submit it; any other outcome is a status, for now. */
  static final int SUBMIT = -1;

  /** Without a whole header, or a byte for the status: there is nothing to answer. */
  static final int MALFORMED = -2;

  private static final int HEADER_BYTES = 16;
  private static final int SECTOR = 8;

  // struct virtio_blk_discard_write_zeroes
  private static final int RANGE_BYTES = 16;
  private static final int RANGE_SECTORS = 8;
  private static final int RANGE_FLAGS = 12;
  private static final int FLAG_UNMAP = 1;

  private static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Disk disk;
  private final boolean discards;
  private final boolean clears;
  private final byte[] header = new byte[HEADER_BYTES];
  private final byte[] ranges = new byte[RANGE_BYTES * BlockConfigSpace.MAX_RANGES];

  /** {@code features} are those that were negotiated. */
  RequestReader(Disk disk, long features) {
    this.disk = disk;
    this.discards = (features & BlockFeatures.DISCARD) != 0;
    this.clears = (features & BlockFeatures.WRITE_ZEROES) != 0;
  }

  /** Fills {@code request} in; {@link #SUBMIT}, {@link #MALFORMED}, or its status. */
  int read(DriverRequest request) {
    DescriptorChain chain = request.chain();
    if (chain.writable().sizeBytes() == 0 || !chain.readable().read(0, header, HEADER_BYTES)) {
      return MALFORMED;
    }
    return switch ((int) U32.get(header, 0)) {
      case RequestType.IN -> in(request, chain.writable());
      case RequestType.OUT -> out(request, chain.readable());
      case RequestType.FLUSH -> {
        request.io.flush();
        yield SUBMIT;
      }
      case RequestType.GET_ID -> identify(request, chain.writable());
      case RequestType.DISCARD -> ranges(request, discards, false);
      case RequestType.WRITE_ZEROES -> ranges(request, clears, true);
      default -> RequestType.S_UNSUPP;
    };
  }

  private int in(DriverRequest request, WritableSlices data) {
    int length = data.sizeBytes() - 1;
    long sector = (long) U64.get(header, SECTOR);
    if (!holds(sector, length)) {
      return RequestType.S_IOERR;
    }
    request.io.read(sector * BlockLimits.SECTOR_BYTES);
    return request.addSegments(data, 0, length) ? SUBMIT : RequestType.S_IOERR;
  }

  private int out(DriverRequest request, ReadableSlices data) {
    int length = data.sizeBytes() - HEADER_BYTES;
    long sector = (long) U64.get(header, SECTOR);
    if (disk.readOnly || !holds(sector, length)) {
      return RequestType.S_IOERR;
    }
    request.io.write(sector * BlockLimits.SECTOR_BYTES);
    return request.addSegments(data, HEADER_BYTES, length) ? SUBMIT : RequestType.S_IOERR;
  }

  private boolean holds(long sector, int lengthBytes) {
    return lengthBytes % BlockLimits.SECTOR_BYTES == 0
        && disk.holds(sector, lengthBytes / BlockLimits.SECTOR_BYTES);
  }

  private int identify(DriverRequest request, WritableSlices data) {
    int length = Math.min(data.sizeBytes() - 1, VirtioBlockConfig.MAX_SERIAL_BYTES);
    data.write(0, disk.id(), length);
    request.filled(length);
    return RequestType.S_OK;
  }

  /** All ranges are checked before the first is begun (5.2.6.2). */
  private int ranges(DriverRequest request, boolean negotiated, boolean clear) {
    if (disk.readOnly) {
      return RequestType.S_IOERR;
    }
    ReadableSlices data = request.chain().readable();
    int length = data.sizeBytes() - HEADER_BYTES;
    if (!negotiated) {
      return RequestType.S_UNSUPP;
    }
    if (length == 0 || length % RANGE_BYTES != 0 || length > ranges.length) {
      return RequestType.S_IOERR;
    }
    data.read(HEADER_BYTES, ranges, length);
    for (int at = 0; at < length; at += RANGE_BYTES) {
      int status = range(request, at, clear);
      if (status != RequestType.S_OK) {
        return status;
      }
    }
    request.nextRange();
    return SUBMIT;
  }

  private int range(DriverRequest request, int at, boolean clear) {
    long sector = (long) U64.get(ranges, at);
    long sectors = Integer.toUnsignedLong((int) U32.get(ranges, at + RANGE_SECTORS));
    int flags = (int) U32.get(ranges, at + RANGE_FLAGS);
    if ((flags & ~(clear ? FLAG_UNMAP : 0)) != 0) {
      return RequestType.S_UNSUPP;
    }
    if (sectors > (clear ? disk.maxClearSectors : disk.maxDiscardSectors)
        || !disk.holds(sector, sectors)) {
      return RequestType.S_IOERR;
    }
    if (clear) {
      request.addClear(sector, sectors, (flags & FLAG_UNMAP) != 0);
    } else {
      request.addDiscard(sector, sectors);
    }
    return RequestType.S_OK;
  }
}
