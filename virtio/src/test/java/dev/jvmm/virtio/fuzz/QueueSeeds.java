package dev.jvmm.virtio.fuzz;

import dev.jvmm.virtio.queue.SeedBytes;
import java.util.Arrays;

/**
 * The seeds of the targets that are read by {@code FuzzedQueues}.
 *
 * <p>Thread: one test's.
 */
final class QueueSeeds {

  private static final int WRITABLE = 1;

  /** Takes a seed: a target, the seed's name and its bytes. */
  @FunctionalInterface
  interface Sink {
    void seed(String target, String name, SeedBytes bytes);
  }

  private QueueSeeds() {}

  static void addTo(Sink sink) {
    entropy(sink);
    balloon(sink);
    net(sink);
    vsock(sink);
  }

  /** A request of a queue: a piece's number of 256 bytes and its kind, and its length, each. */
  private static SeedBytes request(SeedBytes bytes, int queue, int... pieces) {
    bytes.u8(queue << 3 | (pieces.length / 2 - 1) << 6);
    for (int i = 0; i < pieces.length; i += 2) {
      bytes.u16(pieces[i]).u16(pieces[i + 1]);
    }
    return bytes;
  }

  private static int at(int page, int flags) {
    return page << 2 | flags;
  }

  private static SeedBytes store(SeedBytes bytes, int at, long first, long second) {
    return bytes.u8(3).u16(at / 8).u64(first).u64(second);
  }

  private static void entropy(Sink sink) {
    String target = "rng/EntropyRequestsFuzzTest#requests";
    int in = at(0, WRITABLE);
    SeedBytes fills = new SeedBytes().u8(5).u8(64);
    sink.seed(target, "fills", request(fills, 0, in, 16, in, 8));
    SeedBytes waits = request(new SeedBytes(), 0, in, 200);
    sink.seed(target, "waits", waits.u8(5).u8(99).u8(5).u8(99).u8(7).u8(100));
    SeedBytes reset = request(new SeedBytes(), 0, in, 0xFFFF).u8(4).number(0, 4).u8(5).u8(1);
    sink.seed(target, "resetWhileItWaits", reset);
    sink.seed(target, "readable", request(new SeedBytes(), 0, at(0, 0), 16));
    sink.seed(target, "outside", request(new SeedBytes(), 0, at(0, WRITABLE | 2), 16));
  }

  private static void balloon(Sink sink) {
    String target = "balloon/BalloonListsFuzzTest#lists";
    SeedBytes pages = store(new SeedBytes(), 0, 0x71L << 32 | 0x70, 0xFFFF_FFFFL << 32 | 0x10);
    sink.seed(target, "inflate", request(pages.u8(5), 0, at(0, 0), 16));
    sink.seed(target, "deflate", request(new SeedBytes(), 1, at(0, 0), 16));
    SeedBytes figures = store(new SeedBytes(), 0, 5L << 16, 0x1_0000_0000_0001L);
    request(figures, 2, at(0, 0), 20);
    sink.seed(target, "figures", figures.u8(7 | 1 << 3).u8(7 | 1 << 3));
    SeedBytes report = request(new SeedBytes(), 3, at(0x40, WRITABLE), 0x8000);
    sink.seed(target, "report", report.u8(6 | 3 << 3).number(1, 4));
    sink.seed(target, "longList", request(new SeedBytes(), 0, at(0, 0), 0x1001));
  }

  private static void net(Sink sink) {
    String target = "net/NetQueuesFuzzTest#requests";
    byte[] start = new byte[24];
    Arrays.fill(start, 12, 18, (byte) 0xFF);
    SeedBytes receive = request(new SeedBytes(), 0, at(0, WRITABLE), 600);
    request(receive, 0, at(4, WRITABLE), 2000);
    sink.seed(target, "receive", receive.u8(5).u16(1500).bytes(start));
    SeedBytes sends = request(new SeedBytes(), 1, at(0, 0), 12, at(1, 0), 600);
    sink.seed(target, "send", sends);
    SeedBytes full = request(new SeedBytes().u8(6), 1, at(0, 0), 612).u8(6 | 2 << 4);
    sink.seed(target, "fullNetwork", full);
    SeedBytes segments = store(new SeedBytes(), 0, 0x0101_0036_0000L, 0);
    sink.seed(target, "segments", request(segments, 1, at(0, 0), 0xFFFF));
    int[][] commands = {{0, 0}, {1, 0}, {1, 1}, {2, 0}, {4, 0}, {5, 0}};
    for (int[] command : commands) {
      SeedBytes bytes = store(new SeedBytes(), 0, 0x2_0000 | command[1] << 8 | command[0], 0);
      request(bytes, 4, at(0, 0), 10, at(1, WRITABLE), 1);
      sink.seed(target, "command%d-%d".formatted(command[0], command[1]), bytes);
    }
    sink.seed(target, "noLink", request(new SeedBytes().u8(7), 1, at(0, 0), 100).u8(7 | 8));
  }

  private static SeedBytes packet(SeedBytes bytes, int op, int lengthInHundreds) {
    return bytes.u8(5 | op << 3).u8(lengthInHundreds << 4 | 3 << 2).u16(0xFFFF).u16(0);
  }

  private static void vsock(Sink sink) {
    String target = "vsock/VsockPacketsFuzzTest#packets";
    SeedBytes connected = packet(new SeedBytes(), 1, 0);
    request(connected, 0, at(0x800, WRITABLE), 4096);
    byte[] begun = connected.toByteArray();
    SeedBytes talks = packet(new SeedBytes().bytes(begun), 5, 3);
    request(talks.u8(6).u8(200).u8(0), 0, at(0x800, WRITABLE), 4096);
    sink.seed(target, "talks", packet(talks.u8(6 | 1 << 3).u8(0).u8(0), 4, 0));
    SeedBytes stuck = new SeedBytes().bytes(begun).u8(6 | 3 << 3).u8(0).u8(0);
    for (int i = 0; i < 50; i++) {
      packet(stuck, 5, 15);
    }
    sink.seed(target, "stuck", stuck.u8(6 | 3 << 3).u8(255).u8(0));
    sink.seed(target, "left", packet(new SeedBytes().bytes(begun).u8(6 | 2 << 3).u16(0), 5, 1));
    SeedBytes asked = new SeedBytes().u8(7);
    request(asked, 0, at(0x800, WRITABLE), 64);
    sink.seed(target, "asked", packet(asked, 2, 0));
    SeedBytes unknown = new SeedBytes();
    for (int i = 0; i < 70; i++) {
      packet(unknown, 5, 0);
    }
    sink.seed(target, "resets", unknown);
    sink.seed(target, "shortBuffer", request(packet(new SeedBytes(), 1, 0), 0, 1, 44));
  }
}
