package io.lamella.gateway.message;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.lamella.gateway.wire.hints.SeriesRequestHints;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import org.junit.jupiter.api.Test;

class MessageFieldsTest {
  private static void check(byte[] message) throws InvalidProtocolBufferException {
    MessageFields.check(SeriesRequest.getDescriptor(), message);
  }

  private static void assertRefused(String reason, byte[] message) {
    InvalidProtocolBufferException e =
        assertThrows(InvalidProtocolBufferException.class, () -> check(message));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
  }

  private static SeriesRequest.Builder matchers(int count) {
    SeriesRequest.Builder out = SeriesRequest.newBuilder();
    for (int i = 0; i < count; i++) {
      out.addMatchers(LabelMatcher.getDefaultInstance());
    }
    return out;
  }

  @Test
  void aRequestMayHaveManyFieldsAndLongOnes() {
    SeriesRequest request =
        matchers(MessageFields.MAX - 2)
            .addMatchers(LabelMatcher.newBuilder().setValue("x".repeat(1 << 20)))
            .build();
    assertDoesNotThrow(() -> check(request.toByteArray()));
  }

  @Test
  void emptyMessagesCount() {
    assertRefused("more than 100000 fields", matchers(MessageFields.MAX + 1).build().toByteArray());
  }

  @Test
  void unknownFieldsCountWhereverTheyAre() {
    UnknownFieldSet.Builder unknown = UnknownFieldSet.newBuilder();
    for (int i = 0; i <= MessageFields.MAX; i++) {
      unknown.addField(1000 + i, UnknownFieldSet.Field.newBuilder().addVarint(0).build());
    }
    LabelMatcher matcher = LabelMatcher.newBuilder().setUnknownFields(unknown.build()).build();
    assertRefused(
        "more than 100000 fields",
        SeriesRequest.newBuilder().addMatchers(matcher).build().toByteArray());
  }

  @Test
  void elementsOfPackedFieldsCount() {
    SeriesRequest.Builder request = SeriesRequest.newBuilder();
    for (int i = 0; i <= MessageFields.MAX; i++) {
      request.addAggregatesValue(1);
    }
    assertRefused("more than 100000 fields", request.build().toByteArray());
  }

  private static byte[] hints(int blockMatchers) {
    SeriesRequestHints.Builder hints = SeriesRequestHints.newBuilder();
    for (int i = 0; i < blockMatchers; i++) {
      hints.addBlockMatchers(LabelMatcher.getDefaultInstance());
    }
    return SeriesRequest.newBuilder().setHints(Any.pack(hints.build())).build().toByteArray();
  }

  /// They are parsed only later, all at once.
  @Test
  void fieldsOfHintsCount() {
    assertDoesNotThrow(() -> check(hints(MessageFields.MAX / 2)));
    assertRefused("more than 100000 fields", hints(MessageFields.MAX));
  }

  @Test
  void groupsAreRefused() {
    UnknownFieldSet group =
        UnknownFieldSet.newBuilder()
            .addField(
                1000,
                UnknownFieldSet.Field.newBuilder()
                    .addGroup(UnknownFieldSet.getDefaultInstance())
                    .build())
            .build();
    assertRefused(
        "group", SeriesRequest.newBuilder().setUnknownFields(group).build().toByteArray());
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    assertRefused("", ByteString.fromHex("1affffffff0f").toByteArray());
    assertRefused("", ByteString.fromHex("1a05").toByteArray());
  }
}
