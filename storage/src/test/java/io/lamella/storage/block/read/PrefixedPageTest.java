package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayReader;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.io.api.Binary;

/// DELTA_BYTE_ARRAY values.
class PrefixedPageTest extends PageDecoderContract<byte[]> {
  @Override
  List<byte[]> values(int rows, Random random) {
    List<byte[]> out = new ArrayList<>();
    byte[] value = new byte[1 + random.nextInt(20)];
    for (int i = 0; i < rows; i++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          value = new byte[random.nextInt(20)];
          random.nextBytes(value);
        }
        case 1 -> {
          value = value.clone();
          if (value.length > 0) {
            value[random.nextInt(value.length)]++;
          }
        }
        default -> {}
      }
      out.add(value);
    }
    return out;
  }

  @Override
  Encoding encoding() {
    return Encoding.DELTA_BYTE_ARRAY;
  }

  @Override
  byte[] encode(List<byte[]> values) {
    try (DeltaByteArrayWriter w =
        new DeltaByteArrayWriter(1 << 10, 1 << 20, new HeapByteBufferAllocator())) {
      values.forEach(v -> w.writeBytes(Binary.fromConstantByteArray(v)));
      return EncodedPage.array(w.getBytes());
    }
  }

  @Override
  List<byte[]> reference(byte[] body, int rows) throws IOException {
    DeltaByteArrayReader r = new DeltaByteArrayReader();
    r.initFromPage(rows, ByteBufferInputStream.wrap(ByteBuffer.wrap(body)));
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      out.add(r.readBytes().getBytes());
    }
    return out;
  }

  @Override
  List<byte[]> decode(ByteBuffer page, int rows) throws CorruptBlockException {
    return List.of(PrefixedPage.decode(EncodedPage.column(false, rows), page, rows, "there"));
  }
}
