import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Draws where a boot's time went, from a flight recording of jvmm: see docs/observability.md.
 *
 * <p>usage: java scripts/BootPicture.java RECORDING.jfr PICTURE.svg
 */
final class BootPicture {

  private static final int LEFT = 150;
  private static final int WIDTH = 760;
  private static final int RIGHT = 30;
  private static final int LANE = 34;
  private static final int GAP = 12;
  private static final int ROW = 19;
  private static final int BINS = 190;
  private static final int MOST_ROWS = 12;

  /** A span of time, in nanoseconds since the beginning. */
  private record Span(long from, long to) {}

  /** What one device, or kind of exit, took of the vCPUs' time. */
  private static final class Share {
    long count;
    long nanos;
    long longest;
  }

  private final StringBuilder svg = new StringBuilder();
  private final List<RecordedEvent> events;
  private final long begin;
  private final long end;
  private int y = 70;

  private BootPicture(List<RecordedEvent> events) {
    this.events = events;
    this.begin = events.stream().mapToLong(e -> nanos(e.getStartTime())).min().orElseThrow();
    this.end = events.stream().mapToLong(e -> nanos(e.getEndTime())).max().orElseThrow();
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: java scripts/BootPicture.java RECORDING.jfr PICTURE.svg");
      System.exit(2);
    }
    List<RecordedEvent> events = new ArrayList<>();
    try (RecordingFile file = new RecordingFile(Path.of(arguments[0]))) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getEventType().getName().startsWith("dev.jvmm.")) {
          events.add(event);
        }
      }
    }
    if (events.isEmpty()) {
      System.err.println(arguments[0] + ": nothing of jvmm's is in there");
      System.exit(1);
    }
    events.sort(Comparator.comparing(RecordedEvent::getStartTime));
    Files.writeString(Path.of(arguments[1]), new BootPicture(events).draw());
  }

  private String draw() {
    lane("control", "#8a6d3b", spans("dev.jvmm.Operation"), "build, start");
    TreeMap<String, List<RecordedEvent>> vcpus = new TreeMap<>();
    for (RecordedEvent event : of("dev.jvmm.Exit")) {
      vcpus.computeIfAbsent(thread(event), name -> new ArrayList<>()).add(event);
    }
    vcpus.forEach(this::vcpuLane);
    lane("queues", "#4a7a4a", spans("dev.jvmm.QueueRun"), "runs of virtqueues");
    lane("disks", "#7a4a7a", spans("dev.jvmm.BlockRequest"), "requests under way");
    lane("networks", "#3b6d8a", spans("dev.jvmm.NetworkTransfer"), "batches of frames");
    axis();
    table();
    int height = y + 20;
    String head =
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        <text x="%d" y="26" font-size="16">Where the time went: %s, %d exits of %d vCPU</text>
        <text x="%d" y="46" fill="#555555">orange: the guest waits for us; blue: the guest runs, or the kernel works for it</text>
        """
            .formatted(
                LEFT + WIDTH + RIGHT,
                height,
                20,
                time(end - begin),
                of("dev.jvmm.Exit").size(),
                vcpus.size(),
                20);
    return head + svg + "</svg>\n";
  }

  /** For each slice of time, how much of it the guest waited for us. */
  private void vcpuLane(String name, List<RecordedEvent> exits) {
    label(name);
    long first = nanos(exits.getFirst().getStartTime()) - begin;
    long last = nanos(exits.getLast().getEndTime()) - begin;
    bar(first, last, y, LANE, "#5b8fd0");
    double[] waits = shares(exits.stream().map(this::span).toList());
    for (int i = 0; i < BINS; i++) {
      double part = Math.min(1, waits[i]) * LANE;
      if (part > 0.2) {
        rect(
            LEFT + (double) WIDTH * i / BINS,
            y + LANE - part,
            (double) WIDTH / BINS,
            part,
            "#e08a2e");
      }
    }
    y += LANE + GAP;
  }

  private void lane(String name, String colour, List<Span> spans, String what) {
    if (spans.isEmpty()) {
      return;
    }
    label(name);
    rect(LEFT, y, WIDTH, LANE, "#f2f2f2");
    spans.forEach(span -> bar(span.from(), span.to(), y, LANE, colour));
    text(LEFT + WIDTH - 6, y + 14, "#555555", "end", spans.size() + " " + what);
    y += LANE + GAP;
  }

  private void axis() {
    long step = 1;
    for (int i = 0; (end - begin) / step > 10; i++) {
      step = step * (i % 3 == 1 ? 5 : 4) / 2; // 1, 2, 5, 10, ...
    }
    for (long at = 0; at <= end - begin; at += step) {
      double x = x(at);
      svg.append(
          "<line x1='%.1f' x2='%.1f' y1='60' y2='%d' stroke='#bbbbbb' stroke-width='0.5'/>\n"
              .formatted(x, x, y));
      text((int) x, y + 14, "#555555", "middle", time(at));
    }
    int line = 0; // those that come together stand below each other
    for (RecordedEvent change : of("dev.jvmm.StateChange")) {
      double x = x(nanos(change.getStartTime()) - begin);
      svg.append(
          "<line x1='%.1f' x2='%.1f' y1='56' y2='%d' stroke='#aa0000' stroke-dasharray='3 3'/>\n"
              .formatted(x, x, y));
      text(
          (int) x,
          y + 28 + 13 * (line++ % 3),
          "#aa0000",
          "middle",
          change.getString("to").toLowerCase(Locale.ROOT));
    }
    y += 84;
  }

  /** The devices that the guest waited for the longest. */
  private void table() {
    Map<String, Share> shares = new TreeMap<>();
    for (RecordedEvent exit : of("dev.jvmm.Exit")) {
      String device = exit.getString("device");
      String who = device.isEmpty() ? exit.getString("reason") + ", nobody there" : device;
      Share share = shares.computeIfAbsent(who, name -> new Share());
      long nanos = exit.getDuration().toNanos();
      share.count++;
      share.nanos += nanos;
      share.longest = Math.max(share.longest, nanos);
    }
    row("#555555", "exits to", "how many", "time in all", "mean", "longest");
    shares.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> -entry.getValue().nanos))
        .limit(MOST_ROWS)
        .forEach(
            entry -> {
              Share share = entry.getValue();
              row(
                  "#000000",
                  entry.getKey(),
                  Long.toString(share.count),
                  time(share.nanos),
                  time(share.nanos / share.count),
                  time(share.longest));
            });
  }

  private void row(String colour, String first, String... rest) {
    text(LEFT, y, colour, "start", first);
    int x = LEFT + 330;
    for (String cell : rest) {
      text(x, y, colour, "end", cell);
      x += 110;
    }
    y += ROW;
  }

  private double[] shares(List<Span> spans) {
    double[] shares = new double[BINS];
    double bin = (double) (end - begin) / BINS;
    for (Span span : spans) {
      for (int i = (int) (span.from() / bin); i < BINS && i * bin < span.to(); i++) {
        double from = Math.max(span.from(), i * bin);
        double to = Math.min(span.to(), (i + 1) * bin);
        shares[i] += Math.max(0, to - from) / bin;
      }
    }
    return shares;
  }

  private List<RecordedEvent> of(String type) {
    return events.stream().filter(e -> e.getEventType().getName().equals(type)).toList();
  }

  private List<Span> spans(String type) {
    return of(type).stream().map(this::span).toList();
  }

  private Span span(RecordedEvent event) {
    return new Span(nanos(event.getStartTime()) - begin, nanos(event.getEndTime()) - begin);
  }

  private static String thread(RecordedEvent event) {
    return event.getThread() == null ? "?" : event.getThread().getJavaName();
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000 + time.getNano();
  }

  private double x(long at) {
    return LEFT + (double) WIDTH * at / Math.max(1, end - begin);
  }

  private void bar(long from, long to, int top, int height, String colour) {
    rect(x(from), top, Math.max(0.4, x(to) - x(from)), height, colour);
  }

  private void rect(double left, double top, double width, double height, String colour) {
    svg.append(
        "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>\n"
            .formatted(left, top, width, height, colour));
  }

  private void label(String name) {
    text(LEFT - 10, y + LANE / 2 + 4, "#000000", "end", name);
  }

  private void text(int x, int top, String colour, String anchor, String words) {
    svg.append(
        "<text x='%d' y='%d' fill='%s' text-anchor='%s'>%s</text>\n"
            .formatted(x, top, colour, anchor, words.replace("&", "&amp;").replace("<", "&lt;")));
  }

  private static String time(long nanos) {
    if (nanos < 10_000) {
      return nanos + " ns";
    }
    if (nanos < 10_000_000) {
      return "%.0f us".formatted(nanos / 1e3);
    }
    return nanos < 10_000_000_000L
        ? "%.0f ms".formatted(nanos / 1e6)
        : "%.1f s".formatted(nanos / 1e9);
  }
}
