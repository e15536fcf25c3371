package io.lamella.gateway.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantsConfigTest {
  private static final TenantLimits FLAGS =
      new TenantLimits(
          QueueLimits.of(20), FetchLimits.DEFAULT, 1000, Duration.ofMinutes(2), Optional.empty());

  private static TenantsConfig parse(String yaml) {
    return TenantsConfig.parse(yaml, FLAGS);
  }

  @Test
  void limitsAreThoseOfTheTenantThenOfAllThenOfTheFlags() {
    TenantsConfig config =
        parse(
            """
            limits:
              max_concurrency: 8
              max_series: 70
            tenants:
              a:
              b:
                prefix: /teams/b/
                limits:
                  max_series: 5
                  timeout: 10s
                  max_memory: 64MiB
            """);

    TenantSettings a = config.tenants().get("a");
    TenantSettings b = config.tenants().get("b");
    assertEquals("a/", a.prefix());
    assertEquals(QueueLimits.of(8), a.limits().queue());
    assertEquals(70, a.limits().fetch().maxSeries());
    assertEquals(1000, a.limits().maxSamples());
    assertEquals("teams/b/", b.prefix());
    assertEquals(QueueLimits.of(8), b.limits().queue());
    assertEquals(5, b.limits().fetch().maxSeries());
    assertEquals(Duration.ofSeconds(10), b.limits().timeout());
    assertEquals(Optional.of(64L << 20), b.limits().memory());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenants: {a: {prefix: x}, b: {prefix: x}}",
        "tenants: {a: {prefix: x}, x: {}}",
        "tenants: {a: {prefix: ''}, b: {prefix: blocks}}",
        "tenants: {a: {prefix: x}, b: {prefix: x/blocks}}",
        "tenants: {a: {prefix: x}, b: {prefix: x/blocks/y}}"
      })
  void tenantsWhoseBlocksAreNotApartAreRefused(String yaml) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> parse(yaml));

    assertTrue(String.valueOf(e.getMessage()).contains("not apart"), e::toString);
  }

  @Test
  void oneTenantMayHaveTheBlocksBelowNoPrefix() {
    assertEquals("", parse("tenants: {a: {prefix: ''}, b: {}}").tenants().get("a").prefix());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tenants: {}|expected at least one",
        "limits: {}|expected at least one",
        "tenants: {..: {}}|not the name of a tenant",
        "tenants: {a/b: {}}|not the name of a tenant",
        "tenants: {a: {prefix: ../b}}|between slashes",
        "tenants: {a: {limit: {}}}|unknown key \"tenants.a.limit\" in line 1",
        "tenants: {a: {limits: {max_serie: 1}}}|unknown key",
        "tenants: {a: {limits: {max_series: 0}}}|positive",
        "tenants: {a: {limits: {max_samples: 0}}}|positive",
        "tenants: {a: {limits: {max_concurrency: 0}}}|at least one must run",
        "tenants: {a: {limits: {max_memory: 1}}}|1KiB or more",
        "tenants: {a: {limits: {timeout: x}}}|a duration",
        "tenants: {a: {}, a: {}}|given twice",
        "other: 1|unknown key"
      })
  void whatIsWrongIsNamed(String yaml, String message) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> parse(yaml));

    assertTrue(String.valueOf(e.getMessage()).contains(message), e::toString);
  }

  @Test
  void theNumberOfTenantsIsBounded() {
    String many =
        IntStream.rangeClosed(0, TenantsConfig.MAX_TENANTS)
            .mapToObj(i -> "t" + i + ": {}")
            .collect(Collectors.joining(", ", "tenants: {", "}"));

    assertThrows(IllegalArgumentException.class, () -> parse(many));
  }
}
