package io.lamella.gateway.remote;

/// The memory of requests before they are queries, which all clients share.
@FunctionalInterface
public interface RequestMemory {
  /// Takes memory for what a body becomes, until the request has ended.
  ///
  /// @throws RuntimeException where there is not enough
  void reserve(long bytes);
}
