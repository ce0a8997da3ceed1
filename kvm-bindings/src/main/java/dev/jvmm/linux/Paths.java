package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.jvmm.linux.libc.Scratch;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** File names on their way to the kernel. */
final class Paths {

  private Paths() {}

  /**
   * The path, ended by a zero byte, in this thread's scratch memory.
   *
   * @throws LinuxException ENAMETOOLONG, or ENOENT if it holds a zero byte, which no name can
   */
  static MemorySegment terminated(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= Scratch.SIZE_BYTES) {
      throw new LinuxException("open", path.substring(0, 32) + "...", Errno.ENAMETOOLONG);
    }
    if (path.indexOf('\0') >= 0) {
      throw new LinuxException("open", path.replace('\0', '?'), Errno.ENOENT);
    }
    MemorySegment memory = Scratch.current().memory();
    // As a segment: a copy from an array begins with a switch over types, made anew at each start.
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
    memory.set(JAVA_BYTE, bytes.length, (byte) 0);
    return memory;
  }
}
