package dev.jvmm.machine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionTextTest {

  @Test
  void split_commaTwice_isAComma() {
    assertThat(OptionText.split("a,,b,c=d,,,e")).containsExactly("a,b", "c=d,", "e");
  }

  @Test
  void split_lastComma_isForgiven() {
    assertThat(OptionText.split("a,b,")).containsExactly("a", "b");
    assertThat(OptionText.split("")).containsExactly("");
  }

  @Test
  void parse_firstWithoutKey_getsTheImpliedOne() {
    OptionText text = OptionText.parse("smp", "4,sockets=2", "cpus");
    assertThat(text.entries())
        .containsExactly(new OptionText.Entry("cpus", "4"), new OptionText.Entry("sockets", "2"));
    assertThat(text.number("sockets", 1, 1, 8)).isEqualTo(2);
    assertThat(text.number("cores", 7, 1, 8)).isEqualTo(7);
  }

  @Test
  void text_keyTwice_lastCounts() {
    assertThat(OptionText.parse("rtc", "base=utc,base=localtime", null).text("base"))
        .isEqualTo("localtime");
  }

  @Test
  void text_valueWithEqualsSign_isWhole() {
    assertThat(OptionText.parse("fw_cfg", "opt/x,string=a=b", "name").text("string"))
        .isEqualTo("a=b");
  }

  @Test
  void bool_formsOfASwitch() {
    OptionText text = OptionText.parse("serial", "unix:/x,server,nowait,delay=off,q=on", "path");
    assertThat(text.bool("server", false)).isTrue();
    assertThat(text.bool("wait", true)).isFalse();
    assertThat(text.bool("delay", true)).isFalse();
    assertThat(text.bool("q", false)).isTrue();
    assertThat(text.bool("absent", true)).isTrue();
    text.only("path", "server", "wait", "delay", "q");
  }

  @Test
  void asksForHelp_aloneOrAsAPart() {
    assertThat(OptionText.parse("device", "help", "driver").asksForHelp()).isTrue();
    assertThat(OptionText.parse("device", "isa-serial,help", "driver").asksForHelp()).isTrue();
    assertThat(OptionText.parse("device", "?", "driver").asksForHelp()).isTrue();
    assertThat(OptionText.parse("device", "isa-serial,id=helper", "driver").asksForHelp())
        .isFalse();
  }

  @Test
  void errors_quoteTheWholeValue() {
    OptionText text = OptionText.parse("x", "a,nr=z,sw=onn,lone", "first");
    assertThatThrownBy(() -> text.number("nr", 0, 0, 9))
        .isInstanceOf(ConfigException.class)
        .hasMessage("x a,nr=z,sw=onn,lone: nr=z is no number");
    assertThatThrownBy(() -> text.bool("sw", true))
        .hasMessage("x a,nr=z,sw=onn,lone: sw is on or off, not onn; did you mean on?");
    assertThatThrownBy(() -> text.text("lone"))
        .hasMessage("x a,nr=z,sw=onn,lone: lone needs a value, lone=...");
    assertThatThrownBy(() -> text.require("id"))
        .hasMessage("x a,nr=z,sw=onn,lone: id is missing, add id=...");
    assertThatThrownBy(() -> text.only("first", "nr", "swi", "lone"))
        .hasMessage("x a,nr=z,sw=onn,lone: no property sw; did you mean swi?");
    assertThatThrownBy(() -> text.word("sw", "on", List.of("on", "off")))
        .hasMessage("x a,nr=z,sw=onn,lone: sw is one of on, off, not onn; did you mean on?");
  }

  @Test
  void number_outOfRange_saysTheRange() {
    OptionText text = OptionText.parse("x", "n=0x10", null);
    assertThat(text.number("n", 0, 0, 16)).isEqualTo(16);
    assertThatThrownBy(() -> text.number("n", 0, 1, 15))
        .hasMessage("x n=0x10: n is between 1 and 15, not 0x10");
  }

  @ParameterizedTest
  @CsvSource({
    "512, 536870912",
    "4G, 4294967296",
    "4g, 4294967296",
    "1.5G, 1610612736",
    "2048K, 2097152",
    "1T, 1099511627776",
    "0x200, 536870912",
    "123B, 123",
    "0, 0",
    "0.5M, 524288",
    "8191P, 9222246136947933184"
  })
  void parseSize_asQemu(String text, long bytes) {
    assertThat(Numbers.parseSize(text, 1 << 20)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'that is no size, write 512M or 4G'",
    "-1, 'that is no size, write 512M or 4G'",
    "x, 'a size ends in K, M, G or T, not x'",
    "4X, 'a size ends in K, M, G or T, not X'",
    "G, 'that is no size, write 512M or 4G'",
    "1.2.3G, 'that is no size, write 512M or 4G'",
    "4 G, 'that is no size, write 512M or 4G'",
    "0x, 'that is no size, write 512M or 4G'",
    "99999P, 'more than any machine can have'",
    "9223372036854775807, 'more than any machine can have'"
  })
  void parseSize_noSize_saysWhy(String text, String why) {
    assertThatThrownBy(() -> Numbers.parseSize(text, 1 << 20))
        .isInstanceOf(NumberFormatException.class)
        .hasMessage(why);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "512, 512 bytes",
    "1048576, 1 MiB",
    "1572864, 1536 KiB",
    "1073741824, 1 GiB",
    "6979321856, 6.50 GiB",
    "5368709121, 5 GiB"
  })
  void showSize_forPeople(long bytes, String shown) {
    assertThat(Numbers.showSize(bytes)).isEqualTo(shown);
  }
}
