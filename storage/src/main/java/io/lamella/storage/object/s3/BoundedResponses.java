package io.lamella.storage.object.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/// Bounds the responses that the SDK parses in memory: listings, and errors of every request. The
/// body of an object is bounded by its reader.
final class BoundedResponses implements ExecutionInterceptor {
  /// A page of a listing has at most 1,000 keys of 1 KiB, which XML may make six times longer.
  static final long MAX_BYTES = 8 << 20;

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    boolean isObject =
        context.request() instanceof GetObjectRequest && context.httpResponse().isSuccessful();
    return isObject ? context.responseBody() : context.responseBody().map(Bounded::new);
  }

  private static final class Bounded extends FilterInputStream {
    private long left = MAX_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] out, int from, int length) throws IOException {
      int n = super.read(out, from, length);
      count(n);
      return n;
    }

    private void count(int n) throws IOException {
      left -= Math.max(0, n);
      if (left < 0) {
        throw new IOException("a response of more than " + MAX_BYTES + " bytes");
      }
    }
  }
}
