package io.lamella.promql.ast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class FunctionTest {
  @Test
  void functionsOfAllKindsAreListedInOrderOfTheirNames() {
    List<String> names = Function.values().stream().map(Function::text).toList();
    assertEquals(90, names.size());
    assertEquals(names.stream().sorted().distinct().toList(), names);
  }

  @Test
  void everyFunctionIsFoundByItsName() {
    for (Function f : Function.values()) {
      assertSame(f, Function.named(f.text()));
    }
    assertNull(Function.named("nothing"));
  }

  @Test
  void onlyScalarFunctionsReturnScalars() {
    assertEquals(ValueType.SCALAR, ScalarFunction.TIME.returns());
    assertEquals(ValueType.VECTOR, RangeVectorFunction.RATE.returns());
  }
}
