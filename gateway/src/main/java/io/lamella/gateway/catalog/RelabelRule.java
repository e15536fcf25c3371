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
import java.util.List;

/// One rule of `--selector.relabel-config`, as Thanos has it: whether a block is kept, by its
/// external labels and its ULID, which is the label `__block_id`.
///
/// Of the actions of Prometheus there are keep, drop and hashmod; hashmod is given together with
/// the keep that follows it.
///
/// @param sources labels whose values are joined
/// @param separator between them
/// @param modulus of the hash of the joined values, which then is tested; 0 where they are tested
///   themselves
/// @param test of the joined values, or of the hash as a decimal number
public record RelabelRule(
    List<String> sources, String separator, long modulus, StringTest test, Action action) {
  private static final String BLOCK_ID = "__block_id";

  /// What happens to blocks that pass the test.
  public enum Action {
    KEEP,
    DROP
  }

  public RelabelRule {
    sources = List.copyOf(sources);
  }

  /// Reads the YAML: a list of rules.
  ///
  /// @throws IllegalArgumentException where a rule is malformed or not supported
  public static List<RelabelRule> parse(String yaml) {
    List<RelabelRule> out = new ArrayList<>();
    List<YamlMap> all = YamlMap.parseAll(yaml);
    for (int i = 0; i < all.size(); i++) {
      YamlMap rule = all.get(i);
      if (!rule.text("action", "replace").equals("hashmod")) {
        out.add(rule(rule, rule.list("source_labels"), rule.text("separator", ";"), 0));
        continue;
      }
      List<String> sources = rule.list("source_labels");
      String separator = rule.text("separator", ";");
      String target = rule.required("target_label");
      long modulus = rule.number("modulus", 0);
      rule.end();
      if (modulus < 1) {
        throw new IllegalArgumentException("key \"modulus\" must be positive");
      }
      i++;
      if (i == all.size() || !all.get(i).list("source_labels").equals(List.of(target))) {
        throw new IllegalArgumentException(
            "hashmod must be followed by a rule with source_labels: [" + target + "]");
      }
      out.add(rule(all.get(i), sources, separator, modulus));
    }
    return out;
  }

  private static RelabelRule rule(
      YamlMap rule, List<String> sources, String separator, long modulus) {
    String regex = rule.text("regex", "(.*)");
    String action = rule.text("action", "replace");
    rule.ignore("source_labels", "separator");
    rule.end();
    try {
      return new RelabelRule(
          sources,
          separator,
          modulus,
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
    List<String> values = new ArrayList<>();
    for (String name : sources) {
      values.add(name.equals(BLOCK_ID) ? ulid : external.value(name));
    }
    String joined = String.join(separator, values);
    boolean passes = test.matches(modulus == 0 ? joined : hash(joined, modulus));
    return passes == (action == Action.KEEP);
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
