package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jvmm.core.bus.BusDevice;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What every device on a bus owes to a guest that does anything at any time: it never throws.
 *
 * <p>A run is repeated with {@code -Djvmm.seed=N}; the seed is in the message of a failure.
 */
public abstract class BusDeviceContract {

  private static final int ACCESSES = 20_000;
  private static final int[] SIZES = {1, 2, 4, 8};
  private static final long[] VALUES = {0, -1, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 1L << 31, 1L << 63};

  /** A fresh device. */
  protected abstract BusDevice newDevice();

  /** How many ports or bytes it takes. */
  protected abstract int length();

  /** Time passes and the host acts; called now and then between accesses. */
  protected void meanwhile(Random random) {}

  @Test
  void everyRegister_takesEveryWidthAndExtremeValue() {
    BusDevice device = newDevice();
    for (int offset = 0; offset < length(); offset++) {
      for (int size : SIZES) {
        for (long value : VALUES) {
          access(device, offset, size, value & (-1L >>> (64 - 8 * size)));
        }
      }
    }
  }

  @Test
  void randomAccesses_neverThrow() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    BusDevice device = newDevice();
    assertThatCode(() -> storm(device, random))
        .as("-Djvmm.seed=%d", seed)
        .doesNotThrowAnyException();
  }

  private void storm(BusDevice device, Random random) {
    for (int i = 0; i < ACCESSES; i++) {
      int size = SIZES[random.nextInt(SIZES.length)];
      int offset = random.nextInt(length());
      long value = random.nextLong() & (-1L >>> (64 - 8 * size));
      if (random.nextBoolean()) {
        device.write(offset, size, value);
      } else {
        device.read(offset, size);
      }
      if (random.nextInt(16) == 0) {
        meanwhile(random);
      }
    }
  }

  private static void access(BusDevice device, int offset, int size, long value) {
    assertThatCode(
            () -> {
              device.write(offset, size, value);
              device.read(offset, size);
            })
        .as("offset %#x, %d bytes, value %#x", offset, size, value)
        .doesNotThrowAnyException();
  }
}
