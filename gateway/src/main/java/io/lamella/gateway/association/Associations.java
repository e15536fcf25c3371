package io.lamella.gateway.association;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Associations by their types. Immutable.
public final class Associations {
  public static final Associations NONE = new Associations(new TreeMap<>());

  private final SortedMap<String, Association> byType;

  private Associations(SortedMap<String, Association> byType) {
    this.byType = byType;
  }

  /// @throws IllegalArgumentException where two have one type
  public static Associations of(Collection<Association> all) {
    SortedMap<String, Association> out = new TreeMap<>();
    for (Association a : all) {
      if (out.put(a.type(), a) != null) {
        throw new IllegalArgumentException("there are two associations \"" + a.type() + "\"");
      }
    }
    return new Associations(out);
  }

  public Optional<Association> find(String type) {
    return Optional.ofNullable(byType.get(type));
  }

  public SortedSet<String> types() {
    return new TreeSet<>(byType.keySet());
  }

  /// These and others, which hold where both have a type.
  public Associations overriddenBy(Associations others) {
    SortedMap<String, Association> out = new TreeMap<>(byType);
    out.putAll(others.byType);
    return new Associations(out);
  }
}
