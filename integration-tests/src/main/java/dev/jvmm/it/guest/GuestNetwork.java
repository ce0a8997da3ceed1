package dev.jvmm.it.guest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A network card of a guest's and the host's end of it.
 *
 * <p>Thread: one test's.
 */
public final class GuestNetwork {

  private static final int PIECE_BYTES = 1 << 16;
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  /** Behind {@code load} and a bus's driver: cards with their driver, all switched on. */
  public static final String DRIVERS =
      " virtio_net af_packet && for card in /sys/class/net/eth*; do ip link set ${card##*/} up;"
          + " done";

  /** Before a card's name: it asks for an address. */
  public static final String LEASE =
      "printf '#!/bin/sh\\n[ $1 = bound ] && ip addr add $ip/$mask dev $interface\\n:\\n'"
          + " >/tmp/lease && chmod +x /tmp/lease && udhcpc -n -q -s /tmp/lease -i ";

  /** Each waits for the other: the common pool of a small machine has one thread. */
  private static final Executor ON_A_THREAD = task -> Thread.ofPlatform().daemon().start(task);

  private final Guest guest;
  private final String card;
  private String address = "none";

  /**
   * A card of a guest whose drivers are loaded.
   *
   * @param card what the guest calls it: eth0 and so on
   */
  public GuestNetwork(Guest guest, String card) {
    this.guest = guest;
    this.card = card;
  }

  /** Loads the driver, with that of the bus, and switches all cards on. */
  public static void load(Guest guest, String bus) {
    guest.run("load " + bus + DRIVERS);
  }

  /** Reads one of the card's attributes. */
  public String attribute(String name) {
    return guest.run("cat /sys/class/net/" + card + "/" + name);
  }

  /** Waits until an attribute is as it should be. */
  public void await(String name, String value) {
    guest.run(
        "until [ $(cat /sys/class/net/" + card + "/" + name + ") = " + value + " ]; do :; done");
  }

  /** Has the guest ask for an address; answers it. */
  public String lease() {
    guest.run(LEASE + card);
    String said = guest.run("ip -4 addr show dev " + card + " | grep inet");
    address = said.strip().split("[ /]", 3)[1];
    return address;
  }

  /** Gives the guest an address, which is quicker than a lease: the host is 1, and it 10. */
  public void join(NetworkInterface host) {
    address =
        host.inetAddresses()
                .map(InetAddress::getHostAddress)
                .filter(text -> text.endsWith(".1"))
                .findFirst()
                .orElseThrow()
            + "0";
    guest.run("ip addr replace " + address + "/24 dev " + card);
  }

  /** The host's address on the same network. */
  public String hostAddress() {
    return address.replaceFirst("\\.\\d+$", ".1");
  }

  /** Waits until the guest has the host answer to {@code bytes} of an echo request. */
  public void pingHost(int bytes) {
    guest.run("ping -A -c 3 -W 5 -s " + bytes + " " + hostAddress());
  }

  /** Has the guest send the host echo requests, from now on. */
  public void flood() {
    guest.run("(ping -A -s 1400 " + hostAddress() + " >/dev/null 2>&1 &)");
  }

  /** Whether the guest answers the host's echo request. */
  public boolean answers(Duration patience) throws IOException {
    return InetAddress.getByName(address).isReachable((int) patience.toMillis());
  }

  /**
   * Has the guest take a stream of bytes from the host and give it back by another connection, both
   * at once.
   *
   * @return whether it is the same, byte by byte
   */
  public boolean relays(long bytes) throws Exception {
    InetAddress host = InetAddress.getByName(hostAddress());
    try (ServerSocket source = listen(host);
        ServerSocket sink = listen(host)) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> send(source, bytes), ON_A_THREAD);
      CompletableFuture<Boolean> back =
          CompletableFuture.supplyAsync(() -> receive(sink, bytes), ON_A_THREAD);
      String to = " " + hostAddress() + " ";
      guest.run(
          "nc" + to + source.getLocalPort() + " </dev/null | nc" + to + sink.getLocalPort(),
          PATIENCE);
      sent.get(10, TimeUnit.SECONDS);
      return back.get(10, TimeUnit.SECONDS);
    }
  }

  private static ServerSocket listen(InetAddress host) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(host, 0));
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  /** Random bytes, of which each piece has its number: that is cheap to make, and to compare. */
  private static byte[] pattern() {
    byte[] piece = new byte[PIECE_BYTES];
    new Random(PIECE_BYTES).nextBytes(piece);
    return piece;
  }

  private static byte[] numbered(byte[] piece, long number) {
    ByteBuffer.wrap(piece).putLong(number);
    return piece;
  }

  private static void send(ServerSocket server, long bytes) {
    byte[] piece = pattern();
    try (Socket socket = server.accept()) {
      for (long done = 0; done < bytes; done += PIECE_BYTES) {
        socket.getOutputStream().write(numbered(piece, done));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean receive(ServerSocket server, long bytes) {
    byte[] piece = pattern();
    byte[] came = new byte[PIECE_BYTES];
    try (Socket socket = server.accept()) {
      long done = 0;
      int count;
      do {
        count = socket.getInputStream().readNBytes(came, 0, PIECE_BYTES);
        if (count != 0 && !Arrays.equals(numbered(piece, done), came)) {
          return false;
        }
        done += count;
      } while (count == PIECE_BYTES);
      return done == bytes;
    } catch (IOException e) {
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
