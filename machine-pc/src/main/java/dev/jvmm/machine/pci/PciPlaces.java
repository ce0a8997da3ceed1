package dev.jvmm.machine.pci;

import dev.jvmm.core.vm.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds each device its place on the bus: the one that the user names, or the first free slot.
 *
 * <p>Thread: used by one thread before the machine runs.
 */
public final class PciPlaces {

  /** The name of the only bus. */
  public static final String BUS = "pci.0";

  private final PciBus bus;
  private final Map<Integer, Taken> taken = new HashMap<>();

  private record Taken(String by, boolean multifunction) {}

  /**
   * What the user said of a device's place.
   *
   * @param device as the user wrote it, for messages
   * @param bus its property bus, if there is one
   * @param addr its property addr, if there is one: {@code S[.F]}
   * @param multifunction its property multifunction
   */
  public record Wish(
      String device, @Nullable String bus, @Nullable String addr, boolean multifunction) {

    private ConfigException error(String what) {
      return new ConfigException("device", device + ": " + what);
    }
  }

  /** The places of a bus that has its chipset already. */
  public PciPlaces(PciBus bus) {
    this.bus = bus;
  }

  /**
   * Takes a place.
   *
   * @throws ConfigException if there is no such place, or it is taken
   */
  public PciAddress take(Wish wish) {
    if (wish.bus() != null && !wish.bus().equals(BUS)) {
      throw wish.error("there is no bus " + wish.bus() + "; the only one is " + BUS);
    }
    PciAddress address = wish.addr() == null ? firstFree(wish) : named(wish, wish.addr());
    taken.put(address.index(), new Taken(wish.device(), wish.multifunction()));
    return address;
  }

  private PciAddress firstFree(Wish wish) {
    for (int slot = 0; slot < PciAddress.SLOTS; slot++) {
      if (isFree(slot)) {
        return new PciAddress(slot, 0);
      }
    }
    throw wish.error("every slot is taken; put several into one with addr=S.F,multifunction=on");
  }

  private boolean isFree(int slot) {
    for (int function = 0; function < PciAddress.FUNCTIONS; function++) {
      if (taker(new PciAddress(slot, function)) != null) {
        return false;
      }
    }
    return true;
  }

  private PciAddress named(Wish wish, String addr) {
    PciAddress address = PciAddress.parse(addr);
    if (address == null) {
      throw wish.error(
          "addr=" + addr + " is no place; write SLOT or SLOT.FUNCTION in hex, up to 1f.7");
    }
    String by = taker(address);
    if (by != null) {
      throw wish.error("addr=" + addr + " is taken by " + by + "; give another addr, or none");
    }
    requireMultifunction(wish, address);
    return address;
  }

  /** A guest looks for functions 1 to 7 only where function 0 says that there are more. */
  private void requireMultifunction(Wish wish, PciAddress address) {
    if (address.function() != 0) {
      Taken first = taken.get(new PciAddress(address.slot(), 0).index());
      if (first != null && !first.multifunction()) {
        throw wish.error(
            "a guest would not look for it behind " + first.by() + "; add multifunction=on there");
      }
    } else if (!wish.multifunction()) {
      for (int function = 1; function < PciAddress.FUNCTIONS; function++) {
        String by = taker(new PciAddress(address.slot(), function));
        if (by != null) {
          throw wish.error("a guest would not look for " + by + " behind it; add multifunction=on");
        }
      }
    }
  }

  private @Nullable String taker(PciAddress address) {
    Taken by = taken.get(address.index());
    if (by != null) {
      return by.by();
    }
    return bus.at(address.index()) == null ? null : "the chipset";
  }
}
