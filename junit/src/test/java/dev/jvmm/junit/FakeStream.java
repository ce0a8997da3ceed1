package dev.jvmm.junit;

import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.GuestStreamException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A stream whose other end has learnt by heart what it answers, one answer a request. */
final class FakeStream implements GuestStream {

  final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ArrayDeque<byte[]> answers = new ArrayDeque<>();
  private byte[] held = new byte[0];

  /** What comes when something is expected and nothing is held. */
  FakeStream answer(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(pieces).forEach(all::writeBytes);
    answers.add(all.toByteArray());
    return this;
  }

  FakeStream answer(String text) {
    return answer(text.getBytes(StandardCharsets.UTF_8));
  }

  String sentText() {
    return sent.toString(StandardCharsets.UTF_8);
  }

  private void fill() {
    if (held.length == 0) {
      if (answers.isEmpty()) {
        throw new GuestStreamException("nothing has come", "the tail");
      }
      held = answers.remove();
    }
  }

  @Override
  public Found expect(Pattern pattern, Duration patience) {
    fill();
    String text = new String(held, StandardCharsets.ISO_8859_1);
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new GuestStreamException("no " + pattern, text);
    }
    held = Arrays.copyOfRange(held, matcher.end(), held.length);
    List<String> groups = new ArrayList<>();
    IntStream.rangeClosed(0, matcher.groupCount())
        .mapToObj(group -> utf8(matcher.group(group)))
        .forEach(groups::add);
    return new Found(utf8(text.substring(0, matcher.start())), groups.getFirst(), groups);
  }

  /** A pattern sees each byte as a character; what is found is text. */
  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  @Override
  public Found expect(String text) {
    return expect(text, USUAL_PATIENCE);
  }

  @Override
  public Found expect(String text, Duration patience) {
    return expect(Pattern.compile(Pattern.quote(text)), patience);
  }

  @Override
  public byte[] receive(int count, Duration patience) {
    byte[] piece = Arrays.copyOf(held, count);
    held = Arrays.copyOfRange(held, count, held.length);
    return piece;
  }

  @Override
  public void send(byte[] bytes) {
    sent.writeBytes(bytes);
  }

  @Override
  public void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String take() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream input() {
    throw new UnsupportedOperationException();
  }

  @Override
  public OutputStream output() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String tail() {
    return "the tail";
  }

  @Override
  public long lost() {
    return 0;
  }
}
