package dev.jvmm.cli.option;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.CatalogHelp;
import dev.jvmm.machine.catalog.MachineType;
import dev.jvmm.machine.catalog.OptionText;
import dev.jvmm.vcpu.cpuid.CpuHelp;
import java.util.List;

/** The board, its CPUs and its memory. */
final class MachineOptions {

  private MachineOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Machine",
        List.of(
            new Option(
                "machine",
                "[type=]NAME[,acpi=on|off]",
                "the machine, pc or microvm; help lists them",
                MachineOptions::machine),
            new Option("M", "NAME[,...]", "the same as -machine", MachineOptions::shortMachine),
            new Option(
                "accel", "kvm", "what runs the guest; there is only KVM", MachineOptions::accel),
            Option.flag("enable-kvm", "the same as -accel kvm", (request, value) -> {}),
            new Option(
                "cpu",
                "MODEL[,+FEATURE][,-FEATURE]",
                "the CPU's model, by default host; help lists them",
                MachineOptions::cpu),
            new Option(
                "smp",
                "[cpus=]N[,sockets=N][,cores=N][,threads=N][,maxcpus=N]",
                "how many CPUs, by default 1",
                (request, value) -> request.machine().smp(value)),
            new Option(
                "m",
                "[size=]SIZE",
                "memory in MiB or with K, M, G, T; 128M, without -kernel 512M",
                (request, value) -> request.machine().memory(value)),
            Option.flag(
                "mem-prealloc",
                "fetch all memory from the host before the guest runs",
                (request, value) -> request.machine().preallocated(true)),
            Option.flag(
                "no-acpi",
                "the same as -machine acpi=off",
                (request, value) -> request.machine().machine("acpi=off")),
            new Option(
                "name",
                "[guest=]NAME[,debug-threads=on]",
                "the machine's name in messages and threads",
                MachineOptions::name),
            new Option(
                "uuid",
                "UUID",
                "the machine's UUID, for the guest to read",
                (request, value) -> request.machine().uuid(value)),
            new Option(
                "smbios",
                "type=0|1,KEY=TEXT,...",
                "what the guest reads of its maker",
                (request, value) -> request.machine().smbios(value)),
            new Option(
                "rtc",
                "[base=utc|localtime|DATE][,clock=host|vm]",
                "what the guest's clock says, and what drives it",
                (request, value) -> request.machine().rtc(value))));
  }

  private static void shortMachine(Request request, String value) {
    try {
      machine(request, value);
    } catch (ConfigException e) {
      throw e.spelled("M");
    }
  }

  private static void machine(Request request, String value) {
    OptionText parts = OptionText.parse("machine", value, "type");
    if (!parts.asksForHelp()) {
      request.machine().machine(value);
    } else if (parts.entries().size() == 1) {
      request.answer(CatalogHelp.machines());
    } else {
      request.answer(CatalogHelp.machine(MachineType.require(parts.require("type"))));
    }
  }

  private static void accel(Request request, String value) {
    OptionText parts = OptionText.parse("accel", value, "accel");
    if (parts.asksForHelp()) {
      request.answer("Accelerators supported:\n" + MachineType.KVM + "\n");
      return;
    }
    parts.only("accel");
    MachineType.requireKvm("accel", value, parts.require("accel"));
  }

  private static void cpu(Request request, String value) {
    if (value.equals("help") || value.equals("?")) {
      request.answer(CpuHelp.text());
    } else {
      request.machine().cpu(value);
    }
  }

  private static void name(Request request, String value) {
    OptionText parts = OptionText.parse("name", value, "guest");
    parts.only("guest", "debug-threads"); // threads have their names, asked for or not
    request.machine().name(parts.require("guest"));
  }
}
