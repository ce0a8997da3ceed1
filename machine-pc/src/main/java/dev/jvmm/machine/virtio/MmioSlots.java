package dev.jvmm.machine.virtio;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.acpi.VirtioMmioWindow;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.mmio.MmioInterrupts;
import dev.jvmm.virtio.mmio.VirtioMmio;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Virtio devices in memory, one place after the other, as a microvm has them.
 *
 * <p>Thread: as {@link VirtioSlots}.
 */
public final class MmioSlots implements VirtioSlots {

  private final MmioPlaces places;
  private final Board board;
  private final Plugged plugged;
  private final List<DsdtDevice> announced = new ArrayList<>();
  private int count;

  /**
   * What the places are on.
   *
   * @param memory where registers are put
   * @param lines makes a further owner of a global system interrupt
   */
  public record Board(Bus memory, IntFunction<IrqLine> lines) {}

  /** All places free. */
  public MmioSlots(MmioPlaces places, Board board, Wiring wiring) {
    this.places = places;
    this.board = board;
    this.plugged = new Plugged(wiring);
  }

  @Override
  public VirtioDevice plug(DeviceProperties properties, DeviceModel model, EventLoop loop) {
    if (!properties.type().bus().equals(VirtioTypes.MMIO)) {
      throw error(properties, "this machine has no PCI; use the name that ends in -device");
    }
    if (count == MmioPlaces.COUNT) {
      throw error(
          properties,
          "all " + MmioPlaces.COUNT + " places are taken; machine pc has room for more");
    }
    int index = count++;
    long base = places.base(index);
    int gsi = places.gsi(index);
    MmioInterrupts interrupts = new MmioInterrupts(board.lines().apply(gsi));
    VirtioDevice device = plugged.device(properties, model, loop, interrupts);
    VirtioMmio registers = new VirtioMmio(device, interrupts);
    board.memory().map(base, VirtioMmio.SIZE_BYTES, registers);
    plugged
        .doorbells(
            properties,
            model.queues().size(),
            loop,
            QueueDoorbells.Wish.of(MmioSlots::notifyPlace, model, device))
        .mapped(base);
    plugged.wiring().resettables().accept(registers);
    announced.add(new VirtioMmioWindow(index, base, VirtioMmio.SIZE_BYTES, gsi));
    return device;
  }

  private static Doorbell.Place notifyPlace(long base, int queue) {
    return Doorbell.Place.memory(base + VirtioMmio.QUEUE_NOTIFY, Integer.BYTES, queue);
  }

  private static ConfigException error(DeviceProperties properties, String what) {
    return new ConfigException("device", properties.spelled() + ": " + what);
  }

  @Override
  public List<DsdtDevice> announced() {
    return List.copyOf(announced);
  }

  @Override
  public void close() {
    plugged.close();
  }
}
