package dev.jvmm.machine.fwcfg;

import dev.jvmm.core.bus.AddressRange;
import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.Widths;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * The firmware configuration device of QEMU's PCs (docs/specs/fw_cfg): a selector at port 0x510, a
 * byte of data at 0x511, and DMA at 0x514.
 *
 * <p>Not emulated: writable items. A write to the data port is ignored, a write by DMA fails.
 *
 * <p>Thread: safe by its own monitor.
 */
public final class FwCfg implements Resettable, Snapshottable<FwCfg.State> {

  static final int SELECTOR_PORT = 0x510;

  private static final long DMA_PORT = 0x514;

  private static final int KEY_MASK = ~0x4000; // the write bit, which chooses nothing here

  private static final int DMA_HIGH = 0; // offsets of the two halves, each big-endian
  private static final int DMA_LOW = 4;
  private static final int DMA_SIGNATURE_HIGH = 0x51454D55; // "QEMU"
  private static final int DMA_SIGNATURE_LOW = 0x20434647; // " CFG"

  private static final int DMA_ACCESS_BYTES = 16; // control, length, address; all big-endian
  private static final int DMA_ERROR = 1;
  private static final int DMA_READ = 1 << 1;
  private static final int DMA_SKIP = 1 << 2;
  private static final int DMA_SELECT = 1 << 3;
  private static final int DMA_WRITE = 1 << 4;

  /**
   * How far a read by DMA may go beyond its item, which is zeros. Without it one store of the guest
   * would keep us writing up to 4 GiB of them.
   */
  private static final long MAX_ZERO_FILL_BYTES = 1 << 20;

  /** What a snapshot keeps: what is selected, how far it was read, the half of an address. */
  public record State(int key, long offset, int dmaHigh) {}

  private final GuestMemory memory;
  private final FwCfgItems items;
  private int key;
  private long offset;
  private int dmaHigh;
  private long failedTransfers;

  /** Makes the device as it is at power-on. */
  public FwCfg(GuestMemory memory, FwCfgItems items) {
    this.memory = memory;
    this.items = items;
  }

  /** Puts it at its ports. */
  public void mapOn(Bus ports) {
    Widths byteAndWord = new Widths(Widths.BYTE.mask() | Widths.WORD.mask());
    ports.map(new AddressRange(SELECTOR_PORT, 2), byteAndWord, new SelectorAndData());
    ports.map(new AddressRange(DMA_PORT, 8), Widths.DWORD, new Dma());
  }

  @Override
  public synchronized void reset() {
    select(FwCfgItems.SIGNATURE);
    dmaHigh = 0;
  }

  @Override
  public synchronized State state() {
    return new State(key, offset, dmaHigh);
  }

  /** Goes on where a snapshot was taken. */
  public synchronized void restore(State state) {
    select(state.key());
    offset = Math.clamp(state.offset(), 0, items.item(key).sizeBytes());
    dmaHigh = state.dmaHigh();
  }

  /** How many transfers by DMA were refused so far. */
  public synchronized long failedTransfers() {
    return failedTransfers;
  }

  private void select(int selector) {
    key = selector & KEY_MASK & 0xFFFF;
    offset = 0;
  }

  private final class SelectorAndData implements BusDevice {

    @Override
    public long read(long port, int size) {
      synchronized (FwCfg.this) {
        return size == 1 ? nextByte() : ALL_ONES;
      }
    }

    @Override
    public void write(long port, int size, long value) {
      synchronized (FwCfg.this) {
        if (size == 2) {
          select((int) value);
        }
      }
    }
  }

  /** The next byte of the item; zeros behind its end. */
  private int nextByte() {
    Item item = items.item(key);
    if (offset >= item.sizeBytes()) {
      return 0;
    }
    return Byte.toUnsignedInt(item.content().get(ValueLayout.JAVA_BYTE, offset++));
  }

  private final class Dma implements BusDevice {

    @Override
    public long read(long port, int size) {
      return switch ((int) port) {
        case DMA_HIGH -> swapped(DMA_SIGNATURE_HIGH);
        case DMA_LOW -> swapped(DMA_SIGNATURE_LOW);
        default -> ALL_ONES;
      };
    }

    @Override
    public void write(long port, int size, long value) {
      synchronized (FwCfg.this) {
        switch ((int) port) {
          case DMA_HIGH -> dmaHigh = Integer.reverseBytes((int) value);
          case DMA_LOW -> {
            long low = swapped((int) value);
            long gpa = ((long) dmaHigh << 32) | low;
            dmaHigh = 0; // a guest below 4 GiB writes the low half alone
            access(gpa);
          }
          default -> {}
        }
      }
    }

    private static long swapped(int value) {
      return Integer.toUnsignedLong(Integer.reverseBytes(value));
    }
  }

  /** Carries out what lies at {@code gpa}, and says there how it went. */
  private void access(long gpa) {
    byte[] request = new byte[DMA_ACCESS_BYTES];
    if (!memory.read(gpa, request)) {
      failedTransfers++;
      return; // there is no place to say so
    }
    ByteBuffer fields = ByteBuffer.wrap(request);
    int control = fields.getInt();
    long length = Integer.toUnsignedLong(fields.getInt());
    boolean done = transfer(control, length, fields.getLong());
    if (!done) {
      failedTransfers++;
    }
    memory.write(gpa, new byte[] {0, 0, 0, (byte) (done ? 0 : DMA_ERROR)});
  }

  private boolean transfer(int control, long length, long gpa) {
    if ((control & DMA_SELECT) != 0) {
      select(control >>> 16);
    }
    long left = items.item(key).sizeBytes() - offset;
    if ((control & DMA_READ) != 0) {
      return read(length, left, gpa);
    }
    if ((control & DMA_WRITE) != 0) {
      return false;
    }
    if ((control & DMA_SKIP) != 0) {
      offset += Math.min(length, left);
    }
    return true;
  }

  private boolean read(long length, long left, long gpa) {
    if (length > left + MAX_ZERO_FILL_BYTES) {
      return false;
    }
    MemorySegment target = memory.slice(gpa, length);
    if (target == null) {
      return false;
    }
    long count = Math.min(length, left);
    if (count > 0) {
      MemorySegment.copy(items.item(key).content(), offset, target, 0, count);
    }
    target.asSlice(count).fill((byte) 0);
    memory.written(gpa, length);
    offset += count;
    return true;
  }
}
