package dev.jvmm.it.guest;

import java.time.Duration;
import java.util.List;

/** The tester of disks, from the disk of tools. */
public final class Fio {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String VERIFY =
      "fio --ioengine=libaio --direct=1 --thread --iodepth=8 --rw=randwrite --bsrange=4k-64k"
          + " --size=2M --verify=crc32c --verify_fatal=1";

  private Fio() {}

  /**
   * Writes to disks at random places, to all of them at once, then reads back what it wrote.
   *
   * @param disks their serials; what is on them is lost
   */
  public static void verify(Guest guest, List<String> disks) {
    guest.run(
        "set --; for d in %s; do set -- $@ --name=$d --filename=/dev/$(disk $d); done; %s $@"
                .formatted(String.join(" ", disks), VERIFY)
            + " >/tmp/fio 2>&1 || { cat /tmp/fio; false; }",
        PATIENCE);
    String right = guest.run("grep -c 'err= 0' /tmp/fio");
    if (!right.equals(Integer.toString(disks.size()))) {
      throw new AssertionError(guest.run("cat /tmp/fio"));
    }
  }
}
