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

  /** What a guest reads where the user says nothing. */
  public static final SmbiosIdentity DEFAULT =
      new SmbiosIdentity(
          new Bios("jvmm", "", "01/01/2026", new Release(0, 0)),
          new SystemInfo("jvmm", "Virtual Machine", "", "", SmbiosConfig.NO_UUID, "", ""));

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
