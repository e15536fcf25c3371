package io.lamella.gateway.backtest.report;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A page in Debian's Chromium, driven over its DevTools protocol.
final class HeadlessBrowser implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What the page said on its console, and failed with.
  final List<String> complaints = new CopyOnWriteArrayList<>();

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final WebSocket socket;
  private int asked;

  private HeadlessBrowser(Path profile) throws Exception {
    ProcessBuilder start =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--window-size=1400,1000",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("output.txt").toFile());
    start.environment().put("TMPDIR", profile.toString());
    process = start.start();
    int port = port(profile.resolve("DevToolsActivePort"));
    JsonNode pages =
        JSON.readTree(
            client
                .send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                        .build(),
                    BodyHandlers.ofString())
                .body());
    String address = "";
    for (JsonNode p : pages) {
      if (p.get("type").asString().equals("page")) {
        address = p.get("webSocketDebuggerUrl").asString();
      }
    }
    socket = client.newWebSocketBuilder().buildAsync(URI.create(address), new Messages()).get();
    send("Runtime.enable", "{}");
    send("Log.enable", "{}");
    send("Page.enable", "{}");
  }

  /// @param work a directory for the browser and the page
  static HeadlessBrowser open(Path work, String page) throws Exception {
    Path file = Files.writeString(work.resolve("page.html"), page);
    HeadlessBrowser out = new HeadlessBrowser(Files.createDirectory(work.resolve("profile")));
    out.send("Page.navigate", "{\"url\":\"" + file.toUri() + "\"}");
    out.await("document.readyState === 'complete' && location.protocol === 'file:'");
    return out;
  }

  private int port(Path file) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      if (Files.exists(file) && Files.readString(file).contains("\n")) {
        return Integer.parseInt(Files.readAllLines(file).getFirst());
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    throw new IOException("cannot start " + PROGRAM);
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonNode message = JSON.readTree(text.toString());
        text.setLength(0);
        if (message.has("id")) {
          answers.get(message.get("id").asInt()).complete(message);
        } else {
          String method = message.get("method").asString();
          if (method.equals("Runtime.exceptionThrown")
              || method.equals("Runtime.consoleAPICalled")
              || method.equals("Log.entryAdded")) {
            complaints.add(message.toString());
          }
        }
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private JsonNode send(String method, String parameters) throws Exception {
    int id = ++asked;
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket
        .sendText(
            "{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
        .get();
    JsonNode out = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (out.has("error")) {
      throw new IOException("cannot " + method + ": " + out);
    }
    return out.get("result");
  }

  /// The value of an expression, as text.
  String value(String script) throws Exception {
    JsonNode result =
        send(
            "Runtime.evaluate",
            "{\"returnByValue\":true,\"expression\":"
                + JSON.writeValueAsString("String(" + script + ")")
                + "}");
    if (result.has("exceptionDetails")) {
      throw new IOException("cannot evaluate " + script + ": " + result);
    }
    return result.get("result").get("value").asString();
  }

  void run(String script) throws Exception {
    value("(() => {" + script + "; return 0})()");
  }

  /// Waits until an expression is true.
  void await(String script) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!value(script).equals("true")) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + script);
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  /// Presses a key, such as `ArrowDown`.
  void press(String key) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          "{\"type\":\"" + type + "\",\"key\":\"" + key + "\",\"code\":\"" + key + "\"}");
    }
  }

  /// What a page sees of the user's wish.
  ///
  /// @param scheme `light` or `dark`
  void prefer(String scheme) throws Exception {
    send(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]}");
  }

  void screenshot(Path to) throws Exception {
    JsonNode result =
        send("Page.captureScreenshot", "{\"format\":\"png\",\"captureBeyondViewport\":true}");
    Files.write(to, Base64.getDecoder().decode(result.get("data").asString()));
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
