package dev.jvmm.cli;

import dev.jvmm.core.vm.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds our process id while we live ({@code -pidfile}). It is locked, so a second
 * process can't take it, and one that was left by a process that has died can be taken.
 *
 * <p>Thread: confined.
 */
final class PidFile implements AutoCloseable {

  private static final String OPTION = "pidfile";

  private final Path path;
  private final FileChannel channel;

  private PidFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes it, or takes over one that no process holds.
   *
   * @throws ConfigException if it can't be written or is held
   */
  static PidFile create(Path path, long pid) {
    try {
      FileChannel channel =
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        lock(path, channel);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      return new PidFile(path, channel);
    } catch (IOException e) {
      throw new ConfigException(OPTION, path + ": " + reason(e), e);
    }
  }

  private static void lock(Path path, FileChannel channel) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      locked = false; // another machine of this process
    }
    if (!locked) {
      throw new ConfigException(
          OPTION, path + ": another running process holds it; give each its own file");
    }
  }

  /** What went wrong with a file, for the end of a sentence. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such folder; make it, or name another file";
      case AccessDeniedException _ -> "permission denied; name a file that this user may write";
      case FileSystemException f when f.getReason() != null ->
          f.getReason() + "; name another file";
      default -> orName(e.getMessage(), e) + "; name another file";
    };
  }

  private static String orName(@Nullable String message, IOException e) {
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** Removes it while the lock still keeps others away. */
  @Override
  public void close() {
    try (channel) {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.getLogger(PidFile.class.getName())
          .log(System.Logger.Level.WARNING, "-pidfile " + path + ": not removed: " + e);
    }
  }
}
