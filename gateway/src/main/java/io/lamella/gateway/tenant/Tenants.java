package io.lamella.gateway.tenant;

import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.tenant.TenantRefused.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Whose queries a request runs. Where tenants are told apart by a header, a request without one of
/// their names is refused. The header is believed: who sets it must be trusted. Thread-safe.
public final class Tenants {
  /// The header of Thanos. Its Querier always sends it by gRPC, whatever header it takes by HTTP.
  public static final String THANOS_HEADER = "THANOS-TENANT";

  private final Optional<String> header;
  private final Supplier<Map<String, QueryService>> known;
  private final Consumer<Reason> onRefused;

  /// Who asks.
  ///
  /// @param name empty where there are no tenants
  public record Tenant(Optional<String> name, QueryService queries) {}

  private Tenants(
      Optional<String> header,
      Supplier<Map<String, QueryService>> known,
      Consumer<Reason> onRefused) {
    this.header = header;
    this.known = known;
    this.onRefused = onRefused;
  }

  /// No tenants: every request runs the same queries.
  public static Tenants none(QueryService queries) {
    Map<String, QueryService> all = Map.of("", queries);
    return new Tenants(Optional.empty(), () -> all, _ -> {});
  }

  /// @param known the tenants as they are now, by name
  /// @param onRefused receives why a request is refused
  public static Tenants byHeader(
      String header, Supplier<Map<String, QueryService>> known, Consumer<Reason> onRefused) {
    return new Tenants(Optional.of(header), known, onRefused);
  }

  /// The header that names the tenant; empty where there are no tenants.
  public Optional<String> header() {
    return header;
  }

  /// The queries of all tenants as they are now.
  public Collection<QueryService> all() {
    return known.get().values();
  }

  /// Whose request it is.
  ///
  /// @param headers the values of a header by its name
  /// @throws TenantRefused where it names no tenant, or not exactly one
  public Tenant of(Function<String, List<String>> headers) {
    return header.isEmpty()
        ? new Tenant(Optional.empty(), only())
        : named(headers.apply(header.get()));
  }

  private QueryService only() {
    return known.get().values().iterator().next();
  }

  private TenantRefused refused(Reason reason, String message) {
    onRefused.accept(reason);
    return new TenantRefused(reason, message);
  }

  private Tenant named(List<String> values) {
    if (values.stream().allMatch(String::isEmpty)) {
      throw refused(Reason.MISSING, "no tenant: " + header.orElse("") + " is missing");
    }
    if (values.size() > 1) {
      throw refused(
          Reason.INVALID,
          "cannot tell the tenant: "
              + header.orElse("")
              + " is given "
              + values.size()
              + " times, expected once");
    }
    String name = values.getFirst();
    if (!TenantNames.isValid(name)) {
      throw refused(
          Reason.INVALID, header.orElse("") + " is not the name of a tenant: " + TenantNames.RULE);
    }
    QueryService queries = known.get().get(name);
    if (queries == null) {
      throw refused(Reason.UNKNOWN, "no such tenant: \"" + name + "\"");
    }
    return new Tenant(Optional.of(name), queries);
  }
}
