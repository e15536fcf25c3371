package io.lamella.converter;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A source bucket, an empty target, and conversions from one to the other.
abstract class ConversionCase {
  static final long DAY = TestBucket.DAY;
  static final long HOUR = TestBucket.HOUR;

  /// The samples of a block of three series.
  static final int PER_DAY = 3 * 24 * 60;

  @TempDir Path directory;

  TestBucket bucket;
  ConversionOptions options = ConversionOptions.defaults();

  @BeforeEach
  void openBucket() throws Exception {
    bucket = new TestBucket(directory.resolve("source"));
    options = options.withWorkDirectory(directory.resolve("work")).withThreads(2);
  }

  /// The source as the converter is told of it.
  String source() {
    return bucket.root().toString();
  }

  String target() {
    return directory.resolve("target").toString();
  }

  ConversionSummary convert() throws Exception {
    return Conversion.run(source(), target(), options, day -> {});
  }

  List<BlockMeta> visible() throws Exception {
    try (DirectoryObjectStore store = DirectoryObjectStore.open(Path.of(target()))) {
      return new PublishedBucket(store, PublishedBucket.Scope.ALL).refresh().visible();
    }
  }
}
