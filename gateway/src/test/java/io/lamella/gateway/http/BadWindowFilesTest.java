package io.lamella.gateway.http;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Windows as the text of a file: the error names its line.
class BadWindowFilesTest extends BadBacktests {
  private void event(String lines, String path) {
    text(
        "ical",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20250602T020000Z\n"
            + lines
            + "\nEND:VEVENT\nEND:VCALENDAR\n",
        path);
  }

  @Test
  void aFileNeedsAFormatAndAText() throws Exception {
    bad("windows.format", "windows: {text: a}\n" + CONSTRAINTS);
    bad("windows.text", "windows: {format: csv}\n" + CONSTRAINTS);
    bad("windows.text", "windows: {format: csv, text: ''}\n" + CONSTRAINTS);
    bad("windows.file", "windows: {file: /etc/passwd}\n" + CONSTRAINTS);
    bad("windows.color", "windows: {format: csv, text: a, color: b}\n" + CONSTRAINTS);
    text("xml", "a", "windows.format");
    assertRefused();
  }

  @Test
  void linesOfCsvAreNamed() throws Exception {
    text("csv", "id,end\na,1\n", "windows.text[line 1].start");
    text("csv", "id,start\na,1\n", "windows.text[line 1]");
    text("csv", "start,end,start\n1,2,3\n", "windows.text[line 1].start");
    text("csv", "start,end\n1\n", "windows.text[line 2]");
    text("csv", "start,end\n1,2,3\n", "windows.text[line 2]");
    text("csv", "start,end\n\"1,2\n", "windows.text[line 2]");
    text("csv", "start,end\n\"1\"x,2\n", "windows.text[line 2]");
    text("csv", "start,end\n1,2\n\n5,4\n", "windows.text[line 4].end");
    text("csv", "start,end,a\"} or up{\n1,2,x\n", "windows.text[line 2].labels.a\"} or up{");
    text("csv", "id,start,end\na,1,2\na,3,4\n", "windows.text[line 3].id");
    text("csv", "start,end" + ",".repeat(300) + "\n", "windows.text[line 1]");
    assertRefused();
  }

  @Test
  void linesOfNdjsonAreNamed() throws Exception {
    text("ndjson", "{\"start\":1,\"end\":2}\nx\n", "windows.text[line 2]");
    text("ndjson", "{\"start\":1,\"end\":2}\n{\"start\":1\n", "windows.text[line 2]");
    text("ndjson", "{\"start\":1,\"end\":2} {}\n", "windows.text[line 1]");
    text("ndjson", "[1]\n", "windows.text[line 1]");
    text("ndjson", "{\"start\":1,\"end\":\"x\"}\n", "windows.text[line 1].end");
    assertRefused();
  }

  @Test
  void linesOfCalendarsAreNamed() throws Exception {
    text("ical", "BEGIN:VEVENT\nEND:VEVENT\n", "windows.text[line 1]");
    text("ical", "BEGIN:VCALENDAR\nx\n", "windows.text[line 2]");
    text("ical", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n", "windows.text[line 2].DTSTART");
    text("ical", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n", "windows.text[line 2]");
    for (String line :
        List.of("RRULE:FREQ=DAILY", "RDATE:20250602T020000Z", "RECURRENCE-ID:20250602T020000Z")) {
      event(line, "windows.text[line 5]." + line.replaceAll(":.*", ""));
    }
    event("DTEND:20250602T030000", "windows.text[line 5].DTEND");
    event("DTEND;TZID=Nowhere/City:20250602T030000", "windows.text[line 5].DTEND");
    event("DTEND:20250602T010000Z", "windows.text[line 5].DTEND");
    event("DTEND;VALUE=DATE:20250602", "windows.text[line 5].DTEND");
    event("DURATION:x", "windows.text[line 5].DURATION");
    event("DURATION:P99999999999D", "windows.text[line 5].DURATION");
    event("DURATION:-PT1H", "windows.text[line 5].DURATION");
    event("DURATION:PT1H\nX-LAMELLA-LABELS:a", "windows.text[line 6].X-LAMELLA-LABELS");
    event("DURATION:PT1H\nX-LAMELLA-LABELS:a=1;a=2", "windows.text[line 6].X-LAMELLA-LABELS");
    event("DURATION:PT1H\nX-LAMELLA-LABELS:a b=1", "windows.text[line 6].X-LAMELLA-LABELS.a b");
    assertRefused();
  }

  @Test
  void tooManyWindowsAreRefused() throws Exception {
    StringBuilder lines = new StringBuilder("start,end\n");
    lines.append("1,2\n".repeat(100_001));
    text("csv", lines.toString(), "windows.text");
    lines.append("1,2\n".repeat(900_000));
    text("csv", lines.toString(), "windows.text");
    assertRefused();
  }
}
