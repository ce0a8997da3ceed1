package dev.jvmm.machine.pci;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.irq.MsiSender;
import dev.jvmm.core.irq.MsiVectors;
import dev.jvmm.core.state.Resettable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The functions on bus 0, each at its place.
 *
 * <p>Thread: filled by one thread before the machine runs, only read afterwards.
 */
public final class PciBus implements Resettable {

  private final Decoder decoder;
  private final Wiring wiring;
  private final @Nullable PciFunction[] functions =
      new @Nullable PciFunction[PciAddress.SLOTS * PciAddress.FUNCTIONS];

  /**
   * What a bus is connected to.
   *
   * @param ports where BARs of ports are put
   * @param memory where BARs of memory are put
   * @param lines makes a further owner of a global system interrupt
   * @param messages takes messages that are composed when they are sent, as MSI's are
   * @param vectors makes ways for messages that are settled before, as MSI-X's are
   */
  public record Wiring(
      Bus ports, Bus memory, IntFunction<IrqLine> lines, MsiSender messages, MsiVectors vectors) {}

  /** An empty bus. */
  public PciBus(Wiring wiring) {
    this.wiring = wiring;
    decoder = new Decoder(wiring.ports(), wiring.memory());
  }

  /** The interrupts below 16 that slots' pins are wired to, a bit each. */
  public static int levelInputs() {
    int inputs = 0;
    for (int line = 0; line < Interrupts.PINS; line++) {
      inputs |= 1 << Interrupts.gsi(line);
    }
    return inputs;
  }

  /** Begins a function at a place that is free. */
  public PciFunction.Builder function(PciAddress address, PciIdentity identity) {
    return new PciFunction.Builder(this, address, identity);
  }

  Decoder decoder() {
    return decoder;
  }

  MsiSender messages() {
    return wiring.messages();
  }

  MsiVectors vectors() {
    return wiring.vectors();
  }

  /** A further owner of the line that a slot's INTA is wired to. */
  IrqLine line(int slot) {
    return wiring.lines().apply(Interrupts.gsiOf(slot));
  }

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
