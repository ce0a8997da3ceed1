package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file that the user named, open for reading; what is wrong with it becomes a sentence.
 *
 * <p>It is read, never mapped: a file that shrinks while it is mapped ends the process with SIGBUS,
 * and a read goes straight into guest RAM all the same.
 *
 * <p>Thread: safe; reads give their position.
 */
final class SourceFile implements AutoCloseable {

  private static final long MAX_CHUNK_BYTES = 1L << 30; // a ByteBuffer ends at 2 GiB

  private final String property;
  private final Path path;
  private final FileChannel channel;
  private final long sizeBytes;

  private SourceFile(String property, Path path, FileChannel channel, long sizeBytes) {
    this.property = property;
    this.path = path;
    this.channel = channel;
    this.sizeBytes = sizeBytes;
  }

  static SourceFile open(String property, Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) { // a pipe would make the open wait
        String what = attributes.isDirectory() ? "is a directory" : "is not a regular file";
        throw new ConfigException(property, path + ": " + what + "; name a file");
      }
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      SourceFile file = new SourceFile(property, path, channel, attributes.size());
      if (attributes.size() == 0) {
        file.close();
        throw file.bad("is empty; give another file");
      }
      return file;
    } catch (NoSuchFileException e) {
      throw new ConfigException(property, path + ": no such file; check the name", e);
    } catch (AccessDeniedException e) {
      throw new ConfigException(
          property, path + ": permission denied; make it readable for this user", e);
    } catch (IOException e) {
      throw unreadable(property, path, e);
    }
  }

  Path path() {
    return path;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** The sentence for a file whose contents are wrong. */
  ConfigException bad(String what) {
    return new ConfigException(property, path + ": " + what);
  }

  /** The first bytes, at most {@code maxBytes} and what the file has, in little-endian order. */
  ByteBuffer head(int maxBytes) {
    return read(0, (int) Math.min(maxBytes, sizeBytes));
  }

  /** Bytes from the middle, in little-endian order. */
  ByteBuffer read(long position, int length) {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(position, buffer);
    return buffer.flip();
  }

  /** Fills all of {@code target}. */
  void read(long position, MemorySegment target) {
    for (long done = 0; done < target.byteSize(); ) {
      long chunk = Math.min(MAX_CHUNK_BYTES, target.byteSize() - done);
      fill(position + done, target.asSlice(done, chunk).asByteBuffer());
      done += chunk;
    }
  }

  private void fill(long position, ByteBuffer buffer) {
    long at = position;
    try {
      while (buffer.hasRemaining()) {
        int count = channel.read(buffer, at);
        if (count < 0) {
          throw bad("has become shorter while it was read; give a file that nobody writes");
        }
        at += count;
      }
    } catch (IOException e) {
      throw unreadable(property, path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(property, path, e);
    }
  }

  private static ConfigException unreadable(String property, Path path, IOException e) {
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return new ConfigException(
        property, path + ": " + (reason == null ? e.toString() : reason) + "; can't be read", e);
  }
}
