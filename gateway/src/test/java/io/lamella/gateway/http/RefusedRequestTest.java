package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that are no queries get Prometheus' status, and JSON as every failure of the API.
class RefusedRequestTest {
  private static final ServedSource SERVED = ServedSource.empty();
  private static final String FORM = "application/x-www-form-urlencoded";

  @AfterAll
  static void stop() {
    SERVED.close();
  }

  private static String post(String type, String headers, String body) throws IOException {
    return SERVED.exchange(
        "POST /api/v1/query HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: "
            + type
            + "\r\n"
            + headers
            + "\r\n"
            + body);
  }

  private static String sized(String type, String body) throws IOException {
    return post(type, "Content-Length: " + body.length() + "\r\n", body);
  }

  private static void assertError(int status, String type, String error, String response) {
    assertTrue(response.startsWith("HTTP/1.1 " + status + " "), response);
    assertTrue(response.contains("Content-Type: application/json"), response);
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"" + type + "\",\"error\":\"" + error + "\"}",
        response.substring(response.indexOf("\r\n\r\n") + 4));
  }

  @Test
  void onlyFormsAreBodies() throws IOException {
    assertTrue(sized(FORM, "query=1").startsWith("HTTP/1.1 200 OK"));
    assertTrue(sized(FORM + "; charset=utf-8", "query=1").startsWith("HTTP/1.1 200 OK"));
    for (String other : List.of("multipart/form-data; boundary=b", "text/plain", "")) {
      assertTrue(sized(other, "query=1").startsWith("HTTP/1.1 415 "), other);
    }
    assertTrue(
        post(FORM, "Content-Encoding: gzip\r\nContent-Length: 7\r\n", "query=1")
            .startsWith("HTTP/1.1 415 "));
  }

  @Test
  void aPostWithoutBodyNeedsNoType() throws IOException {
    assertTrue(
        SERVED
            .exchange(
                "POST /api/v1/query?query=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .startsWith("HTTP/1.1 200 OK"));
  }

  @Test
  void aBodyThatIsTooLongIsNotRead() throws IOException {
    assertError(
        413,
        "bad_data",
        "request body exceeds 10485760 bytes",
        post(FORM, "Content-Length: 99999999999\r\n", "query=1"));
  }

  @Test
  void aBodyOfUnknownLengthIsBoundedAsWell() throws IOException {
    int length = RequestBodies.Kind.FORM.maxBytes() + 1;
    assertError(
        413,
        "bad_data",
        "request body exceeds 10485760 bytes",
        post(
            FORM,
            "Transfer-Encoding: chunked\r\n",
            Integer.toHexString(length) + "\r\n" + "a".repeat(length)));
  }

  @Test
  void tooManyParametersAreRefused() throws IOException {
    assertError(
        400,
        "bad_data",
        "error parsing form values: more than 1000 parameters",
        sized(FORM, "a&".repeat(1_001)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          query?query=%zz                            | error parsing form values: invalid URL escape \\"%zz\\"
          query?query=1%2                            | error parsing form values: invalid URL escape \\"%2\\"
          query?a;b                                  | error parsing form values: invalid semicolon separator in query
          query?query=1&limit=-1                     | invalid parameter \\"limit\\": limit must be non-negative
          query?query=1&limit=x                      | invalid parameter \\"limit\\": strconv.Atoi: parsing \\"x\\": invalid syntax
          query?query=1&limit=99999999999999999999   | invalid parameter \\"limit\\": strconv.Atoi: parsing \\"99999999999999999999\\": value out of range
          query?query=1&lookback_delta=x             | error parsing lookback delta duration: cannot parse \\"x\\" to a valid duration
          query_range?query=1&start=-9e15&end=9e15&step=0.001 | exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)
          query_range?query=1&start=-9e15&end=9e15&step=9e9   | exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)
          query_range?query=1&start=2&end=1&step=1   | invalid parameter \\"end\\": end timestamp must not be before start time
          query_range?query=1&start=1&end=2&step=0   | invalid parameter \\"step\\": zero or negative query resolution step widths are not accepted. Try a positive integer
          series                                     | no match[] parameter provided
          """)
  void badParametersAreNamed(String request, String error) throws IOException {
    assertError(400, "bad_data", error, SERVED.exchange(ServedSource.get("/api/v1/" + request)));
  }

  /// As in Prometheus, where the server's own then applies.
  @ParameterizedTest
  @CsvSource({"0", "-5", "-1e3"})
  void aLookbackDeltaThatIsNotPositiveIsIgnored(String delta) throws IOException {
    assertTrue(
        SERVED
            .exchange(ServedSource.get("/api/v1/query?query=up&lookback_delta=" + delta))
            .startsWith("HTTP/1.1 200 OK"));
  }

  @Test
  void anUnknownPathIsNotFound() throws IOException {
    for (String path : List.of("/api/v1/nothing", "/api/", "/api/v1/query/", "/api/v1/label/a")) {
      assertError(
          404, "not_found", "no such endpoint: " + path, SERVED.exchange(ServedSource.get(path)));
    }
  }

  @Test
  void otherMethodsAreNotAllowed() throws IOException {
    for (String method : List.of("PUT", "DELETE", "PATCH", "TRACE", "FOO")) {
      String response = SERVED.exchange(ServedSource.get("/api/v1/query").replace("GET", method));
      assertTrue(response.contains("Allow: GET, POST, OPTIONS\r\n"), method + response);
      assertError(
          405, "bad_data", "method " + method + " is not allowed for /api/v1/query", response);
    }
    String head = SERVED.exchange(ServedSource.get("/api/v1/query").replace("GET", "HEAD"));
    assertTrue(head.startsWith("HTTP/1.1 405 ") && head.endsWith("\r\n\r\n"), head);
    assertTrue(
        SERVED
            .exchange(ServedSource.get("/api/v1/label/a/values").replace("GET", "POST"))
            .contains("Allow: GET, OPTIONS\r\n"));
  }

  @Test
  void longHeadsAreRefused() throws IOException {
    String long1 = "a".repeat(40_000);
    assertError(
        414,
        "bad_data",
        "URI Too Long",
        SERVED.exchange(ServedSource.get("/api/v1/query?query=" + long1)));
    assertError(
        431,
        "bad_data",
        "Request Header Fields Too Large",
        SERVED.exchange("GET /api/v1/query HTTP/1.1\r\nHost: a\r\nA: " + long1 + "\r\n\r\n"));
  }

  @Test
  void whatIsNotHttpIsRefused() throws IOException {
    assertError(400, "bad_data", "Bad Request", SERVED.exchange("\u0016\u0003\u0001\r\n\r\n"));
    assertError(
        400,
        "bad_data",
        "Bad Request",
        SERVED.exchange(ServedSource.get("/api/v1/label/%ff/values" + "?a=" + "b".repeat(9_000))));
  }
}
