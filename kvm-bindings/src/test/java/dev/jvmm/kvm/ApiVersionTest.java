package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 11, 13})
  void anotherApiVersion_isRefused(int version) {
    assertThatThrownBy(() -> Kvm.requireVersion("/dev/kvm", version))
        .isInstanceOf(UnsupportedApiException.class)
        .hasMessage("/dev/kvm has API version %d, jvmm needs 12".formatted(version));
  }

  @Test
  void version12_isTaken() {
    assertThatCode(() -> Kvm.requireVersion("/dev/kvm", 12)).doesNotThrowAnyException();
  }
}
