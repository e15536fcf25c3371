package io.lamella.gateway.grpc;

import io.airlift.compress.v3.snappy.SnappyFramedInputStream;
import io.airlift.compress.v3.snappy.SnappyFramedOutputStream;
import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.grpc.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Compression of messages by Snappy's framing format, which Thanos' `--grpc-compression=snappy`
/// asks for.
final class SnappyCodec implements Codec {
  @Override
  public String getMessageEncoding() {
    return "snappy";
  }

  @Override
  public OutputStream compress(OutputStream out) throws IOException {
    return new SnappyFramedOutputStream(new SnappyJavaCompressor(), out);
  }

  @Override
  public InputStream decompress(InputStream in) throws IOException {
    return new SnappyFramedInputStream(new SnappyJavaDecompressor(), in);
  }
}
