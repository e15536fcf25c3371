package io.lamella.converter.schedule;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Digests;
import io.lamella.storage.block.Ulid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// The identifier of a block: its day, and a hash of everything that its content depends on. The
/// length is added before each text, so that different inputs give different bytes.
final class BlockIdentity {
  private final long dayMillis;
  private final byte[] inputs;

  BlockIdentity(WorkItem item) {
    dayMillis = item.dayMillis();
    MessageDigest digest = Digests.newSha256();
    number(digest, BlockMeta.VERSION);
    number(digest, dayMillis);
    number(digest, item.columnMillis());
    part(digest, item.stream().toString());
    part(digest, item.sortKey().toString());
    BlockMeta.Rules rules = item.lineage().rules();
    parts(digest, new TreeSet<>(rules.replicaLabels()));
    part(digest, rules.dedup().name());
    parts(digest, rules.foldLabels());
    parts(digest, item.lineage().sources().stream().map(s -> s.ulid().toString()).toList());
    parts(digest, item.lineage().inputs().stream().map(i -> i.ulid() + "/" + i.state()).toList());
    inputs = digest.digest();
  }

  Ulid ulid(int generation) {
    MessageDigest digest = Digests.newSha256();
    digest.update(inputs);
    number(digest, generation);
    return Ulid.of(dayMillis, digest.digest());
  }

  private static void number(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
  }

  private static void parts(MessageDigest digest, Collection<String> texts) {
    number(digest, texts.size());
    List.copyOf(texts).forEach(t -> part(digest, t));
  }

  private static void part(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(digest, bytes.length);
    digest.update(bytes);
  }
}
