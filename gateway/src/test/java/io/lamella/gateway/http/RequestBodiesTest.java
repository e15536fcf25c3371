package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.query.QueryRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The memory of bodies before they are queries.
class RequestBodiesTest {
  private static final RequestBodies.Kind KIND = RequestBodies.Kind.SNAPPY_PROTOBUF;
  private final RequestBodies bodies = new RequestBodies(100_000);

  private static ByteArrayInputStream bytes(int count) {
    return new ByteArrayInputStream(new byte[count]);
  }

  @Test
  void aBodyThatNoTimeHasRoomForIsTooLarge() throws IOException {
    try (RequestBodies.Body body = bodies.open()) {
      RequestRefused e = assertThrows(RequestRefused.class, () -> body.read(bytes(30_000), KIND));
      assertEquals(413, e.status());
    }
    try (RequestBodies.Body body = bodies.open()) {
      body.read(bytes(10_000), KIND);
      assertThrows(RequestRefused.class, () -> body.reserve(70_000));
    }
    assertEquals(0, bodies.bytes());
  }

  @Test
  void aBodyThatFindsNoRoomBesideOthersMayComeAgain() throws IOException {
    try (RequestBodies.Body other = bodies.open();
        RequestBodies.Body body = bodies.open()) {
      other.read(bytes(10_000), KIND);
      other.reserve(20_000);
      body.read(bytes(5_000), KIND);
      assertThrows(QueryRefused.class, () -> body.reserve(50_000));
    }
    try (RequestBodies.Body body = bodies.open()) {
      body.read(bytes(5_000), KIND);
      body.reserve(50_000);
    }
    assertEquals(0, bodies.bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "SNAPPY", "Snappy "})
  void namesOfContentCodingsAreReadInAnyCase(String coding) {
    RequestBodies.check(new RequestBodies.BodyHead("application/x-protobuf", coding, 5), KIND);
  }

  @Test
  void otherContentCodingsAreRefused() {
    RequestRefused e =
        assertThrows(
            RequestRefused.class,
            () ->
                RequestBodies.check(
                    new RequestBodies.BodyHead("application/x-protobuf", "gzip", 5), KIND));
    assertEquals(415, e.status());
  }
}
