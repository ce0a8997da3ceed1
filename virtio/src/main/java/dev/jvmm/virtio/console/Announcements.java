package dev.jvmm.virtio.console;

import dev.jvmm.core.chardev.WindowSize;
import java.nio.charset.StandardCharsets;

/**
 * What the driver has still to be told of one port, until the next reset: marks rather than a queue
 * of messages, so that it takes the same room however long the driver does not listen.
 *
 * <p>Thread: confined to the event loop.
 */
final class Announcements {

  private final PortConfig port;
  private final byte[] name;
  private boolean addOwed;
  private boolean consoleOwed;
  private boolean nameOwed;
  private boolean resizeOwed;
  private boolean ready; // the driver has the port; before, it is told of nothing else
  private boolean hostOpen;
  private boolean hungUp; // since the driver was told that the host is there
  private boolean toldOpen;
  private WindowSize size = WindowSize.UNKNOWN;

  Announcements(PortConfig port) {
    this.port = port;
    this.name = port.name().getBytes(StandardCharsets.UTF_8);
  }

  /** DEVICE_READY: the driver wants to know which ports there are. */
  void deviceReady() {
    addOwed = true;
  }

  /** PORT_READY, or that the driver could not make the port. */
  void portReady(boolean isReady) {
    ready = isReady;
    toldOpen = false;
    hungUp = false;
    consoleOwed = isReady && port.console();
    nameOwed = isReady && name.length > 0;
    resizeOwed = isReady && port.console() && !size.equals(WindowSize.UNKNOWN);
  }

  /** The host end has come or gone. A driver that has seen none of both is told of both. */
  void hostOpen(boolean open) {
    hungUp |= !open;
    hostOpen = open;
  }

  /** The screen of the host end has another size. */
  void size(WindowSize newSize) {
    size = newSize;
    resizeOwed = ready && port.console();
  }

  /** Whether there is something to tell. */
  boolean any() {
    return addOwed || consoleOwed || nameOwed || resizeOwed || openOwed();
  }

  private boolean openOwed() {
    return ready && (toldOpen ? hungUp || !hostOpen : hostOpen);
  }

  /** Writes the next message, and takes it for told; its bytes, 0 where there is none. */
  int next(byte[] message) {
    int id = port.number();
    if (addOwed) {
      addOwed = false;
      Control.header(message, id, Control.DEVICE_ADD, 1);
      return Control.HEADER_BYTES;
    }
    if (consoleOwed) {
      consoleOwed = false;
      Control.header(message, id, Control.CONSOLE_PORT, 1);
      return Control.HEADER_BYTES;
    }
    if (nameOwed) {
      nameOwed = false;
      Control.header(message, id, Control.PORT_NAME, 1);
      System.arraycopy(name, 0, message, Control.HEADER_BYTES, name.length);
      return Control.HEADER_BYTES + name.length;
    }
    if (resizeOwed) {
      resizeOwed = false;
      Control.header(message, id, Control.RESIZE, 0);
      Control.putU16(message, Control.HEADER_BYTES, size.columns());
      Control.putU16(message, Control.HEADER_BYTES + 2, size.rows());
      return Control.HEADER_BYTES + 4;
    }
    if (openOwed()) {
      toldOpen = !toldOpen;
      hungUp = false;
      Control.header(message, id, Control.PORT_OPEN, toldOpen ? 1 : 0);
      return Control.HEADER_BYTES;
    }
    return 0;
  }
}
