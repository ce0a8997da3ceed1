package dev.jvmm.machine.legacy;

/**
 * An AT keyboard with 101 keys (IBM PS/2 keyboard technical reference): every command is answered.
 *
 * <p>Not emulated: keys are pressed by {@link #press} alone, in scan code set 2 whatever set was
 * chosen; no repetition of a key held down; the modes of single keys (0xF7 to 0xFD) are ignored.
 *
 * <p>Thread: confined to the monitor of its {@link I8042}.
 */
final class Ps2Keyboard extends Ps2Device {

  private static final int SET_LEDS = 0xED;
  private static final int ECHO = 0xEE;
  private static final int SCAN_CODE_SET = 0xF0;
  private static final int IDENTIFY = 0xF2;
  private static final int TYPEMATIC = 0xF3;
  private static final int ENABLE = 0xF4;
  private static final int DISABLE = 0xF5;
  private static final int SET_DEFAULTS = 0xF6;
  private static final int ALL_KEYS_FIRST = 0xF7;
  private static final int ALL_KEYS_LAST = 0xFA;
  private static final int ONE_KEY_FIRST = 0xFB; // these take a key
  private static final int ONE_KEY_LAST = 0xFD;
  private static final int RESET = 0xFF;

  private static final int ID_1 = 0xAB;
  private static final int ID_2 = 0x83;

  private int leds;
  private int scanCodeSet = 2;
  private boolean scanning = true;

  /** What a snapshot keeps. */
  record State(Link link, int leds, int scanCodeSet, boolean scanning) {
    static final State POWER_ON = new State(Link.IDLE, 0, 2, true);
  }

  Ps2Keyboard(State state) {
    set(state);
  }

  private void set(State state) {
    link(state.link());
    leds = state.leds() & 7;
    scanCodeSet = Math.clamp(state.scanCodeSet(), 1, 3);
    scanning = state.scanning();
  }

  State state() {
    return new State(link(), leds, scanCodeSet, scanning);
  }

  @Override
  void reset() {
    set(State.POWER_ON);
  }

  /** Sends what a key does, in scan code set 2; nothing while the host has the keys disabled. */
  void press(int... codes) {
    if (scanning) {
      send(codes);
    }
  }

  @Override
  void takeCommand(int command) {
    switch (command) {
      case SET_LEDS, SCAN_CODE_SET, TYPEMATIC -> {
        send(ACK);
        open(command);
      }
      case ECHO -> send(ECHO);
      case IDENTIFY -> send(ACK, ID_1, ID_2);
      case ENABLE -> {
        scanning = true;
        send(ACK);
      }
      case DISABLE -> {
        setDefaults();
        scanning = false;
        send(ACK);
      }
      case SET_DEFAULTS -> {
        setDefaults();
        send(ACK);
      }
      case RESET -> {
        reset();
        send(ACK, TEST_PASSED);
      }
      default -> {
        if (command >= ONE_KEY_FIRST && command <= ONE_KEY_LAST) {
          send(ACK);
          open(command);
        } else {
          send(command >= ALL_KEYS_FIRST && command <= ALL_KEYS_LAST ? ACK : RESEND);
        }
      }
    }
  }

  private void setDefaults() {
    scanCodeSet = 2;
  }

  @Override
  boolean takeArgument(int command, int argument) {
    if (argument >= SET_LEDS && argument != RESEND) {
      return false; // an argument is below; the host has given the command up
    }
    switch (command) {
      case SET_LEDS -> {
        leds = argument & 7;
        send(ACK);
      }
      case SCAN_CODE_SET -> chooseScanCodeSet(argument);
      default -> send(ACK);
    }
    return true;
  }

  private void chooseScanCodeSet(int argument) {
    if (argument == 0) {
      send(ACK, scanCodeSet);
    } else if (argument <= 3) {
      scanCodeSet = argument;
      send(ACK);
    } else {
      send(RESEND);
    }
  }
}
