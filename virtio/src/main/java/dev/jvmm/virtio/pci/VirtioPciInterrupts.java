package dev.jvmm.virtio.pci;

import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.virtio.device.Interrupts;
import dev.jvmm.virtio.device.QueueCarrier;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * How a function of PCI interrupts its driver (virtio 1.2, 4.1.5.1 and 4.1.5.3): by a vector for
 * each queue and one for changes of the configuration while MSI-X is on, else by the ISR status and
 * the interrupt pin.
 *
 * <p>A queue that the host's kernel carries is interrupted for by the kernel itself, while its
 * vector can be sent; when that changes its carrier is told before the guest goes on. Else the
 * carrier tells us, as a worker of ours does.
 *
 * <p>Thread: safe: the ISR by the monitor of this object, under which only the line is called;
 * vectors are read without a lock, and change where {@link Messages#change} says. Carriers are told
 * there, too, and call nothing of ours.
 */
public final class VirtioPciInterrupts implements Interrupts {

  /** The vector of what shall not interrupt (4.1.5.1.2). */
  public static final int NO_VECTOR = 0xFFFF;

  private static final int ISR_QUEUE = 1;
  private static final int ISR_CONFIG = 2;

  private final Messages messages;
  private final IrqLine line;
  private final AtomicIntegerArray queueVectors;
  private volatile int configVector = NO_VECTOR;
  private final @Nullable QueueCarrier[] carriers;
  private boolean anyCarried;
  private int isr;

  /** Nothing pending, the line low, no vector given. */
  public VirtioPciInterrupts(int queues, Messages messages, IrqLine line) {
    this.messages = messages;
    this.line = line;
    this.queueVectors = new AtomicIntegerArray(queues);
    this.carriers = new QueueCarrier[queues];
    forgetVectors();
  }

  /** Has a queue's carrier told what interrupts for it; before the driver comes. */
  public void tell(int index, QueueCarrier carrier) {
    if (!anyCarried) {
      anyCarried = true;
      messages.whenChanged(this::tellCarriers);
    }
    carriers[index] = carrier;
  }

  @Override
  public void queueUsed(int index) {
    if (messages.enabled()) {
      fire(queueVectors.get(index));
    } else {
      pend(ISR_QUEUE, true);
    }
  }

  /** The ISR tells of it in either case (4.1.4.5.1). */
  @Override
  public void configChanged() {
    boolean byMessage = messages.enabled();
    pend(ISR_CONFIG, !byMessage);
    if (byMessage) {
      fire(configVector);
    }
  }

  @Override
  public void reset() {
    forgetVectors();
    acknowledge();
  }

  /** What is pending, which is forgotten by being read; the line falls. */
  synchronized int acknowledge() {
    int was = isr;
    isr = 0;
    line.set(false);
    return was;
  }

  /** The vector of a queue; {@link #NO_VECTOR} where it has none, or there is no such queue. */
  int queueVector(int index) {
    return isQueue(index) ? queueVectors.get(index) : NO_VECTOR;
  }

  /** Gives a queue a vector; one that is not there is none, as reading it back tells. */
  void queueVector(int index, int vector) {
    if (isQueue(index)) {
      messages.change(
          () -> {
            queueVectors.set(index, checked(vector));
            tellCarrier(index);
          });
    }
  }

  /** The vector for changes of the configuration. */
  int configVector() {
    return configVector;
  }

  /** Gives the configuration a vector, as {@link #queueVector(int, int)} does. */
  void configVector(int vector) {
    configVector = checked(vector);
  }

  /** Whether vectors are what the guest has switched on. */
  boolean byMessage() {
    return messages.enabled();
  }

  private int checked(int vector) {
    return vector < messages.vectors() ? vector : NO_VECTOR;
  }

  private boolean isQueue(int index) {
    return index >= 0 && index < queueVectors.length();
  }

  private void fire(int vector) {
    if (vector != NO_VECTOR) {
      messages.fire(vector);
    }
  }

  private synchronized void pend(int bit, boolean raise) {
    isr |= bit;
    if (raise) {
      line.set(true);
    }
  }

  private void forgetVectors() {
    configVector = NO_VECTOR;
    messages.change(
        () -> {
          for (int i = 0; i < queueVectors.length(); i++) {
            queueVectors.set(i, NO_VECTOR);
          }
          tellCarriers();
        });
  }

  private void tellCarriers() {
    for (int i = 0; i < carriers.length; i++) {
      tellCarrier(i);
    }
  }

  private void tellCarrier(int index) {
    QueueCarrier carrier = carriers[index];
    if (carrier != null) {
      int vector = queueVectors.get(index);
      carrier.interruptBy(vector == NO_VECTOR ? null : messages.direct(vector));
    }
  }
}
