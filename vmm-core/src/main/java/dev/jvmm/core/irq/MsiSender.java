package dev.jvmm.core.irq;

/**
 * Sends message-signalled interrupts.
 *
 * <p>Thread: safe; allocates nothing, and a message that no CPU takes is dropped, since the guest
 * has chosen its address.
 */
@FunctionalInterface
public interface MsiSender {

  /**
   * Sends one message: what the function would have written to memory.
   *
   * @param address as the guest has programmed it
   * @param data as the guest has programmed it
   */
  void send(long address, int data);
}
