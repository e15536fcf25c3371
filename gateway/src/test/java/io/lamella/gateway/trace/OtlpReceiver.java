package io.lamella.gateway.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A receiver of OTLP over HTTP that understands the few fields of spans that tests look at.
public final class OtlpReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Received> spans = new CopyOnWriteArrayList<>();
  private final Map<String, String> headers = new ConcurrentHashMap<>();

  /// A span.
  ///
  /// @param parentId empty where it has no parent
  /// @param attributes texts and whole numbers, as texts; `resource.` before those of the resource
  public record Received(
      String name, String traceId, String spanId, String parentId, Map<String, String> attributes) {
    public Received {
      attributes = Map.copyOf(attributes);
    }
  }

  public OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  /// Host and port.
  public String endpoint() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// All spans so far.
  public List<Received> spans() {
    return List.copyOf(spans);
  }

  public List<Received> spans(String name) {
    return spans.stream().filter(s -> s.name().equals(name)).toList();
  }

  /// Headers of requests by their names in lower case.
  public Map<String, String> headers() {
    return Map.copyOf(headers);
  }

  private void receive(HttpExchange exchange) throws IOException {
    exchange
        .getRequestHeaders()
        .forEach((name, all) -> headers.put(name.toLowerCase(Locale.ROOT), all.getFirst()));
    Message request = new Message(ByteBuffer.wrap(exchange.getRequestBody().readAllBytes()));
    for (Message resourceSpans : request.messages(1)) {
      Map<String, String> resource = new HashMap<>();
      for (Message r : resourceSpans.messages(1)) {
        attributes(r, 1, "resource.", resource);
      }
      for (Message scopeSpans : resourceSpans.messages(2)) {
        for (Message span : scopeSpans.messages(2)) {
          Map<String, String> attributes = new HashMap<>(resource);
          attributes(span, 9, "", attributes);
          spans.add(new Received(span.text(5), span.hex(1), span.hex(2), span.hex(4), attributes));
        }
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static void attributes(Message m, int field, String prefix, Map<String, String> out) {
    for (Message a : m.messages(field)) {
      Message value = a.messages(2).getFirst();
      out.put(prefix + a.text(1), value.has(1) ? value.text(1) : Long.toString(value.number(3)));
    }
  }

  /// A protobuf message: the fields by number.
  private static final class Message {
    private final Map<Integer, List<ByteBuffer>> bytes = new HashMap<>();
    private final Map<Integer, Long> numbers = new HashMap<>();

    Message(ByteBuffer in) {
      in.order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        int tag = (int) varint(in);
        switch (tag & 7) {
          case 0 -> numbers.put(tag >> 3, varint(in));
          case 1 -> numbers.put(tag >> 3, in.getLong());
          case 2 -> {
            int length = (int) varint(in);
            bytes
                .computeIfAbsent(tag >> 3, _ -> new ArrayList<>())
                .add(in.slice(in.position(), length));
            in.position(in.position() + length);
          }
          case 5 -> numbers.put(tag >> 3, (long) in.getInt());
          default -> throw new IllegalArgumentException("tag " + tag);
        }
      }
    }

    private static long varint(ByteBuffer in) {
      long out = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = in.get();
        out |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return out;
        }
      }
    }

    boolean has(int field) {
      return bytes.containsKey(field);
    }

    List<Message> messages(int field) {
      return bytes.getOrDefault(field, List.of()).stream().map(Message::new).toList();
    }

    long number(int field) {
      return numbers.getOrDefault(field, 0L);
    }

    private byte[] raw(int field) {
      List<ByteBuffer> all = bytes.getOrDefault(field, List.of());
      byte[] out = new byte[all.isEmpty() ? 0 : all.getLast().remaining()];
      if (!all.isEmpty()) {
        all.getLast().duplicate().get(out);
      }
      return out;
    }

    String text(int field) {
      return new String(raw(field), StandardCharsets.UTF_8);
    }

    String hex(int field) {
      return HexFormat.of().formatHex(raw(field));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
