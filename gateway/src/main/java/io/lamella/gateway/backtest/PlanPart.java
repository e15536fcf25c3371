package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.UnitPlan.Unbound;
import io.lamella.gateway.backtest.UnitPlan.Units;
import java.util.List;

/// Units of a backtest that follow each other, such as those that one of several gateways judges.
///
/// @param plan of the whole backtest
/// @param verdicts the numbers of their verdicts
record PlanPart(
    Units plan, List<Unbound> unbound, List<EvaluationUnit> units, VerdictRange verdicts) {
  PlanPart {
    unbound = List.copyOf(unbound);
    units = List.copyOf(units);
  }

  static PlanPart whole(Units all) {
    VerdictRange verdicts = new VerdictRange(0, verdicts(all.unbound(), all.units()));
    return new PlanPart(all, all.unbound(), all.units(), verdicts);
  }

  /// One of several parts of the plan. Each unit is in one part, and the parts follow each other
  /// and take about the same time. What cannot be evaluated takes none, and is in the first part.
  ///
  /// @param number of the part, from 1
  PlanPart of(int number, int parts) {
    List<EvaluationUnit> all = plan.units();
    long work = all.stream().mapToLong(PlanPart::work).sum();
    int begin = 0;
    int end = 0;
    long before = 0;
    for (EvaluationUnit u : all) {
      begin += before < work * (number - 1) / parts ? 1 : 0;
      end += before < work * number / parts ? 1 : 0;
      before += work(u);
    }
    List<Unbound> first = number == 1 ? plan.unbound() : List.of();
    List<EvaluationUnit> own = all.subList(begin, end);
    long from = number == 1 ? 0 : verdicts(plan.unbound(), all.subList(0, begin));
    return new PlanPart(plan, first, own, new VerdictRange(from, from + verdicts(first, own)));
  }

  /// What a unit takes: evaluations.
  private static long work(EvaluationUnit u) {
    return (long) u.rules().size() * u.times().count();
  }

  private static long verdicts(List<Unbound> unbound, List<EvaluationUnit> units) {
    return unbound.stream().mapToLong(u -> u.rules().size()).sum()
        + units.stream().mapToLong(u -> (long) u.judged().size() * u.rules().size()).sum();
  }
}
