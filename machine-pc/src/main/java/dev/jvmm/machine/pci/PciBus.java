package dev.jvmm.machine.pci;

import dev.jvmm.core.state.Resettable;
import org.jspecify.annotations.Nullable;

/**
 * The functions on bus 0, each at its place.
 *
 * <p>Thread: filled by one thread before the machine runs, only read afterwards.
 */
public final class PciBus implements Resettable {

  private final @Nullable PciFunction[] functions =
      new @Nullable PciFunction[PciAddress.SLOTS * PciAddress.FUNCTIONS];

  /** An empty bus. */
  public PciBus() {}

  /** Puts a function at a place that is free. */
  void put(PciAddress address, PciFunction function) {
    if (functions[address.index()] != null) {
      throw new IllegalStateException("there is a function at " + address);
    }
    functions[address.index()] = function;
  }

  /** What is at slot * 8 + function, or null. */
  @Nullable PciFunction at(int index) {
    return functions[index];
  }

  @Override
  public void reset() {
    for (PciFunction function : functions) {
      if (function != null) {
        function.reset();
      }
    }
  }
}
