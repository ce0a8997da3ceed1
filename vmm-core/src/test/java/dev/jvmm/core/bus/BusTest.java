package dev.jvmm.core.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusTest {

  /** Answers its own number above the offset, and notes what is written. */
  private static final class Recorder implements BusDevice {
    final List<String> writes = new ArrayList<>();
    private final long number;

    Recorder(long number) {
      this.number = number;
    }

    @Override
    public long read(long offset, int size) {
      return number << 16 | offset;
    }

    @Override
    public void write(long offset, int size, long value) {
      writes.add("%d/%d=%x".formatted(offset, size, value));
    }
  }

  private final Bus bus = new Bus("port");

  @Test
  void read_reachesTheDeviceWithItsOffset() {
    bus.map(0x3F8, 8, new Recorder(1));
    bus.map(0x400, 4, new Recorder(2));

    assertThat(bus.read(0x3F8 + 5, 4)).isEqualTo(-1L >>> 32); // crosses the end
    assertThat(bus.read(0x3F8 + 3, 4)).isEqualTo(0x1_0003);
    assertThat(bus.read(0x400, 4)).isEqualTo(0x2_0000);
  }

  @Test
  void write_isCutToItsWidth() {
    Recorder device = new Recorder(1);
    bus.map(0x80, 8, device);

    bus.write(0x80, 1, 0x1FF);
    bus.write(0x82, 2, -1);
    bus.write(0x80, 8, -1);

    assertThat(device.writes).containsExactly("0/1=ff", "2/2=ffff", "0/8=ffffffffffffffff");
  }

  @Test
  void unclaimedAccess_readsAllOnesOfItsWidthAndIsCounted() {
    assertThat(bus.read(0x1234, 1)).isEqualTo(0xFF);
    assertThat(bus.read(0, 2)).isEqualTo(0xFFFF);
    assertThat(bus.read(-1, 4)).isEqualTo(0xFFFF_FFFFL);
    assertThat(bus.read(Long.MIN_VALUE, 8)).isEqualTo(-1);
    bus.write(0x1234, 4, 7);

    assertThat(bus.unclaimedReads()).isEqualTo(4);
    assertThat(bus.unclaimedWrites()).isEqualTo(1);
  }

  @Test
  void width_isPartOfTheAddress() {
    bus.map(new AddressRange(0xCF8, 4), Widths.DWORD, new Recorder(1));
    bus.map(new AddressRange(0xCF9, 1), Widths.BYTE, new Recorder(2));

    assertThat(bus.read(0xCF8, 4)).isEqualTo(0x1_0000);
    assertThat(bus.read(0xCF9, 1)).isEqualTo(0); // 0x20000 cut to a byte
    assertThat(bus.read(0xCF8, 1)).isEqualTo(0xFF);
    assertThat(bus.unclaimedReads()).isEqualTo(1);
  }

  @Test
  void map_refusesAPlaceThatIsTaken() {
    bus.map(0x60, 5, new Recorder(1));

    assertThatThrownBy(() -> bus.map(0x64, 1, new Recorder(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0x64");
  }

  @Test
  void unmap_leavesNothingAndMayBeRepeated() {
    Bus.Mapping mapping = bus.map(0x60, 1, new Recorder(1));
    bus.unmap(mapping);
    bus.unmap(mapping);

    assertThat(bus.read(0x60, 1)).isEqualTo(0xFF);
    bus.map(0x60, 1, new Recorder(2));
    assertThat(bus.unclaimedReads()).isEqualTo(1);
  }

  @Test
  void lookUp_allocatesNothingOnceWarm() {
    bus.map(0x3F8, 8, new Recorder(1));
    bus.map(new AddressRange(0xCF8, 4), Widths.DWORD, new Recorder(2));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    accessOften();

    long before = threads.getCurrentThreadAllocatedBytes();
    accessOften();
    long after = threads.getCurrentThreadAllocatedBytes();

    assertThat(after - before).isLessThan(1000); // the measuring itself
  }

  private void accessOften() {
    for (int i = 0; i < 100_000; i++) {
      bus.read(0x3F8 + (i & 7), 1);
      bus.read(0xCF8, 4);
      bus.write(0x99, 4, i);
    }
  }
}
