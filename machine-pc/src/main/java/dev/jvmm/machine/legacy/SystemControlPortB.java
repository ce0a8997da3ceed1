package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * System control port B at 0x61 (Intel ICH9 datasheet, NMI_SC) for a machine without a PIT; with
 * one the kernel answers this port itself. It is there so that a guest that looks for the reason of
 * an NMI reads that there was no error, rather than all ones.
 *
 * <p>Not emulated: the speaker and the output of timer 2 (it reads low); NMIs by SERR# and IOCHK#
 * never happen, their enable bits are only kept.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}.
 */
public final class SystemControlPortB
    implements BusDevice, Resettable, Snapshottable<SystemControlPortB.State> {

  /** Where it is, one byte wide. */
  public static final int PORT = 0x61;

  private static final int WRITABLE = 0x0F; // timer 2 gate, speaker, SERR# and IOCHK# enables
  private static final int REF_TOGGLE = 1 << 4; // flips at each refresh of the memory

  private static final long REFRESH_NANOS = 15_085;

  private final Clock clock;
  private int value;

  /** What a snapshot keeps. */
  public record State(int value) {

    /** Everything off. */
    public static final State POWER_ON = new State(0);
  }

  /** A port in the given state. */
  public SystemControlPortB(Clock clock, State state) {
    this.clock = clock;
    this.value = state.value() & WRITABLE;
  }

  @Override
  public State state() {
    return new State(value);
  }

  @Override
  public void reset() {
    value = 0;
  }

  @Override
  public long read(long offset, int size) {
    if (size != 1) {
      return ALL_ONES;
    }
    boolean odd = (Math.floorDiv(clock.nanos(), REFRESH_NANOS) & 1) != 0;
    return odd ? value | REF_TOGGLE : value;
  }

  @Override
  public void write(long offset, int size, long newValue) {
    if (size == 1) {
      value = (int) newValue & WRITABLE;
    }
  }
}
