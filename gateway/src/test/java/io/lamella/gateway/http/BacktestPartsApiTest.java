package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Parts of a backtest that are asked for.
class BacktestPartsApiTest extends BadBacktests {
  @Test
  void partsThatThereAreNotAreRefused() throws Exception {
    for (String part : List.of("0/3", "4/3", "1", "1/", "a/b", "-1/2", "1/10000", "1/2/3")) {
      HttpResponse<String> response = send("?format=ndjson&part=" + part, WINDOWS + CONSTRAINTS);

      assertEquals(400, response.statusCode(), part);
      assertTrue(
          response.body().contains("invalid parameter \\\"part\\\": expected"), response::body);
    }
  }

  @Test
  void aPartIsNoReport() throws Exception {
    HttpResponse<String> response = send("?format=json&part=1/2", WINDOWS + CONSTRAINTS);

    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("needs format=ndjson"), response::body);
  }

  @Test
  void aPartSaysItsNumbers() throws Exception {
    String first = send("?format=ndjson&part=1/2", WINDOWS + CONSTRAINTS).body();
    String second = send("?format=ndjson&part=2/2", WINDOWS + CONSTRAINTS).body();

    assertTrue(
        first.contains("\"verdicts\":1,\"part\":{\"from\":0,\"to\":1,\"snapshot\":\""), first);
    assertTrue(first.contains("{\"type\":\"verdict\",\"number\":0,\"window\":\"w\","), first);
    assertTrue(
        second.contains("\"verdicts\":1,\"part\":{\"from\":1,\"to\":1,\"snapshot\":\""), second);
  }
}
