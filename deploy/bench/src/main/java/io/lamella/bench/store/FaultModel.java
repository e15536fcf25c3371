package io.lamella.bench.store;

import io.lamella.bench.data.SplitMix;

/// Chooses latency and fault of each request. The seed determines both: the n-th request has the
/// same effect in every run.
final class FaultModel {
  /// The 99th percentile of the standard normal distribution.
  private static final double Z99 = 2.326;

  private final StoreModel model;
  private final SplitMix random;

  FaultModel(StoreModel model, long seed) {
    this.model = model;
    this.random = SplitMix.of(seed, "store");
  }

  synchronized RequestEffect next() {
    double z = random.gaussian();
    double u = random.unit();
    return new RequestEffect(firstByteNanos(z), fault(u));
  }

  private long firstByteNanos(double z) {
    if (model.firstByte().p50Millis() == 0) {
      return 0;
    }
    double sigma = Math.log(model.firstByte().p99Millis() / model.firstByte().p50Millis()) / Z99;
    return (long) (model.firstByte().p50Millis() * 1e6 * Math.exp(sigma * z));
  }

  private RequestEffect.Fault fault(double u) {
    StoreModel.Faults f = model.faults();
    double at = f.unavailable();
    if (u < at) {
      return RequestEffect.Fault.UNAVAILABLE;
    }
    at += f.cut();
    if (u < at) {
      return RequestEffect.Fault.CUT;
    }
    at += f.stalled();
    if (u < at) {
      return RequestEffect.Fault.STALLED;
    }
    return u < at + f.wrongRange() ? RequestEffect.Fault.WRONG_RANGE : RequestEffect.Fault.NONE;
  }
}
