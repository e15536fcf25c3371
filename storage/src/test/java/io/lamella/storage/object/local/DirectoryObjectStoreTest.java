package io.lamella.storage.object.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreContract;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryObjectStoreTest extends ObjectStoreContract {
  @TempDir Path parent;

  @Override
  protected ObjectStore open() throws IOException {
    return DirectoryObjectStore.open(parent.resolve("store"));
  }

  @Test
  void temporaryFilesAreNeverListed() throws IOException, InterruptedException {
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int i = 0; i < 200; i++) {
                  store.put(new ObjectKey("d/a"), bytes("x".repeat(10_000)));
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });

    while (writer.isAlive()) {
      assertTrue(List.of("d/a").containsAll(list("")));
    }
    writer.join();

    assertEquals(List.of("d/a"), list("d/"));
  }

  @Test
  void anObjectIsWrittenWhileOthersRemoveTheEmptyDirectoriesAboveIt() throws Exception {
    List<Callable<Integer>> writers = new ArrayList<>();
    for (int w = 0; w < 2; w++) {
      ObjectKey key = new ObjectKey("leases/" + w + "/writer");
      writers.add(() -> {
        for (int i = 0; i < 500; i++) {
          store.put(key, bytes("x"));
          store.delete(key);
          assertEquals(ObjectStore.PutOutcome.STORED, store.putIfAbsent(key, bytes("x")));
          store.delete(key);
        }
        return 0;
      });
    }

    ParallelTasks.run(writers);

    assertEquals(List.of(), list("leases/"));
  }

  @Test
  void anObjectThatIsDeletedWhileItIsWrittenDoesNotComeBack() throws Exception {
    for (int i = 0; i < 100; i++) {
      ObjectKey key = new ObjectKey("leases/" + i + "/writer");
      Path file = parent.resolve("store").resolve(key.name());
      Callable<Boolean> writer =
          () -> store.putIfAbsent(key, bytes("x")) == ObjectStore.PutOutcome.STORED;
      Callable<Boolean> deleter =
          () -> {
            while (!Files.exists(file)) {
              Thread.onSpinWait();
            }
            store.delete(key);
            return true;
          };

      assertEquals(List.of(true, true), ParallelTasks.run(List.of(writer, deleter)));
      assertFalse(Files.exists(file), () -> key + " is there again");
    }
  }

  @Test
  void aSymbolicLinkOutOfTheDirectoryIsRefused() throws IOException {
    Path secret = Files.createDirectories(parent.resolve("outside")).resolve("secret");
    Files.writeString(secret, "secret");
    Files.createSymbolicLink(parent.resolve("store/dir"), secret.getParent());
    Files.createSymbolicLink(parent.resolve("store/file"), secret);

    for (String name : List.of("dir/secret", "file")) {
      ObjectKey key = new ObjectKey(name);
      assertThrows(ObjectStoreException.Refused.class, () -> store.readAll(key, 100));
      assertThrows(ObjectStoreException.Refused.class, () -> store.put(key, bytes("x")));
    }
    assertEquals(List.of(), list(""));
    assertEquals("secret", Files.readString(secret));
  }
}
