package io.lamella.gateway.metrics;

/// How a look at what is published ended.
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
