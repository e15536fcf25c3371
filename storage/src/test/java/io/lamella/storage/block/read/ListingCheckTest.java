package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.UncheckedObjectStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ListingCheckTest {
  private static final Ulid BLOCK = Ulid.of(1, new byte[10]);

  private final ListingCheck check = new ListingCheck(new ListingCheck.Limits(3, 2, 3000));

  private static void assertFails(String what, Executable next) {
    UncheckedObjectStoreException e = assertThrows(UncheckedObjectStoreException.class, next);
    assertEquals("cannot list blocks: " + what, e.reason().getMessage());
  }

  @Test
  void aListingOfTooManyObjectsFails() {
    for (int i = 0; i < 3; i++) {
      check.next(new ObjectKey("blocks/" + i));
    }

    assertFails("more than 3 objects", () -> check.next(new ObjectKey("blocks/3")));
  }

  private static ObjectVersion object(String name) {
    return new ObjectVersion(BlockNames.directory(BLOCK).resolve(name), 1, "etag");
  }

  @Test
  void aBlockOfTooManyObjectsFails() {
    check.objectOf(BLOCK, object("a"), 2);

    assertFails(
        "block " + BLOCK + " has more than 2 objects", () -> check.objectOf(BLOCK, object("b"), 3));
  }

  @Test
  void objectsThatTakeTooMuchMemoryFail() {
    check.next(new ObjectKey("blocks/1"));
    check.objectOf(BLOCK, object("meta.json"), 1);

    assertFails(
        "1 objects up to "
            + object("x".repeat(500)).key()
            + " take more than 3000 bytes of memory, a quarter of the heap; give the process more"
            + " memory, or delete objects that belong to no published block",
        () -> check.objectOf(BLOCK, object("x".repeat(500)), 2));
  }

  @Test
  void anObjectThatIsListedTwiceFails() {
    check.next(new ObjectKey("blocks/1"));

    assertFails("object blocks/1 follows blocks/1", () -> check.next(new ObjectKey("blocks/1")));
  }
}
