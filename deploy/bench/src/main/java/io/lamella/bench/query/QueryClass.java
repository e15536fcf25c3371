package io.lamella.bench.query;

import static io.lamella.bench.query.QueryTargets.DAY;
import static io.lamella.bench.query.QueryTargets.HOUR;
import static io.lamella.bench.query.QueryTargets.MINUTE;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.data.SplitMix;

/// The classes of queries. Every query gets new random parameters, so that results are not cached
/// by an earlier query of the same class.
///
/// A class states the maximum number of GETs of a query with size smoke, with manifests cached and
/// no pages cached; `--size smoke` checks it. The numbers follow from the design: label pages and
/// chunk pages of each block day in the range, fetched in parallel where the sort key determines
/// the rows.
public enum QueryClass {
  Q1("instant, one dc", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.instant(
          "sum by (instance) (hmd:release_scopes:enabled{dc_id=\"" + d.dataCenter() + "\"})");
    }
  },
  Q2("1 d, one dc", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          "sum by (lldp_name) (network_snmp_interface_admin_status{dc_id=\""
              + d.dataCenter()
              + "\",lldp_name=~\"spine.*\"})",
          DAY,
          MINUTE);
    }
  },
  Q3("30 d, one dc", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          "min by (instance) (network_snmp_interface_oper_status{dc_id=\""
              + d.dataCenter()
              + "\"})",
          30 * DAY,
          5 * MINUTE);
    }
  },
  Q4("180 d, one dc", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range("avg(aegis_pool_capacity{dc_id=\"" + d.dataCenter() + "\"})", 180 * DAY, HOUR);
    }

    @Override
    public boolean runs(DataSize size) {
      return size.days() >= 90;
    }
  },
  Q5("1 d, regex over 10 dcs", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          "max by (dc_id) (aegis_pool_capacity{dc_id=~\"" + d.dataCenters(10) + "\"})",
          DAY,
          MINUTE);
    }
  },
  Q6("1 d, unsorted label", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          String.format("sum by (dc_id) (aegis_pool_capacity{pool=\"pool-%03d\"})", d.below(97)),
          DAY,
          MINUTE);
    }
  },
  Q7("1 d, whole family", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range("sum by (dc_id) (network_snmp_interface_admin_status)", DAY, 5 * MINUTE);
    }
  },
  Q8("30 d, churn", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          "count by (namespace) (kube_pod_memory_bytes{dc_id=\"" + d.dataCenter() + "\"})",
          30 * DAY,
          HOUR);
    }

    @Override
    public boolean runs(DataSize size) {
      return size.allFamilies();
    }
  },
  /// A fetch batch of less than 2 MiB is split into reads of at most 256 KiB; smoke has two blocks
  /// of this family.
  Q9("7 d, rate", 12) {
    @Override
    BenchQuery query(QueryTargets d) {
      String code = new String[] {"200", "404", "500"}[d.below(3)];
      return d.range(
          "sum by (dc_id) (rate(edge_http_requests_total{code=\"" + code + "\"}[10m]))",
          7 * DAY,
          10 * MINUTE);
    }

    @Override
    public boolean runs(DataSize size) {
      return size.allFamilies();
    }
  },
  /// Split like Q9.
  Q10("7 d, quantile", 12) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          "histogram_quantile(0.99, sum by (le) (rate(edge_http_request_duration_seconds_bucket{dc_id=~\""
              + d.dataCenters(10)
              + "\"}[10m])))",
          7 * DAY,
          10 * MINUTE);
    }

    @Override
    public boolean runs(DataSize size) {
      return size.allFamilies();
    }
  },
  Q11("1 d, join", 8) {
    @Override
    BenchQuery query(QueryTargets d) {
      int dc = d.dataCenter();
      return d.range(
          "count by (instance) (network_snmp_interface_oper_status{dc_id=\""
              + dc
              + "\"} == 2 unless on (instance, interface) network_snmp_interface_admin_status{dc_id=\""
              + dc
              + "\"} == 2)",
          DAY,
          MINUTE);
    }
  },
  Q12("label values", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return BenchQuery.labelValues("dc_id", d.startMillis() + HOUR, d.endMillis() - HOUR);
    }
  },
  Q12_MATCH("label values, match[]", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return BenchQuery.labelValues(
          "instance",
          "network_snmp_interface_oper_status{dc_id=\"" + d.dataCenter() + "\"}",
          d.startMillis() + HOUR,
          d.endMillis() - HOUR);
    }
  },
  Q13("series", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return BenchQuery.series(
          "aegis_pool_used{dc_id=\"" + d.dataCenter() + "\"}",
          d.startMillis() + HOUR,
          d.endMillis() - HOUR);
    }
  },
  Q14("no match", 0) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.range(
          "hmd:release_scopes:enabled{dc_id=\"9" + (100 + d.below(100)) + "\"}", DAY, MINUTE);
    }
  },
  C1("edge case: UTF-8 names", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.edgeCase("sum by (dc_id, \"région\") ({\"bench.größe\"})");
    }
  },
  C2("edge case: native histograms", 4) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.edgeCase(
          "histogram_quantile(0.9, sum(rate(bench_native_seconds[10m]))) or histogram_sum(bench_native_gauge)");
    }
  },
  C3("edge case: stale, late, replicas", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.edgeCase("count_over_time(bench_flapping[10m]) or bench_flapping");
    }
  },
  C4("edge case: many label names", 2) {
    @Override
    BenchQuery query(QueryTargets d) {
      return d.edgeCase("sum by (label_7, label_101) (bench_wide{label_107=\"value_2\"})");
    }
  };

  private final String title;
  private final int smokeGets;

  QueryClass(String title, int smokeGets) {
    this.title = title;
    this.smokeGets = smokeGets;
  }

  /// A short description.
  public String title() {
    return title;
  }

  /// Maximum GETs of a query with size smoke, with manifests cached and no pages cached.
  public int smokeGets() {
    return smokeGets;
  }

  abstract BenchQuery query(QueryTargets d);

  public BenchQuery query(SplitMix random, DataSize size) {
    return query(new QueryTargets(random, size));
  }

  /// False where data of this size lacks the series or the time range that the class queries.
  public boolean runs(DataSize size) {
    return true;
  }
}
