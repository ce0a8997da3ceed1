package dev.jvmm.it.guest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blocks that a guest writes and flushes one after the other until its end, telling of each one
 * that the disk has acknowledged: what must be in the image, whatever that end was.
 */
public final class NumberedBlocks {

  private static final int BLOCK_BYTES = 4096;

  /** From here on the disk is written without end or order, so that it always has work. */
  private static final int NOISE_BLOCK = 1024;

  private NumberedBlocks() {}

  /** A command that begins to write to a disk, and ends at once; its words are the blocks' text. */
  public static String writing(DiskImage image) {
    String name = image.name();
    String text = "echo %s $i | dd of=$d bs=%d seek=$i conv=sync,fsync 2>/dev/null";
    String noise = "dd if=/dev/zero of=$d bs=64k seek=%d count=64 oflag=direct 2>/dev/null";
    return ("d=/dev/$(disk %s); (while "
            + noise
            + "; do :; done) &"
            + " (i=0; while "
            + text
            + "; do echo \"<%s $i>\"; i=$((i+1)); done) & d=")
        .formatted(name, (NOISE_BLOCK * BLOCK_BYTES) >> 16, name, BLOCK_BYTES, name);
  }

  /** Matches in front of what a guest says of a block, once it has said so of all the disks. */
  public static Pattern acknowledgements(int block, DiskImage... images) {
    StringBuilder pattern = new StringBuilder("(?s)");
    for (DiskImage image : images) {
      pattern.append("(?=.*<%s %d>)".formatted(image.name(), block));
    }
    return Pattern.compile(pattern.toString());
  }

  /** How many blocks of the disk have been acknowledged in all, by what the guest has said. */
  public static int acknowledged(DiskImage image, String said) {
    Matcher matcher = Pattern.compile("<" + image.name() + " (\\d+)>").matcher(said);
    int count = 0;
    while (matcher.find()) {
      count = Integer.parseInt(matcher.group(1)) + 1;
    }
    return count;
  }

  /** Fails unless the first {@code count} blocks are in the image. */
  public static void check(DiskImage image, int count) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    try (RandomAccessFile file = new RandomAccessFile(image.path().toFile(), "r")) {
      for (int i = 0; i < count; i++) {
        file.seek((long) i * BLOCK_BYTES);
        file.readFully(block);
        String text = new String(block, StandardCharsets.US_ASCII).replaceAll("\0+$", "");
        if (!text.equals(image.name() + " " + i + "\n")) {
          throw new AssertionError(
              "block %d of %d acknowledged ones holds: %s".formatted(i, count, text));
        }
      }
    }
  }
}
