package dev.jvmm.vhost;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.ChildProcess;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of QEMU's that makes a port of a bridge for users without privilege: it has root's,
 * and a list of the bridges that root allows. It gets one end of a pair of sockets, and sends the
 * interface's descriptor by it.
 *
 * <p>Thread: stateless.
 */
final class BridgeHelper {

  /** Where root says which bridges there are for everybody. */
  static final String LIST = "/etc/qemu/bridge.conf";

  private static final int SOCKET_NUMBER = 3; // behind the three that every program has

  /** Of a complaint; a program that says more than a line is not quoted further. */
  private static final int MAX_COMPLAINT_BYTES = 400;

  private BridgeHelper() {}

  /** Whether it can make what we may not: a new interface of one queue at a bridge. */
  static boolean serves(TapConfig.Interface wanted) {
    return wanted.setup() instanceof TapConfig.Bridge
        && wanted.name() == null
        && wanted.queues() == 1
        && Files.isExecutable(Path.of(TapConfig.Helper.USUAL_PROGRAM));
  }

  /**
   * Has the program make a port.
   *
   * @param header whether frames shall carry a header
   * @return a descriptor of the interface
   * @throws ConfigException if it does not
   */
  static Fd ask(TapConfig.Helper helper, boolean header, Spelling asked) {
    UnixSocket[] way = UnixSocket.pair();
    UnixSocket[] words = UnixSocket.pair();
    try (UnixSocket ours = way[0];
        UnixSocket ear = words[0]) {
      ChildProcess child = start(command(helper, header), words[1], way[1], asked);
      List<Fd> fds = answer(ours);
      String complaint = complaint(ear);
      int status = child.await();
      if (fds.size() == 1) {
        return fds.getFirst();
      }
      fds.forEach(Fd::close);
      throw asked.refused(reason(helper, status, complaint));
    }
  }

  private static List<String> command(TapConfig.Helper helper, boolean header) {
    List<String> command = new ArrayList<>(List.of(helper.program()));
    if (header) {
      command.add("--use-vnet");
    }
    command.add("--fd=" + SOCKET_NUMBER);
    command.add("--br=" + helper.bridge());
    return command;
  }

  /** Gives its ends of the sockets away: what it has closed too has ended. */
  private static ChildProcess start(
      List<String> command, UnixSocket mouth, UnixSocket way, Spelling asked) {
    String program = command.getFirst();
    try (mouth;
        way;
        Fd nothing = Fd.open("/dev/null", OpenFlags.RDWR, 0)) {
      return ChildProcess.start(command, List.of(nothing, nothing, mouth.fd(), way.fd()));
    } catch (LinuxException e) {
      throw asked.refused(
          e.errno() == Errno.ENOENT
              ? program + " is not there; install the package qemu-system-common"
              : program + " can't be run: " + e.getMessage(),
          e);
    }
  }

  /** One octet with a descriptor; nothing where the program ends without. */
  private static List<Fd> answer(UnixSocket socket) {
    try (Arena arena = Arena.ofConfined()) {
      UnixSocket.Received received = socket.tryReceive(arena.allocate(1));
      return received == null ? List.of() : received.fds();
    }
  }

  private static String complaint(UnixSocket socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(MAX_COMPLAINT_BYTES);
      int length = 0;
      int count = socket.fd().read(data);
      while (count > 0 && length + count < MAX_COMPLAINT_BYTES) {
        length += count;
        count = socket.fd().read(data.asSlice(length));
      }
      byte[] bytes = data.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      String said = new String(bytes, StandardCharsets.UTF_8).strip();
      return said.lines().findFirst().orElse("");
    }
  }

  /** Why there is no interface, by what Debian's program says, and what to do. */
  private static String reason(TapConfig.Helper helper, int status, String complaint) {
    String bridge = helper.bridge();
    if (complaint.contains("acl")) {
      return "%s does not allow %s; have root add the line: allow %2$s".formatted(LIST, bridge);
    }
    if (complaint.contains("not permitted")) {
      return "%s has not root's rights; have root say: chmod u+s %1$s".formatted(helper.program());
    }
    if (complaint.contains("No such device")) {
      return "there is no bridge %s; have root make it by: ip link add %1$s type bridge"
          .formatted(bridge);
    }
    String words = complaint.isEmpty() ? "" : ", said: " + complaint;
    return helper.program() + " has given no interface; it ended with status " + status + words;
  }
}
