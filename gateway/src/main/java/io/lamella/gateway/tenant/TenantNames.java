package io.lamella.gateway.tenant;

import java.util.regex.Pattern;

/// What the name of a tenant may be: what it may be in Cortex and Mimir. It may be a segment of an
/// object's key, and a value of a header.
final class TenantNames {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!_.*'()-]{1,150}");

  static final String RULE =
      "expected letters, digits and any of !-_.*'(), at most 150 of them, not \".\" or \"..\"";

  private TenantNames() {}

  static boolean isValid(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }
}
