package dev.jvmm.machine.disk;

import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.core.vm.Spelling;
import org.jspecify.annotations.Nullable;

/**
 * A disk, as a device of the guest has it; the device adds how the guest sees it.
 *
 * @param source where its bytes are
 * @param limits how fast it may be; null: as fast as it is
 * @param errors what becomes of a request that the host fails
 * @param serial the serial number that the guest reads; empty where there is none
 * @param asked how the user said it, for what only the host can refuse
 */
public record DiskConfig(
    DiskSource source,
    @Nullable DiskLimits limits,
    ErrorPolicy errors,
    String serial,
    Spelling asked) {

  /** A disk with QEMU's defaults. */
  public static DiskConfig of(DiskSource source, Spelling asked) {
    return new DiskConfig(source, null, ErrorPolicy.DEFAULT, "", asked);
  }

  /** The same, from elsewhere. */
  public DiskConfig withSource(DiskSource other) {
    return new DiskConfig(other, limits, errors, serial, asked);
  }

  /** The same, no faster than that. */
  public DiskConfig withLimits(ThrottleConfig own) {
    return withLimits(new DiskLimits(own, ""));
  }

  /** The same, no faster than that. */
  public DiskConfig withLimits(DiskLimits other) {
    return new DiskConfig(source, other, errors, serial, asked);
  }
}
