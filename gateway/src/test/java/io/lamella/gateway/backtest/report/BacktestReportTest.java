package io.lamella.gateway.backtest.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.Verdict.Outcome;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Results as JUnit XML and as a page.
class BacktestReportTest {
  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Element element(NodeList all, int i) {
    return (Element) all.item(i);
  }

  @Test
  void aSuiteIsAConstraintAndACaseAWindow() throws Exception {
    Document doc =
        xml(
            MadeReport.of(2, "c")
                .verdict(0, Outcome.CONFLICT)
                .verdict(1, Outcome.OK)
                .text(BacktestReport.Form.JUNIT));
    Element suite = element(doc.getElementsByTagName("testsuite"), 0);
    NodeList cases = suite.getElementsByTagName("testcase");

    assertEquals("c", suite.getAttribute("name"));
    assertEquals("2", suite.getAttribute("tests"));
    assertEquals("1", suite.getAttribute("failures"));
    assertEquals("w0", element(cases, 0).getAttribute("name"));
    Element failure = element(element(cases, 0).getElementsByTagName("failure"), 0);
    assertEquals(
        "violated from 1970-01-01T00:01:00Z to 1970-01-01T00:05:00Z for 180s, longest 120s, worst value 0, by 1 series",
        failure.getAttribute("message"));
    assertTrue(
        failure.getTextContent().contains("{job=\"<b>\"} for 180s"), failure::getTextContent);
    assertTrue(failure.getTextContent().contains("/api/v1/query_range?query=up"));
    assertEquals(0, element(cases, 1).getChildNodes().getLength());
  }

  @Test
  void aFailureNamesOtherTimesForItsWindow() throws Exception {
    Document doc =
        xml(
            MadeReport.of(2, "c")
                .verdict(0, Outcome.CONFLICT)
                .verdict(1, Outcome.CONFLICT)
                .proposal(0)
                .text(BacktestReport.Form.JUNIT));
    NodeList failures = doc.getElementsByTagName("failure");
    String text = failures.item(0).getTextContent();

    assertTrue(
        text.endsWith(
            """
            proposed: 1970-01-01T01:00:00Z, 1h later
            rejected: 1970-01-01T00:30:00Z, 30m later: c: violated from 1970-01-01T00:31:00Z
            rejected: 1969-12-31T23:00:00Z, 1h earlier: quiet hours
            """),
        text);
    assertFalse(failures.item(1).getTextContent().contains("proposed"));
  }

  @Test
  void otherTimesAreAMemberOfTheJson() throws Exception {
    JsonNode data =
        new ObjectMapper()
            .readTree(
                MadeReport.of(1, "c")
                    .verdict(0, Outcome.CONFLICT)
                    .proposal(0)
                    .text(BacktestReport.Form.JSON))
            .get("data");

    assertEquals(
        "[{\"window\":\"w0\",\"slots\":[{\"start\":\"1970-01-01T01:00:00Z\","
            + "\"end\":\"1970-01-01T01:10:00Z\",\"moved_seconds\":3600}],\"rejected\":["
            + "{\"start\":\"1970-01-01T00:30:00Z\",\"end\":\"1970-01-01T00:40:00Z\","
            + "\"moved_seconds\":1800,\"reason\":\"conflict\",\"constraint\":\"c\","
            + "\"first\":\"1970-01-01T00:31:00Z\"},"
            + "{\"start\":\"1969-12-31T23:00:00Z\",\"end\":\"1969-12-31T23:10:00Z\","
            + "\"moved_seconds\":-3600,\"reason\":\"quiet_hours\"}]}]",
        data.get("proposals").toString());
  }

  @Test
  void errorsAndMissingDataAreNoFailures() throws Exception {
    Document doc =
        xml(
            MadeReport.of(2, "c")
                .verdict(0, Outcome.ERROR)
                .verdict(1, Outcome.NO_DATA)
                .text(BacktestReport.Form.JUNIT));
    Element suites = doc.getDocumentElement();

    assertEquals("0", suites.getAttribute("failures"));
    assertEquals("1", suites.getAttribute("errors"));
    assertEquals("1", suites.getAttribute("skipped"));
    assertEquals("why <&>", element(doc.getElementsByTagName("error"), 0).getAttribute("message"));
    assertEquals(1, doc.getElementsByTagName("skipped").getLength());
  }

  @Test
  void namesThatXmlDoesNotHaveAreStillXml() throws Exception {
    String name = "a\"'<>&\n\u0000\u001b\ud800\ufffe\ud83d\ude00";
    Document doc =
        xml(MadeReport.of(1, name).verdict(0, Outcome.OK).text(BacktestReport.Form.JUNIT));

    assertEquals(
        "a\"'<>&\n\ufffd\ufffd\ufffd\ufffd\ud83d\ude00",
        element(doc.getElementsByTagName("testsuite"), 0).getAttribute("name"));
  }

  @Test
  void aPageHasNoNamesOutsideOfItsData() throws Exception {
    String name = "</script><img src=x onerror=alert(1)>{{script}}<!--";
    String page =
        MadeReport.of(1, name)
            .withWindow("</script><script>alert(2)</script>")
            .verdict(0, Outcome.CONFLICT)
            .text(BacktestReport.Form.HTML);
    Matcher data =
        Pattern.compile("(?s)<script type=\"application/json\" id=\"data\">(.*?)</script>")
            .matcher(page);
    assertTrue(data.find());
    JsonNode json = new ObjectMapper().readTree(data.group(1));
    String rest = page.substring(0, data.start()) + page.substring(data.end());

    assertEquals(name, json.get("rules").get(0).get(0).asString());
    assertEquals(
        "</script><script>alert(2)</script>", json.get("windows").get(0).get(0).asString());
    assertFalse(data.group(1).contains("<"));
    assertFalse(rest.contains("alert"));
  }

  @Test
  void aPageAsksForNothingElse() throws Exception {
    String page = MadeReport.of(1, "c").verdict(0, Outcome.OK).text(BacktestReport.Form.HTML);

    assertFalse(
        Pattern.compile("(src|href)=\"(?!data:)|@import|url\\(").matcher(page).find(), page);
    assertTrue(page.contains("default-src 'none'"));
    assertFalse(page.contains("{{"));
  }
}
