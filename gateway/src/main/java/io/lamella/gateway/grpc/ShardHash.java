package io.lamella.gateway.grpc;

import io.lamella.gateway.wire.thanos.ShardInfo;
import io.lamella.model.Labels;
import io.lamella.model.XxHash64;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Predicate;

/// The share of series that a Querier asks for when it evaluates a query in several parts: those
/// whose hash of some of their labels, modulo the number of shards, is one number.
final class ShardHash implements Predicate<Labels> {
  private static final int SEPARATOR = 0xff;

  private final long shard;
  private final long shards;
  private final boolean by;
  private final Set<String> names;

  private ShardHash(ShardInfo info) {
    shard = info.getShardIndex();
    shards = info.getTotalShards();
    by = info.getBy();
    names = Set.copyOf(info.getLabelsList());
  }

  /// The series of a shard; all where the request asks for no shard.
  ///
  /// @throws io.lamella.promql.QueryException.BadQuery where the shard does not exist
  static Predicate<Labels> of(ShardInfo info) {
    if (info.getTotalShards() < 1) {
      return _ -> true;
    }
    if (info.getShardIndex() < 0 || info.getShardIndex() >= info.getTotalShards()) {
      throw Calls.invalid(
          "shard_index " + info.getShardIndex() + " is not one of " + info.getTotalShards());
    }
    return new ShardHash(info);
  }

  @Override
  public boolean test(Labels labels) {
    return Long.remainderUnsigned(hash(labels), shards) == shard;
  }

  /// xxHash64 of `name 0xff value 0xff` of each chosen label.
  long hash(Labels labels) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    labels.forEach((name, value) -> {
      if (names.contains(name) == by) {
        out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        out.write(SEPARATOR);
        out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        out.write(SEPARATOR);
      }
    });
    byte[] bytes = out.toByteArray();
    return XxHash64.hash(bytes, 0, bytes.length);
  }
}
