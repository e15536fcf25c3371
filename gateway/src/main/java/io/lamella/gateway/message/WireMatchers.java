package io.lamella.gateway.message;

import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.model.InvalidRegexException;
import io.lamella.model.Matcher;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.util.ArrayList;
import java.util.List;

/// Matchers as messages.
public final class WireMatchers {
  private static final int MAX_SHOWN = 500;

  private WireMatchers() {}

  /// Compiles matchers.
  ///
  /// @param memory for their regular expressions
  /// @throws QueryException.BadQuery where one is malformed
  public static List<Matcher> read(List<LabelMatcher> messages, MemoryAccount memory) {
    List<Matcher> out = new ArrayList<>();
    for (LabelMatcher m : messages) {
      Matcher.Type type = type(m);
      try {
        memory.reserve(Matcher.programBytes(type, m.getValue()));
        out.add(Matcher.of(type, m.getName(), m.getValue()));
      } catch (InvalidRegexException e) {
        throw malformed(m, String.valueOf(e.getMessage()));
      }
    }
    return out;
  }

  private static Matcher.Type type(LabelMatcher m) {
    return switch (m.getType()) {
      case EQ -> Matcher.Type.EQUAL;
      case NEQ -> Matcher.Type.NOT_EQUAL;
      case RE -> Matcher.Type.REGEX;
      case NRE -> Matcher.Type.NOT_REGEX;
      case UNRECOGNIZED -> throw malformed(m, "type " + m.getTypeValue() + ", expected 0 to 3");
    };
  }

  private static QueryException malformed(LabelMatcher m, String what) {
    return new QueryException.BadQuery(
        "cannot read matcher of label \"" + shown(m.getName()) + "\": " + shown(what));
  }

  /// A client may send megabytes, and needs not read them again.
  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
