package dev.jvmm.machine.pci;

import dev.jvmm.core.event.Signal;
import dev.jvmm.core.irq.MsiSender;
import dev.jvmm.core.irq.MsiVector;
import dev.jvmm.core.irq.MsiVectors;
import org.jspecify.annotations.Nullable;

/** Vectors that send by a sender, as the kernel does by its table. */
public record SendingVectors(MsiSender sender) implements MsiVectors {

  /** Of a machine whose messages nobody looks at. */
  public static final SendingVectors NONE = new SendingVectors((address, data) -> {});

  @Override
  public MsiVector newVector() {
    return new MsiVector() {
      private boolean programmed;
      private long address;
      private int data;

      @Override
      public void program(long newAddress, int newData) {
        programmed = true;
        address = newAddress;
        data = newData;
      }

      @Override
      public void fire() {
        if (programmed) {
          sender.send(address, data);
        }
      }

      @Override
      public @Nullable Signal signal() {
        return programmed ? this::fire : null;
      }

      @Override
      public void close() {
        programmed = false;
      }
    };
  }
}
