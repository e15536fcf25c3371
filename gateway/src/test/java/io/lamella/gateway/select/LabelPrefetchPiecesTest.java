package io.lamella.gateway.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.storage.object.ByteRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How much is prefetched at a time.
class LabelPrefetchPiecesTest {
  private static final long HALF = LabelPrefetch.PIECE_BYTES / 2;

  @Test
  void aPieceIsBoundedUnlessItIsOneLargePage() {
    ByteRange a = ByteRange.ofLength(0, HALF);
    ByteRange b = ByteRange.ofLength(HALF, HALF);
    ByteRange c = ByteRange.ofLength(2 * HALF, 1);
    ByteRange large = ByteRange.ofLength(2 * HALF + 1, 5 * HALF);
    ByteRange last = ByteRange.ofLength(7 * HALF + 1, 1);
    assertEquals(
        List.of(List.of(a, b), List.of(c), List.of(large), List.of(last)),
        LabelPrefetch.pieces(List.of(last, b, a, large, c)));
  }

  @Test
  void noRangesMakeNoPiece() {
    assertEquals(List.of(), LabelPrefetch.pieces(List.of()));
  }
}
