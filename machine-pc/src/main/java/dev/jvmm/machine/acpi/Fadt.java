package dev.jvmm.machine.acpi;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * The fixed ACPI description table (ACPI 6.3, 5.2.9), written field after field.
 *
 * <p>{@code instanceof} here and in {@link Dsdt}, not a switch over the platform: the first pattern
 * switch of a JVM takes milliseconds, and there is none before the guest's first instruction.
 *
 * <p>Thread: no state.
 */
final class Fadt {

  private static final int REVISION = 6;
  private static final int MINOR_REVISION = 3;
  private static final int LENGTH = 276;

  private static final int PM_PORTS_LENGTH = 54; // SCI_INT to P_LVL3_LAT
  private static final int PM1_EVENT_LENGTH = 4;
  private static final int PM1_CONTROL_LENGTH = 2;
  private static final int PM_TIMER_LENGTH = 4;
  private static final int NO_C2_LATENCY = 0xFFF; // more than 100 us: there is no C2
  private static final int NO_C3_LATENCY = 0xFFF; // more than 1000 us: there is no C3
  private static final int CMOS_CENTURY = 0x32;

  private static final int RESET_PORT = 0xCF9;
  private static final int RESET_VALUE = 6; // SYS_RST and RST_CPU

  private static final int BOOT_LEGACY_DEVICES = 1;
  private static final int BOOT_8042 = 1 << 1;
  private static final int BOOT_VGA_NOT_PRESENT = 1 << 2;
  private static final int BOOT_CMOS_RTC_NOT_PRESENT = 1 << 5;

  private static final int FLAG_WBINVD = 1;
  private static final int FLAG_PROC_C1 = 1 << 2;
  private static final int FLAG_PWR_BUTTON = 1 << 4; // set: no fixed button
  private static final int FLAG_SLP_BUTTON = 1 << 5; // set: no fixed button
  private static final int FLAG_FIX_RTC = 1 << 6; // set: no wake-up in fixed registers
  private static final int FLAG_TMR_VAL_EXT = 1 << 8;
  private static final int FLAG_RESET_REG_SUP = 1 << 10;
  private static final int FLAG_HW_REDUCED_ACPI = 1 << 20;

  private static final int SPACE_SYSTEM_IO = 1;

  private Fadt() {}

  static byte[] of(AcpiConfig config, long facs, long dsdt) {
    Sdt table = new Sdt("FACP", REVISION, LENGTH);
    LittleEndianWriter out = table.out();
    out.u32(facs).u32(dsdt);
    out.u8(0).u8(0); // INT_MODEL is gone; no preferred PM profile
    if (config.platform() instanceof AcpiPmConfig pm) {
      pmPorts(out, pm);
    } else {
      out.zeros(PM_PORTS_LENGTH);
    }
    out.u16(0).u16(0).u8(0).u8(0); // caches are flushed by WBINVD; no clock throttling
    out.u8(0).u8(0).u8(config.isa().rtc() ? CMOS_CENTURY : 0); // no alarm's day nor month
    out.u16(bootFlags(config.isa())).u8(0).u32(flags(config.platform()));
    port(out, RESET_PORT, 1).u8(RESET_VALUE).u16(0).u8(MINOR_REVISION);
    out.u64(0).u64(dsdt); // FIRMWARE_CTRL has the FACS
    if (config.platform() instanceof AcpiPmConfig pm) {
      pmAddresses(out, pm);
    } else if (config.platform() instanceof ReducedHardware reduced) {
      sleepAddresses(out, reduced.sleepPort());
    }
    out.ascii(Sdt.CREATOR_ID).u32(0); // hypervisor vendor identity
    return table.finish();
  }

  /** SCI_INT to P_LVL3_LAT, which hardware-reduced ACPI leaves 0. */
  private static void pmPorts(LittleEndianWriter out, AcpiPmConfig pm) {
    out.u16(pm.sciGsi());
    out.u32(0).u8(0).u8(0).u8(0).u8(0); // SMI_CMD 0: always in ACPI mode
    out.u32(pm.port() + AcpiPm.PM1_EVENT).u32(0);
    out.u32(pm.port() + AcpiPm.PM1_CONTROL).u32(0);
    out.u32(0); // no PM2 control
    out.u32(pm.port() + AcpiPm.PM_TIMER);
    out.u32(0).u32(0); // no general-purpose events
    out.u8(PM1_EVENT_LENGTH).u8(PM1_CONTROL_LENGTH).u8(0).u8(PM_TIMER_LENGTH);
    out.zeros(4); // no GPE lengths and base, no CST_CNT
    out.u16(NO_C2_LATENCY).u16(NO_C3_LATENCY);
  }

  private static void pmAddresses(LittleEndianWriter out, AcpiPmConfig pm) {
    port(out, pm.port() + AcpiPm.PM1_EVENT, PM1_EVENT_LENGTH);
    noAddress(out);
    port(out, pm.port() + AcpiPm.PM1_CONTROL, PM1_CONTROL_LENGTH);
    noAddress(out);
    noAddress(out); // PM2 control
    port(out, pm.port() + AcpiPm.PM_TIMER, PM_TIMER_LENGTH);
    for (int i = 0; i < 4; i++) {
      noAddress(out); // GPE0, GPE1, sleep control and status
    }
  }

  private static void sleepAddresses(LittleEndianWriter out, int port) {
    for (int i = 0; i < 8; i++) {
      noAddress(out); // PM1a event to GPE1
    }
    port(out, port + SleepRegisters.SLEEP_CONTROL, 1);
    port(out, port + SleepRegisters.SLEEP_STATUS, 1);
  }

  /** A generic address (5.2.3.2): a register at a port, read and written whole. */
  private static LittleEndianWriter port(LittleEndianWriter out, int port, int bytes) {
    int access = bytes == 1 ? 1 : bytes == 2 ? 2 : 3;
    return out.u8(SPACE_SYSTEM_IO).u8(8 * bytes).u8(0).u8(access).u64(port);
  }

  private static void noAddress(LittleEndianWriter out) {
    out.zeros(12);
  }

  private static int bootFlags(IsaDevices isa) {
    return BOOT_VGA_NOT_PRESENT
        | (isa.any() ? BOOT_LEGACY_DEVICES : 0)
        | (isa.i8042() ? BOOT_8042 : 0)
        | (isa.rtc() ? 0 : BOOT_CMOS_RTC_NOT_PRESENT);
  }

  private static int flags(AcpiPlatform platform) {
    int common = FLAG_WBINVD | FLAG_PROC_C1 | FLAG_SLP_BUTTON | FLAG_FIX_RTC | FLAG_RESET_REG_SUP;
    if (platform instanceof AcpiPmConfig pm) {
      return common | (pm.timerBits() == 32 ? FLAG_TMR_VAL_EXT : 0);
    }
    return common | FLAG_PWR_BUTTON | FLAG_HW_REDUCED_ACPI;
  }
}
