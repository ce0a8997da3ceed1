package dev.jvmm.cli.option;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.machine.MachineBuilder;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No option reaches what a program that uses the library can't. */
class BuilderReachTest {

  /** The options that are spelled otherwise than the builder's method. */
  private static final Map<String, String> OTHERWISE =
      Map.ofEntries(
          Map.entry("M", "machine"),
          Map.entry("no-acpi", "machine"),
          Map.entry("m", "memory"),
          Map.entry("mem-prealloc", "preallocated"),
          Map.entry("fw_cfg", "fwCfg"),
          Map.entry("S", "startPaused"),
          Map.entry("no-reboot", "noReboot"),
          Map.entry("no-shutdown", "noShutdown"),
          Map.entry("nographic", "onTerminal"),
          Map.entry("nodefaults", "noDefaults"),
          Map.entry("hda", "hardDisk"),
          Map.entry("hdb", "hardDisk"),
          Map.entry("hdc", "hardDisk"),
          Map.entry("hdd", "hardDisk"));

  /** What says nothing of a machine, or what is so for every machine. */
  private static final Set<String> NOT_OF_A_MACHINE =
      Set.of(
          "accel", "enable-kvm", "boot", "net", "pidfile", "D", "d", "msg", "version", "help", "h");

  @Test
  void everyOption_isAMethodOfTheBuilder() {
    Set<String> methods =
        Arrays.stream(MachineBuilder.class.getMethods()).map(Method::getName).collect(toSet());
    Set<String> options = new HashSet<>(OptionTable.byName().keySet());
    AbsentOptions.group().options().forEach(option -> options.remove(option.name()));
    options.removeAll(NOT_OF_A_MACHINE);
    assertThat(options)
        .allSatisfy(option -> assertThat(methods).contains(OTHERWISE.getOrDefault(option, option)));
  }

  /** Whatever an option says has to be kept somewhere: in the builder, or for the process. */
  @Test
  void request_holdsABuilderAndWhatIsTheProcesss() {
    assertThat(Request.class.getDeclaredFields())
        .extracting(Field::getName)
        .containsExactlyInAnyOrder(
            "machine", "answer", "pidFile", "logFile", "logLevel", "timestamps");
  }
}
