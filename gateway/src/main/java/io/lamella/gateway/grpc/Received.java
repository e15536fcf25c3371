package io.lamella.gateway.grpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A request as it came: gRPC itself takes bytes that are no message for a failure of the server,
/// and logs it.
///
/// @param message empty where the bytes are none
/// @param error why they are none
record Received<Q>(Optional<Q> message, String error) {
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
                  return new Received<>(Optional.of(messages.parse(stream)), "");
                } catch (StatusRuntimeException e) {
                  Throwable cause = e.getCause();
                  return new Received<>(
                      Optional.empty(), String.valueOf((cause == null ? e : cause).getMessage()));
                }
              }
            },
            method.getResponseMarshaller())
        .build();
  }

  /// Hands the message to the method, or refuses it.
  <R> void handle(StreamObserver<R> to, BiConsumer<Q, StreamObserver<R>> method) {
    if (message.isPresent()) {
      method.accept(message.get(), to);
    } else {
      to.onError(
          Status.INVALID_ARGUMENT
              .withDescription("cannot read request: " + error)
              .asRuntimeException());
    }
  }
}
