package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockListingTest {
  @Test
  void severalPrefixesHaveOneLimit() {
    MemoryObjectStore store = new MemoryObjectStore();
    for (String name : List.of("blocks/1/a", "blocks/1/b", "blocks/2/a", "blocks/2/b")) {
      store.put(new ObjectKey(name), ByteBuffer.allocate(1));
    }
    BlockListing listing = new BlockListing(new ListingCheck.Limits(3, 100, 1 << 20));

    ObjectStoreException e =
        assertThrows(
            ObjectStoreException.class,
            () -> listing.list(store, List.of("blocks/1", "blocks/2"), _ -> {}));

    assertEquals("cannot list blocks: more than 3 objects", e.getMessage());
  }
}
