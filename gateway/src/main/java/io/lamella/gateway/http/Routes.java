package io.lamella.gateway.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The paths of the server, each with its methods. Other requests are refused as in Prometheus,
/// `HEAD` as well where the path does not have it; `OPTIONS` is answered everywhere.
final class Routes {
  private static final String PARAMETER = "\\{[^}]+}";

  private final List<Route> all = new ArrayList<>();
  private final Map<String, List<String>> methods = new HashMap<>();
  private final Map<Pattern, String> patterns = new HashMap<>();

  /// A method of a path, whose parameters are in braces.
  record Route(HandlerType method, String path, Handler handler) {}

  List<Route> all() {
    return List.copyOf(all);
  }

  void get(String path, Handler handler) {
    add(HandlerType.GET, path, handler);
  }

  void post(String path, Handler handler) {
    add(HandlerType.POST, path, handler);
  }

  void getAndPost(String path, Handler handler) {
    get(path, handler);
    post(path, handler);
  }

  void getAndHead(String path, Handler handler) {
    get(path, handler);
    add(HandlerType.HEAD, path, handler);
  }

  void postAndPut(String path, Handler handler) {
    post(path, handler);
    add(HandlerType.PUT, path, handler);
  }

  private void add(HandlerType method, String path, Handler handler) {
    all.add(new Route(method, path, handler));
    methods.computeIfAbsent(path, _ -> new ArrayList<>()).add(method.name());
    if (path.contains("{")) {
      patterns.put(Pattern.compile(path.replaceAll(PARAMETER, "[^/]+")), path);
    }
  }

  /// To be called after the last route was added.
  void installOn(RoutesConfig to) {
    to.before(this::check);
    to.options("/*", x -> x.status(204));
    all.forEach(r -> to.addHttpHandler(r.method(), r.path(), r.handler()));
  }

  private void check(Context x) {
    if (x.method() == HandlerType.OPTIONS) {
      return;
    }
    String path = x.path();
    List<String> allowed = methods(path);
    if (allowed.isEmpty()) {
      throw new RequestRefused(404, "no such endpoint: " + path);
    }
    String method = x.req().getMethod();
    if (!allowed.contains(method)) {
      x.header("Allow", String.join(", ", allowed) + ", OPTIONS");
      throw new RequestRefused(405, "method " + method + " is not allowed for " + path);
    }
  }

  private List<String> methods(String path) {
    List<String> exact = methods.get(path);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<Pattern, String> p : patterns.entrySet()) {
      if (p.getKey().matcher(path).matches()) {
        return methods.getOrDefault(p.getValue(), List.of());
      }
    }
    return List.of();
  }
}
