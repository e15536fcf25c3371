package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.process.OutOfMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OutOfMemoryRequestTest {
  /// Serves queries that find no memory outside of the heap.
  static final class FailingServer {
    private FailingServer() {}

    public static void main(String[] arguments) throws InterruptedException {
      ApiServer server =
          EmptySource.serve(
              ApiServer.HttpOptions.LOCAL,
              () -> {
                throw new OutOfMemoryError("unable to create native thread");
              });
      System.out.println(server.port());
      Thread.currentThread().join();
    }
  }

  @Test
  @Timeout(30)
  void aQueryThatRunsOutOfMemoryEndsTheProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FailingServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = process.inputReader();
        HttpClient client = HttpClient.newHttpClient()) {
      String url = "http://127.0.0.1:" + output.readLine() + "/api/v1/query?query=up";

      assertThrows(
          IOException.class,
          () ->
              client.send(
                  HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()));

      assertEquals(OutOfMemory.EXIT_CODE, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }
}
