package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;
import dev.jvmm.machine.RtcConfig;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The 128 bytes of CMOS RAM at ports 0x70 (index) and 0x71 (datum), with the real-time clock in
 * their first 14 and what a PC's firmware keeps in the others (IBM AT technical reference; Ralf
 * Brown's list for the sizes of memory).
 *
 * <p>Not emulated: the NMI mask's effect (bit 7 of the index is kept), the checksum at 0x2E, drive
 * types, and the upper bank at 0x72.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}. The clock in it has a
 * monitor of its own, taken after this one.
 */
public final class Cmos implements BusDevice, Resettable, Snapshottable<Cmos.State> {

  /** Its first port. */
  public static final int BASE = 0x70;

  /** How many ports it has. */
  public static final int LENGTH = 2;

  /** The interrupt of its clock. */
  public static final int IRQ = 8;

  private static final int INDEX = 0;
  private static final int DATA = 1;

  private static final int SIZE = 128;
  private static final int NMI_MASK = 0x80; // of the index

  // What firmware looks for, little endian where it is wider than a byte.
  private static final int EQUIPMENT = 0x14;
  private static final int BASE_KIB = 0x15;
  private static final int EXTENDED_KIB = 0x17; // from 1 MiB, up to 63 MiB
  private static final int EXTENDED_KIB_AGAIN = 0x30;
  private static final int ABOVE_16M = 0x34; // in units of 64 KiB, below 4 GiB
  private static final int ABOVE_4G = 0x5B; // in units of 64 KiB, three bytes
  private static final int CPUS_LESS_ONE = 0x5F;

  private static final int EQUIPMENT_FPU = 1 << 1;
  private static final int EQUIPMENT_MOUSE = 1 << 2;

  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final long UNIT = 64 * KIB;

  private final Config config;
  private final Rtc rtc;
  private final int[] ram = new int[SIZE];
  private int index;

  /**
   * What the firmware's bytes say.
   *
   * @param rtc the clock
   * @param ramBelow4gBytes memory from address 0 on
   * @param ramAbove4gBytes memory from 4 GiB on
   * @param cpus how many there are at power-on
   */
  public record Config(RtcConfig rtc, long ramBelow4gBytes, long ramAbove4gBytes, int cpus) {

    /** Refuses a machine that can't be. */
    public Config {
      if (ramBelow4gBytes < 0 || ramAbove4gBytes < 0 || cpus < 1) {
        throw new IllegalArgumentException("ram or cpus");
      }
    }
  }

  /** What a snapshot keeps. */
  public record State(int index, List<Integer> ram, Rtc.State rtc) {

    /** Keeps the list from changing. */
    public State {
      ram = List.copyOf(ram);
    }
  }

  private Cmos(Config config, Rtc rtc) {
    this.config = config;
    this.rtc = rtc;
  }

  /**
   * A chip at power-on.
   *
   * @param clock moves its timers, and its time where the configuration says {@code clock=vm}
   * @param wall the host's time
   * @param irq the interrupt of its clock
   */
  public static Cmos powerOn(Config config, Clock clock, InstantSource wall, IrqLine irq) {
    Cmos cmos = new Cmos(config, Rtc.powerOn(config.rtc(), clock, wall, irq));
    cmos.describeMachine();
    return cmos;
  }

  /** A chip out of a snapshot; as {@link #powerOn} otherwise. */
  public static Cmos restored(
      Config config, Clock clock, InstantSource wall, IrqLine irq, State state) {
    Cmos cmos = new Cmos(config, Rtc.restored(config.rtc().clock(), clock, wall, irq, state.rtc()));
    cmos.index = state.index() & 0xFF;
    for (int i = 0; i < Math.min(SIZE, state.ram().size()); i++) {
      cmos.ram[i] = state.ram().get(i) & 0xFF;
    }
    return cmos;
  }

  @Override
  public State state() {
    List<Integer> bytes = new ArrayList<>(SIZE);
    for (int octet : ram) {
      bytes.add(octet);
    }
    return new State(index, bytes, rtc.state());
  }

  /** Time and memory live on; what describes the machine is as at power-on again. */
  @Override
  public void reset() {
    index = 0;
    rtc.reset();
    describeMachine();
  }

  /** Whether the guest wants no NMIs (bit 7 of port 0x70). */
  public boolean nmiMasked() {
    return (index & NMI_MASK) != 0;
  }

  /** One byte wide; the index is write-only and reads all ones. */
  @Override
  public long read(long offset, int size) {
    if (size != 1 || offset != DATA) {
      return ALL_ONES;
    }
    int register = index & (SIZE - 1);
    return isClock(register) ? rtc.read(register) : ram[register];
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size != 1) {
      return;
    }
    int octet = (int) value & 0xFF;
    if (offset == INDEX) {
      index = octet;
    } else if (offset == DATA) {
      int register = index & (SIZE - 1);
      if (isClock(register)) {
        rtc.write(register, octet);
      } else {
        ram[register] = octet;
      }
    }
  }

  private static boolean isClock(int register) {
    return register <= Rtc.REG_D || register == RtcTime.CENTURY;
  }

  private void describeMachine() {
    long below4g = config.ramBelow4gBytes();
    long extendedKib = Math.clamp((below4g - MIB) / KIB, 0, 0xFFFF);
    ram[EQUIPMENT] = EQUIPMENT_FPU | EQUIPMENT_MOUSE;
    put(BASE_KIB, 2, Math.min(below4g / KIB, 640));
    put(EXTENDED_KIB, 2, extendedKib);
    put(EXTENDED_KIB_AGAIN, 2, extendedKib);
    put(ABOVE_16M, 2, Math.clamp((below4g - 16 * MIB) / UNIT, 0, 0xFFFF));
    put(ABOVE_4G, 3, Math.min(config.ramAbove4gBytes() / UNIT, 0xFF_FFFF));
    ram[CPUS_LESS_ONE] = Math.min(config.cpus() - 1, 0xFF);
  }

  private void put(int register, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      ram[register + i] = (int) (value >>> (8 * i)) & 0xFF;
    }
  }
}
