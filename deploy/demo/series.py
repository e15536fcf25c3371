#!/usr/bin/env python3
"""Prints the demo's series as OpenMetrics text: three days of a small worldwide network, one sample a minute.

Edge routers (interface states), release scopes, Aegis pools, request counters and a latency histogram in six data centers, with planned outages
in them. The same text on every run: everything is drawn from one seed.
"""
import random

START, DAYS, STEP = 1_748_736_000, 3, 60  # 2025-06-01T00:00:00Z
N = DAYS * 86_400 // STEP
TIMES = [START + i * STEP for i in range(N)]
# data center, airport code, outages as (router or None for the whole site, first minute, minutes)
SITES = [
    (12, "lhr01", [(1, 600, 90), (3, 2400, 45)]),
    (45, "fra03", [(1, 1500, 120), (2, 1560, 120), (None, 3300, 60)]),
    (46, "fra04", [(4, 900, 30)]),
    (77, "sin02", [(None, 2000, 40)]),
    (81, "iad05", [(2, 300, 240), (3, 420, 60)]),
    (90, "gru01", []),
]


def down(outages, router, minute):
    return any((r is None or r == router) and first <= minute < first + length for r, first, length in outages)


def show(labels):
    return "{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}"


def gauge(name, series):
    print(f"# TYPE {name} gauge")
    for labels, values in series:
        head = name + show(labels)
        for t, v in zip(TIMES, values):
            if v is not None:
                print(f"{head} {v:g} {t}")


def main():
    rng = random.Random(20250601)
    for metric, down_value in (("network_snmp_interface_admin_status", 2), ("network_snmp_interface_oper_status", 2)):
        series = []
        for dc, site, outages in SITES:
            for router in range(1, 5):
                for port in range(4):
                    flap = rng.randrange(N) if metric.endswith("oper_status") else -1
                    values = [down_value if down(outages, router, m) or 0 <= m - flap < 7 else 1 for m in range(N)]
                    gap = rng.randrange(N)
                    values[gap : gap + 8] = [None] * len(values[gap : gap + 8])
                    series.append(({"dc_id": dc, "instance": f"edge{router:02d}.{site}", "interface": f"et-0/0/{port}",
                                    "lldp_name": f"spine{port % 2 + 1:02d}.{site}", "role": "edge"}, values))
        gauge(metric, series)

    series = []
    for dc, site, outages in SITES:
        for scope in range(10):
            first, length = rng.randrange(N), rng.randrange(30, 400)
            values = [0 if first <= m < first + length or down(outages, None, m) else 1 for m in range(N)]
            series.append(({"dc_id": dc, "instance": f"rel{scope % 5 + 1:02d}.{site}", "scope": f"scope-{scope}"}, values))
    gauge("hmd:release_scopes:enabled", series)

    series = []
    for dc, site, outages in SITES:
        for pool in range(8):
            level, values = rng.randrange(60, 140), []
            for m in range(N):
                if rng.random() < 0.02:
                    level = max(0, min(200, level + rng.randrange(-15, 16)))
                values.append(0 if down(outages, None, m) else level)
            series.append(({"customer_tier": ("free", "pro", "ent")[pool % 3], "dc_id": dc, "pool": f"pool-{(pool * 7 + dc) % 20:03d}"}, values))
    gauge("aegis_pool_capacity", series)

    print("# TYPE edge_http_requests counter")
    for dc, site, outages in SITES:
        for code, most in (("200", 5000), ("404", 300), ("500", 20)):
            restart, total = rng.randrange(N), 0
            head = "edge_http_requests_total" + show({"code": code, "colo_tier": dc % 3 + 1, "dc_id": dc})
            for m, t in enumerate(TIMES):
                total = 0 if m == restart else total + (0 if down(outages, None, m) else rng.randrange(most))
                print(f"{head} {total} {t}")

    print("# TYPE edge_http_request_duration_seconds histogram")
    for dc, site, outages in SITES[:3]:
        bounds = ["0.01", "0.05", "0.1", "0.5", "1", "+Inf"]
        counts, seconds = [0] * len(bounds), 0.0
        rows = {b: [] for b in bounds}
        sums = []
        for m in range(N):
            for i in range(len(bounds)):
                more = 0 if down(outages, None, m) else rng.randrange(40 // (i + 1))
                for j in range(i, len(bounds)):
                    counts[j] += more
                seconds += more * (0.005, 0.03, 0.07, 0.3, 0.7, 2)[i]
            for b, c in zip(bounds, counts):
                rows[b].append(c)
            sums.append(round(seconds, 3))
        for b in bounds:
            head = "edge_http_request_duration_seconds_bucket" + show({"dc_id": dc, "le": b})
            for t, c in zip(TIMES, rows[b]):
                print(f"{head} {c} {t}")
        for t, s, c in zip(TIMES, sums, rows["+Inf"]):
            print(f"edge_http_request_duration_seconds_sum{show({'dc_id': dc})} {s:g} {t}")
        for t, c in zip(TIMES, rows["+Inf"]):
            print(f"edge_http_request_duration_seconds_count{show({'dc_id': dc})} {c} {t}")
    print("# EOF")


main()
