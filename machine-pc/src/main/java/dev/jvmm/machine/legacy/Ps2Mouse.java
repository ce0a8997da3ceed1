package dev.jvmm.machine.legacy;

/**
 * A PS/2 mouse with three buttons (IBM PS/2 mouse technical reference): every command is answered.
 *
 * <p>Not emulated: it never moves, and it has no wheel (its id is 0 whatever sample rates it is
 * given).
 *
 * <p>Thread: confined to the monitor of its {@link I8042}.
 */
final class Ps2Mouse extends Ps2Device {

  private static final int SCALING_1_1 = 0xE6;
  private static final int SCALING_2_1 = 0xE7;
  private static final int SET_RESOLUTION = 0xE8;
  private static final int STATUS = 0xE9;
  private static final int STREAM_MODE = 0xEA;
  private static final int READ_DATA = 0xEB;
  private static final int RESET_WRAP_MODE = 0xEC;
  private static final int WRAP_MODE = 0xEE;
  private static final int REMOTE_MODE = 0xF0;
  private static final int IDENTIFY = 0xF2;
  private static final int SET_SAMPLE_RATE = 0xF3;
  private static final int ENABLE = 0xF4;
  private static final int DISABLE = 0xF5;
  private static final int SET_DEFAULTS = 0xF6;
  private static final int RESET = 0xFF;

  private static final int ID = 0x00;

  private static final int STATUS_SCALING = 1 << 4;
  private static final int STATUS_ENABLED = 1 << 5;
  private static final int STATUS_REMOTE = 1 << 6;
  private static final int STATUS_WRITABLE = STATUS_SCALING | STATUS_ENABLED | STATUS_REMOTE;

  private static final int PACKET_ALWAYS = 1 << 3; // of a movement's first byte

  private int status;
  private int resolution;
  private int sampleRate;
  private boolean wrap;

  /** What a snapshot keeps. */
  record State(Link link, int status, int resolution, int sampleRate, boolean wrap) {
    static final State POWER_ON = new State(Link.IDLE, 0, 2, 100, false);
  }

  Ps2Mouse(State state) {
    set(state);
  }

  private void set(State state) {
    link(state.link());
    status = state.status() & STATUS_WRITABLE;
    resolution = state.resolution() & 0xFF;
    sampleRate = state.sampleRate() & 0xFF;
    wrap = state.wrap();
  }

  State state() {
    return new State(link(), status, resolution, sampleRate, wrap);
  }

  @Override
  void reset() {
    set(State.POWER_ON);
  }

  @Override
  void takeCommand(int command) {
    if (wrap && command != RESET && command != RESET_WRAP_MODE) {
      send(command); // it echoes what it gets
      return;
    }
    switch (command) {
      case SCALING_1_1 -> change(status & ~STATUS_SCALING);
      case SCALING_2_1 -> change(status | STATUS_SCALING);
      case STREAM_MODE -> change(status & ~STATUS_REMOTE);
      case REMOTE_MODE -> change(status | STATUS_REMOTE);
      case ENABLE -> change(status | STATUS_ENABLED);
      case DISABLE -> change(status & ~STATUS_ENABLED);
      case SET_RESOLUTION, SET_SAMPLE_RATE -> {
        send(ACK);
        open(command);
      }
      case STATUS -> send(ACK, status, resolution, sampleRate);
      case READ_DATA -> send(ACK, PACKET_ALWAYS, 0, 0);
      case WRAP_MODE, RESET_WRAP_MODE -> {
        wrap = command == WRAP_MODE;
        send(ACK);
      }
      case IDENTIFY -> send(ACK, ID);
      case SET_DEFAULTS -> {
        set(new State(link(), 0, 2, 100, false));
        send(ACK);
      }
      case RESET -> {
        reset();
        send(ACK, TEST_PASSED, ID);
      }
      default -> send(RESEND);
    }
  }

  private void change(int newStatus) {
    status = newStatus;
    send(ACK);
  }

  @Override
  boolean takeArgument(int command, int argument) {
    if (argument == RESET) {
      return false;
    }
    if (command == SET_RESOLUTION) {
      resolution = argument;
    } else {
      sampleRate = argument;
    }
    send(ACK);
    return true;
  }
}
