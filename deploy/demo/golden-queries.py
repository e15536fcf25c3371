#!/usr/bin/env python3
"""Prints the requests of the golden test over the demo's blocks, one JSON line each: typical queries of dashboards and planners."""
import json

START = 1_748_736_000_000
HOUR, MINUTE, DAY = 3_600_000, 60_000, 86_400_000
AT = START + 26 * HOUR  # in the middle of an outage of edge01.fra03
EXPRESSIONS = r"""
sum by (instance) (hmd:release_scopes:enabled{dc_id="45"})
sum by (lldp_name) (network_snmp_interface_admin_status{instance=~"edge01.fra03", lldp_name=~"spine.*"})
hmd:release_scopes:enabled{dc_id="45",scope="scope-3"}
hmd:release_scopes:enabled{dc_id=~"45|46",scope!~"scope-[0-7]"}
network_snmp_interface_oper_status{dc_id="77"} == 2
count by (instance) (network_snmp_interface_admin_status{dc_id="45"} == 1) < 4
count(network_snmp_interface_oper_status{dc_id="45",lldp_name=~"spine01.*"} == 2) > 1
min by (pool) (aegis_pool_capacity{dc_id="45"}) < 100
sum(rate(edge_http_requests_total{dc_id="45",code=~"5.."}[10m]))
sum by (dc_id) (rate(edge_http_requests_total[10m]))
sum by (code) (increase(edge_http_requests_total[1h]))
rate(edge_http_requests_total{code="200"}[5m])
irate(edge_http_requests_total{code="200"}[5m])
delta(aegis_pool_capacity{dc_id="12"}[30m])
resets(edge_http_requests_total[1d])
changes(hmd:release_scopes:enabled{dc_id="12"}[1d])
histogram_quantile(0.99, sum by (le) (rate(edge_http_request_duration_seconds_bucket[10m])))
histogram_quantile(0.5, sum by (dc_id, le) (rate(edge_http_request_duration_seconds_bucket[10m])))
rate(edge_http_request_duration_seconds_sum[10m]) / rate(edge_http_request_duration_seconds_count[10m])
count by (instance) (network_snmp_interface_oper_status{dc_id="45"} == 2 unless on (instance, interface) network_snmp_interface_admin_status{dc_id="45"} == 2)
network_snmp_interface_oper_status == 2 and on (instance, interface) network_snmp_interface_admin_status == 1
sum by (dc_id) (aegis_pool_capacity) or sum by (dc_id) (hmd:release_scopes:enabled)
aegis_pool_capacity * on (dc_id) group_left () count by (dc_id) (hmd:release_scopes:enabled == 1)
sum by (dc_id) (edge_http_requests_total{code="500"}) / ignoring (code) sum by (dc_id) (edge_http_requests_total)
topk(3, sum by (dc_id) (rate(edge_http_requests_total[10m])))
bottomk(2, aegis_pool_capacity)
quantile(0.9, aegis_pool_capacity)
stddev by (customer_tier) (aegis_pool_capacity)
stdvar(aegis_pool_capacity)
avg by (customer_tier, dc_id) (aegis_pool_capacity)
max without (pool, dc_id) (aegis_pool_capacity)
min(aegis_pool_capacity)
group by (role) (network_snmp_interface_admin_status)
count_values("state", network_snmp_interface_admin_status)
count(count by (instance) (network_snmp_interface_admin_status))
avg_over_time(aegis_pool_capacity{pool="pool-005"}[1h])
max_over_time(network_snmp_interface_admin_status{dc_id="45"}[2h])
min_over_time(hmd:release_scopes:enabled{dc_id="45"}[3h])
sum_over_time(hmd:release_scopes:enabled{dc_id="45"}[1h])
count_over_time(network_snmp_interface_oper_status{dc_id="12"}[1h])
stddev_over_time(aegis_pool_capacity{dc_id="90"}[6h])
quantile_over_time(0.9, aegis_pool_capacity{dc_id="90"}[6h])
last_over_time(aegis_pool_capacity{dc_id="90"}[10m])
present_over_time(network_snmp_interface_oper_status{dc_id="12"}[5m])
absent(hmd:release_scopes:enabled{dc_id="99"})
absent_over_time(hmd:release_scopes:enabled{dc_id="99",scope="scope-1"}[1h])
absent(hmd:release_scopes:enabled{dc_id="45"})
max_over_time((sum by (instance) (network_snmp_interface_admin_status{dc_id="45"} == 2))[6h:5m])
deriv(aegis_pool_capacity{dc_id="46"}[1h])
predict_linear(aegis_pool_capacity{dc_id="46"}[1h], 3600)
hmd:release_scopes:enabled{dc_id="45"} offset 1h
sum(hmd:release_scopes:enabled offset -30m)
sum(hmd:release_scopes:enabled @ 1748800000)
label_replace(hmd:release_scopes:enabled{dc_id="81"}, "site", "$1", "instance", "rel..\\.(.*)")
label_join(hmd:release_scopes:enabled{dc_id="81"}, "key", "/", "dc_id", "scope")
clamp(aegis_pool_capacity, 50, 100)
clamp_max(aegis_pool_capacity{dc_id="12"}, 90) - clamp_min(aegis_pool_capacity{dc_id="12"}, 90)
abs(aegis_pool_capacity{dc_id="12"} - 100)
round(aegis_pool_capacity{dc_id="12"} / 7, 0.5)
sqrt(aegis_pool_capacity{dc_id="12"}) + ln(aegis_pool_capacity{dc_id="12"}) ^ 2 % 3
-aegis_pool_capacity{dc_id="12"}
aegis_pool_capacity > bool 100
sort_desc(sum by (pool) (aegis_pool_capacity))
timestamp(network_snmp_interface_oper_status{dc_id="12"})
scalar(sum(aegis_pool_capacity)) / vector(2)
hour(vector(time())) + minute() + day_of_week()
time() - 1748736000
1 + 2 * 3 ^ 2 / 4 - 10 % 3
{dc_id="45",__name__=~"hmd:.*|aegis.*"}
{__name__="edge_http_requests_total",code!="200",code!="404"}
count({dc_id=~"4.",instance=~".+"})
nothing_of_this_name
sum(nothing_of_this_name)
rate(aegis_pool_capacity[5m])
""".strip().splitlines()
for e in EXPRESSIONS:
    print(json.dumps({"query": e, "start": AT, "end": AT, "step": 0}))
    print(json.dumps({"query": e, "start": START + 22 * HOUR, "end": START + 28 * HOUR, "step": 17 * MINUTE}))
