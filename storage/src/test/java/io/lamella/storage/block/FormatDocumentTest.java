package io.lamella.storage.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The tables of FORMAT.md match the code.
class FormatDocumentTest {
  private static String document() throws IOException {
    return Files.readString(
        Path.of("src", "main", "java", "io", "lamella", "storage", "block", "FORMAT.md"));
  }

  /// First cells of the table rows of a section.
  private static Set<String> rows(String section) throws IOException {
    String text = document();
    int from = text.indexOf("## " + section);
    int end = text.indexOf("\n## ", from + 3);
    Matcher m =
        Pattern.compile("(?m)^\\| `([^`]+)`")
            .matcher(text.substring(from, end < 0 ? text.length() : end));
    Set<String> out = new TreeSet<>();
    while (m.find()) {
      out.add(m.group(1));
    }
    return out;
  }

  @Test
  void theColumnTableEqualsTheSchema() throws IOException {
    Set<String> expected =
        Set.of(
            BlockSchema.LABEL_PREFIX + "<label name>",
            BlockSchema.COLUMN_NUMBERS,
            BlockSchema.FIRST_TIME,
            BlockSchema.LAST_TIME,
            BlockSchema.SERIES_HASH,
            BlockSchema.SAMPLES_PREFIX + "<i>",
            BlockSchema.MIN_PREFIX + "<i>",
            BlockSchema.MAX_PREFIX + "<i>",
            BlockSchema.DATA_PREFIX + "<i>");

    assertEquals(new TreeSet<>(expected), rows("Columns"));
  }

  @Test
  void theMetadataTableEqualsTheSchema() throws IOException {
    Set<String> expected =
        Set.of(
            BlockSchema.MIN_TIME_KEY,
            BlockSchema.MAX_TIME_KEY,
            BlockSchema.COLUMN_DURATION_KEY,
            BlockSchema.VERSION_KEY,
            BlockSchema.SORT_KEY_KEY,
            BlockSchema.NEW_ENCODINGS_KEY,
            BlockSchema.SHARD_KEY,
            BlockSchema.SHARDS_KEY,
            BlockSchema.BLOCK_KEY);

    assertEquals(new TreeSet<>(expected), rows("Key/value metadata of both files"));
  }

  @Test
  void theVersionIsTheNewestInTheDocument() throws IOException {
    assertTrue(
        document().startsWith("# The Lamella block, format version " + BlockMeta.VERSION + "\n"));
  }

  @Test
  void theMetaTableNamesEveryMember() throws IOException {
    BlockMeta meta = SampleMetas.meta(1);
    byte[] json = BlockMetaJson.write(meta);

    assertEquals(meta, BlockMetaJson.read(json, "test"));
    String text = document();
    Matcher members =
        Pattern.compile("\"([a-zA-Z0-9]+)\": ")
            .matcher(new String(json, java.nio.charset.StandardCharsets.UTF_8));
    while (members.find()) {
      String member = members.group(1);
      assertTrue(
          member.equals("region") || member.equals("replica") || text.contains("`" + member + "`"),
          () -> member + " is not in FORMAT.md");
    }
  }

  @Test
  void theCatalogTableNamesEveryMember() throws IOException {
    byte[] json = CatalogJson.write(new Catalog(1, List.of()));
    Matcher members =
        Pattern.compile("(?m)^  \"([a-z0-9]+)\": ")
            .matcher(new String(json, java.nio.charset.StandardCharsets.UTF_8));
    Set<String> written = new TreeSet<>();
    while (members.find()) {
      written.add(members.group(1));
    }

    assertEquals(rows("catalog.json"), written);
  }
}
