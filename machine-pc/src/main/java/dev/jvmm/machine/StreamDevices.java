package dev.jvmm.machine;

import dev.jvmm.core.bus.ByteWide;
import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.chardev.Chardevs;
import dev.jvmm.core.chardev.EscapeKeys;
import dev.jvmm.core.chardev.PtyChardev;
import dev.jvmm.core.chardev.StreamChardev;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.legacy.ComPort;
import dev.jvmm.machine.legacy.Debugcon;
import dev.jvmm.machine.legacy.Uart16550;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The devices of characters - serial ports, debug consoles - and the host ends that they speak to.
 *
 * <p>Thread: used by one thread at a time.
 */
final class StreamDevices implements AutoCloseable {

  private final Board board;
  private final Clock clock;
  private final Map<String, Chardev> hostEnds = new HashMap<>();
  private final List<ComPort> comPorts = new ArrayList<>();
  private final List<Debugcon> debugcons = new ArrayList<>();
  private final List<Runnable> connections = new ArrayList<>();

  /**
   * Opens every host end and puts the serial ports on the board.
   *
   * @throws dev.jvmm.core.vm.ConfigException if a host end can't be opened; none is left open then
   */
  StreamDevices(Board board, MachineConfig config, EventLoop loop, Clock clock, Runnable quit) {
    this.board = board;
    this.clock = clock;
    boolean done = false;
    try {
      config
          .chardevs()
          .forEach(
              (id, chardev) -> {
                Spelling asked = config.spellings().chardevs().get(id);
                hostEnds.put(id, open(chardev, asked, loop, quit));
              });
      if (config.board().serial()) {
        config.serials().forEach(this::addSerial);
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private static Chardev open(
      ChardevConfig config, @Nullable Spelling asked, EventLoop loop, Runnable quit) {
    Chardev hostEnd =
        asked == null ? Chardevs.open(config, loop) : Chardevs.open(config, loop, asked);
    boolean keys = config instanceof ChardevConfig.Stdio stdio && stdio.mux();
    return keys ? new EscapeKeys(hostEnd, loop, quit::run) : hostEnd;
  }

  private void addSerial(SerialConfig serial) {
    ComPort port = ComPort.of(serial.port());
    Chardev hostEnd = hostEnd(serial.chardev());
    Uart16550 uart =
        board.known(
            new Uart16550(hostEnd, board.line(port.irq()), clock, Uart16550.State.POWER_ON));
    board.ports().map(port.base(), ComPort.LENGTH, new ByteWide(uart));
    comPorts.add(port);
    connect(hostEnd, uart);
  }

  /** Puts a debug console where the user wants it. */
  void addDebugcon(Debugcon.Config place, String chardev) {
    Chardev hostEnd = hostEnd(chardev);
    Debugcon debugcon = new Debugcon(place, hostEnd);
    debugcons.add(debugcon);
    connect(hostEnd, board.userDevice("isa-debugcon", place.iobase(), 1, debugcon));
  }

  /** Lets bytes flow between the two from the start on. */
  void connect(Chardev hostEnd, CharFrontend frontend) {
    connections.add(() -> hostEnd.connect(frontend));
  }

  /** The configuration has checked that each is there and is taken once. */
  Chardev hostEnd(String id) {
    Chardev hostEnd = hostEnds.get(id);
    if (hostEnd == null) {
      throw new IllegalStateException("no chardev " + id);
    }
    return hostEnd;
  }

  /** The program's end of a host end that leads into this program; null of any other. */
  @Nullable GuestStream stream(String id) {
    return hostEnds.get(id) instanceof StreamChardev stream ? stream.stream() : null;
  }

  /** Says where those host ends are that the user can't know, in QEMU's words: scripts read it. */
  void tell(Consumer<String> notices) {
    hostEnds.forEach(
        (id, hostEnd) -> {
          if (hostEnd instanceof PtyChardev pty) {
            notices.accept("char device redirected to " + pty.path() + " (label " + id + ")");
          }
        });
  }

  /** How many characters of the debug consoles the host did not take. */
  long lostCharacters() {
    long lost = 0;
    for (Debugcon debugcon : debugcons) {
      lost += debugcon.lost();
    }
    return lost;
  }

  /** The serial ports that there are. */
  List<ComPort> comPorts() {
    return comPorts;
  }

  /** Lets bytes flow from the host; once, when the machine starts. */
  void connect() {
    connections.forEach(Runnable::run);
  }

  /** Writes out what the host takes at once, and closes. */
  @Override
  public void close() {
    hostEnds.values().forEach(Chardev::close);
  }
}
