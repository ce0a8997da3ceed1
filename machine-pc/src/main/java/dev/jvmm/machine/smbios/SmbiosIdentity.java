package dev.jvmm.machine.smbios;

import dev.jvmm.machine.smbios.SmbiosConfig.Bios;
import dev.jvmm.machine.smbios.SmbiosConfig.Release;
import dev.jvmm.machine.smbios.SmbiosConfig.SystemInfo;
import java.util.UUID;

/**
 * Whose machine the guest takes it for: what of {@link SmbiosConfig} a user chooses.
 *
 * <p>Thread: immutable.
 *
 * @param bios type 0
 * @param system type 1, with the UUID
 */
public record SmbiosIdentity(Bios bios, SystemInfo system) {

  /** What a guest reads where the user says nothing; product and version hang on the machine. */
  public static final SmbiosIdentity DEFAULT =
      new SmbiosIdentity(
          new Bios("jvmm", "jvmm", "01/01/2026", new Release(0, 0)),
          new SystemInfo("jvmm", "", "", "", SmbiosConfig.NO_UUID, "", ""));

  /** The same, with a product and a version where it has none. */
  public SmbiosIdentity orElse(String product, String version) {
    return new SmbiosIdentity(
        bios,
        new SystemInfo(
            system.manufacturer(),
            system.product().isEmpty() ? product : system.product(),
            system.version().isEmpty() ? version : system.version(),
            system.serial(),
            system.uuid(),
            system.sku(),
            system.family()));
  }

  /** The same with another UUID. */
  public SmbiosIdentity withUuid(UUID uuid) {
    return new SmbiosIdentity(
        bios,
        new SystemInfo(
            system.manufacturer(),
            system.product(),
            system.version(),
            system.serial(),
            uuid,
            system.sku(),
            system.family()));
  }
}
