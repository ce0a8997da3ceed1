package dev.jvmm.machine.acpi;

import dev.jvmm.machine.acpi.aml.Aml;
import dev.jvmm.machine.acpi.aml.AmlCode;
import dev.jvmm.machine.acpi.aml.ResourceTemplate;
import java.util.ArrayList;
import java.util.List;

/**
 * The differentiated system description table (ACPI 6.3, 5.2.11.1): the devices that a guest can't
 * find by itself, and how it powers off.
 *
 * <p>Thread: no state.
 */
final class Dsdt {

  private static final int REVISION = 2; // integers of 64 bits
  private static final int NOTIFY_BUTTON_PRESSED = 0x80;

  private Dsdt() {}

  static byte[] of(AcpiConfig config) {
    List<byte[]> devices = new ArrayList<>();
    isa(devices, config.isa());
    for (DsdtDevice device : config.devices()) {
      devices.add(device.aml());
    }
    int sleepType = AcpiPm.SLP_TYP_S5;
    if (config.platform() instanceof ReducedHardware reduced) {
      powerButton(devices, reduced.ged());
      sleepType = SleepRegisters.SLP_TYP_S5;
    }
    byte[] scope = Aml.scope("\\_SB", devices.toArray(byte[][]::new));
    Sdt table = new Sdt("DSDT", REVISION, Sdt.HEADER + 64 + scope.length);
    table.out().bytes(Aml.name("\\_S5", sleepState(sleepType))).bytes(scope);
    return table.finish();
  }

  private static byte[] sleepState(int type) {
    byte[] value = Aml.integer(type);
    byte[] zero = Aml.integer(0);
    return Aml.packageOf(value, value, zero, zero);
  }

  private static void isa(List<byte[]> devices, IsaDevices isa) {
    if (isa.pic()) {
      ResourceTemplate ports = new ResourceTemplate().io(0x20, 2).io(0xA0, 2).io(0x4D0, 2);
      devices.add(isaDevice("PIC", "PNP0000", ports.irq(2)));
    }
    if (isa.pit()) {
      devices.add(isaDevice("TMR", "PNP0100", new ResourceTemplate().io(0x40, 4).irq(0)));
    }
    if (isa.rtc()) {
      devices.add(isaDevice("RTC", "PNP0B00", new ResourceTemplate().io(0x70, 2).irq(8)));
    }
    if (isa.i8042()) {
      ResourceTemplate ports = new ResourceTemplate().io(0x60, 1).io(0x64, 1);
      devices.add(isaDevice("KBD", "PNP0303", ports.irq(1)));
      devices.add(isaDevice("MOU", "PNP0F13", new ResourceTemplate().irq(12)));
    }
    for (IsaDevices.ComPort com : isa.comPorts()) {
      devices.add(
          Aml.device(
              "COM".concat(Integer.toString(com.number())),
              Aml.name("_HID", Aml.eisaId("PNP0501")),
              Aml.name("_UID", Aml.integer(com.number())),
              Aml.name("_CRS", new ResourceTemplate().io(com.port(), 8).irq(com.irq()).toAml())));
    }
  }

  private static byte[] isaDevice(String name, String id, ResourceTemplate resources) {
    return Aml.device(name, Aml.name("_HID", Aml.eisaId(id)), Aml.name("_CRS", resources.toAml()));
  }

  /** The button, and the event device whose method reads what happened and says so. */
  private static void powerButton(List<byte[]> devices, GedConfig ged) {
    devices.add(Aml.device("PWRB", Aml.name("_HID", Aml.eisaId("PNP0C0C"))));
    byte[] pressed = AmlCode.and(AmlCode.local(0), Aml.integer(GedDevice.EVENT_POWER_BUTTON));
    devices.add(
        Aml.device(
            "GED",
            Aml.name("_HID", Aml.string("ACPI0013")),
            Aml.name("_UID", Aml.integer(0)),
            Aml.name("_CRS", new ResourceTemplate().levelInterrupt(ged.gsi()).toAml()),
            Aml.operationRegion("EREG", Aml.SYSTEM_IO, ged.port(), GedDevice.LENGTH),
            Aml.dwordField("EREG", "EVNT"),
            Aml.method(
                "_EVT",
                1,
                AmlCode.store(AmlCode.object("EVNT"), AmlCode.local(0)),
                AmlCode.ifThen(pressed, AmlCode.notify("\\_SB.PWRB", NOTIFY_BUTTON_PRESSED)))));
  }
}
