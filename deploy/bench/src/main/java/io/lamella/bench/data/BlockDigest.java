package io.lamella.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// The SHA-256 over all files of a block: path, length and bytes of each, in path order.
final class BlockDigest {
  private BlockDigest() {}

  static String of(Path block) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(block)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    byte[] buffer = new byte[1 << 17];
    for (Path f : files) {
      String head = block.relativize(f) + " " + Files.size(f) + "\n";
      digest.update(head.getBytes(StandardCharsets.UTF_8));
      try (InputStream in = Files.newInputStream(f)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
