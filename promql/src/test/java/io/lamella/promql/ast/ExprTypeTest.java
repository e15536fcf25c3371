package io.lamella.promql.ast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExprTypeTest {
  private static final TextRange NOWHERE = new TextRange(0, 0);

  private static Expr plus(Expr left, Expr right) {
    return new Expr.Binary(BinaryOp.ADD, left, right, false, null, NOWHERE);
  }

  /// A checker asks every node for its type: that must not walk the tree below each.
  @Test
  void theTypesOfALongChainTakeLinearTime() {
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          Expr one = new Expr.NumberLiteral(1, false, NOWHERE);
          Expr chain = one;
          for (int i = 0; i < 300_000; i++) {
            chain = new Expr.Paren(plus(chain, one), NOWHERE);
            assertEquals(ValueType.SCALAR, chain.type());
          }
          assertEquals(ValueType.VECTOR, plus(new Expr.StringLiteral("a", NOWHERE), chain).type());
        });
  }
}
