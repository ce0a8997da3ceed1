package dev.jvmm.virtio.vsock;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;

/**
 * The header of a packet (virtio 1.2, 5.10.6), in memory of ours: read once from the guest's, or to
 * be written there.
 *
 * <p>Thread: confined to the event loop.
 */
final class PacketHeader {

  static final int BYTES = 44;

  /** The host's address. */
  static final long HOST_CID = 2;

  /** VIRTIO_VSOCK_TYPE_STREAM. */
  static final int STREAM = 1;

  // VIRTIO_VSOCK_OP_*
  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int RST = 3;
  static final int SHUTDOWN = 4;
  static final int RW = 5;
  static final int CREDIT_UPDATE = 6;
  static final int CREDIT_REQUEST = 7;

  // Flags of SHUTDOWN.
  static final int WONT_RECEIVE = 1;
  static final int WONT_SEND = 2;

  private static final int SRC_CID = 0;
  private static final int DST_CID = 8;
  private static final int SRC_PORT = 16;
  private static final int DST_PORT = 20;
  private static final int LEN = 24;
  private static final int TYPE = 28;
  private static final int OP = 30;
  private static final int FLAGS = 32;
  private static final int BUF_ALLOC = 36;
  private static final int FWD_CNT = 40;

  private final byte[] bytes = new byte[BYTES];
  private final ByteBuffer fields = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);

  /** What it consists of. */
  byte[] bytes() {
    return bytes;
  }

  long sourceCid() {
    return fields.getLong(SRC_CID);
  }

  long targetCid() {
    return fields.getLong(DST_CID);
  }

  int sourcePort() {
    return fields.getInt(SRC_PORT);
  }

  int targetPort() {
    return fields.getInt(DST_PORT);
  }

  long length() {
    return Integer.toUnsignedLong(fields.getInt(LEN));
  }

  int type() {
    return Short.toUnsignedInt(fields.getShort(TYPE));
  }

  int op() {
    return Short.toUnsignedInt(fields.getShort(OP));
  }

  int flags() {
    return fields.getInt(FLAGS);
  }

  int bufferBytes() {
    return fields.getInt(BUF_ALLOC);
  }

  int forwarded() {
    return fields.getInt(FWD_CNT);
  }

  /** A packet from the host without data. */
  PacketHeader fromHost(long guestCid, int hostPort, int guestPort, int op) {
    fields.putLong(SRC_CID, HOST_CID).putLong(DST_CID, guestCid);
    fields.putInt(SRC_PORT, hostPort).putInt(DST_PORT, guestPort);
    fields.putInt(LEN, 0);
    fields.putShort(TYPE, (short) STREAM).putShort(OP, (short) op);
    fields.putInt(FLAGS, 0);
    return credit(0, 0);
  }

  PacketHeader flags(int flags) {
    fields.putInt(FLAGS, flags);
    return this;
  }

  PacketHeader length(int length) {
    fields.putInt(LEN, length);
    return this;
  }

  PacketHeader credit(int bufferBytes, int forwarded) {
    fields.putInt(BUF_ALLOC, bufferBytes).putInt(FWD_CNT, forwarded);
    return this;
  }
}
