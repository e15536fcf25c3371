package io.lamella.gateway.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.process.OutOfMemory;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.ClientAddress;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.TenantRefused;
import io.lamella.gateway.tenant.Tenants;
import io.lamella.gateway.tenant.Tenants.Tenant;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way of a call: it gets a virtual thread of its own, which is interrupted when the client
/// leaves or its deadline passes; it is observed like any other request; a failure becomes a
/// status.
final class Calls implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
  private static final Context.Key<Caller> CALLER = Context.key("caller");
  private static final String UNKNOWN = "unknown";

  private final Telemetry telemetry;
  private final Tenants tenants;
  private final CallLimits limits;
  private final TransportMemory memory;

  /// What a client is granted.
  ///
  /// @param maxStall how long it may take nothing of a response
  /// @param clientHeader that names the client, set by a proxy; otherwise a client is an address
  record CallLimits(Duration maxStall, Optional<String> clientHeader) {}

  /// Who calls.
  private record Caller(String method, Attributes attributes, Metadata headers) {
    Optional<String> header(String name) {
      return Optional.ofNullable(
          headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }

    List<String> all(String name) {
      Iterable<String> found =
          headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
      List<String> out = new ArrayList<>();
      if (found != null) {
        found.forEach(out::add);
      }
      return out;
    }

    /// A Querier names the tenant in the header of Thanos, whatever header it takes itself.
    List<String> tenants(String header) {
      List<String> out = all(header);
      if (!header.equalsIgnoreCase(Tenants.THANOS_HEADER)) {
        all(Tenants.THANOS_HEADER).stream().filter(t -> !out.contains(t)).forEach(out::add);
      }
      return out;
    }

    String address() {
      return attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress a
          ? a.getAddress().getHostAddress()
          : UNKNOWN;
    }
  }

  /// @param memory for responses that clients have not taken
  Calls(Telemetry telemetry, Tenants tenants, CallLimits limits, TransportMemory memory) {
    this.telemetry = telemetry;
    this.tenants = tenants;
    this.limits = limits;
    this.memory = memory;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Caller caller =
        new Caller(call.getMethodDescriptor().getFullMethodName(), call.getAttributes(), headers);
    return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
  }

  /// A call that is carried out.
  ///
  /// @param options of its query
  /// @param named queries of the tenant; empty where the call names none and need not
  record RunningCall<T extends MessageLite>(
      SentMessages<T> to,
      ObservedRequest request,
      QueryOptions options,
      Optional<QueryService> named) {
    /// The queries of the tenant.
    QueryService queries() {
      return named.orElseThrow();
    }
  }

  /// What a call does.
  @FunctionalInterface
  interface Work<T extends MessageLite> {
    void run(RunningCall<T> call);
  }

  /// Starts a call of a tenant; to be called by the method that receives it.
  <T extends MessageLite> void start(StreamObserver<T> response, Work<T> work) {
    start(response, this::tenant, work);
  }

  /// Starts a call that is of all tenants where it names none: a Querier asks so what a store has.
  <T extends MessageLite> void startOfAll(StreamObserver<T> response, Work<T> work) {
    start(
        response,
        caller ->
            tenants.header().filter(h -> caller.tenants(h).isEmpty()).isPresent()
                ? Optional.empty()
                : tenant(caller),
        work);
  }

  private Optional<Tenant> tenant(Caller caller) {
    return Optional.of(tenants.of(caller::tenants));
  }

  private <T extends MessageLite> void start(
      StreamObserver<T> response, Function<Caller, Optional<Tenant>> tenant, Work<T> work) {
    if (!(response instanceof ServerCallStreamObserver<T> to)) {
      throw new IllegalArgumentException("not the response of a server: " + response);
    }
    Caller caller = Objects.requireNonNull(CALLER.get());
    if (!telemetry.readiness().isLoaded()) {
      to.onError(Status.UNAVAILABLE.withDescription("Not ready").asRuntimeException());
      return;
    }
    Optional<Tenant> named;
    try {
      named = tenant.apply(caller);
    } catch (TenantRefused e) {
      Status status = CallFailure.of(e, Optional.empty());
      telemetry.metrics().grpcCall(caller.method(), status.getCode().name(), 0);
      to.onError(status.asRuntimeException());
      return;
    }
    SentMessages<T> messages =
        new SentMessages<>(to, CallStream.current(), memory, limits.maxStall());
    Context context = Context.current();
    Thread thread =
        Thread.ofVirtual()
            .name("grpc-call")
            .unstarted(context.wrap(() -> run(caller, named, messages, work)));
    to.setOnReadyHandler(messages::changed);
    to.setOnCloseHandler(messages::closed);
    to.setOnCancelHandler(() -> {
      messages.closed();
      thread.interrupt();
    });
    thread.start();
  }

  private <T extends MessageLite> void run(
      Caller caller, Optional<Tenant> named, SentMessages<T> messages, Work<T> work) {
    long start = System.nanoTime();
    Status status = Status.OK;
    try (ObservedRequest request =
        ObservedRequest.begin(
            telemetry,
            new ObservedRequest.Head(
                caller.method(),
                new ActiveQuery.Origin(
                    caller.address(), "GRPC", caller.method(), named.flatMap(Tenant::name)),
                caller::header))) {
      status =
          CurrentSpan.in(
              request.span(),
              () ->
                  carryOut(
                      new RunningCall<>(
                          messages, request, options(caller, request), named.map(Tenant::queries)),
                      work));
    } finally {
      telemetry
          .metrics()
          .grpcCall(caller.method(), status.getCode().name(), (System.nanoTime() - start) / 1e9);
    }
    messages.end(status);
  }

  private <T extends MessageLite> Status carryOut(RunningCall<T> call, Work<T> work) {
    try {
      work.run(call);
      return Status.OK;
    } catch (RuntimeException | StackOverflowError e) {
      OutOfMemory.endProcessIfCause(e);
      Status status = CallFailure.of(e, call.request().killed());
      call.request().failed(call.request().reason(e), String.valueOf(status.getDescription()));
      if (status.getCode() == Status.Code.INTERNAL) {
        LOG.error("call failed method={}", CALLER.get().method(), e);
      }
      return status;
    } catch (Error e) {
      OutOfMemory.endProcessIfCause(e);
      LOG.error("call failed", e);
      return Status.INTERNAL.withDescription("internal error: " + e);
    }
  }

  private QueryOptions options(Caller caller, ObservedRequest request) {
    Deadline deadline = Context.current().getDeadline();
    Optional<Duration> timeout =
        Optional.ofNullable(deadline)
            .map(d -> Duration.ofNanos(Math.max(1, d.timeRemaining(TimeUnit.NANOSECONDS))));
    return new QueryOptions(
        new QueryLimits(Optional.empty(), timeout),
        FetchLimits.NONE,
        QueryOptions.Explain.NO,
        client(caller),
        request.active());
  }

  private String client(Caller caller) {
    return ClientAddress.name(limits.clientHeader().flatMap(caller::header), caller.address());
  }

  /// The error for a request that cannot be carried out as it is.
  static QueryException invalid(String what) {
    return new QueryException.BadQuery(what);
  }
}
