package io.lamella.promql.parse;

/// Finds the end of a number or a duration literal. The literal need not be valid, only
/// unambiguous; after a failure the position is that of the error, for the message.
final class NumberScanner {
  /// The kind of literal.
  enum Literal {
    NUMBER,
    DURATION,
    BAD
  }

  private final String s;
  private int pos;

  NumberScanner(String s, int pos) {
    this.s = s;
    this.pos = pos;
  }

  int position() {
    return pos;
  }

  Literal scan() {
    if (number()) {
      return Literal.NUMBER;
    }
    return duration() ? Literal.DURATION : Literal.BAD;
  }

  private boolean number() {
    boolean hex = false;
    if (take("0") && take("xX")) {
      take("_");
      hex = true;
    }
    String digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
    take(".");
    take(digits);
    boolean dot = false;
    boolean exponent = false;
    while (at(digits) || at("._eE")) {
      if (at(".") && dot || at("eE") && exponent) {
        pos++;
        return false;
      }
      if (take(".")) {
        dot = true;
        if (take("_.") || hex) {
          return false;
        }
      } else if (take("eE")) {
        exponent = true;
        take("+-");
        if (take("._eE") || atEnd()) {
          return false;
        }
      } else if (take("_")) {
        if (take("._eE") || atEnd()) {
          return false;
        }
      } else {
        while (take(digits)) {
          // Runs of digits are consumed as a whole.
        }
      }
    }
    return atEnd() || !Lexer.isAlphaNumeric(s.charAt(pos));
  }

  private boolean duration() {
    if (!take("smhdwy")) {
      return false;
    }
    take("s");
    while (take("0123456789")) {
      while (take("0123456789")) {
        // Runs of digits are consumed as a whole.
      }
      if (!take("smhdw")) {
        return false;
      }
      take("s");
    }
    if (!atEnd() && Lexer.isAlphaNumeric(s.charAt(pos))) {
      pos++;
      return false;
    }
    return true;
  }

  private boolean at(String set) {
    return !atEnd() && set.indexOf(s.charAt(pos)) >= 0;
  }

  private boolean take(String set) {
    if (at(set)) {
      pos++;
      return true;
    }
    return false;
  }

  private boolean atEnd() {
    return pos >= s.length();
  }
}
