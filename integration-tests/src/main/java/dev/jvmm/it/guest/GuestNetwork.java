package dev.jvmm.it.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A guest's network and the host's end of it.
 *
 * <p>Thread: one test's.
 */
public final class GuestNetwork {

  private static final int PIECE_BYTES = 1 << 16;
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final String LEASE =
      "printf '#!/bin/sh\\n[ $1 = bound ] && ip addr add $ip/$mask dev $interface\\n:\\n'"
          + " >/tmp/lease && chmod +x /tmp/lease && udhcpc -n -q -i eth0 -s /tmp/lease";

  /** Each waits for the other: the common pool of a small machine has one thread. */
  private static final Executor ON_A_THREAD = task -> Thread.ofPlatform().daemon().start(task);

  private final Guest guest;

  /** The network of a guest that has booted. */
  public GuestNetwork(Guest guest) {
    this.guest = guest;
  }

  /** Loads the driver, with that of the bus. */
  public void load(String bus) {
    guest.run("load " + bus + " virtio_net af_packet && ip link set eth0 up");
  }

  /** Has the guest ask for an address; answers it. */
  public String lease() {
    guest.run(LEASE);
    return address();
  }

  /** The guest's address. */
  public String address() {
    String said = guest.run("ip -4 addr show dev eth0 | grep inet");
    return said.strip().split("[ /]", 3)[1];
  }

  /** The host's address on the same network. */
  public String hostAddress() {
    return address().replaceFirst("\\.\\d+$", ".1");
  }

  /** Waits until the guest has the host answer to {@code bytes} of an echo request. */
  public void pingHost(int bytes) {
    guest.run("ping -c 3 -W 5 -s " + bytes + " " + hostAddress());
  }

  /** Whether the guest answers the host's echo request. */
  public boolean answers() throws IOException {
    return InetAddress.getByName(address()).isReachable(5000);
  }

  /**
   * Has the guest take a stream of bytes from the host and give it back by another connection, both
   * at once.
   *
   * @return whether it is the same
   */
  public boolean relays(long bytes) throws Exception {
    InetAddress host = InetAddress.getByName(hostAddress());
    try (ServerSocket source = listen(host);
        ServerSocket sink = listen(host)) {
      CompletableFuture<String> sent =
          CompletableFuture.supplyAsync(() -> send(source, bytes), ON_A_THREAD);
      CompletableFuture<String> back =
          CompletableFuture.supplyAsync(() -> receive(sink, bytes), ON_A_THREAD);
      String to = " " + hostAddress() + " ";
      guest.run(
          "nc" + to + source.getLocalPort() + " </dev/null | nc" + to + sink.getLocalPort(),
          PATIENCE);
      return sent.get(10, TimeUnit.SECONDS).equals(back.get(10, TimeUnit.SECONDS));
    }
  }

  private static ServerSocket listen(InetAddress host) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(host, 0));
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private static String send(ServerSocket server, long bytes) {
    byte[] piece = new byte[PIECE_BYTES];
    MessageDigest digest = sha256();
    Random random = new Random(bytes);
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      for (long done = 0; done < bytes; done += piece.length) {
        random.nextBytes(piece);
        digest.update(piece);
        out.write(piece);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String receive(ServerSocket server, long bytes) {
    byte[] piece = new byte[PIECE_BYTES];
    MessageDigest digest = sha256();
    long total = 0;
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        digest.update(piece, 0, count);
        total += count;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return total == bytes ? HexFormat.of().formatHex(digest.digest()) : total + " bytes";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Carries out a command of the host that succeeds; answers what it said. */
  public static String onHost(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(Arrays.toString(command) + " said: " + said);
    }
    return said.strip();
  }

  /** Whether the host has an interface of this name. */
  public static boolean isThere(String name) throws IOException {
    return NetworkInterface.getByName(name) != null;
  }
}
