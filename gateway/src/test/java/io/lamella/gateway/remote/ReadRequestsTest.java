package io.lamella.gateway.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.lamella.gateway.wire.prometheus.ReadQuery;
import io.lamella.gateway.wire.prometheus.ReadRequest;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What a request takes in memory before it is a query.
class ReadRequestsTest {
  /// Reads a request.
  ///
  /// @return the bytes that were reserved for it
  private static long reserved(ReadRequest request) {
    AtomicLong out = new AtomicLong();
    ReadRequests.parse(SnappyBlock.deflate(request.toByteArray()), out::addAndGet);
    return out.get();
  }

  @Test
  void memoryIsReservedBeforeABlockIsInflated() {
    // The varint of 32 MiB, and no data.
    byte[] bomb = {(byte) 0x80, (byte) 0x80, (byte) 0x80, 0x10};
    IllegalStateException refusal = new IllegalStateException("no memory");

    assertEquals(
        refusal,
        assertThrows(
            IllegalStateException.class,
            () ->
                ReadRequests.parse(
                    bomb,
                    bytes -> {
                      assertEquals(64 << 20, bytes);
                      throw refusal;
                    })));
  }

  @Test
  void emptyFieldsTakeMemoryToo() {
    ReadRequest.Builder request = ReadRequest.newBuilder();
    for (int i = 0; i < 50_000; i++) {
      request.addQueries(ReadQuery.getDefaultInstance());
    }

    assertTrue(reserved(request.build()) > 5_000_000);
    assertTrue(reserved(ReadRequest.getDefaultInstance()) < 1_000);
  }

  @Test
  void unknownFieldsAreNotKept() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                99,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFrom(new byte[1 << 20]))
                    .build())
            .build();
    byte[] body =
        SnappyBlock.deflate(
            ReadRequest.newBuilder().setUnknownFields(unknown).build().toByteArray());

    assertEquals(ReadRequest.getDefaultInstance(), ReadRequests.parse(body, _ -> {}));
  }
}
