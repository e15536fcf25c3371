package io.lamella.gateway.tenant;

import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.config.YamlMap;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The tenants that are served, by name. There are no others, whatever requests say.
///
///     limits:                  # of tenants that state none of their own; by default, of the flags
///       max_concurrency: 10
///     tenants:
///       team-a:                # its blocks are below team-a/blocks/
///       team-b:
///         prefix: teams/b
///         limits:
///           max_samples: 5000000
public record TenantsConfig(SortedMap<String, TenantSettings> tenants) {
  /// Each takes a catalog, which is listed at each refresh.
  static final int MAX_TENANTS = 1000;

  private static final String BLOCKS = "blocks/";

  public TenantsConfig {
    tenants = Collections.unmodifiableSortedMap(new TreeMap<>(tenants));
  }

  /// @param otherwise limits where the YAML states none
  /// @throws IllegalArgumentException where a key is unknown or wrong, a name is not that of a
  ///   tenant, or two tenants could read each other's blocks
  public static TenantsConfig parse(String yaml, TenantLimits otherwise) {
    YamlMap root = YamlMap.parse(yaml);
    TenantLimits limits = TenantLimits.parse(root.map("limits"), otherwise);
    YamlMap named = root.map("tenants");
    root.end();
    if (named.keys().isEmpty() || named.keys().size() > MAX_TENANTS) {
      throw new IllegalArgumentException(
          "key \"tenants\" has "
              + named.keys().size()
              + " tenants, expected at least one and at most "
              + MAX_TENANTS);
    }
    SortedMap<String, TenantSettings> out = new TreeMap<>();
    for (String name : named.keys()) {
      if (!TenantNames.isValid(name)) {
        throw new IllegalArgumentException(
            "\"" + name + "\" is not the name of a tenant: " + TenantNames.RULE);
      }
      YamlMap tenant = named.map(name);
      String prefix = prefix(tenant.text("prefix", name));
      out.put(name, new TenantSettings(prefix, TenantLimits.parse(tenant.map("limits"), limits)));
      tenant.end();
    }
    checkApart(out);
    return new TenantsConfig(out);
  }

  /// With a slash at its end, unless it is empty.
  private static String prefix(String text) {
    String bare = text.replaceAll("^/+|/+$", "");
    return bare.isEmpty() ? "" : new ObjectKey(bare).name() + "/";
  }

  /// No tenant's blocks may be below those of another one.
  private static void checkApart(SortedMap<String, TenantSettings> tenants) {
    SortedMap<String, String> byBlocks = new TreeMap<>();
    tenants.forEach((name, settings) -> {
      String other = byBlocks.put(settings.prefix() + BLOCKS, name);
      if (other != null) {
        throw overlap(other, name);
      }
    });
    // Everything that begins with a key follows it at once.
    String before = "";
    for (Map.Entry<String, String> e : byBlocks.entrySet()) {
      if (!before.isEmpty() && e.getKey().startsWith(before)) {
        throw overlap(byBlocks.getOrDefault(before, ""), e.getValue());
      }
      before = e.getKey();
    }
  }

  private static IllegalArgumentException overlap(String one, String other) {
    return new IllegalArgumentException(
        "the prefixes of tenants \"" + one + "\" and \"" + other + "\" are not apart");
  }
}
