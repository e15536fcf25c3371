package io.lamella.gateway.backtest.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lamella.gateway.backtest.Verdict.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page of a result in a real browser, where one is installed.
class ReportPageTest {
  private static final String HOSTILE = "</script><img src=x onerror=\"document.title='run'\">";

  @TempDir private Path work;

  private final List<HeadlessBrowser> opened = new ArrayList<>();

  @BeforeEach
  void findBrowser() {
    if (!Files.isExecutable(HeadlessBrowser.PROGRAM)) {
      abort("not run: there is no " + HeadlessBrowser.PROGRAM);
    }
  }

  @AfterEach
  void close() {
    for (HeadlessBrowser b : opened) {
      b.close();
    }
  }

  private HeadlessBrowser open(MadeReport report) throws Exception {
    HeadlessBrowser out = HeadlessBrowser.open(work, report.text(BacktestReport.Form.HTML));
    opened.add(out);
    return out;
  }

  private static MadeReport small() {
    return MadeReport.of(40, "down", HOSTILE)
        .withWindow(HOSTILE)
        .verdict(0, 0, Outcome.OK)
        .verdict(1, 0, Outcome.CONFLICT)
        .verdict(2, 0, Outcome.NO_DATA)
        .verdict(39, 0, Outcome.CONFLICT)
        .verdict(39, 1, Outcome.ERROR);
  }

  private static String visible(HeadlessBrowser page) throws Exception {
    return page.value("[...document.querySelectorAll('.row .name')].map(e => e.textContent)");
  }

  @Test
  void aPageOpensFiltersAndSortsWithoutAComplaint() throws Exception {
    HeadlessBrowser page = open(small());

    assertEquals("w0,w1,w2," + HOSTILE, visible(page));
    page.run("document.getElementById('outcome').value = '1'");
    page.run("document.getElementById('outcome').dispatchEvent(new Event('change'))");
    assertEquals("w1," + HOSTILE, visible(page));
    page.run("document.querySelectorAll('.head button')[0].click()");
    page.run("const f = document.getElementById('find'); f.value = 'dc_id=1 w1'");
    page.run("document.getElementById('find').dispatchEvent(new Event('input'))");
    page.await("document.querySelectorAll('.row').length === 1");
    assertEquals("w1", visible(page));
    assertEquals("1 of 4 windows", page.value("document.getElementById('count').textContent"));
    assertEquals(List.of(), page.complaints);
  }

  @Test
  void aNameIsNeverCode() throws Exception {
    HeadlessBrowser page = open(small());
    page.run("[...document.querySelectorAll('.row:last-child .cell')].forEach(c => c.click())");
    page.run("document.querySelectorAll('details').forEach(d => d.open = true)");
    page.await("document.querySelectorAll('svg').length >= 2");

    assertEquals("Backtest", page.value("document.title"));
    assertEquals("0", page.value("document.querySelectorAll('img').length"));
    assertTrue(page.value("document.getElementById('verdict').textContent").contains(HOSTILE));
    assertEquals(List.of(), page.complaints);
  }

  @Test
  void aVerdictIsReachedByKeys() throws Exception {
    HeadlessBrowser page = open(small());
    page.run("document.querySelector('.row .cell[tabindex=\"0\"]').focus()");
    page.press("ArrowDown");
    page.press("Enter");

    page.await("document.querySelector('#verdict dl') !== null");
    String text = page.value("document.getElementById('verdict').innerText");
    assertTrue(text.contains("1970-01-01T01:01:00Z to 1970-01-01T01:05:00Z"), text);
    assertTrue(text.contains("{job=\"<b>\"}"), text);
    assertTrue(text.contains("/api/v1/query_range?query=up%20%3D%3D%200&start=3600"), text);
    assertEquals("conflict 3m", page.value("document.activeElement.textContent"));
    assertEquals("2", page.value("document.querySelectorAll('#verdict svg').length"));
    assertEquals(List.of(), page.complaints);
  }

  @Test
  void valuesOfOffendingSeriesAreDrawn() throws Exception {
    HeadlessBrowser page = open(small());
    page.run("document.querySelectorAll('.row')[1].querySelector('.cell').click()");

    // Two lines: from the second minute to the third, and from the fifth on.
    String line = page.value("document.querySelector('#verdict svg .line').getAttribute('d')");
    assertEquals(2, line.chars().filter(c -> c == 'M').count(), line);
    assertEquals(2, line.chars().filter(c -> c == 'L').count(), line);
    assertEquals(
        "7,0",
        page.value(
            "[...document.querySelector('#verdict svg').querySelectorAll('text')].slice(-2).map(t => t.textContent)"));
    assertEquals("1", page.value("document.querySelectorAll('#verdict .mark').length"));
    assertEquals(List.of(), page.complaints);
  }

  @Test
  void aConflictShowsOtherTimesForItsWindow() throws Exception {
    HeadlessBrowser page = open(small().proposal(1));
    page.run("document.querySelectorAll('.row')[1].querySelector('.cell').click()");
    page.run("document.querySelector('.other-times details').open = true");
    String text = page.value("document.querySelector('.other-times').innerText");

    assertTrue(text.contains("1970-01-01T02:00:00Z\t1h later\tno constraint is violated"), text);
    assertTrue(text.contains("2 times rejected"), text);
    assertTrue(text.contains("1h earlier\tquiet hours"), text);
    page.run("document.querySelectorAll('.row')[0].querySelector('.cell').click()");
    assertEquals("0", page.value("document.querySelectorAll('.other-times').length"));
    assertEquals(List.of(), page.complaints);
  }

  @Test
  void evidenceLinksLeadToTheServerThatIsNamed() throws Exception {
    HeadlessBrowser page = open(small());
    page.run("document.querySelectorAll('.row')[1].querySelector('.cell').click()");
    String type =
        "const s = document.getElementById('server'); s.value = '%s';"
            + "s.dispatchEvent(new Event('input'))";
    page.run(String.format(type, "javascript:alert(1)//"));
    assertEquals("0", page.value("document.querySelectorAll('#verdict a').length"));
    page.run(String.format(type, "http://gateway:9090/"));

    assertEquals(
        "http://gateway:9090/api/v1/query_range?query=up%20%3D%3D%200&start=3600&end=4200&step=60",
        page.value("document.querySelector('#verdict a').href"));
  }

  @Test
  void timelinesDrawWindowsAndViolations() throws Exception {
    HeadlessBrowser page = open(small());
    page.await("document.querySelectorAll('#timelines svg').length === 2");

    assertEquals(
        "4",
        page.value("document.querySelectorAll('#timelines svg')[0].querySelectorAll('.w').length"));
    assertEquals(
        "2",
        page.value("document.querySelectorAll('#timelines svg')[0].querySelectorAll('.v').length"));
    assertEquals(
        "1",
        page.value("document.querySelectorAll('#timelines svg')[1].querySelectorAll('.e').length"));
  }

  @Test
  void aWindowThatIsJudgedAtAnotherTimeSaysSo() throws Exception {
    HeadlessBrowser page =
        open(
            MadeReport.of(1, "c")
                .verdict(0, Outcome.CONFLICT)
                .shifted(7L * 86_400_000, Outcome.OK)
                .shifted(-3_600_000, Outcome.OK));

    assertEquals("w0 (7d earlier),w0,w0 (1h later)", visible(page));
    assertEquals(
        "1969-12-25T00:00:00Z 10m", page.value("document.querySelector('.row .when').textContent"));
  }

  @Test
  void colorsFollowTheScheme() throws Exception {
    HeadlessBrowser page = open(small());
    String color = "getComputedStyle(document.body).backgroundColor";
    page.prefer("light");
    String light = page.value(color);
    page.prefer("dark");

    assertEquals("rgb(255, 255, 255)", light);
    assertNotEquals(light, page.value(color));
  }

  @Test
  void fiftyThousandVerdictsAreDrawnAsTheyComeIntoView() throws Exception {
    int windows = 5_000;
    String[] constraints = new String[10];
    for (int c = 0; c < constraints.length; c++) {
      constraints[c] = "constraint " + c;
    }
    MadeReport report = MadeReport.of(windows, constraints);
    for (int w = 0; w < windows; w++) {
      for (int c = 0; c < constraints.length; c++) {
        report.verdict(w, c, (w + c) % 9 == 0 ? Outcome.CONFLICT : Outcome.OK);
      }
    }
    long begun = System.nanoTime();
    HeadlessBrowser page = open(report);
    page.await("document.querySelectorAll('#timelines svg').length === 3");
    long seconds = (System.nanoTime() - begun) / 1_000_000_000;

    assertTrue(seconds < 30, () -> seconds + " s");
    assertTrue(Integer.parseInt(page.value("document.querySelectorAll('.row').length")) < 80);
    page.run("document.getElementById('matrix').scrollTop = 1e9");
    page.await("document.querySelector('.row:last-child .name').textContent === 'w4999'");
    page.run("document.getElementById('sort').value = 'conflicts'");
    page.run("document.getElementById('sort').dispatchEvent(new Event('change'))");
    assertEquals("0", page.value("document.getElementById('matrix').scrollTop"));
    assertEquals(List.of(), page.complaints);
  }
}
