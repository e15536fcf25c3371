package io.lamella.gateway.federation;

import com.google.protobuf.CodedOutputStream;
import io.lamella.gateway.federation.Exposition.Kind;
import io.lamella.gateway.federation.Exposition.Label;
import io.lamella.gateway.federation.Exposition.Output;
import io.lamella.gateway.wire.exposition.Bucket;
import io.lamella.gateway.wire.exposition.BucketSpan;
import io.lamella.gateway.wire.exposition.LabelPair;
import io.lamella.gateway.wire.exposition.Metric;
import io.lamella.gateway.wire.exposition.MetricFamily;
import io.lamella.gateway.wire.exposition.MetricType;
import io.lamella.gateway.wire.exposition.Untyped;
import io.lamella.model.Histogram;
import io.lamella.model.Span;
import io.lamella.promql.VectorSample;
import java.io.IOException;
import java.util.List;

/// Messages, each after its length, that have native histograms as well. A family of many series is
/// sent as several messages, so that none is large.
final class MessageWriter implements Exposition.Writer {
  private static final int MAX_BYTES = 256 << 10;

  private final Output to;
  private final NameEscaping names;
  private final MetricFamily.Builder family = MetricFamily.newBuilder();
  private long bytes;

  MessageWriter(Output to, NameEscaping names) {
    this.to = to;
    this.names = names;
  }

  @Override
  public boolean takes(VectorSample sample) {
    return true;
  }

  @Override
  public void family(String name, Kind kind) throws IOException {
    flush();
    family
        .setName(names.escape(name))
        .setType(
            switch (kind) {
              case UNTYPED -> MetricType.UNTYPED;
              case HISTOGRAM -> MetricType.HISTOGRAM;
              case GAUGE_HISTOGRAM -> MetricType.GAUGE_HISTOGRAM;
            });
  }

  @Override
  public void sample(VectorSample sample, List<Label> labels) throws IOException {
    Metric.Builder metric = Metric.newBuilder().setTimestampMs(sample.timeMillis());
    for (Label l : labels) {
      metric.addLabel(LabelPair.newBuilder().setName(l.name()).setValue(l.value()));
    }
    Histogram h = sample.histogram();
    if (h == null) {
      metric.setUntyped(Untyped.newBuilder().setValue(sample.value()));
    } else {
      metric.setHistogram(h.usesCustomBuckets() ? classic(h) : exponential(h));
    }
    Metric built = metric.build();
    family.addMetric(built);
    bytes += built.getSerializedSize();
    if (bytes >= MAX_BYTES) {
      flush();
    }
  }

  private static io.lamella.gateway.wire.exposition.Histogram.Builder exponential(Histogram h) {
    io.lamella.gateway.wire.exposition.Histogram.Builder out =
        io.lamella.gateway.wire.exposition.Histogram.newBuilder()
            .setSampleCountFloat(h.count())
            .setSampleSum(h.sum())
            .setSchema(h.schema())
            .setZeroThreshold(h.zeroThreshold())
            .setZeroCountFloat(h.zeroCount());
    for (double count : h.negative()) {
      out.addNegativeCount(count);
    }
    for (double count : h.positive()) {
      out.addPositiveCount(count);
    }
    h.negativeSpans().forEach(s -> out.addNegativeSpan(span(s)));
    h.positiveSpans().forEach(s -> out.addPositiveSpan(span(s)));
    return out;
  }

  private static BucketSpan.Builder span(Span s) {
    return BucketSpan.newBuilder().setOffset(s.offset()).setLength(s.length());
  }

  private static io.lamella.gateway.wire.exposition.Histogram.Builder classic(Histogram h) {
    io.lamella.gateway.wire.exposition.Histogram.Builder out =
        io.lamella.gateway.wire.exposition.Histogram.newBuilder()
            .setSampleCountFloat(h.count())
            .setSampleSum(h.sum());
    double[] counts = CustomBuckets.cumulative(h);
    for (int i = 0; i < counts.length; i++) {
      out.addBucket(
          Bucket.newBuilder()
              .setUpperBound(h.customValues()[i])
              .setCumulativeCountFloat(counts[i]));
    }
    return out;
  }

  @Override
  public void end() throws IOException {
    flush();
  }

  private void flush() throws IOException {
    if (family.getMetricCount() == 0) {
      return;
    }
    MetricFamily message = family.build();
    byte[] frame =
        new byte
            [CodedOutputStream.computeUInt32SizeNoTag(message.getSerializedSize())
                + message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(frame);
    out.writeUInt32NoTag(message.getSerializedSize());
    message.writeTo(out);
    out.flush();
    to.write(frame);
    family.clearMetric();
    bytes = 0;
  }
}
