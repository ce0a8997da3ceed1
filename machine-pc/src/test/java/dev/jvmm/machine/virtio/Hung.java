package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Doorbells that hang nowhere but in a list, in the order in which they were hung. */
final class Hung implements Doorbells {

  final List<Doorbell.Place> places = new ArrayList<>();
  final List<Signal> signals = new ArrayList<>();
  int limit = Integer.MAX_VALUE;

  @Override
  public Doorbell newDoorbell(EventLoop loop, Runnable rung) {
    return newDoorbell(rung::run);
  }

  @Override
  public Doorbell newDoorbell(Signal rung) {
    signals.add(rung);
    return new Doorbell() {
      private @Nullable Place at;

      @Override
      public boolean hang(Place place) {
        if (places.size() == limit) {
          return false;
        }
        at = place;
        return places.add(place);
      }

      @Override
      public void unhang() {
        places.remove(at);
      }

      @Override
      public void close() {
        unhang();
      }
    };
  }
}
