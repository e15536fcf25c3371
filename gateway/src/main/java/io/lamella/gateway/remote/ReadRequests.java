package io.lamella.gateway.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lamella.gateway.message.MessageFields;
import io.lamella.gateway.message.WireMatchers;
import io.lamella.gateway.query.ChunksRequest;
import io.lamella.gateway.wire.prometheus.ReadQuery;
import io.lamella.gateway.wire.prometheus.ReadRequest;
import io.lamella.gateway.wire.prometheus.ReadRequest.ResponseType;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.util.List;
import java.util.Optional;

/// Reads the messages of clients.
final class ReadRequests {
  /// As in Prometheus.
  private static final int MAX_BYTES = 32 << 20;

  private ReadRequests() {}

  /// @param body a snappy block
  /// @throws QueryException.BadQuery where the body is no request
  static ReadRequest parse(byte[] body) {
    try {
      byte[] message = SnappyBlock.inflate(body, MAX_BYTES);
      MessageFields.check(ReadRequest.getDescriptor(), message);
      return ReadRequest.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new QueryException.BadQuery("cannot read request: " + e.getMessage());
    }
  }

  /// The first type that the client accepts and that exists here; samples where it names none.
  ///
  /// @throws QueryException.BadQuery where there is none
  static ResponseType responseType(ReadRequest request) {
    if (request.getAcceptedResponseTypesCount() == 0) {
      return ResponseType.SAMPLES;
    }
    return request.getAcceptedResponseTypesList().stream()
        .filter(t -> t != ResponseType.UNRECOGNIZED)
        .findFirst()
        .orElseThrow(() ->
            new QueryException.BadQuery(
                "server does not support any of the requested response types: "
                    + request.getAcceptedResponseTypesValueList()
                    + "; supported: SAMPLES, STREAMED_XOR_CHUNKS"));
  }

  /// The chunks that a query asks for; empty where its range ends before it starts.
  ///
  /// @param memory for its regular expressions
  static Optional<ChunksRequest> chunks(ReadQuery query, MemoryAccount memory) {
    long start = query.getStartTimestampMs();
    long end = query.getEndTimestampMs();
    List<Matcher> matchers = WireMatchers.read(query.getMatchersList(), memory);
    return start > end
        ? Optional.empty()
        : Optional.of(ChunksRequest.of(matchers, new TimeRange(start, end)));
  }
}
