package io.lamella.gateway.grpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import io.lamella.gateway.message.MessageFields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A request as it came: gRPC itself takes bytes that are no message for a failure of the server,
/// and logs it.
///
/// @param message empty where the bytes are none
/// @param status the answer then
record Received<Q>(Optional<Q> message, Status status) {
  /// Of a field, which may be two bytes of the message, with the matcher that is made of it.
  private static final long BYTES_PER_FIELD = 200;

  /// The method as a server receives it.
  static <Q extends Message, R> MethodDescriptor<Received<Q>, R> method(
      MethodDescriptor<Q, R> method, Q anyRequest) {
    MethodDescriptor.Marshaller<Q> messages = ProtoUtils.marshaller(anyRequest);
    return method.toBuilder(
            new MethodDescriptor.Marshaller<Received<Q>>() {
              @Override
              public InputStream stream(Received<Q> value) {
                return messages.stream(value.message().orElse(anyRequest));
              }

              @Override
              public Received<Q> parse(InputStream stream) {
                try {
                  byte[] bytes = stream.readAllBytes();
                  if (!CallStream.current().hold(bytes.length)) {
                    return refused(Status.RESOURCE_EXHAUSTED, "too many large requests at once");
                  }
                  int fields = MessageFields.check(anyRequest.getDescriptorForType(), bytes);
                  if (!CallStream.current().hold(bytes.length + fields * BYTES_PER_FIELD)) {
                    return refused(Status.RESOURCE_EXHAUSTED, "too many large requests at once");
                  }
                  return new Received<>(
                      Optional.of(messages.parse(new ByteArrayInputStream(bytes))), Status.OK);
                } catch (IOException e) {
                  return refused(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
                } catch (StatusRuntimeException e) {
                  Throwable cause = e.getCause();
                  return refused(
                      Status.INVALID_ARGUMENT,
                      String.valueOf((cause == null ? e : cause).getMessage()));
                }
              }
            },
            method.getResponseMarshaller())
        .build();
  }

  private static <Q> Received<Q> refused(Status status, String reason) {
    return new Received<>(
        Optional.empty(), status.withDescription("cannot read request: " + reason));
  }

  /// Hands the message to the method, or refuses it.
  <R> void handle(StreamObserver<R> to, BiConsumer<Q, StreamObserver<R>> method) {
    if (message.isPresent()) {
      method.accept(message.get(), to);
    } else {
      to.onError(status.asRuntimeException());
    }
  }
}
