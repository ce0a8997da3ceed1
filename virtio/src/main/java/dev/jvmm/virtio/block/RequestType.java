package dev.jvmm.virtio.block;

/** What a driver asks for, and what it is answered (virtio 1.2, 5.2.6). */
final class RequestType {

  static final int IN = 0;
  static final int OUT = 1;
  static final int FLUSH = 4;
  static final int GET_ID = 8;
  static final int DISCARD = 11;
  static final int WRITE_ZEROES = 13;

  static final int S_OK = 0;
  static final int S_IOERR = 1;
  static final int S_UNSUPP = 2;

  private RequestType() {}
}
