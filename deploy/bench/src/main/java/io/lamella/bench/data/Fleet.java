package io.lamella.bench.data;

import io.lamella.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The series of a fleet of data centers: routers and their interfaces, releases, pools, edge
/// traffic, pods that come and go. Modelled on the metrics that maintenance rules query.
final class Fleet {
  private static final String[] SITES = {"fra", "lhr", "sin", "iad", "gru", "nrt"};
  private static final String[] TIERS = {"free", "pro", "ent"};
  private static final String[] CODES = {"200", "301", "404", "500", "503"};
  private static final String[] BOUNDS = {
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"
  };
  private static final long HOUR = 3_600_000;
  private static final int PODS = 50;

  private final DataSize size;
  private final long seed;
  private final List<FleetSeries> out = new ArrayList<>();

  private Fleet(DataSize size, long seed) {
    this.size = size;
    this.seed = seed;
  }

  /// All series, in label order.
  static List<FleetSeries> series(DataSize size, long seed) {
    Fleet f = new Fleet(size, seed);
    for (int dc = 1; dc <= size.dataCenters(); dc++) {
      f.interfaces(dc);
      f.scopes(dc);
      f.pools(dc);
      if (size.allFamilies()) {
        f.edge(dc);
        f.pods(dc);
      }
    }
    f.out.sort(Comparator.comparing(FleetSeries::labels));
    return List.copyOf(f.out);
  }

  private void add(Target target, Signal.Source signal, String... labels) {
    add(target, signal, size.startMillis(), size.endMillis(), labels);
  }

  private void add(Target target, Signal.Source signal, long from, long end, String... labels) {
    out.add(new FleetSeries(Labels.of(labels), target, signal, from, end));
  }

  private long seed(Object... part) {
    return SplitMix.of(seed, part).next();
  }

  private void interfaces(int dc) {
    for (int router = 1; router <= 4; router++) {
      String name = String.format("edge%02d.%s%02d", router, SITES[dc % 6], dc / 6);
      Target target = Target.of(seed, name, 15_000);
      long routerSeed = seed("router", name);
      for (int port = 0; port < 16; port++) {
        for (String kind : new String[] {"admin", "oper"}) {
          add(
              target,
              Signals.status(routerSeed, seed("port", name, port, kind)),
              "__name__",
              "network_snmp_interface_" + kind + "_status",
              "dc_id",
              Integer.toString(dc),
              "instance",
              name,
              "interface",
              "et-0/0/" + port,
              "lldp_name",
              String.format("spine%02d.%s%02d", port % 8, SITES[dc % 6], dc / 6),
              "role",
              port < 12 ? "edge" : "core");
        }
      }
    }
  }

  private void scopes(int dc) {
    for (int n = 0; n < 6; n++) {
      String instance = String.format("rel%02d", n % 3);
      add(
          Target.of(seed, "scopes" + dc + instance, 20_000),
          Signals.flag(seed("scope", dc, n)),
          "__name__",
          "hmd:release_scopes:enabled",
          "dc_id",
          Integer.toString(dc),
          "instance",
          instance,
          "scope",
          "scope-" + n);
    }
  }

  private void pools(int dc) {
    Target target = Target.of(seed, "pools" + dc, 20_000);
    for (int n = 0; n < 20; n++) {
      for (String metric : new String[] {"aegis_pool_capacity", "aegis_pool_used"}) {
        add(
            target,
            Signals.plateaus(seed("pool", dc, n, metric), 200),
            "__name__",
            metric,
            "customer_tier",
            TIERS[n % 3],
            "dc_id",
            Integer.toString(dc),
            "pool",
            String.format("pool-%03d", (n * 7 + dc) % 97));
      }
    }
  }

  private void edge(int dc) {
    Target target = Target.of(seed, "edge" + dc, 20_000);
    for (int tier = 1; tier <= 5; tier++) {
      for (int code = 0; code < CODES.length; code++) {
        add(
            target,
            Signals.counter(seed("requests", dc, tier, code), 100_000 >> 2 * code),
            "__name__",
            "edge_http_requests_total",
            "code",
            CODES[code],
            "colo_tier",
            Integer.toString(tier),
            "dc_id",
            Integer.toString(dc));
      }
      long histogram = seed("duration", dc, tier);
      for (int bucket = 0; bucket < BOUNDS.length; bucket++) {
        add(
            target,
            Signals.bucket(histogram, bucket),
            "__name__",
            "edge_http_request_duration_seconds_bucket",
            "colo_tier",
            Integer.toString(tier),
            "dc_id",
            Integer.toString(dc),
            "le",
            BOUNDS[bucket]);
      }
    }
  }

  /// Each slot holds one pod after another. A pod lives one to three days, so half of all pods are
  /// replaced within a day.
  private void pods(int dc) {
    for (int slot = 0; slot < PODS; slot++) {
      SplitMix random = SplitMix.of(seed, "pods", dc, slot);
      long from = size.startMillis() - random.below(48) * HOUR;
      while (from < size.endMillis()) {
        long end = from + (24 + random.below(49)) * HOUR;
        String node = String.format("node-%03d", random.below(20));
        String uid = String.format("%016x", random.next());
        pod(
            dc,
            slot,
            uid,
            node,
            Math.max(from, size.startMillis()),
            Math.min(end, size.endMillis()));
        from = end;
      }
    }
  }

  private void pod(int dc, int slot, String uid, String node, long from, long end) {
    if (end <= from) {
      return;
    }
    boolean counts = slot % 5 == 4;
    long podSeed = seed("pod", uid);
    add(
        Target.of(seed, "node" + dc + node, 20_000),
        counts ? Signals.counter(podSeed, 2) : Signals.walk(podSeed),
        from,
        end,
        "__name__",
        counts ? "kube_pod_restarts_total" : "kube_pod_memory_bytes",
        "dc_id",
        Integer.toString(dc),
        "namespace",
        "ns-" + slot % 7,
        "node",
        node,
        "pod",
        "app-" + slot + "-" + uid.substring(0, 5),
        "uid",
        uid);
  }
}
