package dev.jvmm.core.event;

/**
 * Something that can be signalled, and to whom is settled elsewhere. What is behind it may be a
 * thing of the host's, so that the host's kernel can signal it, or wait for it, in our place.
 *
 * <p>Thread: safe; never waits, allocates nothing.
 */
@FunctionalInterface
public interface Signal {

  /** Says that something has happened; for several at once the other side may hear it once. */
  void signal();
}
