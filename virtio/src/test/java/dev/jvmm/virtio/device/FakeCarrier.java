package dev.jvmm.virtio.device;

import dev.jvmm.core.event.Signal;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A carrier that carries nothing, and remembers what it was told. */
public final class FakeCarrier implements QueueCarrier {

  /** What it was started with and has not been stopped; null while it is not started. */
  public SplitVirtqueue.@Nullable HandOver queue;

  /** What was negotiated at the last start. */
  public long features;

  /** Starts and stops, in their order. */
  public final List<String> told = new ArrayList<>();

  /** How often it was kicked. */
  public int kicks;

  /** What interrupts by itself. */
  public @Nullable Signal direct;

  /** Told of kicks while it does not carry. */
  public @Nullable Runnable listener;

  /** Whether it can't take a queue on. */
  public boolean refuses;

  /** Where it says it has come to when it is stopped. */
  public int next;

  private final Signal kick = this::kicked;

  public FakeCarrier() {}

  private void kicked() {
    kicks++;
    if (listener != null) {
      listener.run();
    }
  }

  @Override
  public Signal kick() {
    return kick;
  }

  @Override
  public void listen(@Nullable Runnable rung) {
    listener = rung;
  }

  @Override
  public boolean start(SplitVirtqueue.HandOver handOver, long negotiated) {
    if (!refuses) {
      queue = handOver;
      features = negotiated;
      told.add("start " + handOver.next());
    }
    return !refuses;
  }

  @Override
  public int stop() {
    queue = null;
    told.add("stop");
    return next;
  }

  @Override
  public void interruptBy(@Nullable Signal signal) {
    direct = signal;
  }
}
