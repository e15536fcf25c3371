package io.lamella.gateway.catalog;

import io.lamella.model.InvalidRegexException;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.StringTest;
import io.lamella.storage.object.config.YamlMap;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One rule of `--selector.relabel-config`, as Thanos has it: whether a block is kept, by its
/// external labels and its ULID, which is the label `__block_id`.
///
/// Of the actions of Prometheus there are keep, drop and hashmod. A label that hashmod sets is what
/// rules after it see under that name.
///
/// @param sources whose values are joined
/// @param separator between them
/// @param test of the joined values
public record RelabelRule(List<Source> sources, String separator, StringTest test, Action action) {
  private static final String BLOCK_ID = "__block_id";

  /// What happens to blocks that pass the test.
  public enum Action {
    KEEP,
    DROP
  }

  /// Where a value comes from.
  public sealed interface Source {
    /// An external label.
    record Label(String name) implements Source {}

    /// The hash of joined values modulo a number, as a decimal number.
    record Hash(List<Source> sources, String separator, long modulus) implements Source {
      public Hash {
        sources = List.copyOf(sources);
      }
    }
  }

  public RelabelRule {
    sources = List.copyOf(sources);
  }

  /// Reads the YAML: a list of rules.
  ///
  /// @throws IllegalArgumentException where a rule is malformed or not supported
  public static List<RelabelRule> parse(String yaml) {
    List<RelabelRule> out = new ArrayList<>();
    Map<String, Source> hashes = new HashMap<>();
    for (YamlMap rule : YamlMap.parseAll(yaml)) {
      String separator = rule.text("separator", ";");
      List<Source> sources = new ArrayList<>();
      for (String name : rule.list("source_labels")) {
        sources.add(hashes.getOrDefault(name, new Source.Label(name)));
      }
      if (rule.text("action", "replace").equals("hashmod")) {
        hashes.put(rule.required("target_label"), hash(rule, sources, separator));
      } else {
        out.add(rule(rule, sources, separator));
      }
    }
    return out;
  }

  private static Source hash(YamlMap rule, List<Source> sources, String separator) {
    long modulus = rule.number("modulus", 0);
    rule.end();
    if (modulus < 1) {
      throw new IllegalArgumentException("key \"modulus\" must be positive");
    }
    return new Source.Hash(sources, separator, modulus);
  }

  private static RelabelRule rule(YamlMap rule, List<Source> sources, String separator) {
    String regex = rule.text("regex", "(.*)");
    String action = rule.text("action", "replace");
    rule.end();
    try {
      return new RelabelRule(
          sources,
          separator,
          Matcher.of(Matcher.Type.REGEX, "", regex).test(),
          switch (action) {
            case "keep" -> Action.KEEP;
            case "drop" -> Action.DROP;
            default ->
                throw new IllegalArgumentException(
                    "action \"" + action + "\" is not one of keep, drop, hashmod");
          });
    } catch (InvalidRegexException e) {
      throw new IllegalArgumentException("regex \"" + regex + "\": " + e.getMessage(), e);
    }
  }

  boolean keeps(Labels external, String ulid) {
    boolean passes = test.matches(joined(sources, separator, external, ulid));
    return passes == (action == Action.KEEP);
  }

  private static String joined(
      List<Source> sources, String separator, Labels external, String ulid) {
    List<String> values = new ArrayList<>();
    for (Source source : sources) {
      values.add(
          switch (source) {
            case Source.Label(String name) -> name.equals(BLOCK_ID) ? ulid : external.value(name);
            case Source.Hash(List<Source> of, String between, long modulus) ->
                hash(joined(of, between, external, ulid), modulus);
          });
    }
    return String.join(separator, values);
  }

  /// The last eight bytes of the MD5 as an unsigned number, modulo `modulus`.
  static String hash(String text, long modulus) {
    try {
      byte[] md5 = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return new BigInteger(1, Arrays.copyOfRange(md5, 8, 16))
          .mod(BigInteger.valueOf(modulus))
          .toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
