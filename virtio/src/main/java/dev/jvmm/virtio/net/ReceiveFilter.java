package dev.jvmm.virtio.net;

import java.util.BitSet;

/**
 * Which frames a driver wants (virtio 1.2, 5.1.6.5.1 to 5.1.6.5.3). Until it says so, all.
 *
 * <p>Thread: confined to the event loop.
 */
final class ReceiveFilter {

  /**
   * The most addresses that are kept of each kind, as QEMU has it; the attack that it stops: a
   * table as long as the guest's memory, to be searched for each frame. A driver with more gets all
   * frames of the kind.
   */
  static final int MAX_ADDRESSES = 64;

  /** Bytes of a frame that {@link #wants} looks at: addresses, type, VLAN tag. */
  static final int LOOKED_AT = 16;

  private static final int ETHERTYPE_VLAN = 0x8100;
  private static final int VLANS = 4096;
  private static final int VLAN_MASK = VLANS - 1;

  private final NetSpace space;
  private final BitSet vlans = new BitSet(VLANS);
  private final AddressTable stations = new AddressTable();
  private final AddressTable groups = new AddressTable();
  private boolean promiscuous = true;
  private boolean allGroups;
  private boolean allStations;
  private boolean noGroups;
  private boolean noStations;
  private boolean noBroadcast;

  /**
   * A filter that lets all through.
   *
   * @param filtersVlans whether the driver names the VLANs that it wants; none at first
   */
  ReceiveFilter(NetSpace space, boolean filtersVlans) {
    this.space = space;
    if (!filtersVlans) {
      vlans.set(0, VLANS);
    }
  }

  /** Whether it lets all through, so that nobody need look. */
  boolean isOpen() {
    return promiscuous;
  }

  /** Sets a receive mode; {@code false} if there is none of that number. */
  boolean mode(int command, boolean on) {
    switch (command) {
      case 0 -> promiscuous = on;
      case 1 -> allGroups = on;
      case 2 -> allStations = on;
      case 3 -> noGroups = on;
      case 4 -> noStations = on;
      case 5 -> noBroadcast = on;
      default -> {
        return false;
      }
    }
    return true;
  }

  AddressTable stations() {
    return stations;
  }

  AddressTable groups() {
    return groups;
  }

  /** Wants a VLAN, or not any more; {@code false} if there is none of that number. */
  boolean vlan(int id, boolean wanted) {
    if (id >= VLANS) {
      return false;
    }
    vlans.set(id, wanted);
    return true;
  }

  /**
   * Whether the driver wants a frame.
   *
   * @param head its first bytes, the first in the lowest 8 bits
   * @param next its bytes from the eighth on
   */
  boolean wants(long head, long next) {
    if (promiscuous) {
      return true;
    }
    int type = Short.toUnsignedInt(Short.reverseBytes((short) (next >>> 32)));
    int tag = Short.toUnsignedInt(Short.reverseBytes((short) (next >>> 48)));
    if (type == ETHERTYPE_VLAN && !vlans.get(tag & VLAN_MASK)) {
      return false;
    }
    long destination = head & MacAddress.MASK;
    if (destination == MacAddress.BROADCAST) {
      return !noBroadcast;
    }
    if (MacAddress.isGroup(destination)) {
      return !noGroups && (allGroups || groups.holds(destination));
    }
    return !noStations
        && (allStations || destination == space.mac() || stations.holds(destination));
  }

  /** Addresses that a driver has named; too many of them are all that there are. */
  static final class AddressTable {

    private final long[] addresses = new long[MAX_ADDRESSES];
    private int count;
    private boolean overflown;

    void clear() {
      count = 0;
      overflown = false;
    }

    void add(long address) {
      if (count == MAX_ADDRESSES) {
        overflown = true;
      } else {
        addresses[count++] = address;
      }
    }

    void overflow() {
      overflown = true;
    }

    private boolean holds(long address) {
      for (int i = 0; i < count; i++) {
        if (addresses[i] == address) {
          return true;
        }
      }
      return overflown;
    }
  }
}
