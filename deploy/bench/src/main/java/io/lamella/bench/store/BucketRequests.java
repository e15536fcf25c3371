package io.lamella.bench.store;

import io.lamella.bench.store.RequestEffect.Fault;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Handles requests to one bucket.
final class BucketRequests {
  private static final int PIECE_BYTES = 128 << 10;
  private static final int PAGE = 1000;

  private final String bucket;
  private final ObjectStore objects;
  private final SharedLink link;
  private final Uploads uploads;

  BucketRequests(String bucket, ObjectStore objects, SharedLink link, Uploads uploads) {
    this.bucket = bucket;
    this.objects = objects;
    this.link = link;
    this.uploads = uploads;
  }

  void list(Exchange x) throws IOException {
    String prefix = x.parameter("prefix");
    if (x.parameter("delimiter").equals("/")) {
      String directory = prefix.substring(0, prefix.lastIndexOf('/') + 1);
      try (Stream<String> all = objects.listDirectories(directory);
          Stream<ObjectEntry> files = objects.list(directory)) {
        List<String> prefixes = all.filter(p -> p.startsWith(prefix)).toList();
        List<ObjectEntry> here =
            files
                .filter(o -> o.key().name().startsWith(prefix))
                .filter(o -> o.key().name().indexOf('/', directory.length()) < 0)
                .toList();
        x.text(200, S3Xml.listing(bucket, prefix, here, prefixes, ""));
      }
      return;
    }
    String after =
        x.parameter(x.hasParameter("continuation-token") ? "continuation-token" : "start-after");
    try (Stream<ObjectEntry> all = objects.list(prefix)) {
      List<ObjectEntry> page =
          all.filter(o -> o.key().name().compareTo(after) > 0).limit(PAGE + 1).toList();
      boolean more = page.size() > PAGE;
      List<ObjectEntry> shown = more ? page.subList(0, PAGE) : page;
      String next = more ? shown.getLast().key().name() : "";
      x.text(200, S3Xml.listing(bucket, prefix, shown, List.of(), next));
    }
  }

  void get(Exchange x, ObjectKey key, Fault fault) throws IOException, InterruptedException {
    Optional<ObjectVersion> found = objects.head(key);
    if (found.isEmpty()) {
      x.text(404, S3Xml.error("NoSuchKey", "there is no object " + key));
      return;
    }
    ObjectVersion object = found.get();
    String etag = "\"" + object.etag() + "\"";
    String expectedEtag = x.header("If-Match");
    if (!expectedEtag.isEmpty()
        && !expectedEtag.equals("*")
        && !expectedEtag.replace("\"", "").equals(object.etag())) {
      x.text(412, S3Xml.error("PreconditionFailed", "the object has etag " + etag));
      return;
    }
    x.set("ETag", etag);
    x.set("Accept-Ranges", "bytes");
    x.set("Content-Type", "application/octet-stream");
    String header = x.header("Range");
    if (header.isEmpty()) {
      if (x.method().equals("HEAD")) {
        x.set("Content-Length", Long.toString(object.size()));
      }
      x.start(200, object.size());
      body(x, object, 0, object.size(), fault);
      return;
    }
    Optional<ByteRange> range = RangeHeader.of(header, object.size());
    if (range.isEmpty()) {
      x.set("Content-Range", "bytes */" + object.size());
      x.text(416, S3Xml.error("InvalidRange", "the object has " + object.size() + " bytes"));
      return;
    }
    long start = range.get().start();
    long end = range.get().end();
    x.set(
        "Content-Range",
        fault == Fault.WRONG_RANGE
            ? "bytes 7-8/9"
            : "bytes " + start + "-" + (end - 1) + "/" + object.size());
    if (x.method().equals("HEAD")) {
      x.set("Content-Length", Long.toString(end - start));
    }
    x.start(206, end - start);
    body(x, object, start, end, fault);
  }

  private void body(Exchange x, ObjectVersion object, long start, long end, Fault fault)
      throws IOException, InterruptedException {
    if (x.method().equals("HEAD")) {
      return;
    }
    long stop = fault == Fault.CUT ? start + (end - start) / 2 : end;
    for (long at = start; at < stop; ) {
      int n = (int) Math.min(PIECE_BYTES, stop - at);
      ByteBuffer piece = objects.read(object, ByteRange.ofLength(at, n));
      link.transfer(n);
      byte[] bytes = new byte[n];
      piece.get(bytes);
      x.write(bytes, n);
      at += n;
    }
  }

  void put(Exchange x, ObjectKey key) throws IOException, InterruptedException {
    Path body = x.body(uploads.directory());
    try {
      link.transfer((int) Math.min(Integer.MAX_VALUE, Files.size(body)));
      if (x.hasParameter("partNumber")) {
        String etag = uploads.part(x.parameter("uploadId"), x.parameter("partNumber"), body);
        x.set("ETag", "\"" + etag + "\"");
        x.empty(200);
        return;
      }
      if (x.header("If-None-Match").equals("*")) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(body));
        if (objects.putIfAbsent(key, bytes) == ObjectStore.PutOutcome.ALREADY_THERE) {
          x.text(412, S3Xml.error("PreconditionFailed", "object " + key + " exists already"));
          return;
        }
        x.set("ETag", "\"" + objects.head(key).map(ObjectVersion::etag).orElse("") + "\"");
      } else {
        x.set("ETag", "\"" + objects.put(key, body).etag() + "\"");
      }
      x.empty(200);
    } finally {
      Files.deleteIfExists(body);
    }
  }

  void post(Exchange x, ObjectKey key) throws IOException {
    if (x.hasParameter("uploads")) {
      x.text(200, S3Xml.uploadBegun(bucket, key.name(), uploads.begin()));
      return;
    }
    Path assembled = uploads.complete(x.parameter("uploadId"));
    try {
      String etag = "\"" + objects.put(key, assembled).etag() + "\"";
      x.text(200, S3Xml.uploadComplete(bucket, key.name(), etag));
    } finally {
      Files.deleteIfExists(assembled);
    }
  }

  void delete(Exchange x, ObjectKey key) throws IOException {
    if (x.hasParameter("uploadId")) {
      uploads.abort(x.parameter("uploadId"));
    } else {
      objects.delete(key);
    }
    x.empty(204);
  }
}
