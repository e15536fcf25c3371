"""Asks a server by prometheus-api-client: URL, start and end in seconds. Prints the answers."""

import json
import sys
from datetime import datetime, timezone

from prometheus_api_client import PrometheusConnect

url, start, end = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
# The client takes times without zone for local ones; TZ is UTC.
begin, finish = (datetime.fromtimestamp(t, timezone.utc).replace(tzinfo=None) for t in (start, end))
at = {"time": end}
client = PrometheusConnect(url=url)
json.dump(
    {
        "connected": client.check_prometheus_connection(),
        "metrics": client.all_metrics(),
        "labels": client.get_label_names(),
        "values": client.get_label_values("job"),
        "series": client.get_series(begin, finish, params={"match[]": "up"}),
        "instant": client.custom_query("up", params=at),
        "current": client.get_current_metric_value("up", label_config={"job": "edge"}, params=at),
        "range": client.custom_query_range("up", start_time=begin, end_time=finish, step="60"),
        "stored": client.get_metric_range_data(
            "up", label_config={"job": "edge"}, start_time=begin, end_time=finish
        ),
        "pools": client.get_scrape_pools(),
        "targets": client.get_targets(),
        "metadata": client.get_metric_metadata("up"),
    },
    sys.stdout,
)
