package io.lamella.model;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The limits of Go's regexp package, checked on the text alone: a few characters can ask for a
/// program of gigabytes, or for a stack deeper than any thread has.
///
/// Walks the text once and keeps for each part what its program would need: instructions, levels of
/// the tree, the product of nested repeat counts. Malformed text ends the walk without a finding,
/// because the compiler reports it. Prefixes that alternatives have in common are counted once for
/// each alternative.
///
/// Beyond Go's limits the text is limited to [#MAX_TEXT], because RE2/J compiles long texts in
/// quadratic time.
final class RegexLimits {
  /// Compiling this much takes half a second at most.
  static final int MAX_TEXT = 64 << 10;

  private static final int MAX_REPEAT = 1000;
  private static final int MAX_HEIGHT = 1000;

  /// As measured: an instruction, and its share of a match's two queues.
  private static final long BYTES_PER_INSTRUCTION = 80;

  private static final long BYTES_PER_CHARACTER = 4;

  /// 128 MiB of instructions of 40 bytes.
  private static final long MAX_PROGRAM = (128 << 20) / 40;

  /// 128 MiB of characters of 4 bytes.
  private static final long MAX_CHARACTERS = (128 << 20) / 4;

  /// The bounds of the ranges of a Unicode class: no class has more.
  private static final int UNICODE_CLASS = 1_400;

  private enum Kind {
    LITERAL,
    CONCATENATION,
    ALTERNATION,
    OTHER
  }

  /// A part of the expression.
  ///
  /// @param size the instructions of its program
  /// @param height the levels of its tree
  /// @param product the largest product of repeat counts on a way down
  private record Part(Kind kind, long size, int height, long product) {
    static final Part CHARACTER = new Part(Kind.LITERAL, 1, 1, 1);
    static final Part SINGLE = new Part(Kind.OTHER, 1, 1, 1);
  }

  /// The parts of an alternation or a concatenation so far. One within another of its kind is no
  /// level of its own.
  private static final class Parts {
    private final Kind kind;
    private @Nullable Part only;
    private int count;
    private long size;
    private int height;
    private long product;

    Parts(Kind kind) {
      this.kind = kind;
    }

    void add(Part p) {
      Part before = only;
      boolean joins =
          before != null && before.kind == Kind.LITERAL && p.kind == Kind.LITERAL && count == 1;
      boolean flat = p.kind == kind;
      size += p.size;
      height = Math.max(height, flat ? p.height - 1 : p.height);
      product = Math.max(product, p.product);
      if (joins && kind == Kind.CONCATENATION) {
        only = new Part(Kind.LITERAL, size, 1, 1);
        return;
      }
      count += flat ? 2 : 1;
      only = count == 1 ? p : null;
    }

    Part whole() {
      Part one = only;
      if (one != null) {
        return one;
      }
      if (count == 0) {
        return Part.SINGLE;
      }
      long forks = kind == Kind.ALTERNATION ? count - 1 : 0;
      return new Part(kind, size + forks, 1 + height, product);
    }
  }

  /// An open group: its alternatives before the last one, and the last one up to the part that a
  /// repetition would apply to.
  private static final class Group {
    private final boolean captures;
    private final Parts alternatives = new Parts(Kind.ALTERNATION);
    private Parts sequence = new Parts(Kind.CONCATENATION);
    private @Nullable Part last;

    Group(boolean captures) {
      this.captures = captures;
    }

    void push(Part p) {
      endPart();
      last = p;
    }

    private void endPart() {
      Part p = last;
      if (p != null) {
        sequence.add(p);
        last = null;
      }
    }

    void endAlternative() {
      endPart();
      alternatives.add(sequence.whole());
      sequence = new Parts(Kind.CONCATENATION);
    }

    Part close() {
      endAlternative();
      Part inner = alternatives.whole();
      return captures
          ? new Part(Kind.OTHER, 2 + inner.size, 1 + inner.height, inner.product)
          : inner;
    }
  }

  /// Thrown where the text is malformed; the compiler has the message.
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private final String text;
  private final Deque<Group> groups = new ArrayDeque<>();
  private Group group = new Group(false);
  private long characters;
  private int at;

  private RegexLimits(String text) {
    this.text = text;
  }

  /// Returns the bytes of memory that the program takes at most, the buffers of a match included.
  ///
  /// @throws InvalidRegexException where the expression is beyond a limit
  static long check(String text) {
    if (text.length() > MAX_TEXT) {
      throw fail("expression too large", text);
    }
    RegexLimits limits = new RegexLimits(text);
    try {
      long instructions = limits.walk();
      return BYTES_PER_INSTRUCTION * instructions + BYTES_PER_CHARACTER * limits.characters;
    } catch (Malformed e) {
      // The compiler says why.
      return 0;
    }
  }

  private long walk() throws Malformed {
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '(' -> open();
        case ')' -> {
          at++;
          Part closed = group.close();
          if (groups.isEmpty()) {
            throw new Malformed();
          }
          group = groups.pop();
          push(closed);
        }
        case '|' -> {
          at++;
          group.endAlternative();
          checked(group.alternatives.whole());
        }
        case '*', '+', '?' -> repetition(c);
        case '{' -> counted();
        case '[' -> characterClass();
        case '\\' -> escape();
        case '.', '^', '$' -> {
          at++;
          push(Part.SINGLE);
        }
        default -> {
          at += Character.charCount(text.codePointAt(at));
          literal();
        }
      }
    }
    if (!groups.isEmpty()) {
      throw new Malformed();
    }
    return checked(group.close()).size;
  }

  private void literal() {
    characters(1);
    push(Part.CHARACTER);
  }

  private void characters(long more) {
    characters += more;
    if (characters > MAX_CHARACTERS) {
      throw fail("expression too large", text);
    }
  }

  private void push(Part p) {
    group.push(checked(p));
  }

  private Part checked(Part p) {
    if (p.size > MAX_PROGRAM) {
      throw fail("expression too large", text);
    }
    if (p.height > MAX_HEIGHT) {
      throw fail("expression nests too deeply", text);
    }
    return p;
  }

  private static InvalidRegexException fail(String what, String shown) {
    return new InvalidRegexException("error parsing regexp: " + what + ": `" + shown + "`");
  }

  private void open() throws Malformed {
    at++;
    if (at >= text.length() || text.charAt(at) != '?') {
      enter(true);
      return;
    }
    int i = at + 1;
    if (text.startsWith("P<", i) || text.startsWith("<", i)) {
      at = 1 + required(text.indexOf('>', i));
      enter(true);
      return;
    }
    while (i < text.length() && "imsU-".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    char end = charAt(i);
    at = i + 1;
    if (end == ':') {
      enter(false);
    } else if (end != ')') {
      throw new Malformed();
    }
  }

  private void enter(boolean captures) {
    groups.push(group);
    group = new Group(captures);
  }

  private char charAt(int i) throws Malformed {
    if (i >= text.length()) {
      throw new Malformed();
    }
    return text.charAt(i);
  }

  private static int required(int index) throws Malformed {
    if (index < 0) {
      throw new Malformed();
    }
    return index;
  }

  private Part repeated() throws Malformed {
    Part last = group.last;
    if (last == null) {
      throw new Malformed();
    }
    return last;
  }

  private void repetition(char c) throws Malformed {
    at++;
    lazy();
    Part p = repeated();
    group.last =
        checked(new Part(Kind.OTHER, p.size + (c == '*' ? 2 : 1), 1 + p.height, p.product));
  }

  private void lazy() {
    if (at < text.length() && text.charAt(at) == '?') {
      at++;
    }
  }

  /// `{n}`, `{n,}`, `{n,m}`; any other brace is a literal.
  private void counted() throws Malformed {
    int start = at;
    int close = text.indexOf('}', at);
    int comma = text.indexOf(',', at);
    boolean isRange = comma >= 0 && comma < close;
    int min = close < 0 ? -1 : number(at + 1, isRange ? comma : close);
    boolean open = isRange && comma + 1 == close;
    int max = open || min < 0 ? -1 : isRange ? number(comma + 1, close) : min;
    if (min < 0 || !open && max < 0) {
      at++;
      literal();
      return;
    }
    at = close + 1;
    lazy();
    Part p = repeated();
    if (min > MAX_REPEAT || max > MAX_REPEAT || !open && min > max) {
      throw fail("invalid repeat count", text.substring(start, at));
    }
    long size = open ? (min == 0 ? 2 + p.size : 1 + min * p.size) : max * p.size + (max - min);
    long times = open ? Math.max(1, min) : max;
    long product = times == 0 ? 1 : times * p.product;
    Part whole = checked(new Part(Kind.OTHER, Math.max(1, size), 1 + p.height, product));
    if ((min >= 2 || max >= 2) && whole.product > MAX_REPEAT) {
      throw fail("invalid repeat count", text.substring(start, at));
    }
    group.last = whole;
  }

  /// A number without a sign or leading zeros, cut off beyond the limit; -1 for none.
  private int number(int from, int to) {
    if (from >= to || text.charAt(from) == '0' && to - from > 1) {
      return -1;
    }
    int n = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      n = Math.min(10 * n + c - '0', MAX_REPEAT + 1);
    }
    return n;
  }

  private void characterClass() throws Malformed {
    int i = at + 1;
    if (charAt(i) == '^') {
      i++;
    }
    boolean first = true;
    while (charAt(i) != ']' || first) {
      first = false;
      int named = text.startsWith("[:", i) ? text.indexOf(":]", i + 2) : -1;
      if (named >= 0) {
        characters(16);
        i = named + 2;
      } else if (text.charAt(i) == '\\') {
        i = classEscape(i);
      } else {
        characters(2);
        i += Character.charCount(text.codePointAt(i));
      }
    }
    at = i + 1;
    push(Part.SINGLE);
  }

  /// Counts an escape for a class or a character; returns where it ends.
  private int classEscape(int i) throws Malformed {
    char c = charAt(i + 1);
    if (c == 'p' || c == 'P') {
      characters(UNICODE_CLASS);
      return charAt(i + 2) == '{' ? required(text.indexOf('}', i)) + 1 : i + 3;
    }
    characters("dDsSwW".indexOf(c) >= 0 ? 8 : 2);
    return escapeEnd(i);
  }

  private int escapeEnd(int i) throws Malformed {
    char c = charAt(i + 1);
    if (c == 'x') {
      return charAt(i + 2) == '{' ? required(text.indexOf('}', i)) + 1 : i + 4;
    }
    int end = i + 1 + Character.charCount(text.codePointAt(i + 1));
    if (c >= '0' && c <= '7') {
      while (end < Math.min(text.length(), i + 4)
          && text.charAt(end) >= '0'
          && text.charAt(end) <= '7') {
        end++;
      }
    }
    return end;
  }

  private void escape() throws Malformed {
    char c = charAt(at + 1);
    if (c == 'Q') {
      int end = text.indexOf("\\E", at);
      int from = at + 2;
      at = end < 0 ? text.length() : end + 2;
      for (int i = from; i < (end < 0 ? text.length() : end); ) {
        i += Character.charCount(text.codePointAt(i));
        literal();
      }
      return;
    }
    boolean isClass = "pPdDsSwW".indexOf(c) >= 0;
    if (isClass) {
      at = classEscape(at);
      push(Part.SINGLE);
    } else if ("AbBCz".indexOf(c) >= 0) {
      at += 2;
      push(Part.SINGLE);
    } else {
      at = escapeEnd(at);
      literal();
    }
  }
}
