package dev.jvmm.virtio.console;

import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.chardev.WindowSize;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** A host end that takes as much as the test lets it, and has what the test typed. */
final class ScriptedHost implements Chardev {

  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private @Nullable CharFrontend frontend;
  private byte[] typed = {};
  private int read;
  private int room = Integer.MAX_VALUE;
  private boolean owed;
  private boolean endless;
  private WindowSize size = WindowSize.UNKNOWN;

  @Override
  public void connect(CharFrontend newFrontend) {
    frontend = newFrontend;
  }

  @Override
  public int write(byte[] bytes, int offset, int length) {
    int count = Math.min(room, length);
    taken.write(bytes, offset, count);
    room -= room == Integer.MAX_VALUE ? 0 : count;
    owed |= count < length;
    return count;
  }

  /** Gives the guest what it has room for. */
  @Override
  public void receiveReady() {
    CharFrontend guest = guest();
    while (read < typed.length) {
      int count = Math.min(guest.receiveRoom(), typed.length - read);
      if (count == 0) {
        return;
      }
      guest.receive(typed, read, count);
      read += endless ? 0 : count;
    }
  }

  @Override
  public WindowSize windowSize() {
    return size;
  }

  @Override
  public void close() {}

  /** Takes {@code bytes} more, then nothing until told again. */
  void takeOnly(int bytes) {
    room = bytes;
    if (bytes > 0 && owed) {
      owed = false;
      guest().writable();
    }
  }

  /** Has that for the guest, after what it had. */
  void type(byte[] bytes) {
    byte[] all = new byte[typed.length - read + bytes.length];
    System.arraycopy(typed, read, all, 0, typed.length - read);
    System.arraycopy(bytes, 0, all, typed.length - read, bytes.length);
    typed = all;
    read = 0;
    receiveReady();
  }

  /** Types for ever. */
  void typeEndlessly() {
    endless = true;
    type(new byte[1024]);
  }

  /** How many typed bytes the guest has not had. */
  int waiting() {
    return typed.length - read;
  }

  /** What the guest has sent. */
  byte[] taken() {
    return taken.toByteArray();
  }

  void size(int columns, int rows) {
    size = new WindowSize(columns, rows);
  }

  void event(CharFrontend.Event event) {
    guest().event(event);
  }

  private CharFrontend guest() {
    if (frontend == null) {
      throw new IllegalStateException("not connected");
    }
    return frontend;
  }
}
