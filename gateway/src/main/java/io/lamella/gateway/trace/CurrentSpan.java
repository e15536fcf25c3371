package io.lamella.gateway.trace;

import java.io.IOException;
import java.lang.ScopedValue.CallableOp;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/// The span that the current thread works for. A thread that is started for a part of the work does
/// not have it by itself: [#carry] hands it on.
public final class CurrentSpan {
  private static final ScopedValue<Span> CURRENT = ScopedValue.newInstance();

  private CurrentSpan() {}

  /// The current span; [Span#NONE] outside of traced work.
  public static Span get() {
    return CURRENT.orElse(Span.NONE);
  }

  /// Does work within a span, which is closed at its end and marked where the work fails.
  public static <T, X extends Throwable> T in(Span span, CallableOp<T, X> work) throws X {
    if (!span.isRecording()) {
      return work.call();
    }
    try {
      return ScopedValue.where(CURRENT, span).call(work);
    } catch (Throwable e) {
      span.failed(e);
      throw e;
    } finally {
      span.close();
    }
  }

  /// Work that reads.
  @FunctionalInterface
  public interface Reading<T> {
    T run() throws IOException, InterruptedException;
  }

  /// As [#in], for work that throws these two.
  public static <T> T reading(Span span, Reading<T> work) throws IOException, InterruptedException {
    if (!span.isRecording()) {
      return work.run();
    }
    try {
      // A scope takes work with one kind of exception only.
      Callable<T> call = work::run;
      return ScopedValue.where(CURRENT, span).call(call::call);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      span.failed(e);
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      span.close();
    }
  }

  /// The task, to run on another thread for the span that is current here.
  public static <T> Callable<T> carry(Callable<T> task) {
    Span span = get();
    return span.isRecording() ? () -> ScopedValue.where(CURRENT, span).call(task::call) : task;
  }

  /// The task, to run on another thread for the span that is current here.
  public static Runnable carry(Runnable task) {
    Span span = get();
    return span.isRecording() ? () -> ScopedValue.where(CURRENT, span).run(task) : task;
  }

  /// The task, to run on another thread for the span that is current here.
  public static <T> Supplier<T> carrySupplier(Supplier<T> task) {
    Span span = get();
    return span.isRecording() ? () -> ScopedValue.where(CURRENT, span).call(task::get) : task;
  }
}
