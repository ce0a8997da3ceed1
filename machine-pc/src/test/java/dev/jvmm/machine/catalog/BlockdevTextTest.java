package dev.jvmm.machine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.AioMode;
import dev.jvmm.block.CacheMode;
import dev.jvmm.block.DetectZeroes;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.block.RawImageConfig.Sharing;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.disk.BlockNodeConfig;
import dev.jvmm.machine.disk.DiskSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockdevTextTest {

  private static BlockNodeConfig file(String name, RawImageConfig image) {
    return new BlockNodeConfig.Source(name, new DiskSource.Image(image));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "driver=file,node-name=f,filename=a,read-only=on,cache.direct=on,aio=native,locking=off",
        "file,node-name=f,filename=a,read-only=on,cache.direct=on,aio=native,locking=off",
        """
        {"driver":"file", "node-name":"f", "filename":"a", "read-only":true, "aio":"native",
         "cache":{"direct":true, "no-flush":false}, "locking":"off", "auto-read-only":true}
        """,
      })
  void parse_file_withKeysOrJson(String text) {
    RawImageConfig image =
        RawImageConfig.of("a")
            .forReading()
            .withCache(CacheMode.NONE)
            .withAio(AioMode.NATIVE)
            .withSharing(Sharing.UNLOCKED);
    assertThat(BlockdevText.parse(text)).containsExactly(file("f", image));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raw,node-name=d,read-only=on,cache.direct=on,file.driver=host_device,file.filename=/dev/x",
        "{\"driver\":\"raw\",\"node-name\":\"d\",\"read-only\":true,\"cache\":{\"direct\":true},"
            + "\"file\":{\"driver\":\"host_device\",\"filename\":\"/dev/x\"}}",
      })
  void parse_nodeInside_comesFirstAndInherits(String text) {
    RawImageConfig image =
        new RawImageConfig(
            "/dev/x",
            true,
            CacheMode.NONE,
            AioMode.THREADS,
            true,
            DetectZeroes.OFF,
            Sharing.LOCKED,
            false);
    assertThat(BlockdevText.parse(text))
        .containsExactly(
            file("d/file", image),
            new BlockNodeConfig.Raw("d", "d/file", true, false, DetectZeroes.OFF));
  }

  @Test
  void parse_nodesByName() {
    assertThat(BlockdevText.parse("raw,node-name=d,file=f,discard=unmap"))
        .containsExactly(new BlockNodeConfig.Raw("d", "f", false, true, DetectZeroes.OFF));
    assertThat(BlockdevText.parse("throttle,node-name=t,throttle-group=g,file=d"))
        .containsExactly(new BlockNodeConfig.Throttle("t", "d", "g"));
    assertThat(BlockdevText.parse("null-co,node-name=n,size=1M,read-zeroes=on"))
        .containsExactly(new BlockNodeConfig.Source("n", new DiskSource.Null(1 << 20, true)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "file,filename=a | node-name is missing, add node-name=...",
        "node-name=a | driver is missing, add driver=...",
        "qcow2,node-name=a,file=b | no driver qcow2; there are file, host_device, raw, null-co,"
            + " throttle",
        "fiel,node-name=a | no driver fiel; there are file, host_device, raw, null-co, throttle;"
            + " did you mean file?",
        "file,node-name=a,filenam=b | no property filenam; did you mean filename?",
        "raw,node-name=a | file is missing, add file=...",
        "raw,node-name=a,file.driver=file,file.filenam=b | no property filenam; did you mean"
            + " filename?",
        "raw,node-name=a,file=f,file.driver=file | file is the name of a node, or a node with"
            + " file.driver, not both",
        "raw,node-name=a,file=f,detect-zeroes=unmap | detect-zeroes=unmap needs discard=unmap",
        "file,node-name=a,filename=b,force-share=on | force-share=on can't be had; say locking=off",
        "{\"driver\":\"file\",} | that is no JSON object, see character 18, }",
        "{\"driver\":\"file\" | that is no JSON object, see its end",
        "{\"driver\":\"file\"} x | that is no JSON object, see character 19, x",
        "{\"driver\":null} | driver is a string, a whole number, true, false or an object, not"
            + " null",
        "{\"driver\":[]} | driver is a string, a whole number, true, false or an object, not an"
            + " array",
        "{\"a\":1,\"a\":2} | that is no JSON object, see character 11, :2}",
      })
  void parse_wrong_saysWhatAndWhere(String text, String sentence) {
    assertThatThrownBy(() -> BlockdevText.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("blockdev " + text + ": " + sentence);
  }
}
