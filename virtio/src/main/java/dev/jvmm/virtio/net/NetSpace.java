package dev.jvmm.virtio.net;

import dev.jvmm.core.state.Resettable;
import dev.jvmm.virtio.device.ConfigSpace;

/**
 * The configuration of a network device (virtio 1.2, 5.1.4).
 *
 * <p>Thread: as {@link ConfigSpace} says; the address and the status are volatile, since the event
 * loop changes them, too.
 */
final class NetSpace implements ConfigSpace, Resettable {

  /** VIRTIO_NET_S_LINK_UP. */
  private static final int S_LINK_UP = 1;

  /** VIRTIO_NET_S_ANNOUNCE. */
  private static final int S_ANNOUNCE = 2;

  private static final int STATUS = 6;
  private static final int MAX_VIRTQUEUE_PAIRS = 8;
  private static final int MTU = 10;
  private static final int SPEED = 12;
  private static final int DUPLEX = 16;
  private static final int BYTES = 17;

  private final NetConfig config;
  private volatile long mac;
  private volatile int status = S_LINK_UP;
  private boolean macWritable;

  NetSpace(NetConfig config) {
    this.config = config;
    this.mac = config.mac().bits();
  }

  long mac() {
    return mac;
  }

  void mac(long bits) {
    mac = bits;
  }

  boolean linkUp() {
    return (status & S_LINK_UP) != 0;
  }

  synchronized void link(boolean up) {
    status = up ? status | S_LINK_UP : status & ~S_LINK_UP;
  }

  /** Asks the driver to announce itself. */
  synchronized void announce() {
    status |= S_ANNOUNCE;
  }

  /** It has. */
  synchronized void announced() {
    status &= ~S_ANNOUNCE;
  }

  /** Whether the driver is of a kind that sets its address here (5.1.4.3). */
  void macWritable(boolean writable) {
    macWritable = writable;
  }

  @Override
  public long read(int offset, int size) {
    if (offset >= BYTES) {
      return -1;
    }
    long value = 0;
    for (int i = Math.min(size, BYTES - offset) - 1; i >= 0; i--) {
      value = value << 8 | octet(offset + i);
    }
    return value;
  }

  private long octet(int offset) {
    NetConfig.Link link = config.link();
    return 0xFF
        & (offset < STATUS
            ? mac >>> (8 * offset)
            : offset < MAX_VIRTQUEUE_PAIRS
                ? status >>> (8 * (offset - STATUS))
                : offset < MTU
                    ? config.pairs() >>> (8 * (offset - MAX_VIRTQUEUE_PAIRS))
                    : offset < SPEED
                        ? link.mtu() >>> (8 * (offset - MTU))
                        : offset < DUPLEX
                            ? link.speedMbits() >>> (8 * (offset - SPEED))
                            : link.duplex());
  }

  @Override
  public void write(int offset, int size, long value) {
    for (int i = 0; macWritable && i < size && offset < STATUS - i; i++) {
      int shift = 8 * (offset + i);
      mac = (mac & ~(0xFFL << shift)) | (((value >>> (8 * i)) & 0xFF) << shift);
    }
  }

  @Override
  public void reset() {
    mac = config.mac().bits();
    macWritable = false;
    announced();
  }
}
