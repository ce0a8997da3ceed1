package dev.jvmm.core.irq;

import dev.jvmm.core.event.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A message-signalled interrupt whose message is settled before it is sent, so that sending it is
 * one signal, whoever sends: a device, or the kernel in its place.
 *
 * <p>Thread: called by one thread at a time. {@link #fire} allocates nothing and never waits.
 */
public interface MsiVector extends AutoCloseable {

  /**
   * Settles the message. It may take a millisecond: the kernel waits until no CPU reads the table
   * that it replaces.
   *
   * @param address as the guest has programmed it; one that is no local APIC's reaches no CPU
   * @param data as the guest has programmed it
   */
  void program(long address, int data);

  /** Sends the message that was programmed last; nothing where none was. */
  void fire();

  /**
   * What sends the message that was programmed last when it is signalled, by whomever; {@code null}
   * where that message reaches nobody. It counts until the next {@link #program}, and is not to be
   * signalled after {@link #close}.
   */
  @Nullable Signal signal();

  /** Gives back what the host keeps for it. */
  @Override
  void close();
}
