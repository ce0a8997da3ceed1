package dev.jvmm.core.host;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.Signal;
import dev.jvmm.kvm.IoEventFd;
import dev.jvmm.kvm.VmFd;
import dev.jvmm.linux.EventFd;
import dev.jvmm.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * Doorbells that the kernel hears: an ioeventfd each (KVM API 4.59), an eventfd on its loop.
 *
 * <p>Thread: safe; a doorbell is its owner's.
 */
final class IoEvents implements Doorbells {

  private final VmFd vm;

  IoEvents(VmFd vm) {
    this.vm = vm;
  }

  @Override
  public Doorbell newDoorbell(EventLoop loop, Runnable rung) {
    return new OnLoop(loop, rung);
  }

  @Override
  public Doorbell newDoorbell(Signal rung) {
    if (!(rung instanceof EventSignal signal)) {
      throw new IllegalArgumentException(rung + " is not of the host");
    }
    return new Bell(signal.event());
  }

  /** One that a loop hears. */
  private final class OnLoop implements Doorbell {

    private final EventFd rings = EventFd.create();
    private final Bell bell = new Bell(rings);
    private final EventLoop.Registration listening;

    /** Never drains: each further ring is a new edge, and a counter of 64 bits has room. */
    OnLoop(EventLoop loop, Runnable rung) {
      listening = loop.register(rings.fd(), EventLoop.READ | EventLoop.EDGE, events -> rung.run());
    }

    @Override
    public boolean hang(Place place) {
      return bell.hang(place);
    }

    @Override
    public void unhang() {
      bell.unhang();
    }

    @Override
    public void close() {
      bell.close();
      listening.close();
      rings.close();
    }
  }

  /** One that rings an eventfd of somebody else's. */
  private final class Bell implements Doorbell {

    private final EventFd rings;
    private @Nullable IoEventFd hanging;

    Bell(EventFd rings) {
      this.rings = rings;
    }

    @Override
    public boolean hang(Place place) {
      unhang();
      IoEventFd event =
          new IoEventFd(rings, place.address(), place.sizeBytes(), place.port(), place.value());
      try {
        vm.ioeventfd(event);
      } catch (LinuxException e) {
        return false; // the guest decides where, and how many at once: no error of ours
      }
      hanging = event;
      return true;
    }

    @Override
    public void unhang() {
      IoEventFd event = hanging;
      if (event != null) {
        hanging = null;
        vm.removeIoeventfd(event);
      }
    }

    @Override
    public void close() {
      unhang();
    }
  }
}
