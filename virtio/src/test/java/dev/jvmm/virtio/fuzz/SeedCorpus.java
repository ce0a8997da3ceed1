package dev.jvmm.virtio.fuzz;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.SeedBytes;
import java.util.HashMap;
import java.util.Map;

/**
 * The seeds of the fuzz targets: what an honest driver does, and the best known attacks. By the
 * name of each file, below the folder of the tests' resources.
 *
 * <p>Thread: one test's.
 */
final class SeedCorpus {

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int STORE = 2;
  private static final int RUN = 3;

  private final Map<String, byte[]> files = new HashMap<>();

  private SeedCorpus() {}

  static Map<String, byte[]> files() {
    SeedCorpus corpus = new SeedCorpus();
    corpus.rings();
    corpus.mmio();
    corpus.pci();
    corpus.legacy();
    corpus.block();
    corpus.console();
    QueueSeeds.addTo(corpus::seed);
    return corpus.files;
  }

  private void seed(String target, String name, SeedBytes bytes) {
    String folder = target.replace("#", "Inputs/");
    files.put("dev/jvmm/virtio/" + folder + "/" + name, bytes.toByteArray());
  }

  private interface Guest {
    void offer(DriverSide driver);
  }

  /** Rings of 8 descriptors, the options of which are the lowest three bits. */
  private void ring(String name, int options, Guest guest, SeedBytes stores) {
    GuestMemory memory = DriverSide.ram();
    DriverSide driver = new DriverSide(memory, 0, 8, (options & 1) != 0);
    guest.offer(driver);
    driver.publish();
    byte[] image = new byte[0x200];
    memory.read(0, image);
    seed(
        "queue/RingFuzzTest#walk",
        name,
        new SeedBytes()
            .u8(options | 3 << 3)
            .u16(image.length)
            .bytes(image)
            .bytes(stores.toByteArray()));
  }

  private void rings() {
    int availIdx = 16 * 8 + 2;
    Piece in = Piece.writable(0x4000, 64);
    Piece out = Piece.readable(0x5000, 16);
    Piece[] nine = {out, out, out, out, in, in, in, in, in};
    ring("valid", 3, driver -> driver.add(out, in), new SeedBytes());
    ring("flags", 2, driver -> driver.add(out, in), new SeedBytes());
    ring(
        "kept",
        7,
        driver -> {
          driver.add(out, in);
          driver.add(out);
          driver.add(in);
        },
        new SeedBytes().u16(availIdx).u16(4));
    ring("indirect", 3, driver -> driver.addIndirect(0x100, out, in), new SeedBytes());
    ring("indirectTooLong", 3, driver -> driver.addIndirect(0x100, nine), new SeedBytes());
    ring("highRegion", 3, driver -> driver.add(Piece.writable(0x20_0FF0, 16)), new SeedBytes());
    ring("acrossTheEnd", 3, driver -> driver.add(Piece.writable(0x20_0FF0, 17)), new SeedBytes());
    ring("wraps", 3, driver -> driver.add(Piece.readable(-16, 32)), new SeedBytes());
    ring("readBehindWrite", 3, driver -> driver.add(in, out), new SeedBytes());
    ring("tooLong", 3, driver -> driver.add(Piece.writable(0, 0x8001)), new SeedBytes());
    ring("loop", 3, driver -> loop(driver), new SeedBytes());
    ring("indirectLoop", 3, driver -> indirectLoop(driver), new SeedBytes());
    ring("indirectInIndirect", 3, driver -> driver.addIndirect(0x100, out), nested());
    ring("headOutside", 3, driver -> driver.offer(8), new SeedBytes());
    ring("indexAhead", 3, driver -> driver.add(out), new SeedBytes().u16(availIdx).u16(99));
    ring("indexBack", 3, driver -> driver.add(out), new SeedBytes().u16(availIdx).u16(0));
  }

  private static void loop(DriverSide driver) {
    driver.descriptor(0, 0x4000, 1, DriverSide.F_NEXT, 1);
    driver.descriptor(1, 0x4000, 1, DriverSide.F_NEXT, 0);
    driver.offer(0);
  }

  private static void indirectLoop(DriverSide driver) {
    driver.descriptorAt(0x100, 0x4000, 1, DriverSide.F_NEXT, 0);
    driver.addRaw(0x100, 16, DriverSide.F_INDIRECT);
  }

  /** Makes of the descriptor in the table at 0x100 one that leads to that table again. */
  private static SeedBytes nested() {
    return new SeedBytes().u16(0x100).u16(0x100).u16(0x10C).u16(4).u16(16 * 8 + 2).u16(2);
  }

  /** Accesses to registers as {@code FuzzedAccesses} reads them. */
  private static final class Accesses {

    final SeedBytes bytes = new SeedBytes();

    Accesses write(int offset, int size, long value) {
      bytes.u8(WRITE | log2(size) << 2).u16(offset).number(value, size);
      return this;
    }

    Accesses read(int offset, int size) {
      bytes.u8(READ | log2(size) << 2).u16(offset);
      return this;
    }

    Accesses run() {
      bytes.u8(RUN);
      return this;
    }

    /** A queue of 16 at 0x1000 with one request in it. */
    Accesses request(boolean isLegacy) {
      GuestMemory memory = DriverSide.ram();
      DriverSide driver =
          isLegacy
              ? DriverSide.legacy(memory, 0x1000, 16)
              : new DriverSide(memory, 0x1000, 16, true);
      driver.add(Piece.writable(0x8000, 4));
      driver.publish();
      byte[] eight = new byte[8];
      for (int at = 0x1000; at < 0x1140; at += 8) {
        memory.read(at, eight);
        if (number(eight) != 0) {
          bytes.u8(STORE).u16(at / 8).bytes(eight);
        }
      }
      return this;
    }

    private static long number(byte[] bytes) {
      long number = 0;
      for (byte octet : bytes) {
        number |= octet;
      }
      return number;
    }

    private static int log2(int size) {
      return Integer.numberOfTrailingZeros(size);
    }
  }

  private void mmio() {
    String target = "mmio/MmioRegistersFuzzTest#registers";
    seed(target, "identity", new Accesses().read(0, 4).read(4, 4).read(8, 4).read(12, 4).bytes);
    Accesses up = new Accesses();
    long[][] writes = {
      {0x070, 1}, {0x070, 3}, {0x014, 1}, {0x024, 0}, {0x020, 0x3000_0000}, {0x024, 1},
      {0x020, 0x101}, {0x070, 11}, {0x030, 0}, {0x038, 16}, {0x080, 0x1000}, {0x090, 0x1100},
      {0x0A0, 0x1128}, {0x044, 1}, {0x070, 15}
    };
    for (long[] write : writes) {
      up.write((int) write[0], 4, write[1]);
    }
    up.read(0x010, 4).read(0x034, 4).request(false).write(0x050, 4, 0).run();
    up.read(0x060, 4).write(0x064, 4, 1);
    seed(target, "serves", up.bytes);
    up.write(0x0C0, 4, 1).read(0x0C0, 4).write(0x044, 4, 1);
    up.write(0x038, 4, 8).write(0x080, 4, 0x1001).write(0x044, 4, 1).write(0x070, 4, 0);
    seed(target, "resetsItsQueue", up.bytes);
  }

  private void pci() {
    String target = "pci/PciRegistersFuzzTest#modern";
    Accesses up = new Accesses();
    up.write(0x14, 1, 1).write(0x14, 1, 3).write(0x08, 4, 0).write(0x0C, 4, 0x3000_0000);
    up.write(0x08, 4, 1).write(0x0C, 4, 0x101).write(0x14, 1, 11).write(0x10, 2, 0);
    up.write(0x16, 2, 0).write(0x18, 2, 16).write(0x1A, 2, 1).write(0x20, 8, 0x1000);
    up.write(0x28, 8, 0x1100).write(0x30, 8, 0x1128).write(0x1C, 2, 1).write(0x14, 1, 15);
    up.request(false).write(0x3000, 2, 0).run().read(0x1000, 1);
    seed(target, "servesByPin", new SeedBytes().u8(0).bytes(up.bytes.toByteArray()));
    seed(target, "servesByMessage", new SeedBytes().u8(1).bytes(up.bytes.toByteArray()));
    up.write(0x3A, 2, 1).read(0x3A, 2).write(0x18, 2, 8).write(0x1C, 2, 1).write(0x1A, 2, 9);
    up.write(0x18, 2, 3).write(0x16, 2, 0xFFFF).write(0x1C, 2, 1).write(0x14, 1, 0);
    seed(target, "resetsItsQueue", new SeedBytes().u8(1).bytes(up.bytes.toByteArray()));
  }

  private void legacy() {
    Accesses up = new Accesses();
    up.write(0x12, 1, 1).write(0x12, 1, 3).read(0x00, 4).write(0x04, 4, 0x3000_0000);
    up.write(0x0E, 2, 0).read(0x0C, 2).write(0x08, 4, 1).request(true);
    up.write(0x10, 2, 0).write(0x12, 1, 7).write(0x10, 2, 0).run().read(0x13, 1);
    up.write(0x08, 4, 0).write(0x08, 4, 0xFFFF_FFFFL).write(0x12, 1, 0);
    String target = "pci/PciRegistersFuzzTest#";
    seed(target + "legacy", "serves", new SeedBytes().u8(0).bytes(up.bytes.toByteArray()));
    seed(target + "legacy", "vectors", new SeedBytes().u8(1).bytes(up.bytes.toByteArray()));
    Accesses mixed = new Accesses();
    mixed.write(0x4012, 1, 1).write(0x14, 1, 3).write(0x4004, 4, 0x3000_0000).write(0x14, 1, 11);
    mixed.write(0x4008, 4, 1).write(0x1C, 2, 1).write(0x4010, 2, 0).write(0x14, 1, 15).run();
    seed(target + "transitional", "mixed", new SeedBytes().u8(0).bytes(mixed.bytes.toByteArray()));
  }

  /** A request's octet, and one descriptor after the other: flags and address, length. */
  private static SeedBytes request(SeedBytes bytes, int options, int... descriptors) {
    bytes.u8(options | (descriptors.length / 2 - 1) << 3);
    for (int number : descriptors) {
      bytes.u16(number);
    }
    return bytes;
  }

  private static SeedBytes header(int type, long sector) {
    return new SeedBytes().u8(3).u16(0x2000 / 8).number(type, 8).u64(sector);
  }

  private void block() {
    int header = 0x20 << 2;
    int status = 0x40 << 2 | 1;
    int data = 0x800 << 2;
    SeedBytes finish = new SeedBytes().u8(4).u8(5).u8(0);
    int[] types = {0, 1, 4, 8, 11, 13, 99};
    for (int type : types) {
      int write = type == 0 || type == 8 ? 1 : 0;
      int length = type == 11 || type == 13 ? 16 : type == 8 ? 20 : type == 4 ? 0 : 512;
      SeedBytes bytes = header(type, type == 11 ? 0 : 3);
      bytes.u8(3).u16(0x8_0000 / 8).u64(5).number(type == 13 ? 1L << 32 | 2 : 2, 8);
      request(bytes, 0, header, 16, data | write, length, status, 1);
      request(bytes, 0x40, header, 16, data | write, length, status, 1);
      block("type" + type, bytes.bytes(finish.toByteArray()));
    }
    SeedBytes held = request(header(1, 0), 0, header, 16, data, 512, status, 1);
    block("held", held.u8(4).u8(5).u8(2).u8(7).u8(4).u8(6).u8(0));
    SeedBytes reset = request(header(0, 0), 0, header, 16, data | 1, 512, status, 1);
    block("resetInFlight", reset.u8(4).u8(15));
    block("noStatus", request(header(0, 0), 0, header, 16, data, 512).u8(4));
    block("shortHeader", request(header(0, 0), 0, header, 15, status, 1).u8(4));
    block("lastSector", request(header(0, 255), 0, header, 16, data | 1, 1024, status, 1).u8(4));
    block("farSector", request(header(0, -1), 0, header, 16, data | 1, 512, status, 1).u8(4));
    block("outside", request(header(0, 0), 0, header, 16, data | 3, 512, status, 1).u8(4));
  }

  private void block(String name, SeedBytes bytes) {
    seed("block/BlockRequestsFuzzTest#requests", name, bytes);
  }

  private void console() {
    String target = "console/ConsoleControlFuzzTest#messages";
    int message = 8 << 3;
    SeedBytes ready = new SeedBytes().u8(3 | 7 << 3).u8(message).u64(1L << 48);
    ready.u8(message).u64(1L << 48 | 3L << 32).u8(message).u64(1L << 48 | 6L << 32);
    seed(target, "ready", ready);
    SeedBytes talks = new SeedBytes().bytes(ready.toByteArray());
    talks.u8(4).u8(6 | 31 << 3).u8(0).u8(5 | 30 << 3).u8(6 | 9 << 3).u8(1).u8(4 | 6 << 3).u8(7);
    seed(target, "talks", talks);
    seed(target, "short", new SeedBytes().u8(7 << 3).u64(0));
    seed(target, "noSuchPort", new SeedBytes().u8(message).u64(1L << 48 | 3L << 32 | 0x7FFF_FFFF));
  }
}
