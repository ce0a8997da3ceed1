package dev.jvmm.core.vm;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * This program's end of a character stream of the guest's: its console, or a port of virtio-serial.
 *
 * <p>What the guest has written is held until it is taken, by {@link #expect}, {@link #receive} or
 * {@link #input}: each goes on where the last one ended. A console holds the newest MiB, and what
 * is older is lost and counted. A port loses nothing: a guest that writes on while nobody takes
 * finds it full. Neither ever holds up a vCPU.
 *
 * <p>Text is UTF-8 on both ways. A {@link Pattern} sees each byte as a character, which for ASCII
 * is the same.
 *
 * <p>Thread: safe; of several takers each byte goes to one. After the machine's close what is held
 * can still be taken, and {@link #tail} still answers.
 */
public interface GuestStream {

  /** How long {@link #expect(String)} and {@link #send} are patient. */
  Duration USUAL_PATIENCE = Duration.ofSeconds(60);

  /**
   * What was expected, and what came before it.
   *
   * @param before everything since the last thing taken
   * @param text what was found itself
   * @param groups of the pattern, all of the match at 0; one that took no part is empty
   */
  record Found(String before, String text, List<String> groups) {

    /** Copies the list. */
    public Found {
      groups = List.copyOf(groups);
    }
  }

  /**
   * What the guest writes. A read waits for at least one byte; interrupting it throws {@link
   * java.io.InterruptedIOException}. It ends when the machine is closed.
   */
  InputStream input();

  /** What the guest reads. A write waits while the guest does not read, for as long as it takes. */
  OutputStream output();

  /**
   * Waits for a text and takes everything up to its end, patient for {@link #USUAL_PATIENCE}.
   *
   * @throws GuestStreamException if it does not come; its message ends in {@link #tail}
   */
  Found expect(String text) throws InterruptedException;

  /** As {@link #expect(String)}, with another patience. */
  Found expect(String text, Duration patience) throws InterruptedException;

  /** Waits for a match and takes everything up to its end. */
  Found expect(Pattern pattern, Duration patience) throws InterruptedException;

  /**
   * Waits for so many bytes and takes them.
   *
   * @param count at most a MiB
   * @throws GuestStreamException if they do not come; none is taken then
   */
  byte[] receive(int count, Duration patience) throws InterruptedException;

  /** Takes what has come so far, without waiting. */
  String take();

  /**
   * Sends a text as it is: who wants the guest to see an Enter ends it with {@code "\n"}.
   *
   * @throws GuestStreamException if the guest has not read it within {@link #USUAL_PATIENCE}, or
   *     the machine is closed
   */
  void send(String text) throws InterruptedException;

  /** Sends bytes as {@link #send(String)} does. */
  void send(byte[] bytes) throws InterruptedException;

  /** The end of all that has come, taken or not, for people: a few thousand characters. */
  String tail();

  /** How many bytes nobody had taken when there was no room for them any more. */
  long lost();
}
