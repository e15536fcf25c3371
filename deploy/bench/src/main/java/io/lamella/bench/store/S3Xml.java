package io.lamella.bench.store;

import io.lamella.storage.object.ObjectEntry;
import java.util.List;

/// The XML documents of the S3 protocol.
final class S3Xml {
  private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  private static final String NAMESPACE = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

  private S3Xml() {}

  static String error(String code, String message) {
    return HEAD + "<Error>" + tag("Code", code) + tag("Message", message) + "</Error>";
  }

  static String location() {
    return HEAD + "<LocationConstraint" + NAMESPACE + "></LocationConstraint>";
  }

  static String uploadBegun(String bucket, String key, String upload) {
    return HEAD
        + "<InitiateMultipartUploadResult"
        + NAMESPACE
        + ">"
        + tag("Bucket", bucket)
        + tag("Key", key)
        + tag("UploadId", upload)
        + "</InitiateMultipartUploadResult>";
  }

  static String uploadComplete(String bucket, String key, String etag) {
    return HEAD
        + "<CompleteMultipartUploadResult"
        + NAMESPACE
        + ">"
        + tag("Bucket", bucket)
        + tag("Key", key)
        + tag("ETag", etag)
        + "</CompleteMultipartUploadResult>";
  }

  /// A page of a listing.
  ///
  /// @param next continuation token of the next page; empty on the last page
  static String listing(
      String bucket, String prefix, List<ObjectEntry> objects, List<String> prefixes, String next) {
    StringBuilder out = new StringBuilder(HEAD);
    out.append("<ListBucketResult").append(NAMESPACE).append('>');
    out.append(tag("Name", bucket)).append(tag("Prefix", prefix));
    out.append(tag("KeyCount", Integer.toString(objects.size() + prefixes.size())));
    out.append(tag("MaxKeys", "1000"));
    out.append(tag("IsTruncated", Boolean.toString(!next.isEmpty())));
    if (!next.isEmpty()) {
      out.append(tag("NextContinuationToken", next));
    }
    for (ObjectEntry o : objects) {
      out.append("<Contents>").append(tag("Key", o.key().name()));
      out.append(tag("LastModified", o.lastModified().toString()));
      out.append(tag("ETag", "\"" + o.version().etag() + "\""));
      out.append(tag("Size", Long.toString(o.version().size())));
      out.append(tag("StorageClass", "STANDARD")).append("</Contents>");
    }
    for (String p : prefixes) {
      out.append("<CommonPrefixes>").append(tag("Prefix", p)).append("</CommonPrefixes>");
    }
    return out.append("</ListBucketResult>").toString();
  }

  private static String tag(String name, String text) {
    return "<" + name + ">" + escape(text) + "</" + name + ">";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
