package dev.jvmm.cli;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.Balloon;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.Machinery;
import dev.jvmm.core.vm.VcpuRegisters;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.MachineConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The inside of a machine that a test has power over: it does nothing but what it is told. */
final class FakeMachinery implements Machinery {

  private final List<String> calls;
  private final GuestRequests requests;
  private final Consumer<GuestRequests> guest;

  private FakeMachinery(List<String> calls, GuestRequests requests, Consumer<GuestRequests> guest) {
    this.calls = calls;
    this.requests = requests;
    this.guest = guest;
  }

  /** Builds machines of such an inside. */
  static final class Factory {

    private final Consumer<GuestRequests> guest;
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    /** The guest runs when the machine starts. */
    Factory(Consumer<GuestRequests> guest) {
      this.guest = guest;
    }

    VirtualMachine build(MachineConfig config, Consumer<String> notices) {
      notices.accept("a notice for " + config.name());
      return new VirtualMachine(
          config.name(), config.policy(), requests -> new FakeMachinery(calls, requests, guest));
    }

    /** What its machines were told, in order. */
    List<String> calls() {
      return calls;
    }
  }

  @Override
  public void start(boolean paused) {
    calls.add("start");
    guest.accept(requests);
  }

  @Override
  public void pause() {
    calls.add("pause");
  }

  @Override
  public void resume() {
    calls.add("resume");
  }

  @Override
  public void reset() {
    calls.add("reset");
  }

  @Override
  public void powerdown() {
    calls.add("powerdown");
  }

  @Override
  public List<String> warnings() {
    return List.of("it is a fake");
  }

  @Override
  public GuestMemory memory() {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable GuestStream console() {
    return null;
  }

  @Override
  public @Nullable GuestStream port(String portName) {
    return null;
  }

  @Override
  public @Nullable GuestStream stream(String id) {
    return null;
  }

  @Override
  public int cpus() {
    return 1;
  }

  @Override
  public VcpuRegisters registers(int cpu) {
    return new VcpuRegisters(cpu, Map.of(), "");
  }

  @Override
  public boolean onOwnThread() {
    return false;
  }

  @Override
  public boolean link(String name, boolean up) {
    return false;
  }

  @Override
  public @Nullable Balloon balloon() {
    return null;
  }

  @Override
  public void close() {
    calls.add("close");
  }
}
