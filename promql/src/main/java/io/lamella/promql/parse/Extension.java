package io.lamella.promql.parse;

/// Parts of the syntax that must be switched on.
public enum Extension {
  EXPERIMENTAL_FUNCTIONS,
  EXTENDED_RANGE_SELECTORS,
  FILL_MODIFIERS
}
