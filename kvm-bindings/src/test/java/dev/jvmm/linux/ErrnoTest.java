package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ErrnoTest {

  @TestFactory
  Stream<DynamicTest> constant_hasTheTablesNumber() {
    return Stream.of(Errno.class.getFields())
        .map(
            field ->
                DynamicTest.dynamicTest(
                    field.getName(),
                    () -> assertThat(Errno.name(number(field))).isEqualTo(field.getName())));
  }

  private static int number(Field field) throws IllegalAccessException {
    return field.getInt(null);
  }

  @Test
  void unknownNumber_isShownAsOne() {
    assertThat(Errno.name(9999)).isEqualTo("errno 9999");
    assertThat(Errno.text(9999)).isEqualTo("error 9999");
  }

  @Test
  void exception_tellsItsParts() {
    LinuxException e = new LinuxException("TUNSETIFF", "tap0", Errno.EPERM);

    assertThat(e).hasMessage("TUNSETIFF tap0: EPERM: Operation not permitted");
    assertThat(e.operation()).isEqualTo("TUNSETIFF");
    assertThat(e.subject()).isEqualTo("tap0");
    assertThat(e.errno()).isEqualTo(1);
    assertThat(e.errnoName()).isEqualTo("EPERM");
  }

  @Test
  void check_passesValuesOn_andThrowsForErrors() {
    assertThat(LinuxException.check(7, "read", "x")).isEqualTo(7);
    assertThatThrownBy(() -> LinuxException.check(-Errno.EIO, "read", "x"))
        .hasMessage("read x: EIO: Input/output error");
  }
}
