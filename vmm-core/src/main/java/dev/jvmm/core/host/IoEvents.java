package dev.jvmm.core.host;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
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
    return new Bell(loop, rung);
  }

  private final class Bell implements Doorbell {

    private final EventFd rings = EventFd.create();
    private final EventLoop.Registration listening;
    private @Nullable IoEventFd hanging;

    /** Never drains: each further ring is a new edge, and a counter of 64 bits has room. */
    Bell(EventLoop loop, Runnable rung) {
      listening = loop.register(rings.fd(), EventLoop.READ | EventLoop.EDGE, events -> rung.run());
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
      listening.close();
      rings.close();
    }
  }
}
