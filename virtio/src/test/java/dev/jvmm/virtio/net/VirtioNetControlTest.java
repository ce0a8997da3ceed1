package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.DeviceStatus;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the driver says by the control queue, and what becomes of frames then. */
class VirtioNetControlTest {

  private static final int OK = 0;
  private static final int ERR = 1;
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress GROUP = MacAddress.parse("33:33:00:00:00:01");
  private static final MacAddress BROADCAST = new MacAddress(MacAddress.BROADCAST);

  private final NetGuest guest = new NetGuest();

  private boolean arrives(MacAddress to) {
    return arrives(NetGuest.frame(to, 100));
  }

  private boolean arrives(byte[] frame) {
    if (guest.receive.freeCount() == 256) {
      guest.fill(64);
    }
    guest.arrive(frame);
    return guest.receive.take() != null;
  }

  private static byte[] tagged(int vlan) {
    byte[] frame = NetGuest.frame(NetGuest.MAC, 100);
    frame[NetGuest.HEADER + 12] = (byte) 0x81;
    frame[NetGuest.HEADER + 13] = 0;
    frame[NetGuest.HEADER + 14] = (byte) (0x60 | vlan >> 8);
    frame[NetGuest.HEADER + 15] = (byte) vlan;
    return frame;
  }

  private static byte[] table(MacAddress[] stations, MacAddress[] groups) {
    ByteBuffer data =
        ByteBuffer.allocate(8 + 6 * (stations.length + groups.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (MacAddress[] addresses : Arrays.asList(stations, groups)) {
      data.putInt(addresses.length);
      for (MacAddress address : addresses) {
        data.putInt((int) address.bits()).putShort((short) (address.bits() >> 32));
      }
    }
    return data.array();
  }

  @Test
  void everythingArrives_untilTheDriverSaysOtherwise() {
    assertThat(arrives(OTHER)).isTrue();
    assertThat(arrives(GROUP)).isTrue();
    assertThat(arrives(tagged(5))).isTrue();
  }

  @Test
  void notPromiscuous_onlyItsOwnAndBroadcastsArrive() {
    assertThat(guest.command(0, 0, (byte) 0)).isEqualTo(OK);
    assertThat(arrives(NetGuest.MAC)).isTrue();
    assertThat(arrives(BROADCAST)).isTrue();
    assertThat(arrives(OTHER)).isFalse();
    assertThat(arrives(GROUP)).isFalse();
    assertThat(guest.numbers().filtered()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 33:33:00:00:00:01, true",
    "2, 52:54:00:00:00:01, true",
    "3, 33:33:00:00:00:01, false",
    "4, 52:54:00:12:34:56, false",
    "5, ff:ff:ff:ff:ff:ff, false"
  })
  void modes_letThroughOrHoldBack(int mode, String to, boolean arrives) {
    guest.command(0, 0, (byte) 0);
    assertThat(guest.command(0, mode, (byte) 1)).isEqualTo(OK);
    assertThat(arrives(MacAddress.parse(to))).isEqualTo(arrives);
  }

  @Test
  void tables_letThroughWhatTheyName() {
    guest.command(0, 0, (byte) 0);
    byte[] data = table(new MacAddress[] {OTHER}, new MacAddress[] {GROUP});
    assertThat(guest.command(1, 0, data)).isEqualTo(OK);
    assertThat(arrives(OTHER)).isTrue();
    assertThat(arrives(GROUP)).isTrue();
    assertThat(arrives(MacAddress.parse("52:54:00:00:00:02"))).isFalse();

    assertThat(guest.command(1, 0, table(new MacAddress[0], new MacAddress[0]))).isEqualTo(OK);
    assertThat(arrives(OTHER)).isFalse();
  }

  @Test
  void tableOfTooMany_letsAllOfTheKindThrough() {
    guest.command(0, 0, (byte) 0);
    MacAddress[] many = new MacAddress[ReceiveFilter.MAX_ADDRESSES + 1];
    Arrays.fill(many, MacAddress.parse("33:33:00:00:00:99"));
    assertThat(guest.command(1, 0, table(new MacAddress[0], many))).isEqualTo(OK);
    assertThat(arrives(GROUP)).isTrue();
    assertThat(arrives(OTHER)).isFalse();
  }

  @Test
  void tableThatLiesOfItsLength_isRefusedAndChangesNothing() {
    guest.command(0, 0, (byte) 0);
    byte[] data = table(new MacAddress[] {OTHER}, new MacAddress[0]);
    data[0] = 2;
    assertThat(guest.command(1, 0, data)).isEqualTo(ERR);
    Arrays.fill(data, 0, 4, (byte) 0xFF);
    assertThat(guest.command(1, 0, data)).isEqualTo(ERR);
    data[3] = 0x2A; // times six it overflows 32 bits
    assertThat(guest.command(1, 0, data)).isEqualTo(ERR);
    assertThat(guest.command(1, 0)).isEqualTo(ERR);
    assertThat(arrives(OTHER)).isFalse();
  }

  @Test
  void address_canBeChangedAndComesBackWithTheReset() {
    guest.command(0, 0, (byte) 0);
    assertThat(guest.command(1, 1, new byte[] {0x52, 0x54, 0, 0, 0, 1})).isEqualTo(OK);
    assertThat(arrives(OTHER)).isTrue();
    assertThat(guest.driver.device.readConfig(0, 4)).isEqualTo(0x0000_5452);
    assertThat(guest.model.mac()).isEqualTo(OTHER);

    guest.driver.device.status(0);
    assertThat(guest.model.mac()).isEqualTo(NetGuest.MAC);
  }

  @Test
  void vlans_areLetThroughOnceTheyAreNamed() {
    guest.command(0, 0, (byte) 0);
    assertThat(arrives(tagged(5))).isFalse();
    assertThat(guest.command(2, 0, (byte) 5, (byte) 0)).isEqualTo(OK);
    assertThat(arrives(tagged(5))).isTrue();
    assertThat(guest.command(2, 1, (byte) 5, (byte) 0)).isEqualTo(OK);
    assertThat(arrives(tagged(5))).isFalse();
    assertThat(guest.command(2, 0, (byte) 0, (byte) 0x10)).isEqualTo(ERR);
    assertThat(guest.command(2, 2, (byte) 5, (byte) 0)).isEqualTo(ERR);
  }

  @Test
  void withoutVlanFilter_taggedFramesArrive() {
    NetGuest plain = new NetGuest(NetFeatures.CTRL_VLAN);
    assertThat(plain.command(0, 0, (byte) 0)).isEqualTo(OK);
    assertThat(plain.command(2, 0, (byte) 5, (byte) 0)).isEqualTo(ERR);
    plain.fill(2);
    plain.arrive(tagged(5));
    assertThat(plain.receive.take()).isNotNull();
  }

  @Test
  void offloads_areTheNetworksAtOnce() {
    assertThat(guest.network.guestOffloads).isEqualTo(NetFeatures.GUEST_OFFLOADS);
    byte[] offloads = new byte[8];
    offloads[0] = 2; // GUEST_CSUM
    assertThat(guest.command(5, 0, offloads)).isEqualTo(OK);
    assertThat(guest.network.guestOffloads).isEqualTo(NetFeatures.GUEST_CSUM);
    offloads[7] = 1;
    assertThat(guest.command(5, 0, offloads)).isEqualTo(ERR);
    assertThat(guest.command(5, 0, (byte) 2)).isEqualTo(ERR);
  }

  @Test
  void announcement_isAskedForUntilTheDriverHasMadeIt() {
    guest.model.announce();
    assertThat(guest.driver.device.readConfig(6, 2)).isEqualTo(3);
    assertThat(guest.driver.configInterrupts).isEqualTo(1);
    assertThat(guest.command(3, 0)).isEqualTo(OK);
    assertThat(guest.driver.device.readConfig(6, 2)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0,6", "1,2", "3,1", "4,0", "5,1", "6,0", "255,255"})
  void commandThatIsNone_isRefusedAndCounted(int controlClass, int command) {
    assertThat(guest.command(controlClass, command, new byte[8])).isEqualTo(ERR);
    assertThat(guest.numbers().malformed()).isEqualTo(1);
  }

  @Test
  void commandWithoutRoomForAnAnswer_goesBack() {
    guest.driver.memory.write(NetGuest.COMMANDS, new byte[] {0, 0, 0});
    guest.control.add(Piece.readable(NetGuest.COMMANDS, 3));
    guest.control.publish();
    guest.driver.device.notifyQueue(2);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.control.take()).isNotNull().extracting("length").isEqualTo(0);
  }

  @Test
  void pairs_areActiveAsTheDriverSays() {
    NetConfig usual = NetConfig.of(NetGuest.MAC);
    NetConfig two = new NetConfig(usual.mac(), usual.features(), 2, usual.link(), 256, 256);
    NetGuest pair = new NetGuest(two, new MemoryNetwork(2), 0);
    assertThat(pair.driver.device.queueCount()).isEqualTo(5);
    assertThat(pair.driver.device.readConfig(8, 2)).isEqualTo(2);
    assertThat(pair.network.active).isEqualTo(1);

    assertThat(pair.command(4, 0, (byte) 2, (byte) 0)).isEqualTo(OK);
    assertThat(pair.network.active).isEqualTo(2);
    assertThat(pair.command(4, 0, (byte) 3, (byte) 0)).isEqualTo(ERR);
    assertThat(pair.command(4, 0, (byte) 0, (byte) 0)).isEqualTo(ERR);
    assertThat(pair.network.active).isEqualTo(2);

    pair.driver.device.status(0);
    pair.driver.negotiate(pair.driver.offered());
    pair.start(2);
    assertThat(pair.network.active).isEqualTo(1);
  }

  @Test
  void driverWithoutPairs_hasControlBehindTheFirst() {
    NetConfig usual = NetConfig.of(NetGuest.MAC);
    NetConfig two = new NetConfig(usual.mac(), usual.features(), 2, usual.link(), 256, 256);
    NetGuest pair = new NetGuest(two, new MemoryNetwork(2), NetFeatures.MQ);
    pair.driver.device.status(0);
    pair.driver.negotiate(pair.driver.offered() & ~NetFeatures.MQ);
    pair.start(1);
    pair.driver.memory.write(NetGuest.COMMANDS, new byte[] {0, 0, 0});
    pair.control.add(
        Piece.readable(NetGuest.COMMANDS, 3), Piece.writable(NetGuest.COMMANDS + 16, 1));
    pair.control.publish();
    pair.driver.device.notifyQueue(2);
    pair.driver.runner.runUntilIdle();
    assertThat(pair.control.take()).isNotNull().extracting("length").isEqualTo(1);
  }

  @Test
  void features_thatTheNetworkLacksAreNotOffered() {
    MemoryNetwork plain = new MemoryNetwork(1);
    plain.offloads = 0;
    VirtioNet model = new VirtioNet(NetConfig.of(NetGuest.MAC), plain);
    long offloads = NetFeatures.HOST_OFFLOADS | NetFeatures.GUEST_OFFLOADS;
    assertThat(model.features() & offloads).isZero();
    assertThat(model.features() & NetFeatures.MRG_RXBUF).isNotZero();
  }

  @Test
  void features_thatNeedOthersGoWithThem() {
    assertThat(guest.driver.device.status() & DeviceStatus.FEATURES_OK).isNotZero();
    NetGuest plain = new NetGuest(NetFeatures.GUEST_CSUM);
    assertThat(plain.network.guestOffloads).isZero();
  }

  @Test
  void header_isShortForALegacyDriverThatCannotMerge() {
    VirtioNet model = new VirtioNet(NetConfig.of(NetGuest.MAC), guest.network);
    NetRun run = (NetRun) model.start(NetFeatures.CSUM);
    assertThat(run.headerBytes()).isEqualTo(10);
    assertThat(((NetRun) model.start(NetFeatures.MRG_RXBUF)).headerBytes()).isEqualTo(12);
    assertThat(((NetRun) model.start(Features.VERSION_1)).headerBytes()).isEqualTo(12);
  }

  @Test
  void addressField_isAnOldDriversToWrite() {
    VirtioNet model = new VirtioNet(NetConfig.of(NetGuest.MAC), guest.network);
    model.config().write(5, 1, 0x99);
    assertThat(model.mac()).isEqualTo(NetGuest.MAC);
    model.start(NetFeatures.CSUM);
    model.config().write(5, 1, 0x99);
    model.config().write(4, 8, -1);
    model.config().write(6, 2, -1);
    assertThat(model.mac()).isEqualTo(MacAddress.parse("52:54:00:12:ff:ff"));
    assertThat(model.config().read(6, 2)).isEqualTo(1);
  }

  @Test
  void configuration_isReadInAnyWidth() {
    NetConfig usual = NetConfig.of(NetGuest.MAC);
    NetConfig.Link link = new NetConfig.Link(9000, 25000, 1);
    NetConfig full = new NetConfig(usual.mac(), usual.features(), 1, link, 256, 256);
    VirtioNet model = new VirtioNet(full, guest.network);
    assertThat(model.config().read(0, 8)).isEqualTo(0x0001_5634_1200_5452L);
    assertThat(model.config().read(8, 2)).isEqualTo(1);
    assertThat(model.config().read(10, 2)).isEqualTo(9000);
    assertThat(model.config().read(12, 4)).isEqualTo(25000);
    assertThat(model.config().read(16, 1)).isEqualTo(1);
    assertThat(model.config().read(17, 1)).isEqualTo(-1);
    assertThat(model.config().read(4000, 4)).isEqualTo(-1);
    long told = NetFeatures.MTU | NetFeatures.SPEED_DUPLEX;
    assertThat(model.features() & told).isEqualTo(told);
    assertThat(new VirtioNet(usual, guest.network).features() & told).isZero();
  }
}
