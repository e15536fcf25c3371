package io.lamella.storage.object.local;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;

class MemoryObjectStoreTest extends ObjectStoreContract {
  @Override
  protected ObjectStore open() {
    return new MemoryObjectStore();
  }
}
