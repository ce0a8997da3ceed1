package dev.jvmm.core.host;

import dev.jvmm.core.event.Signal;
import dev.jvmm.core.irq.MsiVector;
import dev.jvmm.core.irq.MsiVectors;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.kvm.Capability;
import dev.jvmm.kvm.GsiRoute;
import dev.jvmm.kvm.VmFd;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The table of global system interrupts, which KVM takes as a whole (KVM API 4.52): the pins of PIC
 * and I/O APIC, as KVM has them at first, and behind them a number for each message of a device.
 *
 * <p>Thread: safe by its monitor, under which the kernel is called. A vector is its owner's.
 */
public final class GsiRouter implements MsiVectors {

  private static final int ISA_INTERRUPTS = 16;
  private static final int IOAPIC_PINS = 24;
  private static final int PIC_PINS = 8;
  private static final int CASCADE = 2; // no device has this pin of the PICs

  private final VmFd vm;
  private int limit; // 0 until the first vector: a machine without any does not ask
  private final SortedMap<Integer, GsiRoute> messages = new TreeMap<>();
  private final BitSet taken = new BitSet();
  private final Set<Vector> vectors = new HashSet<>();

  GsiRouter(VmFd vm) {
    this.vm = vm;
    taken.set(0, IOAPIC_PINS);
  }

  private static List<GsiRoute> pins() {
    List<GsiRoute> pins = new ArrayList<>();
    for (int gsi = 0; gsi < ISA_INTERRUPTS; gsi++) {
      if (gsi != CASCADE) {
        int pic = gsi < PIC_PINS ? GsiRoute.PIC_MASTER : GsiRoute.PIC_SLAVE;
        pins.add(new GsiRoute.Pin(gsi, pic, gsi % PIC_PINS));
      }
    }
    for (int gsi = 0; gsi < IOAPIC_PINS; gsi++) {
      pins.add(new GsiRoute.Pin(gsi, GsiRoute.IOAPIC, gsi));
    }
    return pins;
  }

  @Override
  public MsiVector newVector() {
    Vector vector = new Vector(claim());
    synchronized (this) {
      vectors.add(vector);
    }
    return vector;
  }

  private synchronized int claim() {
    if (limit == 0) {
      limit = vm.checkExtension(Capability.IRQ_ROUTING);
    }
    int gsi = taken.nextClearBit(0);
    if (gsi >= limit) {
      throw new ConfigException(
          "device",
          "this host's KVM routes %d interrupts, and the devices have more; take some devices away"
              .formatted(limit));
    }
    taken.set(gsi);
    return gsi;
  }

  private synchronized void free(Vector vector) {
    vectors.remove(vector);
    taken.clear(vector.gsi);
    messages.remove(vector.gsi); // the kernel hears of it with the next change
  }

  /** Closes what devices have left open: they live as long as the machine. */
  synchronized void close() {
    vectors.forEach(vector -> vector.signal.close());
    vectors.clear();
  }

  private synchronized void route(int gsi, long address, int data) {
    GsiRoute route = new GsiRoute.Msi(gsi, address, data);
    if (!route.equals(messages.put(gsi, route))) {
      publish();
    }
  }

  private synchronized void publish() {
    List<GsiRoute> table = pins();
    table.addAll(messages.values());
    vm.setGsiRouting(table);
  }

  /** An eventfd that the kernel turns into a message. */
  private final class Vector implements MsiVector {

    private final int gsi;
    private final EventSignal signal = new EventSignal();
    private boolean deaf = true; // no CPU would get the message

    Vector(int gsi) {
      this.gsi = gsi;
      vm.irqfd(signal.event(), gsi);
    }

    @Override
    public void program(long address, int data) {
      deaf = !LocalApic.isAt(address);
      if (!deaf) {
        route(gsi, address, data);
      }
    }

    @Override
    public void fire() {
      if (!deaf) {
        signal.signal();
      }
    }

    @Override
    public @Nullable Signal signal() {
      return deaf ? null : signal;
    }

    @Override
    public void close() {
      vm.removeIrqfd(signal.event(), gsi);
      free(this);
      signal.close();
    }
  }
}
