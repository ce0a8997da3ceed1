package dev.jvmm.virtio.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.queue.FuzzInput;
import java.util.Arrays;

/**
 * What a fuzzer has a guest do to the registers of a transport. The input is a sequence of octets,
 * each with what it needs: bits 0 and 1 are 0 for a read, 1 for a write, 2 for a store of 8 bytes
 * into RAM, 3 for a run of the device; bits 2 and 3 are the width. Then 16 bits of offset and, for
 * what writes, the value.
 *
 * <p>Thread: one test's.
 */
public final class FuzzedAccesses {

  private static final int MAX_STEPS = 1_000;
  private static final int RAM_STEP = 8;

  private final VirtioDevice device;
  private final GuestMemory memory;
  private final InlineRunner runner;

  public FuzzedAccesses(VirtioDevice device, GuestMemory memory, InlineRunner runner) {
    this.device = device;
    this.memory = memory;
    this.runner = runner;
  }

  /** All RAM zero, as a device under test finds it. */
  public static void clear(GuestMemory memory) {
    memory.regions().forEach(region -> region.memory().fill((byte) 0));
  }

  /** Does it all; {@code isReset} says which writes of a register clear bits of the status. */
  public void run(FuzzInput input, BusDevice registers, int sizeBytes, Resets isReset) {
    for (int i = 0; i < MAX_STEPS && input.hasMore(); i++) {
      int op = input.u8();
      int size = 1 << ((op >> 2) & 3);
      int at = (op & 3) == 3 ? 0 : input.u16();
      int offset = at % (sizeBytes - size + 1);
      switch (op & 3) {
        case 0 -> registers.read(offset, size);
        case 1 -> write(registers, offset, size, input.number(size), isReset);
        case 2 -> memory.write((long) at * RAM_STEP, eightBytes(input));
        default -> runner.runEachOnce();
      }
    }
  }

  private void write(BusDevice registers, int offset, int size, long value, Resets isReset) {
    int before = device.status();
    registers.write(offset, size, value);
    if (!isReset.clearsStatus(offset, size, value)) {
      assertThat(before & ~device.status()).as("status that is gone").isZero();
    }
    int known = DeviceStatus.OF_DRIVER | DeviceStatus.NEEDS_RESET;
    assertThat(device.status() & ~known).as("status that there is not").isZero();
  }

  private static byte[] eightBytes(FuzzInput input) {
    return Arrays.copyOf(input.bytes(RAM_STEP), RAM_STEP);
  }

  /** Which writes may clear the status. */
  @FunctionalInterface
  public interface Resets {
    boolean clearsStatus(int offset, int size, long value);
  }
}
