package io.lamella.gateway.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.wire.exposition.Metric;
import io.lamella.gateway.wire.exposition.MetricFamily;
import io.lamella.gateway.wire.exposition.MetricType;
import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.Span;
import io.lamella.promql.VectorSample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The expected texts are those of the `/federate` of Prometheus 3.15 for the same samples.
class ExpositionTest {
  private static final long TIME = 1_795_973_134_015L;
  private static final double[] NONE = {};
  private static final String MESSAGES =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  private static VectorSample sample(double value, String... labels) {
    return new VectorSample(Labels.of(labels), TIME, value, null);
  }

  private static VectorSample sample(Histogram h, String... labels) {
    return new VectorSample(Labels.of(labels), TIME, 0, h);
  }

  private static final Histogram CUSTOM =
      new Histogram(
          CounterReset.UNKNOWN,
          Histogram.CUSTOM_BUCKETS,
          0,
          0,
          5,
          12.5,
          List.of(new Span(0, 1), new Span(1, 2)),
          new double[] {1, 3, 1},
          List.of(),
          NONE,
          new double[] {0.1, 1, 5});

  private static final Histogram EXPONENTIAL =
      new Histogram(
          CounterReset.GAUGE,
          3,
          0.001,
          2,
          7.5,
          -3,
          List.of(new Span(-4, 2)),
          new double[] {1, 1.5},
          List.of(new Span(2, 1)),
          new double[] {3},
          NONE);

  private static byte[] bytes(String accept, VectorSample... samples) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Exposition(List.of(samples)).writeTo(out::writeBytes, ExpositionFormat.of(accept));
    return out.toByteArray();
  }

  private static String text(String accept, VectorSample... samples) throws IOException {
    return new String(bytes(accept, samples), StandardCharsets.UTF_8);
  }

  private static List<MetricFamily> messages(VectorSample... samples) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes(MESSAGES, samples));
    List<MetricFamily> out = new ArrayList<>();
    while (in.available() > 0) {
      out.add(MetricFamily.parseDelimitedFrom(in));
    }
    return out;
  }

  @Test
  void valuesAreWrittenAsPrometheusWritesThem() throws Exception {
    double[] values = {
      123456789, 1e21, Double.NaN, Double.POSITIVE_INFINITY, 1, 0.000012, 1e8, -0.0, 1.5e-7
    };
    String[] expected = {
      "1.23456789e+08", "1e+21", "NaN", "+Inf", "1", "1.2e-05", "1e+08", "0", "1.5e-07"
    };
    for (int i = 0; i < values.length; i++) {
      assertEquals(
          "# TYPE a untyped\na{instance=\"i\"} " + expected[i] + " " + TIME + "\n",
          text("", sample(values[i], "__name__", "a", "instance", "i")));
    }
  }

  @Test
  void labelValuesAreEscapedAndSeriesWithoutInstanceGetAnEmptyOne() throws Exception {
    assertEquals(
        "# TYPE plain untyped\nplain{a=\"x\\\"y\\\\z\\nq\",b=\"2\",instance=\"\"} 7 " + TIME + "\n",
        text("", sample(7, "__name__", "plain", "a", "x\"y\\z\nq", "b", "2")));
  }

  @Test
  void namesAreEscapedAsTheClientAsks() throws Exception {
    VectorSample dotted =
        sample(7, "__name__", "my.dotted", "instance", "i", "lab.el", "v", "o_k", "1");
    VectorSample snow = sample(8, "__name__", "sn_ow \u2603 x_y", "instance", "i");
    VectorSample plain = sample(9, "__name__", "u_p", "instance", "i", "o_k", "1");

    assertEquals(
        """
        # TYPE my_dotted untyped
        my_dotted{instance="i",lab_el="v",o_k="1"} 7 TIME
        # TYPE sn_ow___x_y untyped
        sn_ow___x_y{instance="i"} 8 TIME
        # TYPE u_p untyped
        u_p{instance="i",o_k="1"} 9 TIME
        """
            .replace("TIME", "" + TIME),
        text("", dotted, snow, plain));
    assertEquals(
        """
        # TYPE "my.dotted" untyped
        {"my.dotted",instance="i","lab.el"="v",o_k="1"} 7 TIME
        # TYPE "sn_ow \u2603 x_y" untyped
        {"sn_ow \u2603 x_y",instance="i"} 8 TIME
        # TYPE u_p untyped
        u_p{instance="i",o_k="1"} 9 TIME
        """
            .replace("TIME", "" + TIME),
        text("text/plain;escaping=allow-utf-8", dotted, snow, plain));
    assertEquals(
        """
        # TYPE my_dot_dotted untyped
        my_dot_dotted{instance="i",lab_dot_el="v",o_k="1"} 7 TIME
        # TYPE sn__ow______x__y untyped
        sn__ow______x__y{instance="i"} 8 TIME
        # TYPE u_p untyped
        u_p{instance="i",o_k="1"} 9 TIME
        """
            .replace("TIME", "" + TIME),
        text("text/plain;version=0.0.4;escaping=dots", dotted, snow, plain));
    assertEquals(
        """
        # TYPE U__my_2e_dotted untyped
        U__my_2e_dotted{instance="i",U__lab_2e_el="v",o_k="1"} 7 TIME
        # TYPE U__sn__ow_20__2603__20_x__y untyped
        U__sn__ow_20__2603__20_x__y{instance="i"} 8 TIME
        # TYPE u_p untyped
        u_p{instance="i",o_k="1"} 9 TIME
        """
            .replace("TIME", "" + TIME),
        text("text/plain;version=0.0.4;escaping=values", dotted, snow, plain));
  }

  @Test
  void histogramsWithCustomBucketsAreClassicOnesInText() throws Exception {
    assertEquals(
        """
        # TYPE h histogram
        h_bucket{instance="i",le="0.1"} 1 TIME
        h_bucket{instance="i",le="1"} 1 TIME
        h_bucket{instance="i",le="5"} 4 TIME
        h_bucket{instance="i",le="+Inf"} 5 TIME
        h_sum{instance="i"} 12.5 TIME
        h_count{instance="i"} 5 TIME
        """
            .replace("TIME", "" + TIME),
        text("", sample(CUSTOM, "__name__", "h", "instance", "i")));
  }

  @Test
  void textHasNoFormForExponentialHistograms() throws Exception {
    assertEquals(
        "# TYPE z untyped\nz{instance=\"\"} 1 " + TIME + "\n",
        text("", sample(EXPONENTIAL, "__name__", "h"), sample(1, "__name__", "z")));
  }

  @Test
  void messagesHaveHistogramsWithAllOfTheirBuckets() throws Exception {
    List<MetricFamily> all =
        messages(sample(EXPONENTIAL, "__name__", "h", "a", "1"), sample(CUSTOM, "__name__", "h"));

    assertEquals(
        List.of(MetricType.GAUGE_HISTOGRAM, MetricType.HISTOGRAM),
        all.stream().map(MetricFamily::getType).toList());
    Metric first = all.getFirst().getMetric(0);
    assertEquals(TIME, first.getTimestampMs());
    assertEquals("a", first.getLabel(0).getName());
    assertEquals("instance", first.getLabel(1).getName());
    io.lamella.gateway.wire.exposition.Histogram h = first.getHistogram();
    assertEquals(7.5, h.getSampleCountFloat());
    assertEquals(-3, h.getSampleSum());
    assertEquals(3, h.getSchema());
    assertEquals(0.001, h.getZeroThreshold());
    assertEquals(2, h.getZeroCountFloat());
    assertEquals(List.of(1.0, 1.5), h.getPositiveCountList());
    assertEquals(List.of(3.0), h.getNegativeCountList());
    assertEquals(-4, h.getPositiveSpan(0).getOffset());
    assertEquals(2, h.getNegativeSpan(0).getOffset());
    io.lamella.gateway.wire.exposition.Histogram classic = all.get(1).getMetric(0).getHistogram();
    assertEquals(3, classic.getBucketCount());
    assertEquals(4, classic.getBucket(2).getCumulativeCountFloat());
    assertEquals(5, classic.getBucket(2).getUpperBound());
  }

  @Test
  void aLargeFamilyIsSentAsSeveralMessages() throws Exception {
    List<VectorSample> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(sample(i, "__name__", "m", "number", "n".repeat(50) + i));
    }
    List<MetricFamily> all = messages(many.toArray(VectorSample[]::new));

    assertTrue(all.size() > 2, () -> all.size() + " messages");
    assertEquals(10_000, all.stream().mapToInt(MetricFamily::getMetricCount).sum());
    assertTrue(all.stream().allMatch(f -> f.getName().equals("m") && f.getMetricCount() > 0));
    assertTrue(all.stream().allMatch(f -> f.getSerializedSize() < 300_000));
  }

  @Test
  void samplesAreInTheOrderOfMetricNamesAndThoseWithoutOneAreLeftOut() throws Exception {
    assertEquals(
        "# TYPE a untyped\na{instance=\"\"} 2 "
            + TIME
            + "\n# TYPE b untyped\nb{A=\"0\",instance=\"\"} 1 "
            + TIME
            + "\n",
        text(
            "",
            sample(1, "A", "0", "__name__", "b"),
            sample(2, "__name__", "a"),
            sample(3, "c", "1")));
  }

  @Test
  void theFormatIsTheOneThatTheClientPrefers() {
    String text = "text/plain; version=0.0.4; charset=utf-8; escaping=";
    assertEquals(text + "underscores", ExpositionFormat.of("").contentType());
    assertEquals(text + "underscores", ExpositionFormat.of("*/*").contentType());
    assertEquals(
        text + "allow-utf-8",
        ExpositionFormat.of(
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1")
            .contentType());
    assertEquals(
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily;"
            + " encoding=delimited; escaping=allow-utf-8",
        ExpositionFormat.of("text/plain;q=0.4," + MESSAGES + ";escaping=allow-utf-8;q=0.6")
            .contentType());
  }
}
