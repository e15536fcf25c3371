package io.lamella.gateway.web;

import io.lamella.storage.object.config.YamlMap;
import java.time.Duration;
import java.util.Optional;

/// How many requests are answered: `burst` at once, and then one each `interval`.
public record RequestRate(Duration interval, long burst) {
  /// @return empty where the interval is 0 or absent
  static Optional<RequestRate> of(YamlMap yaml) {
    String interval = yaml.text("interval", "0");
    Duration every =
        interval.equals("0") ? Duration.ZERO : yaml.duration("interval", Duration.ZERO);
    long burst = yaml.number("burst", 0);
    yaml.end();
    if (every.isZero()) {
      return Optional.empty();
    }
    if (burst < 1) {
      throw new IllegalArgumentException(
          "key \"rate_limit.burst\" is " + burst + ", expected 1 or more");
    }
    return Optional.of(new RequestRate(every, burst));
  }
}
