package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that is run with descriptors of ours, which {@link ProcessBuilder} would close
 * (posix_spawn(3)).
 *
 * <p>Thread: immutable; {@link #await} once.
 */
public final class ChildProcess {

  /** More than the C library's posix_spawn_file_actions_t has (80). */
  private static final int FILE_ACTIONS_BYTES = 256;

  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int SIGNAL_MASK = 0x7F; // of a status of wait(2)
  private static final int EXIT_SHIFT = 8;
  private static final int SHELLS_SIGNAL = 128;

  private final int id;

  private ChildProcess(int id) {
    this.id = id;
  }

  /**
   * Starts one, with our environment.
   *
   * @param command the program's path and its arguments
   * @param fds what it has for descriptors 0, 1 and so on; where the C library can (glibc 2.34), it
   *     has no others
   * @throws LinuxException posix_spawn: ENOENT, EACCES and the like; nothing runs then
   */
  public static ChildProcess start(List<String> command, List<Fd> fds) {
    List<Fd> copies = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, Long.BYTES);
      call("posix_spawn_file_actions_init", actions.address(), 0, 0);
      for (Fd fd : fds) {
        Fd copy = above(fds.size(), fd);
        copies.add(copy);
        int number = copies.size() - 1;
        call("posix_spawn_file_actions_adddup2", actions.address(), copy.number(), number);
      }
      closeOthers(actions, fds.size());
      MemorySegment id = arena.allocate(JAVA_INT);
      int errno =
          Libc.call(
              Libc.symbol("posix_spawn"),
              id.address(),
              arena.allocateFrom(command.getFirst()).address(),
              actions.address(),
              0,
              strings(arena, command).address(),
              strings(arena, environment()).address());
      call("posix_spawn_file_actions_destroy", actions.address(), 0, 0);
      LinuxException.check(-errno, "posix_spawn", command.getFirst());
      return new ChildProcess(id.get(JAVA_INT, 0));
    } finally {
      copies.forEach(Fd::close);
    }
  }

  /** A copy that is not among the numbers that the program's are to have. */
  private static Fd above(int number, Fd fd) {
    long result = Libc.syscall(SystemCall.FCNTL, fd.number(), F_DUPFD_CLOEXEC, number);
    return Fd.adopt((int) LinuxException.check(result, "fcntl", fd.name()));
  }

  private static void closeOthers(MemorySegment actions, int first) {
    try {
      call("posix_spawn_file_actions_addclosefrom_np", actions.address(), first, 0);
    } catch (UnsupportedOperationException e) {
      return; // an older library; ours are close-on-exec anyway
    }
  }

  private static void call(String function, long a, long b, long c) {
    int errno = Libc.call(Libc.symbol(function), a, b, c);
    LinuxException.check(-errno, function, "");
  }

  private static List<String> environment() {
    List<String> variables = new ArrayList<>();
    for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
      variables.add(variable.getKey() + "=" + variable.getValue());
    }
    return variables;
  }

  /** A list of the addresses of strings, ended by a null. */
  private static MemorySegment strings(Arena arena, List<String> texts) {
    MemorySegment list = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      list.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return list;
  }

  /** Waits for its end; answers its exit status, or 128 and the signal that it died of. */
  public int await() {
    MemorySegment memory = Scratch.current().memory();
    LinuxException.check(
        Libc.restarting(SystemCall.WAIT4, id, memory.address(), 0, 0), "wait4", "");
    int status = memory.get(JAVA_INT, 0);
    int signal = status & SIGNAL_MASK;
    return signal == 0 ? status >> EXIT_SHIFT & 0xFF : SHELLS_SIGNAL + signal;
  }
}
