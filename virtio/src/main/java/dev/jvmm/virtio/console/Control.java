package dev.jvmm.virtio.console;

/**
 * Messages of the control queues (virtio 1.2, 5.3.6.2): a port's number, an event, its value.
 *
 * <p>Thread: immutable.
 */
final class Control {

  static final int DEVICE_READY = 0;
  static final int DEVICE_ADD = 1;
  static final int PORT_READY = 3;
  static final int CONSOLE_PORT = 4;
  static final int RESIZE = 5;
  static final int PORT_OPEN = 6;
  static final int PORT_NAME = 7;

  /** What every message begins with. */
  static final int HEADER_BYTES = 8;

  private static final int EVENT = 4;
  private static final int VALUE = 6;

  private Control() {}

  static int port(byte[] message) {
    return u16(message, 0) | u16(message, 2) << 16;
  }

  static int event(byte[] message) {
    return u16(message, EVENT);
  }

  static int value(byte[] message) {
    return u16(message, VALUE);
  }

  /** Writes the header of a message. */
  static void header(byte[] message, int port, int event, int value) {
    putU16(message, 0, port);
    putU16(message, 2, port >>> 16);
    putU16(message, EVENT, event);
    putU16(message, VALUE, value);
  }

  static void putU16(byte[] message, int at, int value) {
    message[at] = (byte) value;
    message[at + 1] = (byte) (value >>> 8);
  }

  private static int u16(byte[] message, int at) {
    return (message[at] & 0xFF) | (message[at + 1] & 0xFF) << 8;
  }
}
