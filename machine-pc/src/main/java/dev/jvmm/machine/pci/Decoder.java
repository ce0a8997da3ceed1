package dev.jvmm.machine.pci;

import dev.jvmm.core.bus.AddressRange;
import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.Widths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Puts BARs on the machine's buses, where the guest moves them.
 *
 * <p>Two devices can't answer one address: a BAR that is put where another device is waits until
 * that one has gone, as happens for a moment when a guest swaps two.
 *
 * <p>Thread: safe by its monitor, which is taken under a function's and before a bus's.
 */
final class Decoder {

  private final Bus ports;
  private final Bus memory;
  private final LongAdder conflicts = new LongAdder();
  private final List<Window> waiting = new ArrayList<>(); // at most every BAR that there is

  /** The place of one BAR. */
  static final class Window {

    private final Bar bar;
    private long wanted = Bar.NOWHERE;
    private Bus.@Nullable Mapping mapping;

    Window(Bar bar) {
      this.bar = bar;
    }

    Bar bar() {
      return bar;
    }
  }

  Decoder(Bus ports, Bus memory) {
    this.ports = ports;
    this.memory = memory;
  }

  /** How often a BAR was put where something is. */
  long conflicts() {
    return conflicts.sum();
  }

  /** Moves a window to an address, or to {@link Bar#NOWHERE}. */
  synchronized void move(Window window, long base) {
    if (window.wanted == base) {
      return;
    }
    window.wanted = base;
    waiting.remove(window);
    boolean freed = unmap(window);
    if (base != Bar.NOWHERE && !map(window)) {
      conflicts.increment();
      waiting.add(window);
    }
    if (freed) {
      waiting.removeIf(this::map);
    }
  }

  private boolean map(Window window) {
    Bar bar = window.bar;
    AddressRange range = new AddressRange(window.wanted, bar.sizeBytes());
    Bus.Mapping mapping = bus(bar).tryMap(range, Widths.ANY, bar.device());
    window.mapping = mapping;
    if (mapping == null) {
      return false;
    }
    bar.listener().mapped(window.wanted);
    return true;
  }

  private boolean unmap(Window window) {
    Bus.Mapping mapping = window.mapping;
    if (mapping == null) {
      return false;
    }
    window.mapping = null;
    bus(window.bar).unmap(mapping);
    window.bar.listener().unmapped(mapping.range().start());
    return true;
  }

  private Bus bus(Bar bar) {
    return bar.kind() == Bar.Kind.PORTS ? ports : memory;
  }
}
