package dev.jvmm.virtio.console;

import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.chardev.WindowSize;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.queue.QueueLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The console device (virtio 1.2, 5.3): consoles and serial ports, each with a host end, and
 * control queues by which driver and device speak of them.
 *
 * <p>The bytes of both directions wait where they are while the other side can't take them: the
 * guest's in its buffers, the host's in the host end. Nothing is lost and nothing is kept here, but
 * for a console whose host end takes nothing for a second ({@link TransmitWorker}).
 *
 * <p>Not emulated: a port that comes or goes while the machine runs (DEVICE_REMOVE).
 *
 * <p>Thread: the event loop of the host ends is the one that works on the queues; what a driver
 * reads and writes of the configuration is a vCPU's.
 */
public final class VirtioConsole implements DeviceModel {

  /** VIRTIO_CONSOLE_F_SIZE. */
  public static final long F_SIZE = 1;

  /** VIRTIO_CONSOLE_F_MULTIPORT. */
  public static final long F_MULTIPORT = 1 << 1;

  /** VIRTIO_CONSOLE_F_EMERG_WRITE. */
  public static final long F_EMERG_WRITE = 1 << 2;

  private static final int DEVICE_ID = 3;
  private static final int PORT_QUEUE_SIZE = 128;
  private static final int CONTROL_QUEUE_SIZE = 32;

  /** What a queue carries, not what is kept of it; the attack it stops: sums that overflow. */
  private static final int MAX_CHAIN_BYTES = 1 << 30;

  private final ConsoleConfig config;
  private final Clock clock;
  private final List<@Nullable ConsolePort> ports;
  private final ConsoleSpace space;
  private final LongAdder ignored = new LongAdder();
  private volatile Consumer<Runnable> changeConfig = Runnable::run;

  /**
   * A device whose ports have these host ends; {@link #frontend} is what they are connected to.
   *
   * @param hostEnds by the port's number
   * @param clock of the event loop of all of them
   */
  public VirtioConsole(ConsoleConfig config, Map<Integer, Chardev> hostEnds, Clock clock) {
    this.config = config;
    this.clock = clock;
    List<@Nullable ConsolePort> byNumber = new ArrayList<>();
    for (int i = 0; i < config.maxPorts(); i++) {
      byNumber.add(null);
    }
    for (PortConfig port : config.ports()) {
      Chardev hostEnd = Objects.requireNonNull(hostEnds.get(port.number()));
      byNumber.set(
          port.number(), new ConsolePort(port, hostEnd, change -> changeConfig.accept(change)));
    }
    this.ports = Collections.unmodifiableList(byNumber);
    this.space = new ConsoleSpace(config.maxPorts(), firstConsole(byNumber));
  }

  private static @Nullable ConsolePort firstConsole(List<@Nullable ConsolePort> ports) {
    for (ConsolePort port : ports) {
      if (port != null && port.config().console()) {
        return port;
      }
    }
    return null;
  }

  /** Says how a change of the configuration is made: {@code VirtioDevice::changeConfig}. */
  public void configChanges(Consumer<Runnable> newChangeConfig) {
    changeConfig = newChangeConfig;
  }

  /** The guest's end of a port, to connect the host's to. */
  public CharFrontend frontend(int number) {
    return Objects.requireNonNull(ports.get(number));
  }

  /** How many messages of the driver made no sense. */
  public long ignoredMessages() {
    return ignored.sum();
  }

  /** How many bytes of consoles were dropped since nobody took them. */
  public long lostBytes() {
    long lost = 0;
    for (ConsolePort port : ports) {
      lost += port == null ? 0 : port.lostBytes();
    }
    return lost;
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  @Override
  public long features() {
    return F_SIZE | F_EMERG_WRITE | (config.multiport() ? F_MULTIPORT : 0);
  }

  @Override
  public List<QueueLimits> queues() {
    QueueLimits data = new QueueLimits(PORT_QUEUE_SIZE, MAX_CHAIN_BYTES);
    List<QueueLimits> queues = new ArrayList<>(List.of(data, data));
    if (config.multiport()) {
      QueueLimits control = new QueueLimits(CONTROL_QUEUE_SIZE, MAX_CHAIN_BYTES);
      queues.addAll(List.of(control, control));
      queues.addAll(Collections.nCopies(2 * (config.maxPorts() - 1), data));
    }
    return queues;
  }

  @Override
  public ConfigSpace config() {
    return space;
  }

  @Override
  public Run start(long features) {
    return new ConsoleRun(ports, (features & F_MULTIPORT) != 0, ignored, clock);
  }

  /** The configuration (5.3.4): the size of the first console's screen, ports, a way to cry. */
  private record ConsoleSpace(int maxPorts, @Nullable ConsolePort console) implements ConfigSpace {

    private static final int COLS = 0;
    private static final int ROWS = 2;
    private static final int MAX_NR_PORTS = 4;
    private static final int EMERG_WR = 8;
    private static final int BYTES = 12;

    @Override
    public long read(int offset, int size) {
      if (offset > BYTES - size) {
        return -1;
      }
      WindowSize window = console == null ? WindowSize.UNKNOWN : console.size();
      long low = window.columns() | (long) window.rows() << (8 * ROWS);
      low |= (long) maxPorts << (8 * MAX_NR_PORTS);
      long bits = offset < EMERG_WR ? low >>> (8 * (offset - COLS)) : 0;
      return size == Long.BYTES ? bits : bits & ((1L << (8 * size)) - 1);
    }

    @Override
    public void write(int offset, int size, long value) {
      if (offset == EMERG_WR && console != null) {
        console.emergencyWrite((int) value);
      }
    }
  }
}
