package io.lamella.storage.block.read;

import io.lamella.storage.block.CorruptBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageType;

/// Decodes a page of a label column (encoding RLE_DICTIONARY) into dictionary codes.
public final class LabelPage {
  /// The code of a row without this label.
  public static final int ABSENT = -1;

  private LabelPage() {}

  /// The memory that decoding a page takes, by its header; to be reserved before [#decode].
  ///
  /// @throws CorruptBlockException where the header is damaged or states too much
  public static long memoryBytes(ColumnPages column, ByteBuffer page, int rows, String place)
      throws CorruptBlockException {
    return PageBytes.stated(column, page, PageType.DATA_PAGE_V2, place).bytes() + 12L * rows + 64;
  }

  /// The codes of a page's rows, [#ABSENT] where the label is absent; every other code is below
  /// `dictionary.size()`.
  ///
  /// @param rows how many rows the page must have
  /// @param place the object's name, for messages
  /// @throws CorruptBlockException where the page is damaged, or does not fit the dictionary
  public static int[] decode(
      ColumnPages column, ByteBuffer page, int rows, LabelDictionary dictionary, String place)
      throws CorruptBlockException {
    PageBytes p = PageBytes.data(column, page, rows, Encoding.RLE_DICTIONARY, place);
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
      int[] codes = codes(p.body(), present, dictionary.size());
      int[] out = new int[rows];
      for (int row = 0, i = 0; row < rows; row++) {
        out[row] = levels[row] == 0 ? ABSENT : codes[i++];
      }
      return out;
    } catch (IOException e) {
      throw p.corrupt(e);
    }
  }

  private static int[] codes(byte[] body, int present, int size) throws IOException {
    int[] codes = new int[present];
    if (present == 0) {
      return codes;
    }
    if (body.length == 0) {
      throw new IOException("no bytes for " + present + " values");
    }
    HybridDecoder.decode(body, 1, body.length, body[0], codes, present);
    for (int code : codes) {
      if (code < 0 || code >= size) {
        throw new IOException("code " + code + " in a dictionary of " + size);
      }
    }
    return codes;
  }
}
