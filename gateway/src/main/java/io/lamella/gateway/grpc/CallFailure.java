package io.lamella.gateway.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lamella.gateway.query.ActiveQuery.KilledBy;
import io.lamella.gateway.query.QueryRefused;
import io.lamella.gateway.tenant.TenantRefused;
import io.lamella.promql.QueryException;
import java.util.Optional;

/// The gRPC status of a failure; nothing else decides status codes.
final class CallFailure {
  private CallFailure() {}

  /// @param killed who killed the query, if anybody did
  static Status of(Throwable t, Optional<KilledBy> killed) {
    if (killed.isPresent()) {
      Status status =
          switch (killed.get()) {
            case ADMINISTRATOR -> Status.CANCELLED;
            case STOP -> Status.UNAVAILABLE;
          };
      return status.withDescription(killed.get().text());
    }
    return switch (t) {
      case QueryException q -> status(q).withDescription(q.getMessage());
      case TenantRefused r -> status(r).withDescription(r.getMessage());
      case QueryRefused r -> Status.RESOURCE_EXHAUSTED.withDescription(r.getMessage());
      case StatusRuntimeException s -> s.getStatus();
      case StackOverflowError _ ->
          Status.INVALID_ARGUMENT.withDescription("query is nested too deeply to be evaluated");
      default -> Status.INTERNAL.withDescription("internal error: " + t);
    };
  }

  private static Status status(TenantRefused failure) {
    return switch (failure.reason()) {
      case MISSING, UNKNOWN -> Status.UNAUTHENTICATED;
      case INVALID -> Status.INVALID_ARGUMENT;
    };
  }

  private static Status status(QueryException failure) {
    return switch (failure) {
      case QueryException.BadQuery _ -> Status.INVALID_ARGUMENT;
      case QueryException.Execution _ -> Status.ABORTED;
      case QueryException.TooExpensive _ -> Status.RESOURCE_EXHAUSTED;
      case QueryException.TimedOut _ -> Status.DEADLINE_EXCEEDED;
      case QueryException.Cancelled _ -> Status.CANCELLED;
      case QueryException.StorageUnavailable _ -> Status.UNAVAILABLE;
      case QueryException.CorruptBlock _ -> Status.DATA_LOSS;
      case QueryException.Internal _ -> Status.INTERNAL;
    };
  }
}
