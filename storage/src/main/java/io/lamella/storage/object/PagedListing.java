package io.lamella.storage.object;

import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The pages of a listing as one stream. The first page is requested at once, each other page when
/// the stream reaches it. Each request goes through the outermost store, so wrappers count and
/// retry each page by itself.
final class PagedListing<T> extends Spliterators.AbstractSpliterator<ObjectStore.Page<T>> {
  private final Request<T> request;
  private Optional<ObjectStore.Page<T>> next;
  private Optional<String> token = Optional.empty();
  private Optional<String> kept = Optional.empty();
  private long pages;

  /// Requests the page that a token names.
  @FunctionalInterface
  interface Request<T> {
    ObjectStore.Page<T> send(String token) throws ObjectStoreException;
  }

  private PagedListing(Request<T> request, ObjectStore.Page<T> first) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    this.request = request;
    this.next = Optional.of(first);
  }

  /// Fails where the store leads from page to page and back: a token is compared with one that is
  /// kept for ever longer, so each cycle is found (Brent's algorithm).
  private void checkProgress() {
    if (token.isEmpty()) {
      return;
    }
    if (token.equals(kept)) {
      throw new UncheckedObjectStoreException(
          new ObjectStoreException.Unavailable(
              "cannot list objects: the store continued page "
                  + pages
                  + " with a token that it had given before",
              null));
    }
    if (Long.bitCount(++pages) == 1) {
      kept = token;
    }
  }

  static <T> Stream<T> stream(Request<T> request) throws ObjectStoreException {
    PagedListing<T> pages = new PagedListing<>(request, request.send(ObjectStore.FIRST_PAGE));
    return StreamSupport.stream(pages, false).flatMap(p -> p.entries().stream());
  }

  @Override
  public boolean tryAdvance(Consumer<? super ObjectStore.Page<T>> action) {
    if (next.isEmpty() && token.isEmpty()) {
      return false;
    }
    ObjectStore.Page<T> page;
    try {
      page = next.isPresent() ? next.get() : request.send(token.get());
    } catch (ObjectStoreException e) {
      throw new UncheckedObjectStoreException(e);
    }
    next = Optional.empty();
    token = page.next();
    checkProgress();
    action.accept(page);
    return true;
  }
}
