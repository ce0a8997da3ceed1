package dev.jvmm.machine.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.Signal;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.pci.Chipset;
import dev.jvmm.machine.pci.ConfigPorts;
import dev.jvmm.machine.pci.GuestPorts;
import dev.jvmm.machine.pci.PciBus;
import dev.jvmm.machine.pci.SendingVectors;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import dev.jvmm.virtio.rng.RngConfig;
import dev.jvmm.virtio.rng.VirtioRng;
import dev.jvmm.virtio.vsock.KernelVsock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PciSlotsTest {

  private static final int COMMAND = 0x04;
  private static final int BAR0 = 0x10;
  private static final int BAR4 = 0x20;
  private static final int CAPABILITIES = 0x34;
  private static final long BASE = 0xD000_0000L;
  private static final int STATUS = 0x14; // of the common configuration

  private final Bus ports = new Bus("port");
  private final Bus memory = new Bus("memory");
  private final Hung hung = new Hung();
  private final List<Resettable> resettables = new ArrayList<>();
  private final EventLoop loop = new EventLoop("test");
  private final PciBus bus =
      new PciBus(
          new PciBus.Wiring(
              ports, memory, gsi -> level -> {}, (address, data) -> {}, SendingVectors.NONE));
  private final GuestPorts guest = new GuestPorts(ports);
  private final PciSlots slots = newSlots();

  private PciSlots newSlots() {
    Chipset.addTo(bus, 0x600);
    new ConfigPorts(bus, ConfigPorts.State.POWER_ON).mapOn(ports);
    return new PciSlots(
        bus, new VirtioSlots.Wiring("test", new GuestMemory(List.of()), hung, resettables::add));
  }

  @AfterEach
  void close() {
    slots.close();
    loop.close();
  }

  private VirtioDevice plug(String text) {
    return slots.plug(
        DeviceProperties.of(DeviceCatalog.parse(text)),
        new VirtioRng(RngConfig.UNLIMITED, (bytes, length, ready) -> length, new ManualClock()),
        loop);
  }

  private long get(int offset, int size) {
    return guest.read(2, 0, offset, size);
  }

  private void put(int offset, int size, long value) {
    guest.write(2, 0, offset, size, value);
  }

  private void mapModern(long base) {
    put(BAR4, 4, base);
    put(BAR4 + 4, 4, base >>> 32);
    put(COMMAND, 2, 2);
  }

  @Test
  void modernFunction_isWhatQemusIs() {
    plug("virtio-rng-pci");
    assertThat(get(0x00, 4)).isEqualTo(0x1044_1AF4L);
    assertThat(get(0x08, 4)).isEqualTo(0x00FF_0001L);
    assertThat(get(0x2C, 4)).isEqualTo(0x1100_1AF4L);
    assertThat(get(0x3D, 1)).isEqualTo(1);
    assertThat(get(BAR0, 4)).isZero();
    assertThat(get(BAR4, 4)).isEqualTo(0xC); // 64 bits, prefetchable
  }

  @Test
  void transitionalFunction_isWhatQemusIs() {
    plug("virtio-rng-pci,disable-legacy=off");
    assertThat(get(0x00, 4)).isEqualTo(0x1005_1AF4L);
    assertThat(get(0x08, 4)).isEqualTo(0x00FF_0000L);
    assertThat(get(0x2C, 4)).isEqualTo(0x0004_1AF4L);
    assertThat(get(BAR0, 4)).isEqualTo(1); // ports
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4, 0x0000, 16",
    "2, 4, 0x3000, 20",
    "3, 4, 0x1000, 16",
    "4, 4, 0x2000, 16",
    "5, 0, 0, 20"
  })
  void capability_saysWhereItsStructureIs(int type, int bar, String offset, int length) {
    plug("virtio-rng-pci");
    int at = capability(type);
    assertThat(get(at + 2, 1)).isEqualTo(length);
    assertThat(get(at + 4, 1)).isEqualTo(bar);
    assertThat(get(at + 8, 4)).isEqualTo(Long.decode(offset));
  }

  @Test
  void notifications_areFourBytesApart() {
    plug("virtio-rng-pci");
    assertThat(get(capability(2) + 16, 4)).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "',vectors=5', 4"})
  void vectors_areOneAQueueAndOneMoreOrWhatTheUserSays(String property, int lastVector) {
    plug("virtio-rng-pci" + property);
    int msix = (int) get(CAPABILITIES, 1);
    assertThat(get(msix, 1)).isEqualTo(0x11);
    assertThat(get(msix + 2, 2)).isEqualTo(lastVector);
    assertThat(get(msix + 4, 4)).isEqualTo(1); // in BAR 1
  }

  @Test
  void withoutVectors_thereIsNoMsix() {
    plug("virtio-rng-pci,vectors=0");
    assertThat(get((int) get(CAPABILITIES, 1), 1)).isEqualTo(0x09);
    assertThat(get(0x14, 4)).isZero();
  }

  @Test
  void doorbells_moveWithTheBar() {
    plug("virtio-rng-pci");
    assertThat(hung.places).isEmpty();
    mapModern(BASE);
    assertThat(hung.places).containsExactly(Doorbell.Place.memory(BASE + 0x3000));
    mapModern(0x12_0000_0000L);
    assertThat(hung.places).containsExactly(Doorbell.Place.memory(0x12_0000_3000L));
    put(COMMAND, 2, 0);
    assertThat(hung.places).isEmpty();
  }

  @Test
  void legacyDoorbell_isAPortAndAValue() {
    plug("virtio-rng-pci,disable-legacy=off");
    put(BAR0, 4, 0xC000);
    put(COMMAND, 2, 1);
    assertThat(hung.places).containsExactly(Doorbell.Place.port(0xC010, 2, 0));
    ports.write(0xC012, 1, 1);
    assertThat(ports.read(0xC012, 1)).isEqualTo(1);
  }

  @Test
  void ioeventfdOff_hangsNothing() {
    plug("virtio-rng-pci,ioeventfd=off");
    mapModern(BASE);
    assertThat(hung.places).isEmpty();
  }

  @Test
  void doorbellsThatTheHostRefuses_areDoneWithout() {
    hung.limit = 0;
    plug("virtio-rng-pci");
    mapModern(BASE);
    memory.write(BASE + STATUS, 1, 1);
    memory.write(BASE + 0x3000, 2, 0);
    assertThat(memory.read(BASE + STATUS, 1)).isEqualTo(1);
  }

  @Test
  void features_areWhatThePropertiesLeave() {
    VirtioDevice device = plug("virtio-rng-pci,event_idx=off,indirect_desc=off");
    assertThat(device.offeredFeatures(0)).isZero();
  }

  @Test
  void configAccess_readsAndWritesTheStructures() {
    plug("virtio-rng-pci");
    int window = capability(5);
    point(window, 4, STATUS, 1);
    put(window + 16, 1, 1);
    assertThat(get(window + 16, 1)).isEqualTo(1);
    point(window, 4, 0x12, 2); // num_queues
    assertThat(get(window + 16, 4)).isEqualTo(0xFFFF_0001L);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0x3FFE, 4", "4, 0x4000, 1", "4, -1, 1", "4, -4, 4", "4, 0x14, 3", "4, 0x14, 0",
    "4, 0x14, 8", "4, 0x14, -1", "4, 0x15, 2", "1, 0x14, 1", "0, 0x14, 1", "255, 0x14, 1"
  })
  void configAccess_outsideOfTheBarIsNowhere(int bar, String offset, int length) {
    VirtioDevice device = plug("virtio-rng-pci");
    int window = capability(5);
    point(window, bar, Long.decode(offset), length);
    put(window + 16, 4, 1);
    assertThat(get(window + 16, 4)).isEqualTo(0xFFFF_FFFFL);
    assertThat(device.status()).isZero();
  }

  @Test
  void systemReset_isTheDevicesToo() {
    VirtioDevice device = plug("virtio-rng-pci");
    device.status(1);
    resettables.forEach(Resettable::reset);
    assertThat(device.status()).isZero();
  }

  @Test
  void configSpace_takesAnythingAndWorksAfterAReset() {
    plug("virtio-rng-pci,disable-legacy=off");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      int size = 1 << random.nextInt(3);
      int offset = random.nextInt(256 / size) * size;
      put(offset, size, random.nextInt() >>> random.nextInt(32));
      get(offset, size);
    }
    bus.reset();
    resettables.forEach(Resettable::reset);
    assertThat(hung.places).as("seed %d", seed).isEmpty();
    mapModern(BASE);
    memory.write(BASE + STATUS, 1, 1);
    assertThat(memory.read(BASE + STATUS, 1)).as("seed %d", seed).isEqualTo(1);
    assertThat(hung.places).as("seed %d", seed).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          virtio-rng-pci,disable-modern=on | disable-modern=on: virtio 1 is always there; leave that out
          virtio-rng-pci,vectors=2049      | MSI-X has at most 2048 vectors; give less
          virtio-rng-pci,bus=pci.1         | there is no bus pci.1; the only one is pci.0
          virtio-rng-pci,addr=20           | addr=20 is no place; write SLOT or SLOT.FUNCTION in hex, up to 1f.7
          virtio-rng-pci,addr=1.3          | addr=1.3 is taken by the chipset; give another addr, or none
          virtio-rng-device                | this machine has no virtio-mmio; use the name that ends in -pci
          """)
  void whatCannotBe_isOneSentence(String text, String sentence) {
    assertThatThrownBy(() -> plug(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device " + text + ": " + sentence);
  }

  @Test
  void close_takesTheDoorbellsDownAndResets() {
    VirtioDevice device = plug("virtio-rng-pci");
    mapModern(BASE);
    device.status(1);
    slots.close();
    assertThat(hung.places).isEmpty();
    assertThat(device.status()).isZero();
  }

  private void point(int window, int bar, long offset, long length) {
    put(window + 4, 1, bar);
    put(window + 8, 4, offset);
    put(window + 12, 4, length);
  }

  /** Where the vendor's capability of a type is. */
  private int capability(int type) {
    int at = (int) get(CAPABILITIES, 1);
    while (get(at, 1) != 0x09 || get(at + 3, 1) != type) {
      at = (int) get(at + 1, 1);
      assertThat(at).as("no capability of type %d", type).isNotZero();
    }
    return at;
  }

  /**
   * The kernel is told of a notification by the signal that whoever carries the queue waits for.
   */
  @Test
  void doorbellOfACarriedQueue_ringsItsCarrier() {
    Kicks receiver = new Kicks();
    Kicks transmitter = new Kicks();
    KernelVsock model =
        new KernelVsock(3, new KernelVsock.Kernel(Features.VERSION_1, receiver, transmitter));
    VirtioDevice device =
        slots.plug(
            DeviceProperties.of(DeviceCatalog.parse("vhost-vsock-pci,guest-cid=3")), model, loop);
    assertThat(hung.signals).hasSize(3).startsWith(receiver.kick(), transmitter.kick());
    assertThat(get(0x00, 4)).isEqualTo(0x1053_1AF4L);
    assertThat(get(0x08, 4)).isEqualTo(0x0780_0001L);
    assertThat(device.offeredFeatures(0)).isZero(); // the kernel has neither of the usual ones
    assertThat(device.offeredFeatures(1)).isEqualTo(1 | 1 << 8); // VERSION_1, RING_RESET
  }

  @Test
  void transitionalDoorbell_goesByUs() {
    Kicks carrier = new Kicks();
    KernelVsock model =
        new KernelVsock(3, new KernelVsock.Kernel(Features.VERSION_1, carrier, carrier));
    slots.plug(
        DeviceProperties.of(DeviceCatalog.parse("vhost-vsock-pci,guest-cid=3,disable-legacy=off")),
        model,
        loop);
    assertThat(hung.signals).hasSize(6).containsOnlyOnce(hung.signals.get(5));
    assertThat(hung.signals.stream().filter(carrier.kick()::equals)).hasSize(2);
  }

  /** Carries nothing. */
  private static final class Kicks implements QueueCarrier {

    private final Signal kick = () -> {};

    @Override
    public Signal kick() {
      return kick;
    }

    @Override
    public void listen(@Nullable Runnable rung) {}

    @Override
    public boolean start(SplitVirtqueue.HandOver queue, long features) {
      return true;
    }

    @Override
    public int stop() {
      return 0;
    }

    @Override
    public void interruptBy(@Nullable Signal signal) {}
  }
}
