package io.lamella.promql.bench;

/// The classes of queries that are benchmarked.
public enum QueryClass {
  SELECTOR("requests_total"),
  SUM("sum(requests_total)"),
  SUM_BY("sum by (dc_id) (requests_total)"),
  RATE("rate(requests_total[5m])"),
  SUM_BY_RATE("sum by (dc_id) (rate(requests_total[5m]))"),
  BINARY_ONE_TO_ONE("requests_total / requests_limit"),
  BINARY_OF_ONE_SELECTOR("rate(requests_total[5m]) / rate(requests_total[6m])"),
  BINARY_GROUP_LEFT("requests_total * on (pod) group_left (node) pod_info"),
  CLASSIC_QUANTILE(
      "histogram_quantile(0.9, sum by (le, dc_id) (rate(duration_seconds_bucket[5m])))"),
  NATIVE_QUANTILE("histogram_quantile(0.9, sum by (dc_id) (rate(duration_seconds[5m])))"),
  TOPK("topk(5, requests_total)"),
  QUANTILE_OVER_TIME("quantile_over_time(0.9, temperature[5m])"),
  SUBQUERY("max_over_time(rate(requests_total[5m])[10m:1m])");

  private final String text;

  QueryClass(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
