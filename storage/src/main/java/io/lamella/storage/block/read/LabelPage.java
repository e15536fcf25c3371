package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;

/// Decodes a page of a label column into dictionary codes.
public final class LabelPage {
  /// The code of a row without this label.
  public static final int ABSENT = -1;

  private LabelPage() {}

  /// The codes of a page's rows, [#ABSENT] where the label is absent; every other code is below
  /// `dictionary.size()`.
  ///
  /// @param rows how many rows the page has
  /// @throws CorruptBlockException where page and dictionary contradict each other
  public static int[] decode(
      ColumnPages column, ByteBuffer page, int rows, LabelDictionary dictionary, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.data(column, page, rows, place);
    try {
      int[] levels = new int[rows];
      int present = rows;
      if (column.isOptional()) {
        HybridDecoder.decode(p.levels(), 0, p.levels().length, 1, levels, rows);
        present = 0;
        for (int level : levels) {
          present += level;
        }
      } else {
        Arrays.fill(levels, 1);
      }
      int[] codes = codes(p, present, dictionary);
      int[] out = new int[rows];
      for (int row = 0, i = 0; row < rows; row++) {
        out[row] = levels[row] == 0 ? ABSENT : codes[i++];
      }
      return out;
    } catch (IOException e) {
      throw new CorruptBlockException(
          "cannot decode page of column \""
              + column.name()
              + "\": "
              + e.getMessage()
              + " [object="
              + place
              + "]",
          e);
    }
  }

  private static int[] codes(PageBytes p, int present, LabelDictionary dictionary)
      throws IOException {
    int size = dictionary.size();
    int[] codes = new int[present];
    if (present == 0) {
      return codes;
    }
    if (p.encoding() == Encoding.PLAIN) {
      String[] plain = new String[present];
      int end = LabelDictionary.plain(p.body(), p.bodyFrom(), plain);
      if (end != p.body().length) {
        throw new IOException((p.body().length - end) + " bytes left over");
      }
      int first = dictionary.append(plain);
      java.util.Arrays.setAll(codes, i -> first + i);
      return codes;
    }
    if (p.encoding() != Encoding.RLE_DICTIONARY && p.encoding() != Encoding.PLAIN_DICTIONARY) {
      throw new IOException("encoding " + p.encoding() + ", expected RLE_DICTIONARY");
    }
    if (p.bodyFrom() >= p.body().length) {
      throw new IOException("no bytes for " + present + " values");
    }
    int width = p.body()[p.bodyFrom()];
    HybridDecoder.decode(p.body(), p.bodyFrom() + 1, p.body().length, width, codes, present);
    for (int code : codes) {
      if (code < 0 || code >= size) {
        throw new IOException("code " + code + " in a dictionary of " + size);
      }
    }
    return codes;
  }
}
