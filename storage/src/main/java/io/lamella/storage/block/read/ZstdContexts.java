package io.lamella.storage.block.read;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Decompresses zstd frames with contexts that are used again. Making one takes as long as
/// decompressing a small page, and it has some 160 KB outside of the heap.
final class ZstdContexts {
  /// More would only be used by threads that wait for a core.
  private static final BlockingQueue<ZstdDecompressCtx> FREE =
      new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

  private ZstdContexts() {}

  /// Decompresses one frame.
  ///
  /// @return the bytes of the frame's content, at most `out.length`
  /// @throws IOException where the frame is not valid or longer than `out`
  static int decompress(byte[] bytes, int from, int length, byte[] out) throws IOException {
    ZstdDecompressCtx free = FREE.poll();
    ZstdDecompressCtx context = free == null ? new ZstdDecompressCtx() : free;
    try {
      return context.decompressByteArray(out, 0, out.length, bytes, from, length);
    } catch (ZstdException e) {
      throw new IOException("zstd: " + e.getMessage(), e);
    } finally {
      if (!FREE.offer(context)) {
        context.close();
      }
    }
  }
}
