package dev.jvmm.virtio.console;

import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.chardev.WindowSize;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A port, between its host end, which lives as long as the machine, and the queues that it has
 * until the next reset.
 *
 * <p>Thread: confined to the event loop of its host end, on which its queues are worked on too; but
 * {@link #size} and {@link #emergencyWrite} are a vCPU's.
 */
final class ConsolePort implements CharFrontend {

  private final PortConfig config;
  private final Chardev chardev;
  private final Consumer<Runnable> changeConfig;
  private final byte[] emergency = new byte[1]; // under the monitor of the device
  private final LongAdder lost = new LongAdder();
  private boolean hostOpen;
  private volatile WindowSize size = WindowSize.UNKNOWN;

  private @Nullable PortSession session;
  private @Nullable ReceiveWorker receiver;
  private @Nullable TransmitWorker transmitter;

  /**
   * A port without a driver.
   *
   * @param changeConfig makes a change of the device's configuration
   */
  ConsolePort(PortConfig config, Chardev chardev, Consumer<Runnable> changeConfig) {
    this.config = config;
    this.chardev = chardev;
    this.changeConfig = changeConfig;
  }

  PortConfig config() {
    return config;
  }

  Chardev chardev() {
    return chardev;
  }

  /** How large the screen of the host end is. Any thread. */
  WindowSize size() {
    return size;
  }

  /** So much of what the guest has sent nobody will get. */
  void lost(int bytes) {
    lost.add(bytes);
  }

  /** How much was lost. Any thread. */
  long lostBytes() {
    return lost.sum();
  }

  /** A driver has come, and perhaps the one before has gone. */
  void begin(PortSession newSession) {
    if (newSession.equals(session)) {
      return;
    }
    session = newSession;
    newSession.size(size);
    if (hostOpen) {
      newSession.hostOpen(true);
    }
  }

  /** The driver has this receive queue for it. */
  void receiver(ReceiveWorker worker) {
    receiver = worker;
    chardev.receiveReady();
  }

  /** The driver has this transmit queue for it. */
  void transmitter(TransmitWorker worker) {
    transmitter = worker;
  }

  /** A queue was reset. */
  void released(ReceiveWorker worker) {
    if (worker.equals(receiver)) {
      receiver = null;
    }
  }

  /** A queue was reset. */
  void released(TransmitWorker worker) {
    if (worker.equals(transmitter)) {
      transmitter = null;
    }
  }

  /** One character, whatever state the queues are in; under the monitor of the device. */
  void emergencyWrite(int octet) {
    emergency[0] = (byte) octet;
    chardev.write(emergency, 0, 1); // a full host end loses it: nobody could wait for it
  }

  @Override
  public int receiveRoom() {
    return session == null || receiver == null || !session.guestOpen() ? 0 : receiver.room();
  }

  @Override
  public void receive(byte[] bytes, int offset, int length) {
    if (receiver != null) {
      receiver.receive(bytes, offset, length);
    }
  }

  @Override
  public void writable() {
    if (transmitter != null) {
      transmitter.writable();
    }
  }

  @Override
  public void event(Event event) {
    switch (event) {
      case OPENED -> {
        hostOpen(true);
        measure();
      }
      case CLOSED -> hostOpen(false);
      case RESIZED -> measure();
      case BREAK -> {} // a port has no line that could be held
    }
  }

  private void hostOpen(boolean open) {
    hostOpen = open;
    if (session != null) {
      session.hostOpen(open);
    }
  }

  private void measure() {
    WindowSize now = config.console() ? chardev.windowSize() : WindowSize.UNKNOWN;
    if (!now.equals(size)) {
      changeConfig.accept(() -> size = now);
      if (session != null) {
        session.size(now);
      }
    }
  }
}
