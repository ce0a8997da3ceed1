package dev.jvmm.virtio.vsock;

import org.jspecify.annotations.Nullable;

/**
 * What a guest's sockets are connected to on the host.
 *
 * <p>Thread: confined to the event loop of the device.
 */
public interface HostSockets {

  /** Told of who wants to connect from the host. */
  @FunctionalInterface
  interface Acceptor {

    /** Takes a connection to a port of the guest's over; it closes it when it does not want it. */
    void connect(int guestPort, HostStream stream);
  }

  /** A stream to whoever listens for a port on the host; {@code null}: nobody does. */
  @Nullable HostStream connect(int hostPort);

  /** Says who takes connections from now on; {@code null}: they are refused. */
  void acceptor(@Nullable Acceptor acceptor);
}
