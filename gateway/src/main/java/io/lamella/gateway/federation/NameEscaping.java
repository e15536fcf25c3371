package io.lamella.gateway.federation;

import java.util.Optional;

/// How names are written that the older formats do not allow, as the client asks by the parameter
/// `escaping` of its `Accept` header.
enum NameEscaping {
  /// Names stay as they are; the text format quotes them.
  ALLOW_UTF8("allow-utf-8"),
  UNDERSCORES("underscores"),
  DOTS("dots"),
  VALUES("values");

  private final String parameter;

  NameEscaping(String parameter) {
    this.parameter = parameter;
  }

  String parameter() {
    return parameter;
  }

  static Optional<NameEscaping> of(String parameter) {
    for (NameEscaping e : values()) {
      if (e.parameter.equals(parameter)) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  /// True for `[A-Za-z_:][A-Za-z0-9_:]*`.
  static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isPlain(name.charAt(i), i)) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isPlain(int c, int at) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || c == ':'
        || at > 0 && c >= '0' && c <= '9';
  }

  /// The name of a metric or a label; one that all formats allow stays as it is.
  String escape(String name) {
    if (isPlain(name)) {
      return name;
    }
    return switch (this) {
      case ALLOW_UTF8 -> name;
      case UNDERSCORES -> underscores(name);
      case DOTS -> dots(name);
      case VALUES -> values(name);
    };
  }

  private static String underscores(String name) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i = name.offsetByCodePoints(i, 1)) {
      out.append(isPlain(name.codePointAt(i), i) ? name.charAt(i) : '_');
    }
    return out.toString();
  }

  private static String dots(String name) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i = name.offsetByCodePoints(i, 1)) {
      int c = name.codePointAt(i);
      if (c == '.') {
        out.append("_dot_");
      } else if (c == '_' || !isPlain(c, i)) {
        out.append("__");
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  private static String values(String name) {
    StringBuilder out = new StringBuilder("U__");
    for (int i = 0; i < name.length(); i = name.offsetByCodePoints(i, 1)) {
      int c = name.codePointAt(i);
      if (c == '_') {
        out.append("__");
      } else if (isPlain(c, i)) {
        out.appendCodePoint(c);
      } else {
        out.append('_').append(Integer.toHexString(c)).append('_');
      }
    }
    return out.toString();
  }
}
