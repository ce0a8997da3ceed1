package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class I8042Test {

  private static final int OBF = 1;
  private static final int AUX = 0x20;

  private final ObservedLine keyboardIrq = new ObservedLine();
  private final ObservedLine mouseIrq = new ObservedLine();
  private final List<Boolean> resets = new ArrayList<>();
  private final I8042 controller = made(I8042.State.POWER_ON);

  private I8042 made(I8042.State state) {
    return new I8042(keyboardIrq, mouseIrq, resets::add, state);
  }

  private void command(int value) {
    controller.commandPort().write(0, 1, value);
  }

  private void command(int value, int argument) {
    command(value);
    data(argument);
  }

  private void data(int value) {
    controller.dataPort().write(0, 1, value);
  }

  private int status() {
    return (int) controller.commandPort().read(0, 1);
  }

  private int read() {
    assertThat(status() & OBF).as("a byte is there").isEqualTo(OBF);
    return (int) controller.dataPort().read(0, 1);
  }

  /** All that there is, as a guest reads it: while the status says that there is more. */
  private List<Integer> readAll() {
    List<Integer> bytes = new ArrayList<>();
    while ((status() & OBF) != 0) {
      bytes.add((int) controller.dataPort().read(0, 1));
    }
    return bytes;
  }

  private List<Integer> mouse(int value) {
    command(0xD4, value);
    return readAll();
  }

  private List<Integer> keyboard(int value) {
    data(value);
    return readAll();
  }

  @Test
  void powerOn_isEmptyUnlockedAndTested() {
    assertThat(status()).isEqualTo(0x14);
    command(0x20);
    assertThat(read()).isEqualTo(0x47);
  }

  @Test
  void selfTest_answers55() {
    command(0xAA);
    assertThat(readAll()).containsExactly(0x55);
  }

  @Test
  void interfaceTests_pass() {
    command(0xAB);
    assertThat(readAll()).containsExactly(0);
    command(0xA9);
    assertThat(readAll()).containsExactly(0);
  }

  @Test
  void commandByte_readsAsWritten() {
    command(0x60, 0x74);
    command(0x20);
    assertThat(readAll()).containsExactly(0x74);
  }

  @Test
  void disableAndEnable_showInTheCommandByte() {
    command(0x60, 0x00);
    command(0xA7);
    command(0xAD);
    command(0x20);
    assertThat(read()).isEqualTo(0x30);
    command(0xA8);
    command(0xAE);
    command(0x20);
    assertThat(read()).isZero();
  }

  @Test
  void loops_comeBackFromTheirSide() {
    command(0xD3, 0x5A);
    assertThat(status() & AUX).isEqualTo(AUX);
    assertThat(mouseIrq.high()).isTrue();
    assertThat(readAll()).containsExactly(0x5A);
    assertThat(mouseIrq.high()).isFalse();

    command(0xD2, 0xA5);
    assertThat(status() & AUX).isZero();
    assertThat(keyboardIrq.high()).isTrue();
    assertThat(readAll()).containsExactly(0xA5);
  }

  /** A controller with several mice would answer the third with its version. */
  @Test
  void loops_ofTheMultiplexingKnockComeBackUnchanged() {
    for (int knock : new int[] {0xF0, 0x56, 0xA4}) {
      command(0xD3, knock);
      assertThat(readAll()).containsExactly(knock);
    }
  }

  @Test
  void everyCommandThatHasAnAnswer_isAnsweredAtOnce() {
    int[] commands = {0x20, 0x21, 0x3F, 0xA1, 0xA4, 0xA9, 0xAA, 0xAB, 0xC0, 0xD0, 0xE0};
    for (int value : commands) {
      command(value);
      assertThat(readAll()).as("command %#x", value).hasSize(1);
    }
  }

  @Test
  void everyKeyboardCommand_isAnswered() {
    for (int value = 0xED; value <= 0xFF; value++) {
      controller.reset();
      assertThat(keyboard(value)).as("command %#x", value).isNotEmpty();
    }
  }

  @Test
  void everyMouseCommand_isAnswered() {
    for (int value = 0; value <= 0xFF; value++) {
      controller.reset();
      assertThat(mouse(value)).as("command %#x", value).isNotEmpty();
    }
  }

  @Test
  void keyboard_answersAsLinuxAsks() {
    command(0x60, 0x00);
    assertThat(keyboard(0xFF)).containsExactly(0xFA, 0xAA);
    assertThat(keyboard(0xF2)).containsExactly(0xFA, 0xAB, 0x83);
    assertThat(keyboard(0xED)).containsExactly(0xFA);
    assertThat(keyboard(0x07)).containsExactly(0xFA);
    assertThat(keyboard(0xF3)).containsExactly(0xFA);
    assertThat(keyboard(0x00)).containsExactly(0xFA);
    assertThat(keyboard(0xF0)).containsExactly(0xFA);
    assertThat(keyboard(0x00)).containsExactly(0xFA, 0x02);
    assertThat(keyboard(0xF4)).containsExactly(0xFA);
    assertThat(keyboard(0xEE)).containsExactly(0xEE);
    assertThat(keyboard(0xFE)).containsExactly(0xEE);
    assertThat(keyboard(0x42)).containsExactly(0xFE);
  }

  @Test
  void keyboard_commandInPlaceOfAnArgumentIsACommand() {
    assertThat(keyboard(0xED)).containsExactly(0xFA);
    assertThat(keyboard(0xF4)).containsExactly(0xFA);
    assertThat(keyboard(0xEE)).containsExactly(0xEE);
  }

  @Test
  void mouse_answersAsLinuxAsks() {
    assertThat(mouse(0xFF)).containsExactly(0xFA, 0xAA, 0x00);
    assertThat(mouse(0xF2)).containsExactly(0xFA, 0x00);
    assertThat(mouse(0xE8)).containsExactly(0xFA);
    assertThat(mouse(0x03)).containsExactly(0xFA);
    assertThat(mouse(0xF3)).containsExactly(0xFA);
    assertThat(mouse(0x28)).containsExactly(0xFA);
    assertThat(mouse(0xE7)).containsExactly(0xFA);
    assertThat(mouse(0xF4)).containsExactly(0xFA);
    assertThat(mouse(0xE9)).containsExactly(0xFA, 0x30, 0x03, 0x28);
    assertThat(mouse(0xEB)).containsExactly(0xFA, 0x08, 0, 0);
    assertThat(mouse(0xF6)).containsExactly(0xFA);
    assertThat(mouse(0xE9)).containsExactly(0xFA, 0x00, 0x02, 0x64);
  }

  @Test
  void mouse_inWrapModeEchoes() {
    assertThat(mouse(0xEE)).containsExactly(0xFA);
    assertThat(mouse(0xF2)).containsExactly(0xF2);
    assertThat(mouse(0xEC)).containsExactly(0xFA);
    assertThat(mouse(0xF2)).containsExactly(0xFA, 0x00);
  }

  @Test
  void answersOfTheMouse_comeWithItsBitAndItsInterruptAnEdgeAByte() {
    command(0xD4, 0xFF);

    for (int edge = 1; edge <= 3; edge++) {
      assertThat(mouseIrq.edges()).isEqualTo(edge);
      assertThat(status() & AUX).isEqualTo(AUX);
      read();
    }
    assertThat(mouseIrq.high()).isFalse();
    assertThat(keyboardIrq.edges()).isZero();
  }

  @Test
  void interrupts_areOffWhenTheCommandByteSaysSo() {
    command(0x60, 0x00);
    data(0xF2);
    assertThat(keyboardIrq.high()).isFalse();
    command(0x60, 0x01);
    assertThat(keyboardIrq.high()).isTrue();
  }

  @Test
  void disabledKeyboard_keepsItsBytesUntilItIsEnabled() {
    command(0xAD);
    controller.press(0x1C);
    assertThat(status() & OBF).isZero();

    command(0xAE);

    assertThat(readAll()).containsExactly(0x1E);
  }

  @Test
  void keys_areTranslatedToSet1() {
    controller.press(0x1C, 0xF0, 0x1C, 0xE0, 0x75, 0xE0, 0xF0, 0x75, 0x83);
    assertThat(readAll()).containsExactly(0x1E, 0x9E, 0xE0, 0x48, 0xE0, 0xC8, 0x41);
  }

  @Test
  void keys_untranslatedAreSet2() {
    command(0x60, 0x01);
    controller.press(0x1C, 0xF0, 0x1C);
    assertThat(readAll()).containsExactly(0x1C, 0xF0, 0x1C);
  }

  @Test
  void keyboardThatNoOneReads_forgetsWhatDoesNotFit() {
    for (int i = 0; i < 1_000; i++) {
      controller.press(0x1C);
    }
    assertThat(readAll()).hasSize(33);
  }

  @Test
  void outputPort_keepsA20AndShowsTheInterrupts() {
    command(0xD0);
    assertThat(read()).isEqualTo(0xCF);
    command(0xDD);
    command(0xD0);
    assertThat(read()).isEqualTo(0xCD);
    command(0xD1, 0xDF);
    command(0xD0);
    assertThat(read()).isEqualTo(0xCF);
    assertThat(resets).isEmpty();
  }

  @Test
  void resetLine_isHeardByEveryWay() {
    command(0xFE);
    assertThat(resets).hasSize(1);
    command(0xD1, 0x02);
    assertThat(resets).hasSize(2);
    command(0xF0);
    assertThat(resets).hasSize(3);
    command(0xFF);
    assertThat(resets).hasSize(3);
  }

  @Test
  void reset_forgetsWhatWasUnderWay() {
    command(0xD4);
    data(0xFF);
    command(0x60, 0);

    controller.reset();

    assertThat(controller.state()).isEqualTo(I8042.State.POWER_ON);
    assertThat(mouseIrq.high()).isFalse();
    assertThat(readAll()).isEmpty();
  }

  @Test
  void wideAccess_readsOnes() {
    assertThat(controller.dataPort().read(0, 2)).isEqualTo(-1);
    assertThat(controller.commandPort().read(0, 4)).isEqualTo(-1);
  }

  @Test
  void randomGuest_neverThrowsAndItsStateSurvivesARoundTrip() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> command(random.nextInt(256));
        case 1 -> data(random.nextInt(256));
        case 2 -> controller.press(random.nextInt(256));
        default -> controller.dataPort().read(0, 1);
      }
      I8042.State state = controller.state();
      ObservedLine key = new ObservedLine();
      I8042 restored = new I8042(key, new ObservedLine(), resets::add, state);
      assertThat(restored.state()).as("-Djvmm.seed=%d", seed).isEqualTo(state);
      assertThat(key.high()).as("-Djvmm.seed=%d", seed).isEqualTo(keyboardIrq.high());
    }
  }
}
