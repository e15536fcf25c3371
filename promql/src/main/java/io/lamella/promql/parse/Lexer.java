package io.lamella.promql.parse;

import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.BinaryOp;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Splits a query into tokens. Braces and brackets have rules of their own: in braces a word is
/// never a keyword, in brackets only the words of duration expressions exist.
final class Lexer {
  private static final Map<String, TokenType> KEYWORDS =
      Map.ofEntries(
          Map.entry("bool", TokenType.BOOL),
          Map.entry("by", TokenType.BY),
          Map.entry("without", TokenType.WITHOUT),
          Map.entry("on", TokenType.ON),
          Map.entry("ignoring", TokenType.IGNORING),
          Map.entry("group_left", TokenType.GROUP_LEFT),
          Map.entry("group_right", TokenType.GROUP_RIGHT),
          Map.entry("offset", TokenType.OFFSET),
          Map.entry("anchored", TokenType.ANCHORED),
          Map.entry("smoothed", TokenType.SMOOTHED),
          Map.entry("fill", TokenType.FILL),
          Map.entry("fill_left", TokenType.FILL_LEFT),
          Map.entry("fill_right", TokenType.FILL_RIGHT),
          Map.entry("start", TokenType.START),
          Map.entry("end", TokenType.END_WORD),
          Map.entry("step", TokenType.STEP),
          Map.entry("range", TokenType.RANGE),
          Map.entry("min_of", TokenType.MIN_OF),
          Map.entry("max_of", TokenType.MAX_OF),
          Map.entry("inf", TokenType.NUMBER),
          Map.entry("nan", TokenType.NUMBER));
  private static final Map<String, BinaryOp> WORD_OPERATORS =
      Map.of(
          "and", BinaryOp.AND,
          "or", BinaryOp.OR,
          "unless", BinaryOp.UNLESS,
          "atan2", BinaryOp.ATAN2);
  private static final Map<String, AggregateOp> AGGREGATORS = new HashMap<>();

  static {
    for (AggregateOp op : AggregateOp.values()) {
      AGGREGATORS.put(op.text(), op);
    }
  }

  private static final int EOF = -1;

  private final String input;
  private int pos;
  private int start;
  private int parens;
  private boolean inBraces;
  private boolean inBrackets;

  /// True in brackets before the first number.
  private boolean durationStart;

  /// True once there was a number in any brackets: before that, Prometheus accepts no colon.
  private boolean gotDuration;

  private boolean gotColon;

  Lexer(String input) {
    this.input = input;
  }

  /// @throws SyntaxError where the text is not a token
  Token next() {
    skipSpaceAndComments();
    start = pos;
    if (inBraces) {
      return inBraces();
    }
    return inBrackets && durationStart ? inDuration() : inStatement();
  }

  private void skipSpaceAndComments() {
    // There are no comments in the first part of brackets, where '#' is an invalid character.
    while (pos < input.length()) {
      char c = input.charAt(pos);
      if (isSpace(c)) {
        pos++;
      } else if (c == '#' && !(inBrackets && durationStart)) {
        int eol = input.indexOf('\n', pos);
        pos = eol < 0 ? input.length() : eol;
      } else {
        return;
      }
    }
  }

  private Token inStatement() {
    int c = advance();
    return switch (c) {
      case EOF -> {
        if (parens != 0) {
          throw error("unclosed left parenthesis");
        }
        if (inBrackets) {
          throw error("unclosed left bracket");
        }
        yield token(TokenType.END);
      }
      case ',' -> token(TokenType.COMMA);
      case '*' -> operator(BinaryOp.MUL);
      case '/' -> operator(BinaryOp.DIV);
      case '%' -> operator(BinaryOp.MOD);
      case '+' -> operator(BinaryOp.ADD);
      case '-' -> operator(BinaryOp.SUB);
      case '^' -> operator(BinaryOp.POW);
      case '=' -> {
        if (peek() == '=') {
          pos++;
          yield operator(BinaryOp.EQL);
        }
        if (peek() == '~') {
          throw error("unexpected character after '=': '~'");
        }
        yield token(TokenType.ASSIGN);
      }
      case '!' -> {
        int d = advance();
        if (d == '=') {
          yield operator(BinaryOp.NEQ);
        }
        throw error("unexpected character after '!': " + quoteRune(d));
      }
      case '<' -> compare(BinaryOp.LTE, BinaryOp.TRIM_UPPER, BinaryOp.LSS);
      case '>' -> compare(BinaryOp.GTE, BinaryOp.TRIM_LOWER, BinaryOp.GTR);
      case '"', '\'' -> string(c);
      case '`' -> rawString();
      case '(' -> {
        parens++;
        yield token(TokenType.LEFT_PAREN);
      }
      case ')' -> rightParen();
      case '{' -> {
        // A brace in brackets is an error of the parser.
        inBraces = true;
        yield token(TokenType.LEFT_BRACE);
      }
      case '[' -> {
        if (inBrackets) {
          throw error("unexpected left bracket '['");
        }
        inBrackets = true;
        durationStart = true;
        gotColon = false;
        yield token(TokenType.LEFT_BRACKET);
      }
      case ']' -> {
        if (!inBrackets) {
          throw error("unexpected right bracket ']'");
        }
        inBrackets = false;
        yield token(TokenType.RIGHT_BRACKET);
      }
      case '@' -> token(TokenType.AT);
      default -> {
        if (isDigit(c) || c == '.' && isDigit(peek())) {
          pos = start;
          yield numberOrDuration();
        }
        if (isAlpha(c) || c == ':') {
          pos = start;
          yield inBrackets ? wordInBrackets() : word();
        }
        throw error("unexpected character: " + quoteRune(c));
      }
    };
  }

  private Token compare(BinaryOp withEqual, BinaryOp withSlash, BinaryOp alone) {
    if (peek() == '=') {
      pos++;
      return operator(withEqual);
    }
    if (peek() == '/') {
      pos++;
      return operator(withSlash);
    }
    return operator(alone);
  }

  private Token rightParen() {
    parens--;
    if (parens < 0) {
      start = pos;
      throw error("unexpected right parenthesis ')'");
    }
    return token(TokenType.RIGHT_PAREN);
  }

  private Token inDuration() {
    int c = advance();
    return switch (c) {
      case EOF -> throw error("unexpected end of input in duration expression");
      case ']' -> {
        inBrackets = false;
        yield token(TokenType.RIGHT_BRACKET);
      }
      case ':' -> colon();
      case '(' -> {
        parens++;
        yield token(TokenType.LEFT_PAREN);
      }
      case ')' -> rightParen();
      case '+' -> operator(BinaryOp.ADD);
      case '-' -> operator(BinaryOp.SUB);
      case '*' -> operator(BinaryOp.MUL);
      case '/' -> operator(BinaryOp.DIV);
      case '%' -> operator(BinaryOp.MOD);
      case '^' -> operator(BinaryOp.POW);
      case ',' -> token(TokenType.COMMA);
      default -> {
        if (isDigit(c) || c == '.' && isDigit(peek())) {
          pos = start;
          gotDuration = true;
          durationStart = false;
          yield numberOrDuration();
        }
        if (isAlpha(c)) {
          pos = start;
          Token t = durationWord();
          if (t != null) {
            yield t;
          }
        }
        throw error("unexpected character in duration expression: " + quoteRune(c));
      }
    };
  }

  private Token colon() {
    if (!gotDuration) {
      start = pos;
      throw error("unexpected colon before duration in duration expression");
    }
    if (gotColon) {
      throw error("unexpected colon ':'");
    }
    gotColon = true;
    return token(TokenType.COLON);
  }

  private Token wordInBrackets() {
    int c = advance();
    if (c == ':') {
      return colon();
    }
    pos = start;
    Token t = durationWord();
    if (t != null) {
      return t;
    }
    throw error("unexpected character: " + quoteRune(c) + ", expected ':'");
  }

  /// One of the words of duration expressions, or null; then the position is after the first
  /// character.
  private @Nullable Token durationWord() {
    int end = start;
    while (end < input.length() && isAlphaNumeric(input.charAt(end))) {
      end++;
    }
    TokenType type = KEYWORDS.get(input.substring(start, end).toLowerCase(Locale.ROOT));
    if (type == TokenType.STEP
        || type == TokenType.RANGE
        || type == TokenType.MIN_OF
        || type == TokenType.MAX_OF) {
      pos = end;
      return token(type);
    }
    pos = start + 1;
    return null;
  }

  private Token inBraces() {
    int c = advance();
    return switch (c) {
      case EOF -> throw error("unexpected end of input inside braces");
      case ',' -> token(TokenType.COMMA);
      case '"', '\'' -> string(c);
      case '`' -> rawString();
      case '=' -> {
        if (peek() == '~') {
          pos++;
          yield token(TokenType.REGEX_EQUAL);
        }
        yield token(TokenType.ASSIGN);
      }
      case '!' -> {
        int d = advance();
        if (d == '~') {
          yield token(TokenType.REGEX_NOT_EQUAL);
        }
        if (d == '=') {
          yield operator(BinaryOp.NEQ);
        }
        throw error("unexpected character after '!' inside braces: " + quoteRune(d));
      }
      case '{' -> throw error("unexpected left brace '{'");
      case '}' -> {
        inBraces = false;
        yield token(TokenType.RIGHT_BRACE);
      }
      default -> {
        if (!isAlpha(c)) {
          throw error("unexpected character inside braces: " + quoteRune(c));
        }
        while (isAlphaNumeric(peek())) {
          pos++;
        }
        yield token(TokenType.IDENTIFIER);
      }
    };
  }

  private Token word() {
    boolean colon = false;
    while (isAlphaNumeric(peek()) || peek() == ':') {
      colon |= peek() == ':';
      pos++;
    }
    String text = input.substring(start, pos);
    String lower = text.toLowerCase(Locale.ROOT);
    BinaryOp op = WORD_OPERATORS.get(lower);
    if (op != null) {
      return new Token(TokenType.OPERATOR, text, start, pos, op, null);
    }
    AggregateOp aggregate = AGGREGATORS.get(lower);
    if (aggregate != null) {
      return new Token(TokenType.AGGREGATOR, text, start, pos, null, aggregate);
    }
    TokenType keyword = KEYWORDS.get(lower);
    if (keyword == TokenType.FILL
        || keyword == TokenType.FILL_LEFT
        || keyword == TokenType.FILL_RIGHT) {
      int p = pos;
      while (p < input.length() && isSpace(input.charAt(p))) {
        p++;
      }
      if (p >= input.length() || input.charAt(p) != '(') {
        keyword = null;
      }
    }
    if (keyword != null) {
      return token(keyword);
    }
    return token(colon ? TokenType.METRIC_IDENTIFIER : TokenType.IDENTIFIER);
  }

  private Token numberOrDuration() {
    NumberScanner scanner = new NumberScanner(input, pos);
    NumberScanner.Literal outcome = scanner.scan();
    pos = scanner.position();
    return switch (outcome) {
      case NUMBER -> token(TokenType.NUMBER);
      case DURATION -> token(TokenType.DURATION);
      case BAD ->
          throw error(
              "bad number or duration syntax: "
                  + io.lamella.model.GoQuote.quote(input.substring(start, pos)));
    };
  }

  private Token string(int quote) {
    while (true) {
      int c = advance();
      if (c == EOF || c == '\n') {
        throw error("unterminated quoted string");
      }
      if (isInvalid(c)) {
        throw error("invalid UTF-8 rune");
      }
      if (c == quote) {
        return token(TokenType.STRING);
      }
      if (c == '\\') {
        escape(quote);
      }
    }
  }

  private void escape(int quote) {
    int c = advance();
    int digits;
    int base;
    int max;
    switch (c) {
      case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\' -> {
        return;
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        digits = 3;
        base = 8;
        max = 255;
        pos--;
      }
      case 'x' -> {
        digits = 2;
        base = 16;
        max = 255;
      }
      case 'u' -> {
        digits = 4;
        base = 16;
        max = Character.MAX_CODE_POINT;
      }
      case 'U' -> {
        digits = 8;
        base = 16;
        max = Character.MAX_CODE_POINT;
      }
      case EOF -> throw error("escape sequence not terminated");
      default -> {
        if (c == quote) {
          return;
        }
        throw error("unknown escape sequence " + unicode(c));
      }
    }
    long x = 0;
    for (int i = 0; i < digits; i++) {
      int ch = advance();
      if (ch == EOF) {
        throw error("escape sequence not terminated");
      }
      int d = ch < 0x80 ? Character.digit(ch, base) : -1;
      if (d < 0) {
        throw error("illegal character " + unicode(ch) + " in escape sequence");
      }
      x = x * base + d;
    }
    if (x > max || x >= 0xD800 && x < 0xE000) {
      throw error("escape sequence is an invalid Unicode code point");
    }
  }

  private Token rawString() {
    while (true) {
      int c = advance();
      if (c == EOF) {
        throw error("unterminated raw string");
      }
      if (isInvalid(c)) {
        throw error("invalid UTF-8 rune");
      }
      if (c == '`') {
        return token(TokenType.STRING);
      }
    }
  }

  private Token token(TokenType type) {
    return new Token(type, input.substring(start, pos), start, pos, null, null);
  }

  private Token operator(BinaryOp op) {
    return new Token(TokenType.OPERATOR, input.substring(start, pos), start, pos, op, null);
  }

  private SyntaxError error(String message) {
    return new SyntaxError(start, message);
  }

  private int advance() {
    if (pos >= input.length()) {
      return EOF;
    }
    int c = input.codePointAt(pos);
    pos += Character.charCount(c);
    return c;
  }

  private int peek() {
    return pos < input.length() ? input.codePointAt(pos) : EOF;
  }

  static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlpha(int c) {
    return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  static boolean isAlphaNumeric(int c) {
    return isAlpha(c) || isDigit(c);
  }

  /// As in Prometheus, the replacement character itself counts as invalid.
  private static boolean isInvalid(int c) {
    return isLoneSurrogate(c) || c == 0xFFFD;
  }

  private static boolean isLoneSurrogate(int c) {
    return c >= 0xD800 && c < 0xE000;
  }

  private static String unicode(int c) {
    return String.format("U+%04X '%s'", c, Character.toString(c));
  }

  /// Go's `%q` of a rune.
  private static String quoteRune(int c) {
    if (c == EOF || isLoneSurrogate(c)) {
      return "'\uFFFD'";
    }
    if (c == '\'') {
      return "'\\''";
    }
    if (c == '"') {
      return "'\"'";
    }
    String quoted = io.lamella.model.GoQuote.quote(Character.toString(c));
    return "'" + quoted.substring(1, quoted.length() - 1) + "'";
  }
}
