package dev.jvmm.vhost;

import dev.jvmm.core.vm.Spelling;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of sockets between guest and host.
 *
 * <p>Thread: immutable.
 *
 * @param cid the guest's address among them
 * @param descriptor the number of an open {@code /dev/vhost-vsock}; {@code null}: it is opened
 * @param asked how the user said it, for messages
 */
public record VsockConfig(long cid, @Nullable Integer descriptor, Spelling asked) {

  private static final long FIRST_GUEST = 3; // 0 and 1 are reserved, 2 is the host
  private static final long LAST_GUEST = 0xFFFF_FFFEL; // the one after it means any

  /** Refuses an address that no guest can have. */
  public VsockConfig {
    if (cid < FIRST_GUEST || cid > LAST_GUEST) {
      throw asked.refused(
          "guest-cid is %d to %d (2 is the host), not %d".formatted(FIRST_GUEST, LAST_GUEST, cid));
    }
  }
}
