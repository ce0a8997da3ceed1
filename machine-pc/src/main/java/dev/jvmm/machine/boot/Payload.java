package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Bytes of a known length that are wanted in guest RAM, now and again after each reset: a file, or
 * what we have made in memory.
 *
 * <p>Thread: safe.
 */
public interface Payload extends AutoCloseable {

  /** What messages call it. */
  String name();

  /** How many bytes, always the same. */
  long sizeBytes();

  /**
   * Fills {@code target}, which is {@link #sizeBytes} long.
   *
   * @throws ConfigException if the file behind it can't be read or has become shorter
   */
  void copyTo(MemorySegment target);

  /** Gives back what it keeps open, if anything; it is not copied any more. */
  @Override
  void close();

  /** Bytes in memory; the array is not copied and stays as it is. */
  static Payload ofBytes(String name, byte[] bytes) {
    return new InMemory(name, bytes);
  }

  /**
   * A file, checked now and read at each {@link #copyTo}.
   *
   * @param property the option that names the file, for messages
   * @throws ConfigException if it is missing, unreadable, not a regular file or empty
   */
  static Payload ofFile(String property, Path path) {
    try (SourceFile file = SourceFile.open(property, path)) {
      return new OnDisk(property, path, file.sizeBytes());
    }
  }

  /**
   * A file that is kept open: a new one under its name changes nothing, however often it is loaded.
   *
   * @param property the option that names the file, for messages
   * @throws ConfigException if it is missing, unreadable, not a regular file or empty
   */
  static Payload ofOpenFile(String property, Path path) {
    return new Opened(SourceFile.open(property, path));
  }

  /** See {@link #ofBytes}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record InMemory(String name, byte[] bytes) implements Payload {

    @Override
    public long sizeBytes() {
      return bytes.length;
    }

    @Override
    public void copyTo(MemorySegment target) {
      target.copyFrom(MemorySegment.ofArray(bytes));
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  /** See {@link #ofFile}. The file is open only while it is read, so it costs no descriptor. */
  record OnDisk(String property, Path path, long sizeBytes) implements Payload {

    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public void copyTo(MemorySegment target) {
      try (SourceFile file = SourceFile.open(property, path)) {
        file.read(0, target.asSlice(0, sizeBytes));
      }
    }

    @Override
    public void close() {
      // open only while it is read
    }
  }

  /** See {@link #ofOpenFile}. */
  record Opened(SourceFile file) implements Payload {

    @Override
    public String name() {
      return file.path().toString();
    }

    @Override
    public long sizeBytes() {
      return file.sizeBytes();
    }

    @Override
    public void copyTo(MemorySegment target) {
      file.read(0, target.asSlice(0, file.sizeBytes()));
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
