package dev.jvmm.virtio.net;

/** The feature bits of the network device (virtio 1.2, 5.1.3). */
public final class NetFeatures {

  /** The driver may leave checksums to us. */
  public static final long CSUM = 1L;

  /** We may leave checksums to the driver. */
  public static final long GUEST_CSUM = 1L << 1;

  /** The driver may change what it takes while it runs. */
  public static final long CTRL_GUEST_OFFLOADS = 1L << 2;

  /** The configuration names an MTU. */
  public static final long MTU = 1L << 3;

  /** The configuration names an address. */
  public static final long MAC = 1L << 5;

  /** The driver takes large TCP segments over IPv4. */
  public static final long GUEST_TSO4 = 1L << 7;

  /** The driver takes large TCP segments over IPv6. */
  public static final long GUEST_TSO6 = 1L << 8;

  /** The driver takes large TCP segments with ECN. */
  public static final long GUEST_ECN = 1L << 9;

  /** We take large TCP segments over IPv4. */
  public static final long HOST_TSO4 = 1L << 11;

  /** We take large TCP segments over IPv6. */
  public static final long HOST_TSO6 = 1L << 12;

  /** We take large TCP segments with ECN. */
  public static final long HOST_ECN = 1L << 13;

  /** A frame may fill several buffers. */
  public static final long MRG_RXBUF = 1L << 15;

  /** The configuration says whether there is a link. */
  public static final long STATUS = 1L << 16;

  /** There is a control queue. */
  public static final long CTRL_VQ = 1L << 17;

  /** The driver says which frames it wants. */
  public static final long CTRL_RX = 1L << 18;

  /** The driver says which VLANs it wants. */
  public static final long CTRL_VLAN = 1L << 19;

  /** The driver says more of which frames it wants. */
  public static final long CTRL_RX_EXTRA = 1L << 20;

  /** The driver announces itself when it is asked to. */
  public static final long GUEST_ANNOUNCE = 1L << 21;

  /** There are several pairs of queues. */
  public static final long MQ = 1L << 22;

  /** The driver can change its address. */
  public static final long CTRL_MAC_ADDR = 1L << 23;

  /** The configuration names a speed. */
  public static final long SPEED_DUPLEX = 1L << 63;

  /** What the driver can take of large segments and open checksums. */
  public static final long GUEST_OFFLOADS = GUEST_CSUM | GUEST_TSO4 | GUEST_TSO6 | GUEST_ECN;

  /** What we can take of them. */
  public static final long HOST_OFFLOADS = CSUM | HOST_TSO4 | HOST_TSO6 | HOST_ECN;

  /** What a device offers whose user says nothing, if its backend has offloads. */
  public static final long USUAL =
      GUEST_OFFLOADS
          | HOST_OFFLOADS
          | CTRL_GUEST_OFFLOADS
          | MAC
          | MRG_RXBUF
          | STATUS
          | CTRL_VQ
          | CTRL_RX
          | CTRL_VLAN
          | CTRL_RX_EXTRA
          | GUEST_ANNOUNCE
          | CTRL_MAC_ADDR;

  private static final long TSO4 = GUEST_TSO4 | HOST_TSO4;
  private static final long TSO6 = GUEST_TSO6 | HOST_TSO6;

  private NetFeatures() {}

  /** Without those bits that need another one which is not there (5.1.3.1). */
  static long consistent(long features) {
    long left = features;
    left = needs(left, GUEST_TSO4 | GUEST_TSO6, GUEST_CSUM);
    left = needs(left, HOST_TSO4 | HOST_TSO6, CSUM);
    left = needs(left, GUEST_ECN, left & (TSO4 | TSO6) & GUEST_OFFLOADS);
    left = needs(left, HOST_ECN, left & (TSO4 | TSO6) & HOST_OFFLOADS);
    long control = CTRL_RX | CTRL_VLAN | CTRL_RX_EXTRA | GUEST_ANNOUNCE | MQ | CTRL_MAC_ADDR;
    return needs(left, control | CTRL_GUEST_OFFLOADS, CTRL_VQ);
  }

  private static long needs(long features, long bits, long other) {
    return (features & other) != 0 ? features : features & ~bits;
  }
}
