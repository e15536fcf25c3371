package io.lamella.gateway.trace;

import io.lamella.gateway.trace.TracingConfig.Option;
import io.lamella.gateway.trace.TracingConfig.Parent;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Exports spans by OTLP over HTTP, in batches, on a thread of its own. What does not fit into its
/// queue is dropped, so that a slow receiver delays no query and holds a bounded amount of memory.
public final class OtlpTracing implements Tracing {
  private static final int MAX_QUEUED_SPANS = 4096;
  private static final int MAX_ATTRIBUTE_CHARACTERS = 4096;
  private static final long CLOSE_SECONDS = 5;

  private static final OpenTelemetryLog LOG_HANDLER = new OpenTelemetryLog();

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private OtlpTracing(SdkTracerProvider provider, Tracer tracer) {
    this.provider = provider;
    this.tracer = tracer;
  }

  /// @param version of this program, which every span carries
  /// @throws IOException where the certificates cannot be read
  public static OtlpTracing open(TracingConfig config, String version) throws IOException {
    LOG_HANDLER.install();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter(config))
                    .setMaxQueueSize(MAX_QUEUED_SPANS)
                    .setExporterTimeout(config.delivery().timeout())
                    .build())
            .setSampler(sampler(config.sampler()))
            .setSpanLimits(
                SpanLimits.builder().setMaxAttributeValueLength(MAX_ATTRIBUTE_CHARACTERS).build())
            .setResource(Resource.getDefault().merge(Resource.create(attributes(config, version))))
            .build();
    return new OtlpTracing(provider, provider.get("io.lamella"));
  }

  private static OtlpHttpSpanExporter exporter(TracingConfig config) throws IOException {
    TracingConfig.Delivery delivery = config.delivery();
    OtlpHttpSpanExporterBuilder out =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(config.url())
            .setTimeout(delivery.timeout())
            .setConnectTimeout(delivery.timeout())
            .setCompression(delivery.options().contains(Option.GZIP) ? "gzip" : "none")
            .setRetryPolicy(
                delivery.options().contains(Option.RETRY) ? RetryPolicy.getDefault() : null);
    delivery.headers().forEach(out::addHeader);
    if (delivery.caFile().isPresent()) {
      out.setTrustedCertificates(Files.readAllBytes(Path.of(delivery.caFile().get())));
    }
    return out.build();
  }

  private static Sampler sampler(TracingConfig.Sampler config) {
    Sampler root = Sampler.traceIdRatioBased(config.ratio());
    return config.follows() == Parent.FOLLOWED ? Sampler.parentBased(root) : root;
  }

  private static Attributes attributes(TracingConfig config, String version) {
    AttributesBuilder out = Attributes.builder();
    out.put("service.name", config.serviceName()).put("service.version", version);
    config.resourceAttributes().forEach(out::put);
    return out.build();
  }

  @Override
  public Span request(String name, Function<String, Optional<String>> header) {
    Context parent =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), header, new Headers());
    io.opentelemetry.api.trace.Span span =
        tracer.spanBuilder(name).setParent(parent).setSpanKind(SpanKind.SERVER).startSpan();
    return span.isRecording() ? new OtlpSpan(span) : Span.NONE;
  }

  @Override
  public void close() {
    provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  /// The headers of a request.
  private static final class Headers implements TextMapGetter<Function<String, Optional<String>>> {
    @Override
    public @Nullable String get(@Nullable Function<String, Optional<String>> carrier, String name) {
      return carrier == null ? null : carrier.apply(name).orElse(null);
    }
  }

  private final class OtlpSpan implements Span {
    private final io.opentelemetry.api.trace.Span span;

    OtlpSpan(io.opentelemetry.api.trace.Span span) {
      this.span = span;
    }

    @Override
    public boolean isRecording() {
      return true;
    }

    @Override
    public Span child(String name) {
      return new OtlpSpan(
          tracer.spanBuilder(name).setParent(Context.root().with(span)).startSpan());
    }

    @Override
    public Span childSince(String name, long begunNanos) {
      Instant begun = Instant.now().minusNanos(System.nanoTime() - begunNanos);
      return new OtlpSpan(
          tracer
              .spanBuilder(name)
              .setParent(Context.root().with(span))
              .setStartTimestamp(begun)
              .startSpan());
    }

    @Override
    public void set(String key, String value) {
      span.setAttribute(key, value);
    }

    @Override
    public void set(String key, long value) {
      span.setAttribute(key, value);
    }

    @Override
    public void failed(Throwable failure) {
      span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
    }

    @Override
    public Optional<String> traceId() {
      return Optional.of(span.getSpanContext().getTraceId());
    }

    @Override
    public void close() {
      span.end();
    }
  }
}
