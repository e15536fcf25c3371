package io.lamella.storage.object.s3;

import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// The Content-Range of a 206 response: bytes `[start, end)` of `total`, −1 where the total is not
/// stated.
record ContentRange(long start, long end, long total) {
  private static final Pattern FORM =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  static ContentRange of(GetObjectResponse head, ObjectKey key) throws ObjectStoreException {
    int status = head.sdkHttpResponse().statusCode();
    String text = head.contentRange();
    if (status != 206 || text == null) {
      throw new ObjectStoreException.Unavailable(
          "cannot read object "
              + key
              + ": status "
              + status
              + " with Content-Range "
              + text
              + ", expected 206",
          null);
    }
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new ObjectStoreException.Unavailable(
          "cannot read object " + key + ": Content-Range \"" + text + "\"", null);
    }
    return new ContentRange(
        Long.parseLong(m.group(1)),
        Long.parseLong(m.group(2)) + 1,
        m.group(3).equals("*") ? -1 : Long.parseLong(m.group(3)));
  }
}
