package io.lamella.bench.store;

import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Multipart uploads that are not complete yet: one directory per upload, one file per part.
final class Uploads {
  private final Path directory;

  /// @param directory on the file system of the buckets, outside of them
  Uploads(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  String begin() throws IOException {
    String id = UUID.randomUUID().toString();
    Files.createDirectories(directory.resolve(id));
    return id;
  }

  private Path upload(String id) throws IOException {
    Path p = directory.resolve(UUID.fromString(id).toString());
    if (!Files.isDirectory(p)) {
      throw new IOException("there is no upload " + id);
    }
    return p;
  }

  /// Stores a part; the file is moved.
  ///
  /// @return the part's ETag
  String part(String id, String number, Path body) throws IOException {
    String name = String.format("%05d", Integer.parseInt(number));
    Files.move(body, upload(id).resolve(name), StandardCopyOption.REPLACE_EXISTING);
    return "part-" + name;
  }

  /// Concatenates the parts into a new file; the caller deletes it.
  Path complete(String id) throws IOException {
    Path upload = upload(id);
    Path whole = Files.createTempFile(directory, "whole", "");
    List<Path> parts;
    try (Stream<Path> all = Files.list(upload)) {
      parts = all.sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(whole)) {
      for (Path p : parts) {
        Files.copy(p, out);
      }
    }
    DirectoryTree.delete(upload);
    return whole;
  }

  void abort(String id) throws IOException {
    DirectoryTree.delete(upload(id));
  }
}
