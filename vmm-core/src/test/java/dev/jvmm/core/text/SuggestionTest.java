package dev.jvmm.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {

  private static final List<String> KNOWN = List.of("kernel", "initrd", "append", "sse4.1", "avx2");

  @Test
  void nearest_findsOneWrongLetter() {
    assertThat(Suggestion.nearest("kernal", KNOWN)).isEqualTo("kernel");
  }

  @Test
  void nearest_findsALeftOutLetter() {
    assertThat(Suggestion.nearest("apend", KNOWN)).isEqualTo("append");
  }

  @Test
  void nearest_findsAnAddedLetter() {
    assertThat(Suggestion.nearest("initrdd", KNOWN)).isEqualTo("initrd");
  }

  @Test
  void nearest_countsASwapAsOneMistake() {
    assertThat(Suggestion.nearest("xav", List.of("avx2", "xva"))).isEqualTo("xva");
  }

  @Test
  void nearest_takesCaseAndSeparatorsAsTheSame() {
    assertThat(Suggestion.nearest("SSE4_1", KNOWN)).isEqualTo("sse4.1");
  }

  @Test
  void nearest_prefersTheNearerOfTwo() {
    assertThat(Suggestion.nearest("avx5123", List.of("avx512bw", "avx512f", "avx512")))
        .isEqualTo("avx512f");
  }

  @Test
  void nearest_isNullWhenNothingIsNear() {
    assertThat(Suggestion.nearest("frobnicate", KNOWN)).isNull();
  }

  @Test
  void nearest_isNullForNothingAndForTooMuch() {
    assertThat(Suggestion.nearest("", List.of("m"))).isNull();
    assertThat(Suggestion.nearest("x".repeat(65), List.of("x".repeat(65)))).isNull();
  }

  @Test
  void ending_asksOnlyWhenThereIsANearName() {
    assertThat(Suggestion.ending("kernl", KNOWN)).isEqualTo("; did you mean kernel?");
    assertThat(Suggestion.ending("frobnicate", KNOWN)).isEmpty();
  }
}
