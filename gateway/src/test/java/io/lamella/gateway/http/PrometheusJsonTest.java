package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.JsonQuote;
import io.lamella.model.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;

class PrometheusJsonTest {
  private static String json(Consumer<JsonGenerator> value) {
    StringBuilder out = new StringBuilder();
    PrometheusJson.append(out, value);
    return out.toString();
  }

  private static String text(ResponseBody body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ResponseStream stream = new ResponseStream(out);
    body.print(stream);
    stream.finish();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void assertQuotedAsResultsAre(String s) {
    StringBuilder expected = new StringBuilder();
    JsonQuote.append(expected, s);
    assertEquals(expected.toString(), json(j -> PrometheusJson.string(j, s)));
  }

  @Test
  void everyCharacterIsWrittenAsInResults() {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      assertQuotedAsResultsAre("a" + (char) c + "b");
    }
    assertQuotedAsResultsAre("\ud83d\ude00 \ude00\ud83d");
    assertQuotedAsResultsAre("x".repeat(100_000) + "\ud83d\ude00<&>");
  }

  @Test
  void controlCharactersAreEscapedAsGoEscapesThem() {
    assertEquals(
        "\"\\u0000\\u0008\\t\\n\\u000b\\u000c\\r\\u001f\u007f</&>\\u2028\\\\\\\"\"",
        json(j -> PrometheusJson.string(j, "\0\b\t\n\u000b\f\r\u001f\u007f</&>\u2028\\\"")));
  }

  @Test
  void namesAreEscapedToo() {
    assertEquals(
        "{\"a\\\"\\u0008\":\"<\"}", json(j -> PrometheusJson.labels(j, Labels.of("a\"\b", "<"))));
  }

  @Test
  void numbersAreThoseOfGo() {
    assertEquals(
        "{\"a\":1e-07,\"b\":0.25,\"c\":-1.500,\"d\":3}",
        json(j -> {
          j.writeStartObject();
          PrometheusJson.seconds(j, "a", Duration.ofNanos(100));
          PrometheusJson.seconds(j, "b", Duration.ofMillis(250));
          PrometheusJson.time(j, "c", -1500);
          PrometheusJson.time(j, "d", 3000);
          j.writeEndObject();
        }));
  }

  @Test
  void aSuccessHasItsAnnotationsAfterItsData() throws IOException {
    assertEquals(
        "{\"status\":\"success\",\"data\":[\"a\"]}",
        text(SuccessBody.of(j -> PrometheusJson.strings(j, List.of("a")))));
    List<String> infos = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      infos.add("i" + i);
    }
    assertEquals(
        "{\"status\":\"success\",\"data\":1,\"warnings\":[\"<w>\"],\"infos\":[\"i0\",\"i1\",\"i2\","
            + "\"i3\",\"i4\",\"i5\",\"i6\",\"i7\",\"i8\",\"i9\",\"2 more info annotations omitted\"]}",
        text(new SuccessBody(out -> out.text().append('1'), List.of("<w>"), infos)));
  }

  @Test
  void aFailureNamesItsTypeAndText() {
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"\\\"x\\\" < 1\"}",
        new ApiFailure(400, "bad_data", "\"x\" < 1").json());
  }
}
