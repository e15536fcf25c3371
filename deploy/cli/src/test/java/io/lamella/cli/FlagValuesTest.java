package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Sizes, durations, addresses and cache flags, as the command line reads them.
class FlagValuesTest {
  private static final CommandLine LINE = Main.commandLine();

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "7B, 7",
    "1K, 1024",
    "1KB, 1024",
    "1KiB, 1024",
    "256MiB, 268435456",
    "10GiB, 10737418240",
    "10GB, 10737418240",
    "1T, 1099511627776",
    "999999999999999, 999999999999999",
    "8388607TiB, 9223370937343148032"
  })
  void sizesHaveBinaryUnits(String text, long bytes) {
    assertEquals(bytes, Sizes.parse(text, "--size", LINE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1.5GiB",
        "1 KiB",
        "1k",
        "1KiBs",
        "GiB",
        "0x10",
        "1P",
        "Ki",
        "1iB",
        "8388608TiB",
        "9999999999999999",
        "999999999999999TiB",
        "١KiB"
      })
  void otherSizesAreRefusedWithTheirFlag(String text) {
    ParameterException e =
        assertThrows(ParameterException.class, () -> Sizes.parse(text, "--size", LINE));

    assertEquals(
        "cannot parse \"" + text + "\" in --size: expected a size such as 256MiB", e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"1ms, 1", "90s, 90000", "1h30m, 5400000", "1d, 86400000", "2w, 1209600000"})
  void durationsHaveTheUnitsOfPrometheus(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), DurationFlag.parse(text, "--time", LINE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0s", "5", "-5s", "1.5h", "5 s", "s", "1m1h", "1m1m", "PT5S"})
  void otherDurationsAreRefusedWithTheirFlag(String text) {
    ParameterException e =
        assertThrows(ParameterException.class, () -> DurationFlag.parse(text, "--time", LINE));

    assertEquals(
        "cannot parse \"" + text + "\" in --time: expected a duration such as 1h30m",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    ":9090, 0.0.0.0, 9090",
    "127.0.0.1:0, 127.0.0.1, 0",
    "localhost:65535, localhost, 65535",
    "[::1]:9090, ::1, 9090",
    "[::]:80, ::, 80"
  })
  void addressesHaveAHostOrNone(String text, String host, int port) {
    assertEquals(new Listen(host, port), Listen.parse(text, LINE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "9090", "localhost", "localhost:", ":65536", ":-1", ":http", "::1"})
  void otherAddressesAreRefused(String text) {
    if (text.equals("::1")) {
      // Without brackets the last part is the port, as in "[::]:1".
      assertEquals(new Listen(":", 1), Listen.parse(text, LINE));
      return;
    }
    ParameterException e = assertThrows(ParameterException.class, () -> Listen.parse(text, LINE));

    assertEquals("cannot listen on \"" + text + "\": expected [HOST]:PORT", e.getMessage());
  }

  private static FetchOptions fetch(String... arguments) {
    FetchFlags flags = new FetchFlags();
    new CommandLine(
            CommandLine.Model.CommandSpec.create()
                .addMixin("fetch", CommandLine.Model.CommandSpec.forAnnotatedObject(flags)))
        .parseArgs(arguments);
    return flags.options(LINE);
  }

  @Test
  void withoutFlagsTheDefaultsHaveNoDiskCacheAndNoCdn() {
    FetchOptions options = fetch();

    assertEquals(FetchOptions.defaults(), options);
    assertEquals(Optional.empty(), options.disk());
    assertEquals(Optional.empty(), options.cdn());
  }

  @Test
  void cacheFlagsSetTheCaches() {
    FetchOptions options =
        fetch("--cache.memory-size", "0", "--cache.disk-dir", "cache", "--cache.disk-size=2GiB");

    assertEquals(0, options.memoryBytes());
    assertTrue(options.disk().isPresent());
    assertEquals(2L << 30, options.disk().get().maxBytes());
  }

  @Test
  void hedgingAndCdnFlagsSetTheirOptions() {
    FetchOptions options =
        fetch(
            "--store.hedge-quantile=0.5",
            "--store.hedge-max-share=0",
            "--store.hedge-max-bytes=1MiB",
            "--cdn.url=https://cdn.example/prefix",
            "--cdn.timeout=250ms");

    assertEquals(0.5, options.hedging().quantile());
    assertEquals(0, options.hedging().maxShare());
    assertTrue(options.cdn().isPresent());
    assertEquals(Duration.ofMillis(250), options.cdn().get().timeout());
  }
}
