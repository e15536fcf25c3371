package io.lamella.bench.query;

import static io.lamella.bench.query.QueryTargets.HOUR;
import static io.lamella.bench.query.QueryTargets.MINUTE;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.data.SplitMix;
import java.util.ArrayList;
import java.util.List;

/// Q15, the queries of a maintenance scheduler: twelve windows of six hours with six queries each.
/// The same queries are repeated in every round.
public final class SchedulerPlan {
  public static final String ID = "Q15";
  public static final String TITLE = "scheduler's plan";
  private static final int WINDOWS = 12;

  private SchedulerPlan() {}

  public static List<BenchQuery> queries(SplitMix random, DataSize size) {
    QueryTargets d = new QueryTargets(random, size);
    List<BenchQuery> out = new ArrayList<>();
    for (int w = 0; w < WINDOWS; w++) {
      String dc = "dc_id=\"" + d.dataCenter() + "\"";
      long minutes = (size.endMillis() - size.startMillis() - 6 * HOUR) / MINUTE;
      long end = size.startMillis() + 6 * HOUR + d.below((int) minutes) * MINUTE;
      List<String> expressions =
          new ArrayList<>(
              List.of(
                  "sum by (instance) (hmd:release_scopes:enabled{" + dc + "})",
                  "count by (instance) (network_snmp_interface_admin_status{" + dc + "} == 1) < 8",
                  "count(network_snmp_interface_oper_status{"
                      + dc
                      + ",lldp_name=~\"spine0[0-3].*\"} == 2) > 3",
                  "min by (pool) (aegis_pool_capacity{" + dc + "}) < 20"));
      if (size.allFamilies()) {
        expressions.add("sum(rate(edge_http_requests_total{" + dc + ",code=~\"5..\"}[10m]))");
        expressions.add(
            "histogram_quantile(0.99, sum by (le) (rate(edge_http_request_duration_seconds_bucket{"
                + dc
                + "}[10m])))");
      }
      for (String e : expressions) {
        out.add(BenchQuery.range(e, end - 6 * HOUR, end, MINUTE));
      }
    }
    return out;
  }
}
