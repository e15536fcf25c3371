package io.lamella.gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.trace.OtlpReceiver.Received;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OtlpTracingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CLIENT_SPAN = "b7ad6b7169203331";

  private static OtlpTracing tracing(String endpoint, String more) throws IOException {
    return OtlpTracing.open(
        TracingConfig.parse(
            "{type: OTLP, config: {client_type: http, insecure: true, endpoint: '"
                + endpoint
                + "'"
                + more
                + "}}",
            Map.of("TOKEN", "secret")),
        "1.2.3");
  }

  private static Optional<String> noHeader(String name) {
    return Optional.empty();
  }

  @Test
  void spansReachTheReceiverWithTheirParents() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (OtlpTracing tracing = tracing(receiver.endpoint(), "")) {
        CurrentSpan.<Boolean, RuntimeException>in(
            tracing.request("GET /api/v1/query", OtlpTracingTest::noHeader),
            () -> {
              CurrentSpan.get().set("query", "up");
              try (Span read = CurrentSpan.get().child("read")) {
                read.set("bytes", 4096);
              }
              return true;
            });
      }

      Received request = receiver.spans("GET /api/v1/query").getFirst();
      Received read = receiver.spans("read").getFirst();
      assertEquals(2, receiver.spans().size());
      assertEquals("", request.parentId());
      assertEquals(request.spanId(), read.parentId());
      assertEquals(request.traceId(), read.traceId());
      assertEquals("up", request.attributes().get("query"));
      assertEquals("4096", read.attributes().get("bytes"));
      assertEquals("lamella", read.attributes().get("resource.service.name"));
      assertEquals("1.2.3", read.attributes().get("resource.service.version"));
    }
  }

  @Test
  void aThreadThatCarriesTheSpanWorksForIt() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (OtlpTracing tracing = tracing(receiver.endpoint(), "");
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Callable<Boolean> task =
            CurrentSpan.<Callable<Boolean>, RuntimeException>in(
                tracing.request("request", OtlpTracingTest::noHeader),
                () ->
                    CurrentSpan.carry(() -> {
                      CurrentSpan.get().child("read").close();
                      return CurrentSpan.get().isRecording();
                    }));

        assertTrue(threads.submit(task).get());
        assertFalse(threads.submit(() -> CurrentSpan.get().isRecording()).get());
      }

      assertEquals(
          receiver.spans("request").getFirst().spanId(),
          receiver.spans("read").getFirst().parentId());
    }
  }

  @Test
  void aClientsTraceIsContinued() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (OtlpTracing tracing = tracing(receiver.endpoint(), "");
          Span span =
              tracing.request(
                  "request",
                  name ->
                      name.equals("traceparent")
                          ? Optional.of("00-" + TRACE + "-" + CLIENT_SPAN + "-01")
                          : Optional.empty())) {
        assertEquals(Optional.of(TRACE), span.traceId());
      }

      Received request = receiver.spans("request").getFirst();
      assertEquals(TRACE, request.traceId());
      assertEquals(CLIENT_SPAN, request.parentId());
    }
  }

  @Test
  void aTraceThatTheClientDoesNotSampleIsNotRecorded() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (OtlpTracing tracing = tracing(receiver.endpoint(), "");
          Span span =
              tracing.request(
                  "request", name -> Optional.of("00-" + TRACE + "-" + CLIENT_SPAN + "-00"))) {
        assertFalse(span.isRecording());
      }

      assertEquals(List.of(), receiver.spans());
    }
  }

  @Test
  void theSamplerDecidesOnTracesThatBeginHere() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver();
        OtlpTracing tracing = tracing(receiver.endpoint(), ", sampler_type: neversample")) {
      assertFalse(tracing.request("request", OtlpTracingTest::noHeader).isRecording());
    }
  }

  @Test
  void headersAreSentWithValuesOfTheEnvironment() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (OtlpTracing tracing =
          tracing(receiver.endpoint(), ", headers: {authorization: 'Bearer $(TOKEN)'}")) {
        tracing.request("request", OtlpTracingTest::noHeader).close();
      }

      assertEquals("Bearer secret", receiver.headers().get("authorization"));
    }
  }

  @Test
  void aReceiverThatNeverAnswersDelaysNoRequest() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      long begun = System.nanoTime();
      try (OtlpTracing tracing =
          tracing("127.0.0.1:" + silent.getLocalPort(), ", timeout: 500ms")) {
        for (int i = 0; i < 100_000; i++) {
          tracing.request("request", OtlpTracingTest::noHeader).close();
        }
      }

      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(took.compareTo(Duration.ofSeconds(15)) < 0, took::toString);
    }
  }

  private static String refused(String yaml) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> TracingConfig.parse(yaml, Map.of()))
            .getMessage());
  }

  @Test
  void aConfigurationThatCannotBeCarriedOutIsRefused() {
    assertEquals(
        "key \"type\" is \"JAEGER\", expected OTLP", refused("{type: JAEGER, config: {}}"));
    assertEquals("key \"config.endpoint\" is missing", refused("{type: OTLP, config: {}}"));
    assertTrue(
        refused("{type: OTLP, config: {endpoint: a, client_type: grpc}}")
            .startsWith("key \"config.client_type\" is \"grpc\", expected http"));
    assertEquals(
        "key \"config.sampler_param\" is \"2\", expected a number from 0 to 1",
        refused(
            "{type: OTLP, config: {endpoint: a, sampler_type: traceidratiobased, sampler_param: 2}}"));
    assertEquals(
        "unknown key \"config.endpont\" in line 1",
        refused("{type: OTLP, config: {endpoint: a, endpont: b}}"));
  }
}
