package dev.jvmm.machine.legacy;

import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.chardev.WindowSize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A host end that takes as much as the test lets it, and has what the test typed. */
final class ScriptedChardev implements Chardev {

  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private CharFrontend frontend = new Unconnected();
  private byte[] typed = {};
  private int room = Integer.MAX_VALUE;
  private int receiveReadyCalls;

  @Override
  public void connect(CharFrontend newFrontend) {
    frontend = newFrontend;
  }

  @Override
  public int write(byte[] bytes, int offset, int length) {
    int count = Math.min(room, length);
    taken.write(bytes, offset, count);
    room -= room == Integer.MAX_VALUE ? 0 : count;
    return count;
  }

  @Override
  public void receiveReady() {
    receiveReadyCalls++;
  }

  @Override
  public WindowSize windowSize() {
    return WindowSize.UNKNOWN;
  }

  @Override
  public void close() {}

  /** Takes {@code bytes} more, then nothing until told again. */
  void takeOnly(int bytes) {
    room = bytes;
  }

  /** Takes {@code bytes} more and says so. */
  void becomeWritable(int bytes) {
    room = bytes;
    frontend.writable();
  }

  /** Gives what the UART has room for; the rest stays. */
  void type(String text) {
    byte[] more = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(typed, typed.length + more.length);
    System.arraycopy(more, 0, all, typed.length, more.length);
    typed = all;
    pump();
  }

  /** What an event loop does: asks for room and gives that much, until there is none. */
  void pump() {
    while (typed.length > 0) {
      int count = Math.min(frontend.receiveRoom(), typed.length);
      if (count == 0) {
        return;
      }
      frontend.receive(typed, 0, count);
      typed = Arrays.copyOfRange(typed, count, typed.length);
    }
  }

  void sendBreak() {
    frontend.event(CharFrontend.Event.BREAK);
  }

  int waiting() {
    return typed.length;
  }

  int receiveReadyCalls() {
    return receiveReadyCalls;
  }

  byte[] bytes() {
    return taken.toByteArray();
  }

  String text() {
    return taken.toString(StandardCharsets.ISO_8859_1);
  }

  private static final class Unconnected implements CharFrontend {
    @Override
    public int receiveRoom() {
      return 0;
    }

    @Override
    public void receive(byte[] bytes, int offset, int length) {
      throw new IllegalStateException("no room was promised");
    }

    @Override
    public void writable() {}

    @Override
    public void event(Event event) {}
  }
}
