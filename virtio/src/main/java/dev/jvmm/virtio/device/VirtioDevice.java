package dev.jvmm.virtio.device;

import dev.jvmm.core.event.WorkerRunner;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.trace.Origin;
import dev.jvmm.virtio.device.Life.Active;
import dev.jvmm.virtio.device.Life.Broken;
import dev.jvmm.virtio.device.Life.Draining;
import dev.jvmm.virtio.device.Life.Inactive;
import dev.jvmm.virtio.device.Life.Served;
import dev.jvmm.virtio.device.QueueSlot.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A virtio device as its transport sees it (virtio 1.2, chapters 2 and 3): features, the status
 * machine, the set-up of queues, reset. What the device does is its {@link DeviceModel}.
 *
 * <p>The driver may call anything at any time with any value. What is not allowed then is ignored
 * and counted; queues that can't work leave DEVICE_NEEDS_RESET. Bits of the status are cleared by a
 * reset alone, and a reset is done only when no I/O is in flight: until then the status reads what
 * it was, and everything but reads is ignored.
 *
 * <p>Thread: safe by its monitor, behind which only {@link Interrupts} and the model's {@link
 * DeviceModel#start} are called; nobody waits for a worker while holding it. {@link #notifyQueue}
 * takes no lock.
 */
public final class VirtioDevice implements Resettable {

  /** Far more than any I/O takes; behind it something of ours has lost a completion. */
  private static final long SYSTEM_RESET_SECONDS = 60;

  private final DeviceModel model;
  private final Negotiation features;
  private final Interrupts interrupts;
  private final QueueStarter starter;
  private final QueueSlots slots;

  private Origin origin = Origin.NOWHERE;
  private volatile Life life = new Inactive();
  private int status;
  private int configGeneration;
  private boolean legacy; // the driver speaks by the legacy interface
  private int stopsInFlight; // queues that were told to stop and have not drained yet
  private long ignored;

  /**
   * A device as it is at power-on.
   *
   * @param commonFeatures what is offered of {@link Features}, most often {@link Features#USUAL}
   * @param runner whose thread works on the queues
   * @param interrupts the transport's way to the driver
   */
  public VirtioDevice(
      DeviceModel model,
      long commonFeatures,
      GuestMemory memory,
      WorkerRunner runner,
      Interrupts interrupts) {
    this.model = model;
    this.features = new Negotiation(model.features() | commonFeatures | Features.VERSION_1);
    this.interrupts = interrupts;
    this.starter = new QueueStarter(memory, runner, interrupts, this::needsReset);
    this.slots = new QueueSlots(model.queues());
  }

  /** Says which machine it is in and what it is called there; before a driver comes. */
  public void origin(Origin newOrigin) {
    origin = newOrigin;
  }

  /** Which machine it is in and what it is called there. */
  public Origin origin() {
    return origin;
  }

  /** The number of its type (virtio 1.2, chapter 5). */
  public int deviceId() {
    return model.deviceId();
  }

  /** How many queues it has. */
  public int queueCount() {
    return slots.count();
  }

  /** How many writes of the driver came at a time or with a value that is not allowed. */
  public synchronized long ignoredWrites() {
    return ignored;
  }

  /** Word {@code select} of what is offered: 0 the low 32 bits, 1 the high ones, else 0. */
  public int offeredFeatures(int select) {
    return Negotiation.word(features.offered(), select);
  }

  /** Word {@code select} of what the driver has accepted. */
  public synchronized int driverFeatures(int select) {
    return Negotiation.word(features.accepted(), select);
  }

  /** The driver accepts features; it may until FEATURES_OK (3.1.1). */
  public synchronized void driverFeatures(int select, int word) {
    if (select < 0 || select > 1 || has(DeviceStatus.FEATURES_OK) || !(life instanceof Inactive)) {
      ignored++;
      return;
    }
    features.accept(select, word);
  }

  /** The device status field (2.1). */
  public synchronized int status() {
    return life instanceof Broken ? status | DeviceStatus.NEEDS_RESET : status;
  }

  /**
   * The driver writes the status: 0 asks for a reset, anything else adds bits, each of which needs
   * the one before (3.1.1). FEATURES_OK stays away when the features can't be, so does DRIVER_OK.
   */
  public synchronized void status(int value) {
    if (value == 0) {
      beginReset();
      return;
    }
    boolean clears = (status & ~value) != 0;
    if (clears || life instanceof Draining || has(DeviceStatus.FAILED)) {
      ignored++;
      return;
    }
    int added = value & DeviceStatus.OF_DRIVER & ~status;
    status |= added & (DeviceStatus.FAILED | DeviceStatus.ACKNOWLEDGE);
    if ((added & DeviceStatus.DRIVER) != 0) {
      allow(DeviceStatus.DRIVER, has(DeviceStatus.ACKNOWLEDGE));
    }
    if ((added & DeviceStatus.FEATURES_OK) != 0) {
      allow(DeviceStatus.FEATURES_OK, has(DeviceStatus.DRIVER) && features.canBe());
    }
    if ((added & DeviceStatus.DRIVER_OK) != 0) {
      driverOk();
    }
  }

  /** The configuration, as {@link ConfigSpace#read}. */
  public synchronized long readConfig(int offset, int size) {
    return model.config().read(offset, size);
  }

  /** Writes the configuration, as {@link ConfigSpace#write}. */
  public synchronized void writeConfig(int offset, int size, long value) {
    model.config().write(offset, size, value);
  }

  /** Changes whenever the configuration does, so that a driver can tell a torn read (2.5.3). */
  public synchronized int configGeneration() {
    return configGeneration;
  }

  /**
   * Changes the configuration from our side and tells the driver. Change and generation are one
   * step: a driver that reads a field in two halves sees either both or a new generation.
   */
  public synchronized void changeConfig(Runnable change) {
    change.run();
    configGeneration++;
    if (life instanceof Active) {
      interrupts.configChanged();
    }
  }

  /** The most descriptors of a queue; 0 where there is no such queue. */
  public int queueMaxSize(int index) {
    return slots.exists(index) ? slots.get(index).limits().maxSize() : 0;
  }

  /** The number of descriptors that the driver has picked; 0 where there is no such queue. */
  public synchronized int queueSize(int index) {
    return slots.exists(index) ? slots.get(index).size() : 0;
  }

  /** The driver picks a number of descriptors; it is checked when the queue is enabled. */
  public synchronized void queueSize(int index, int size) {
    if (settable(index)) {
      slots.get(index).size(size);
    }
  }

  /** An address that the driver has named; 0 where there is no such queue. */
  public synchronized long queueAddress(int index, QueueArea area) {
    return slots.exists(index) ? slots.get(index).area(area) : 0;
  }

  /** The driver names one half of an address; it is checked when the queue is enabled. */
  public synchronized void queueAddress(int index, QueueArea area, boolean high, int word) {
    if (settable(index)) {
      slots.get(index).area(area, high, word);
    }
  }

  /** Whether the driver has enabled a queue. */
  public synchronized boolean queueEnabled(int index) {
    return slots.is(index, Phase.ENABLED);
  }

  /** The driver enables a queue; where its rings can't be, the device needs a reset. */
  public synchronized void enableQueue(int index) {
    if (!settable(index)) {
      return;
    }
    QueueSlot slot = slots.get(index);
    if (!starter.canBe(slot)) {
      needsReset();
      return;
    }
    slot.phase(Phase.ENABLED);
    if (life instanceof Active active) {
      life = active.with(index, serve(active.run(), index));
      notifyQueue(index);
    }
  }

  /** The driver takes a queue back before it is ready (MMIO's QueueReady 0). */
  public synchronized void disableQueue(int index) {
    if (!slots.exists(index) || has(DeviceStatus.DRIVER_OK) || !(life instanceof Inactive)) {
      ignored++;
      return;
    }
    slots.get(index).phase(Phase.DISABLED);
  }

  /** Whether a queue's own reset is not done yet (2.6.1). */
  public synchronized boolean queueResetting(int index) {
    return slots.is(index, Phase.RESETTING);
  }

  /** The driver resets one queue, which RING_RESET allows (2.6.1). */
  public synchronized void resetQueue(int index) {
    if (!features.has(Features.RING_RESET) || !(life instanceof Active active)) {
      ignored++;
      return;
    }
    Served served = active.served(index);
    if (served == null) {
      ignored++;
      return;
    }
    slots.get(index).phase(Phase.RESETTING);
    life = active.with(index, null);
    stopsInFlight++;
    served.stop(() -> queueReset(index));
  }

  /** There is something in a queue, the driver says. Takes no lock and never waits. */
  public void notifyQueue(int index) {
    if (life instanceof Active active) { // 2.1.2: else there is nothing to notify
      Served served = active.served(index);
      if (served != null) {
        served.running().wake();
      }
    }
  }

  /** A system reset: as the driver's, and waits until it is done. */
  @Override
  public void reset() {
    synchronized (this) {
      beginReset();
    }
    if (!awaitReset(TimeUnit.SECONDS.toMillis(SYSTEM_RESET_SECONDS))) {
      throw new IllegalStateException("virtio device " + deviceId() + " does not drain");
    }
  }

  /**
   * Waits for a reset that was begun, for transports whose drivers don't look whether it is done.
   *
   * @return whether no reset is under way any more
   */
  public synchronized boolean awaitReset(long millis) {
    return MonitorWait.until(this, () -> !(life instanceof Draining), millis);
  }

  /** A legacy driver has never heard of FEATURES_OK, and may have started us already. */
  private void driverOk() {
    boolean started = legacy && life instanceof Active;
    boolean canStart = (has(DeviceStatus.FEATURES_OK) || legacy) && life instanceof Inactive;
    allow(DeviceStatus.DRIVER_OK, started || canStart);
    if (canStart) {
      start();
    }
  }

  private void start() {
    DeviceModel.Run run = model.start(features.accepted());
    List<@Nullable Served> queues = new ArrayList<>();
    for (int i = 0; i < slots.count(); i++) {
      queues.add(slots.is(i, Phase.ENABLED) ? serve(run, i) : null);
    }
    life = new Active(run, Collections.unmodifiableList(queues));
    for (int i = 0; i < queues.size(); i++) {
      notifyQueue(i); // what is in it already need not be notified of
    }
  }

  private @Nullable Served serve(DeviceModel.Run run, int index) {
    QueueStarter.Numbered queue = new QueueStarter.Numbered(index, slots.get(index), origin);
    return starter.start(run, features.accepted(), queue, () -> notifyQueue(index));
  }

  private void beginReset() {
    List<@Nullable Served> running = life.queues();
    life = new Draining();
    stopsInFlight++; // ours, so that the last of the loop ends it and not the first
    for (Served served : running) {
      if (served != null) {
        stopsInFlight++;
        served.stop(this::stopped);
      }
    }
    stopped();
  }

  private synchronized void stopped() {
    stopsInFlight--;
    if (stopsInFlight == 0 && life instanceof Draining) {
      status = 0;
      features.clear();
      slots.clear();
      legacy = false;
      life = new Inactive();
      if (model.config() instanceof Resettable changed) {
        changed.reset();
      }
      interrupts.reset();
      notifyAll();
    }
  }

  private synchronized void queueReset(int index) {
    slots.get(index).clear(Phase.RESET);
    stopped();
  }

  /** Section 2.1.2; from any thread. */
  private synchronized void needsReset() {
    if (life instanceof Broken || life instanceof Draining) {
      return;
    }
    life = new Broken(life.queues());
    if (has(DeviceStatus.DRIVER_OK)) {
      interrupts.configChanged();
    }
  }

  private void allow(int bit, boolean allowed) {
    if (allowed) {
      status |= bit;
    } else {
      ignored++;
    }
  }

  /** Whether the registers of a queue count now; if not, the write is ignored and counted. */
  private boolean settable(int index) {
    boolean settingUp =
        (has(DeviceStatus.FEATURES_OK) || legacy)
            && !has(DeviceStatus.DRIVER_OK)
            && life instanceof Inactive;
    boolean settable = slots.settable(index, settingUp, life instanceof Active);
    ignored += settable ? 0 : 1;
    return settable;
  }

  private boolean has(int bit) {
    return (status & bit) != 0;
  }

  /**
   * The driver uses the legacy interface (virtio 1.2, 2.4.3 and on): no FEATURES_OK, no VERSION_1.
   *
   * @return whether that is so, and the device not one that was begun otherwise
   */
  synchronized boolean asLegacy() {
    legacy |= life instanceof Inactive && !has(DeviceStatus.FEATURES_OK);
    return legacy;
  }

  /** Legacy drivers may notify before DRIVER_OK, and expect to be served (3.1.2). */
  synchronized void startEarly() {
    if (legacy && life instanceof Inactive && !has(DeviceStatus.FAILED)) {
      start();
    }
  }

  boolean isInactive() {
    return life instanceof Inactive;
  }
}
