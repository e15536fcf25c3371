package io.lamella.gateway.fetch;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// A response body of a known length: fails where more bytes arrive or the body ends early, and
/// never holds more than that length.
final class ExactBody implements BodySubscriber<ByteBuffer> {
  private final ByteBuffer body;
  private final CompletableFuture<ByteBuffer> result = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  ExactBody(int length) {
    body = ByteBuffer.allocate(length);
  }

  @Override
  public CompletionStage<ByteBuffer> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    subscription = s;
    s.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      if (part.remaining() > body.remaining()) {
        if (subscription != null) {
          subscription.cancel();
        }
        result.completeExceptionally(
            new java.io.IOException("the body is longer than " + body.capacity() + " bytes"));
        return;
      }
      body.put(part);
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (body.hasRemaining()) {
      result.completeExceptionally(
          new java.io.IOException(
              "the body ended after " + body.position() + " of " + body.capacity() + " bytes"));
    } else {
      result.complete(body.flip());
    }
  }
}
