package io.lamella.gateway.backtest.request;

import io.lamella.gateway.association.Association;
import io.lamella.gateway.association.Association.Direction;
import io.lamella.gateway.association.Associations;
import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.backtest.BacktestException;
import io.lamella.model.Matcher;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.Expr;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads associations, which a request and a file of the gateway have in the same form:
///
///     associations:
///       - type: pools                    # of a data center
///         inverse: data_centers          # of a pool
///         metric: aegis_pool_capacity    # or a whole selector
///         from: dc_id
///         to: pool
final class AssociationsReader {
  private static final int MAX_ASSOCIATIONS = 100;
  private static final int MAX_SELECTOR_CHARACTERS = 1_000;

  /// Of all regular expressions together.
  private static final long MAX_REGEX_BYTES = 4 << 20;

  private final PromqlEngine engine = new PromqlEngine(EngineOptions.defaults());
  private final List<Association> out = new ArrayList<>();
  private final Set<String> types = new HashSet<>();
  private long regexBytes;

  private AssociationsReader() {}

  /// Those of a request; none where it has none.
  static Associations associations(Field.Members request) {
    AssociationsReader reader = new AssociationsReader();
    List<Field> all = request.elements("associations");
    if (all.size() > MAX_ASSOCIATIONS) {
      throw new BacktestException(
          request.pathOf("associations"), all.size() + " of them, limit " + MAX_ASSOCIATIONS);
    }
    all.forEach(f -> reader.add(f.asMembers()));
    return Associations.of(reader.out);
  }

  /// Those of a file that has nothing else.
  ///
  /// @throws IllegalArgumentException where it is not valid
  static Associations file(String text) {
    try {
      Field.Members file = FieldParser.parse(text, MemoryAccount.UNLIMITED);
      Associations out = associations(file);
      file.end();
      return out;
    } catch (BacktestException e) {
      String message = String.valueOf(e.getMessage());
      // There is no request.
      boolean isOfAll = e.path().equals("request");
      throw new IllegalArgumentException(
          isOfAll ? "it " + message.substring("request: ".length()) : message, e);
    }
  }

  private void add(Field.Members f) {
    String type = type(f, "type", f.required("type"));
    Optional<String> inverse = f.text("inverse").map(t -> type(f, "inverse", t));
    List<Matcher> series = series(f.required("metric"), f.pathOf("metric"));
    String from = label(f.pathOf("from"), f.required("from"));
    String to = label(f.pathOf("to"), f.required("to"));
    f.end();
    if (from.equals(to)) {
      throw new BacktestException(f.pathOf("to"), "\"" + to + "\" is the label of from, too");
    }
    Association forward =
        new Association(type, new PairedLabels(series, from, to), Direction.FORWARD);
    out.add(forward);
    inverse.ifPresent(name -> out.add(forward.inverse(name)));
  }

  private String type(Field.Members f, String field, String type) {
    if (!BacktestReader.LABEL.matcher(type).matches() || type.startsWith("__")) {
      throw new BacktestException(
          f.pathOf(field), "is not a name for a type, like that of a label: \"" + type + "\"");
    }
    if (!types.add(type)) {
      throw new BacktestException(
          f.pathOf(field), "\"" + type + "\" is the type of another association, too");
    }
    return type;
  }

  private static String label(String path, String name) {
    if (!BacktestReader.LABEL.matcher(name).matches() || name.startsWith("__")) {
      throw new BacktestException(path, "is not a name for a label: \"" + name + "\"");
    }
    return name;
  }

  private List<Matcher> series(String text, String path) {
    if (text.length() > MAX_SELECTOR_CHARACTERS) {
      throw new BacktestException(
          path, text.length() + " characters, limit " + MAX_SELECTOR_CHARACTERS);
    }
    Expr parsed;
    try {
      parsed = engine.parse(text, regexMemory(path));
    } catch (QueryException.BadQuery e) {
      throw new BacktestException(path, String.valueOf(e.getMessage()));
    }
    if (!(parsed instanceof Expr.VectorSelector s) || s.offset() != null || s.at() != null) {
      throw new BacktestException(path, "is neither a metric nor a selector: \"" + text + "\"");
    }
    return s.matchers();
  }

  private MemoryAccount regexMemory(String path) {
    return new MemoryAccount() {
      @Override
      public void reserve(long bytes) {
        regexBytes += bytes;
        if (regexBytes > MAX_REGEX_BYTES) {
          throw new BacktestException(
              path, "the regular expressions take more than " + MAX_REGEX_BYTES + " bytes");
        }
      }

      @Override
      public void release(long bytes) {
        regexBytes -= bytes;
      }
    };
  }
}
