package dev.jvmm.machine;

import java.nio.file.Path;

/** A file that the user puts into the firmware configuration device ({@code -fw_cfg}). */
public sealed interface FwCfgItem {

  /** What the guest asks for, {@code opt/...} by convention. */
  String name();

  /** The text itself, without a NUL at its end. */
  record Text(String name, String text) implements FwCfgItem {}

  /** The content of a file of the host. */
  record HostFile(String name, Path path) implements FwCfgItem {}
}
