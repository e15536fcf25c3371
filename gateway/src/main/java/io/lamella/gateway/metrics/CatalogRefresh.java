package io.lamella.gateway.metrics;

/// The outcome of a catalog refresh.
public enum CatalogRefresh {
  OK("ok"),
  FAILED("error");

  private final String label;

  CatalogRefresh(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
