package io.lamella.promql.ast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.promql.parse.Parser;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TreeJsonTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String NUMBER_2 = "{'type':'numberLiteral','val':'2'}";

  private static String json(String query) {
    return TreeJson.of(Parser.parse(query, EnumSet.allOf(Feature.class)));
  }

  /// Quotes in the expected text may be single ones; FOO stands for the tree of `foo`.
  private static void assertTree(String expected, String query) {
    String text = expected.replace("FOO", selector("foo", "")).replace('\'', '"');
    assertEquals(JSON.readTree(text), JSON.readTree(json(query)));
  }

  private static String selector(String name, String matchers) {
    return """
    {'type':'vectorSelector','name':'%s',
     'matchers':[%s{'name':'__name__','type':'=','value':'%s'}],
     'offset':0,'offsetExpr':null,'timestamp':null,'startOrEnd':null,
     'anchored':false,'smoothed':false}
    """
        .formatted(name, matchers, name);
  }

  @Test
  void theTypeIsTheFirstField() {
    assertEquals("{\"type\":\"numberLiteral\",\"val\":\"1000\"}", json("1e3"));
  }

  @Test
  void literalsAreStrings() {
    assertTree("{'type':'numberLiteral','val':'-Inf'}", "-Inf");
    assertTree("{'type':'numberLiteral','val':'300'}", "5m");
    assertTree("{'type':'stringLiteral','val':'é\\n<\ufffd>'}", "'é\\n<\\xff>'");
  }

  @Test
  void signsAndParenthesesAreNodes() {
    assertTree("{'type':'unaryExpr','op':'-','expr':FOO}", "-foo");
    assertTree("{'type':'parenExpr','expr':FOO}", "(foo)");
  }

  @Test
  void selectorsHaveTheirMatchersInOrderAndTheNameLast() {
    assertTree(selector("foo", "{'name':'b c','type':'!~','value':'x|y'},"), "foo{'b c'!~'x|y'}");
    assertTree(
        """
        {'type':'vectorSelector','name':'',
         'matchers':[{'name':'__name__','type':'=','value':'a.b'}],
         'offset':-90000,'offsetExpr':null,'timestamp':1500,'startOrEnd':null,
         'anchored':false,'smoothed':true}
        """,
        "{'a.b'} smoothed offset -1m30s @ 1.5");
    assertTree(
        """
        {'type':'matrixSelector','name':'foo','range':300000,'rangeExpr':null,
         'matchers':[{'name':'__name__','type':'=','value':'foo'}],
         'offset':0,'offsetExpr':null,'timestamp':null,'startOrEnd':'end',
         'anchored':true,'smoothed':false}
        """,
        "foo[5m] anchored @ end()");
  }

  @Test
  void subqueriesHaveDurationsOrTheirExpressions() {
    assertTree(
        """
        {'type':'subquery','expr':FOO,
         'range':3600000,'rangeExpr':null,
         'step':0,
         'stepExpr':{'type':'durationExpr','op':'*','wrapped':false,
           'lhs':{'type':'durationExpr','op':'step','lhs':null,'rhs':null,'wrapped':false},
           'rhs':{'type':'numberLiteral','val':'2','duration':false}},
         'offset':0,
         'offsetExpr':{'type':'durationExpr','op':'-','wrapped':false,'lhs':null,
           'rhs':{'type':'durationExpr','op':'+','wrapped':true,'lhs':null,
             'rhs':{'type':'numberLiteral','val':'60','duration':true}}},
         'timestamp':null,'startOrEnd':'start'}
        """,
        "foo[1h:step() * 2] @ start() offset -(1m)");
  }

  @Test
  void aPlusBeforeAnOffsetIsANodeUnlessAParenthesisFollows() {
    String range = "{'type':'durationExpr','op':'range','lhs':null,'rhs':null,'wrapped':%s}";
    assertTree(
        selector("foo", "")
            .replace(
                "'offsetExpr':null",
                "'offsetExpr':{'type':'durationExpr','op':'+','lhs':null,'wrapped':false,'rhs':"
                    + range.formatted("false")
                    + "}"),
        "foo offset +range()");
    assertTree(
        selector("foo", "").replace("'offsetExpr':null", "'offsetExpr':" + range.formatted("true")),
        "foo offset +((range()))");
  }

  @Test
  void binaryOperationsHaveTheirVectorMatching() {
    assertTree(
        "{'type':'binaryExpr','op':'==','bool':true,'matching':null,'lhs':FOO,'rhs':"
            + NUMBER_2
            + "}",
        "foo == bool 2");
    assertTree(
        """
        {'type':'binaryExpr','op':'/','bool':false,'lhs':FOO,'rhs':FOO,
         'matching':{'card':'many-to-one','on':true,'labels':['a'],'include':['b c'],
           'fillValues':{'lhs':null,'rhs':-1.5}}}
        """,
        "foo / on(a) group_left('b c') fill_right(-1.5) foo");
    assertTree(
        """
        {'type':'binaryExpr','op':'+','bool':false,'lhs':FOO,'rhs':FOO,
         'matching':{'card':'one-to-one','on':false,'labels':[],'include':[],
           'fillValues':{'lhs':'NaN','rhs':'NaN'}}}
        """,
        "foo + fill(NaN) foo");
  }

  @Test
  void aggregationsAndCalls() {
    assertTree(
        """
        {'type':'aggregation','op':'topk','param':{'type':'numberLiteral','val':'2'},
         'expr':FOO,'grouping':['a'],'without':true}
        """,
        "topk(2, foo) without (a)");
    assertTree(
        "{'type':'aggregation','op':'sum','param':null,'expr':FOO,'grouping':[],'without':false}",
        "sum by () (foo)");
    assertTree(
        """
        {'type':'call','args':[FOO,{'type':'numberLiteral','val':'2'}],
         'func':{'name':'round','argTypes':['vector','scalar'],'variadic':1,'returnType':'vector'}}
        """,
        "round(foo, 2)");
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    String query = "label_join(foo, 'a', 'b'" + ", ''".repeat(600_000) + ")";
    assertThrows(TextTooLong.class, () -> json(query));
  }
}
