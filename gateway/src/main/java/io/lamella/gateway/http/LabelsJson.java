package io.lamella.gateway.http;

import io.lamella.model.JsonQuote;
import io.lamella.model.Labels;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;

/// Results of the label endpoints, sent while they are printed.
final class LabelsJson {
  private LabelsJson() {}

  static void labelSets(ResponseStream to, Stream<Labels> all) throws IOException {
    array(to, all.iterator(), LabelsJson::labels);
  }

  static void strings(ResponseStream to, Stream<String> all) throws IOException {
    array(to, all.iterator(), JsonQuote::append);
  }

  private interface Printer<T> {
    void print(StringBuilder out, T element);
  }

  private static <T> void array(ResponseStream to, Iterator<T> all, Printer<T> printer)
      throws IOException {
    to.text().append('[');
    for (boolean first = true; all.hasNext(); first = false) {
      if (!first) {
        to.text().append(',');
      }
      printer.print(to.text(), all.next());
      to.flushIfLarge();
    }
    to.text().append(']');
  }

  static void labels(StringBuilder out, Labels labels) {
    out.append('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      JsonQuote.append(out, labels.name(i));
      out.append(':');
      JsonQuote.append(out, labels.value(i));
    }
    out.append('}');
  }
}
