package dev.jvmm.core.memory;

/**
 * The host's pages behind a run of guest RAM, which can be given back to the host while the guest
 * does not use them.
 *
 * <p>Thread: safe.
 */
@FunctionalInterface
public interface HostPages {

  /** Of memory that nobody can give back. */
  HostPages KEPT = (offset, length) -> 0;

  /**
   * Gives those pages back that lie in a range from end to end. They read zero when they are next
   * touched, and are the guest's again by that.
   *
   * @param offset from the start of the region; offset and length lie in it
   * @return how many bytes went back: fewer than {@code length} where the host's pages are larger,
   *     0 where it does not take them
   */
  long discard(long offset, long length);
}
