package io.lamella.gateway.tenant;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.storage.object.config.YamlMap;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the queries of one tenant may use. The keys in a configuration are those of the flags that
/// hold for all queries where there are no tenants.
///
/// @param queue how many run at once, and how many wait
/// @param fetch of what one query may read
/// @param maxSamples that one query may hold
/// @param timeout of one query
/// @param memory for all queries of the tenant, and for it alone; empty where it shares what is
///   left with other tenants
public record TenantLimits(
    QueueLimits queue,
    FetchLimits fetch,
    long maxSamples,
    Duration timeout,
    Optional<Long> memory) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(?:([KMGT])i?)?B?");

  /// @param yaml read to its end; what it does not state is as in `otherwise`
  /// @throws IllegalArgumentException where a key is unknown or wrong
  static TenantLimits parse(YamlMap yaml, TenantLimits otherwise) {
    int concurrency = count(yaml, "max_concurrency", otherwise.queue.maxConcurrent());
    int perClient =
        concurrency == otherwise.queue.maxConcurrent()
            ? otherwise.queue.maxPerClient()
            : QueueLimits.perClient(concurrency);
    TenantLimits out =
        new TenantLimits(
            new QueueLimits(
                concurrency,
                count(yaml, "max_concurrency_per_client", perClient),
                count(yaml, "queue_size", otherwise.queue.maxQueued()),
                yaml.duration("queue_timeout", otherwise.queue.maxWait())),
            new FetchLimits(
                yaml.number("max_series", otherwise.fetch.maxSeries()),
                yaml.number("max_fetched_bytes", otherwise.fetch.maxBytes()),
                otherwise.fetch.maxReads()),
            yaml.number("max_samples", otherwise.maxSamples),
            yaml.duration("timeout", otherwise.timeout),
            memory(yaml.text("max_memory", ""), otherwise.memory));
    yaml.end();
    if (out.fetch.maxSeries() < 1
        || out.fetch.maxBytes() < 1
        || out.maxSamples < 1
        || !out.timeout.isPositive()) {
      throw new IllegalArgumentException(
          "limits of a tenant are not positive: max_series, max_fetched_bytes, max_samples and timeout must be");
    }
    return out;
  }

  private static int count(YamlMap yaml, String key, int otherwise) {
    long n = yaml.number(key, otherwise);
    if (n < 0 || n > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("key \"" + key + "\" is " + n + ", expected a count");
    }
    return (int) n;
  }

  private static Optional<Long> memory(String text, Optional<Long> otherwise) {
    if (text.isEmpty()) {
      return otherwise;
    }
    Matcher m = SIZE.matcher(text);
    if (m.matches()) {
      int unit = m.group(2) == null ? 0 : 10 * (1 + "KMGT".indexOf(m.group(2)));
      long number = Long.parseLong(m.group(1));
      if (number >= 1 << 10 && number <= Long.MAX_VALUE >> unit || unit > 0 && number > 0) {
        return Optional.of(number << unit);
      }
    }
    throw new IllegalArgumentException(
        "key \"max_memory\" is \"" + text + "\", expected a size of 1KiB or more such as 256MiB");
  }
}
