package dev.jvmm.virtio.console;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.virtio.device.ChainWorker;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The console device between DRIVER_OK and the next reset.
 *
 * <p>Thread: {@link #serve} is called under the monitor of the device; the rest is confined to the
 * event loop.
 */
final class ConsoleRun implements DeviceModel.Run {

  // Virtio 1.2, 5.3.2: the queues of port 0, those of control, those of port 1, and so on.
  static final int CONTROL_RECEIVE = 2;
  static final int CONTROL_TRANSMIT = 3;

  /** Buffers a run: the other devices of the event loop want their turn. */
  private static final int SINK_BATCH = 32;

  private final List<@Nullable ConsolePort> ports; // by number
  private final @Nullable PortSession[] sessions; // by number
  private final LongAdder ignored;
  private final Clock clock;
  private volatile @Nullable Runnable wakeSender;
  private boolean begun;
  private int tellFirst; // the port whose turn it is, so that none waits for ever

  /**
   * A run at its start.
   *
   * @param ports by number; {@code null} where there is none
   * @param multiport whether the driver speaks of ports; else there is number 0 and it is open
   * @param ignored counts what the driver says that makes no sense
   * @param clock measures how long a host end takes nothing
   */
  ConsoleRun(List<@Nullable ConsolePort> ports, boolean multiport, LongAdder ignored, Clock clock) {
    this.ports = ports;
    this.clock = clock;
    this.ignored = ignored;
    this.sessions = new @Nullable PortSession[ports.size()];
    for (int i = 0; i < sessions.length; i++) {
      ConsolePort port = ports.get(i);
      sessions[i] =
          port == null
              ? null
              : new PortSession(new Announcements(port.config()), !multiport, this::tell);
    }
  }

  @Override
  public QueueWorker serve(int index, SplitVirtqueue queue, Runnable wake) {
    if (index == CONTROL_RECEIVE) {
      wakeSender = wake;
      return new ControlSender(this, queue);
    }
    if (index == CONTROL_TRANSMIT) {
      return new ControlReceiver(this, queue);
    }
    int number = index < CONTROL_RECEIVE ? 0 : index / 2 - 1;
    ConsolePort port = ports.get(number);
    PortSession session = sessions[number];
    if (port == null || session == null) {
      // What is sent to a port that isn't there goes nowhere.
      return index % 2 == 0 ? new IdleWorker() : new ChainWorker(queue, SINK_BATCH, buffer -> 0);
    }
    return index % 2 == 0
        ? new ReceiveWorker(port, session, queue, wake)
        : new TransmitWorker(port, session, queue, wake, clock);
  }

  /** The receive queue of a port that isn't there: its buffers stay the device's. */
  private static final class IdleWorker implements QueueWorker {
    @Override
    public int runOnce() {
      return 0;
    }

    @Override
    public void drain(Runnable drained) {
      drained.run();
    }
  }

  /** Makes the ports this run's, the first time. */
  void begin() {
    if (begun) {
      return;
    }
    begun = true;
    for (int i = 0; i < sessions.length; i++) {
      ConsolePort port = ports.get(i);
      PortSession session = sessions[i];
      if (port != null && session != null) {
        port.begin(session);
      }
    }
  }

  /** The driver has said something; any values. */
  void told(int number, int event, int value) {
    if (event == Control.DEVICE_READY) {
      deviceReady(value);
      return;
    }
    boolean known = number >= 0 && number < sessions.length;
    ConsolePort port = known ? ports.get(number) : null;
    PortSession session = known ? sessions[number] : null;
    if (port == null || session == null) {
      ignored();
      return;
    }
    switch (event) {
      case Control.PORT_READY -> {
        session.announcements().portReady(value == 1);
        tell();
      }
      case Control.PORT_OPEN -> {
        session.guestOpen(value == 1);
        port.chardev().receiveReady();
      }
      default -> ignored();
    }
  }

  /** What the driver has said makes no sense. */
  void ignored() {
    ignored.increment();
  }

  private void deviceReady(int value) {
    if (value != 1) {
      ignored(); // the driver gives the device up
      return;
    }
    for (PortSession session : sessions) {
      if (session != null) {
        session.announcements().deviceReady();
      }
    }
    tell();
  }

  private void tell() {
    Runnable wake = wakeSender;
    if (wake != null) {
      wake.run();
    }
  }

  /** A port of which there is something to tell, each in its turn; or none. */
  @Nullable Announcements nextToTell() {
    for (int i = 0; i < sessions.length; i++) {
      int number = (tellFirst + i) % sessions.length;
      PortSession session = sessions[number];
      if (session != null && session.announcements().any()) {
        tellFirst = number;
        return session.announcements();
      }
    }
    return null;
  }
}
