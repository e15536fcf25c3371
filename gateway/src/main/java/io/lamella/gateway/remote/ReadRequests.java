package io.lamella.gateway.remote;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
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

  /// A message is in memory as it was inflated and as its fields.
  private static final int COPIES = 2;

  /// Of a field with the matcher or the result that is made of it.
  private static final long BYTES_PER_FIELD = 200;

  /// Unknown fields would be copied.
  private static final Parser<ReadRequest> PARSER =
      DiscardUnknownFieldsParser.wrap(ReadRequest.parser());

  private ReadRequests() {}

  /// @param body a snappy block
  /// @param memory for what it holds, which may be twenty times as long
  /// @throws QueryException.BadQuery where the body is no request
  static ReadRequest parse(byte[] body, RequestMemory memory) {
    try {
      byte[] message =
          SnappyBlock.inflate(body, MAX_BYTES, length -> memory.reserve((long) length * COPIES));
      int fields = MessageFields.check(ReadRequest.getDescriptor(), message);
      memory.reserve(fields * BYTES_PER_FIELD);
      return PARSER.parseFrom(message);
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
