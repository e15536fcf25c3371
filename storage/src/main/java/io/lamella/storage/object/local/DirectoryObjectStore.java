package io.lamella.storage.object.local;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory as a bucket: keys are paths below it. An object is written to a hidden file in the
/// same directory, forced to disk and then renamed (or, for put-if-absent, linked), so no reader
/// sees a part of an object. Files whose names start with a dot are not objects.
public final class DirectoryObjectStore implements ObjectStore {
  private static final String HIDDEN = ".lamella-";
  private static final int MAX_REPEATS = 10;

  private final Path root;

  private DirectoryObjectStore(Path root) {
    this.root = root;
  }

  /// Opens a directory, which is created where it is missing.
  public static DirectoryObjectStore open(Path directory) throws ObjectStoreException {
    try {
      Files.createDirectories(directory);
      return new DirectoryObjectStore(directory.toRealPath());
    } catch (IOException e) {
      throw new ObjectStoreException.Refused(
          "cannot open directory " + directory + " as a store: " + e, e);
    }
  }

  /// The file of a key. Symbolic links below the root are refused, so it is always below the root.
  private Path file(ObjectKey key) throws ObjectStoreException {
    Path p = root.resolve(key.name()).normalize();
    if (!p.startsWith(root) || key.name().contains("/.") || key.name().startsWith(".")) {
      throw new ObjectStoreException.Refused(
          "cannot use object " + key + ": its name is not a path in " + root, null);
    }
    for (Path d = p; d != null && !d.equals(root); d = d.getParent()) {
      if (Files.isSymbolicLink(d)) {
        throw new ObjectStoreException.Refused(
            "cannot use object " + key + ": " + d + " is a symbolic link", null);
      }
    }
    return p;
  }

  private static ObjectVersion version(ObjectKey key, BasicFileAttributes a) {
    String etag =
        Long.toHexString(a.lastModifiedTime().to(TimeUnit.NANOSECONDS))
            + "-"
            + a.size()
            + "-"
            + a.fileKey();
    return new ObjectVersion(key, a.size(), etag);
  }

  private ObjectStoreException failure(String what, ObjectKey key, IOException e) {
    if (e instanceof ObjectStoreException o) {
      return o;
    }
    String text = "cannot " + what + " object " + key + ": " + e + " [store=" + description() + "]";
    return e instanceof NoSuchFileException
        ? new ObjectStoreException.NotFound(text, e)
        : new ObjectStoreException.Unavailable(text, e);
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    int slash = prefix.lastIndexOf('/');
    Path start = slash < 0 ? root : root.resolve(prefix.substring(0, slash)).normalize();
    if (!start.startsWith(root) || !Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
      return Page.only(List.of());
    }
    List<ObjectEntry> out = new ArrayList<>();
    try {
      // Not Files.walk, which fails where a file is deleted during the listing, as hidden files
      // are.
      Files.walkFileTree(
          start,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path p, BasicFileAttributes a) throws IOException {
              entry(p, prefix).ifPresent(out::add);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path p, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path p, @Nullable IOException e)
                throws IOException {
              if (e == null || e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new ObjectStoreException.Unavailable(
          "cannot list \"" + prefix + "\": " + e + " [store=" + description() + "]", e);
    }
    out.sort((a, b) -> a.key().compareTo(b.key()));
    return Page.only(out);
  }

  private Optional<ObjectEntry> entry(Path p, String prefix) throws IOException {
    String name = root.relativize(p).toString().replace(java.io.File.separatorChar, '/');
    if (name.startsWith(".") || name.contains("/.") || !name.startsWith(prefix)) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes a =
          Files.readAttributes(p, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return a.isRegularFile()
          ? Optional.of(
              new ObjectEntry(version(new ObjectKey(name), a), a.lastModifiedTime().toInstant()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    Path start = root.resolve(prefix).normalize();
    if (!start.startsWith(root) || !Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
      return Page.only(List.of());
    }
    TreeSet<String> out = new TreeSet<>();
    try (Stream<Path> all = Files.list(start)) {
      for (Path p : (Iterable<Path>) all::iterator) {
        String name = p.getFileName().toString();
        if (!name.startsWith(".") && Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
          out.add(prefix + name + "/");
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new ObjectStoreException.Unavailable(
          "cannot list \"" + prefix + "\": " + e + " [store=" + description() + "]", e);
    }
    return Page.only(List.copyOf(out));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    try {
      BasicFileAttributes a = Files.readAttributes(file(key), BasicFileAttributes.class);
      return a.isRegularFile() ? Optional.of(version(key, a)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("look at", key, e);
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(FileChannel channel, ObjectVersion version) throws IOException;
  }

  private <T> T reading(ObjectKey key, Reading<T> reading) throws ObjectStoreException {
    try {
      Path file = file(key);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
        if (!a.isRegularFile()) {
          throw new NoSuchFileException(file.toString());
        }
        return reading.of(channel, version(key, a));
      }
    } catch (IOException e) {
      throw failure("read", key, e);
    }
  }

  private static ByteBuffer bytes(FileChannel channel, ObjectKey key, long start, long length)
      throws IOException {
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length));
    while (out.hasRemaining()) {
      if (channel.read(out, start + out.position()) < 0) {
        throw new ObjectStoreException.Changed(
            "cannot read object "
                + key
                + ": it ends at "
                + (start + out.position())
                + ", expected "
                + (start + length),
            null);
      }
    }
    return out.flip();
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return reading(
        key,
        (channel, version) -> {
          if (version.size() > maxBytes) {
            throw new ObjectStoreException.TooLarge(
                "cannot read object "
                    + key
                    + ": "
                    + version.size()
                    + " bytes, at most "
                    + maxBytes);
          }
          return bytes(channel, key, 0, version.size());
        });
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return reading(
        object.key(),
        (channel, version) -> {
          if (version.size() != object.size()
              || !object.etag().isEmpty() && !object.etag().equals(version.etag())) {
            throw new ObjectStoreException.Changed(
                "cannot read object "
                    + object.key()
                    + " "
                    + range
                    + ": it is another version now, "
                    + version.size()
                    + " bytes",
                null);
          }
          if (range.end() > version.size()) {
            throw new ObjectStoreException.Refused(
                "cannot read object "
                    + object.key()
                    + " "
                    + range
                    + ": it has "
                    + version.size()
                    + " bytes",
                null);
          }
          return bytes(channel, object.key(), range.start(), range.length());
        });
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return reading(
        key,
        (channel, version) -> {
          long n = Math.min(length, version.size());
          return new Tail(version, bytes(channel, key, version.size() - n, n));
        });
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private ObjectVersion store(ObjectKey key, Content content, boolean replace) throws IOException {
    Path place = file(key);
    for (int attempt = 0; ; attempt++) {
      Path hidden = place.resolveSibling(HIDDEN + UUID.randomUUID());
      try {
        createParents(place);
        try (FileChannel channel =
            FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          content.writeTo(channel);
          channel.force(true);
        }
        // The object will have these attributes. Once it is there, another may delete it.
        BasicFileAttributes written = Files.readAttributes(hidden, BasicFileAttributes.class);
        if (replace) {
          Files.move(
              hidden, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
          Files.createLink(place, hidden);
        }
        force(hidden.resolveSibling("."));
        return version(key, written);
      } catch (NoSuchFileException e) {
        // A concurrent delete removed a directory above because it was empty: try again.
        if (attempt == MAX_REPEATS) {
          throw e;
        }
      } finally {
        Files.deleteIfExists(hidden);
      }
    }
  }

  /// Creates the directories above a file.
  ///
  /// @throws NoSuchFileException where another removed one of them meanwhile because it was empty
  private static void createParents(Path file) throws IOException {
    try {
      Files.createDirectories(file.getParent());
    } catch (FileAlreadyExistsException e) {
      // It was there and is no directory any more. Of the object itself this exception would say
      // that it is there.
      throw new NoSuchFileException(file.toString());
    }
  }

  /// Forces a rename to disk, where the system can open directories.
  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // This system cannot force directories to disk.
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    try {
      return store(key, c -> writeAll(c, bytes.duplicate()), true);
    } catch (IOException e) {
      throw failure("write", key, e);
    }
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    try {
      return store(key, channel -> copy(file, channel), true);
    } catch (IOException e) {
      throw failure("write", key, e);
    }
  }

  private static void copy(Path file, FileChannel channel) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long at = 0; at < in.size(); ) {
        at += in.transferTo(at, in.size() - at, channel);
      }
    }
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return storeIfAbsent(key, channel -> writeAll(channel, bytes.duplicate()));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    return storeIfAbsent(key, channel -> copy(file, channel));
  }

  private PutOutcome storeIfAbsent(ObjectKey key, Content content) throws ObjectStoreException {
    try {
      store(key, content, false);
      return PutOutcome.STORED;
    } catch (FileAlreadyExistsException e) {
      return PutOutcome.ALREADY_THERE;
    } catch (IOException e) {
      throw failure("write", key, e);
    }
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    try {
      Path file = file(key);
      Files.deleteIfExists(file);
      // A bucket has no empty directories.
      for (Path d = file.getParent(); d != null && !d.equals(root); d = d.getParent()) {
        try {
          Files.deleteIfExists(d);
        } catch (DirectoryNotEmptyException e) {
          break;
        }
      }
    } catch (IOException e) {
      throw failure("delete", key, e);
    }
  }

  @Override
  public String description() {
    return "file://" + root;
  }

  @Override
  public void close() {}
}
