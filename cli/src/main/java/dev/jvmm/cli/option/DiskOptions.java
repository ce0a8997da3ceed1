package dev.jvmm.cli.option;

import dev.jvmm.machine.catalog.CatalogHelp;
import dev.jvmm.machine.catalog.OptionText;
import java.util.List;

/** Disks and what they are made of. */
final class DiskOptions {

  private DiskOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Disks",
        List.of(
            new Option(
                "drive",
                "file=FILE,format=raw[,if=virtio|none][,id=ID][,...]",
                "a disk, with a device or for one to name; help lists all",
                DiskOptions::drive),
            new Option(
                "blockdev",
                "[driver=]NAME,node-name=ID[,...]",
                "a part of a disk, for a device to name; help lists them",
                DiskOptions::blockdev),
            hardDisk(
                "hda", 0, "a disk on virtio, its format guessed; so is FILE without an option"),
            hardDisk("hdb", 1, "the second"),
            hardDisk("hdc", 2, "the third"),
            hardDisk("hdd", 3, "the fourth")));
  }

  private static Option hardDisk(String name, int index, String doc) {
    return new Option(
        name, "FILE", doc, (request, value) -> request.machine().hardDisk(name, index, value));
  }

  private static void drive(Request request, String value) {
    if (OptionText.parse("drive", value, null).asksForHelp()) {
      request.answer(CatalogHelp.drive());
    } else {
      request.machine().drive(value);
    }
  }

  private static void blockdev(Request request, String value) {
    if (!value.startsWith("{") && OptionText.parse("blockdev", value, "driver").asksForHelp()) {
      request.answer(CatalogHelp.blockdevs());
    } else {
      request.machine().blockdev(value);
    }
  }
}
