package dev.jvmm.cli.option;

import dev.jvmm.machine.catalog.CatalogHelp;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.ObjectCatalog;
import dev.jvmm.machine.catalog.OptionText;
import java.util.List;

/** Devices by their names. */
final class DeviceOptions {

  private DeviceOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Devices",
        List.of(
            new Option(
                "device",
                "NAME[,PROPERTY=VALUE]",
                "a device; help lists them, NAME,help its properties",
                DeviceOptions::device),
            new Option(
                "object",
                "TYPE,id=ID[,PROPERTY=VALUE]",
                "something for devices to name; help lists them",
                DeviceOptions::object),
            new Option(
                "global",
                "NAME.PROPERTY=VALUE",
                "a property of every such device",
                (request, value) -> request.machine().global(value))));
  }

  private static void device(Request request, String value) {
    OptionText parts = OptionText.parse("device", value, "driver");
    if (value.startsWith("{") || !parts.asksForHelp()) {
      request.machine().device(value);
    } else if (parts.entries().size() == 1) {
      request.answer(CatalogHelp.devices());
    } else {
      request.answer(CatalogHelp.device(DeviceCatalog.require("device", parts.require("driver"))));
    }
  }

  private static void object(Request request, String value) {
    OptionText parts = OptionText.parse("object", value, "qom-type");
    if (value.startsWith("{") || !parts.asksForHelp()) {
      request.machine().object(value);
    } else if (parts.entries().size() == 1) {
      request.answer(CatalogHelp.objects());
    } else {
      request.answer(CatalogHelp.object(ObjectCatalog.require(parts.require("qom-type"))));
    }
  }
}
