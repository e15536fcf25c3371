package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Work items as one line of JSON each, so that another process can carry them out.
public final class WorkItemJson {
  private static final int VERSION = 1;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private WorkItemJson() {}

  public static String write(WorkItem item) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      BlockMeta.Lineage lineage = item.lineage();
      out.writeStartObject();
      out.writeNumberProperty("version", VERSION);
      out.writeStringProperty("target", item.target().toString());
      out.writeNumberProperty("minTime", item.dayMillis());
      out.writeNumberProperty("maxTime", item.endMillis());
      labels(out, "labels", item.stream());
      strings(out, "sortKey", item.sortKey().labels());
      out.writeNumberProperty("dataColumnMillis", item.columnMillis());
      strings(out, "replicaLabels", lineage.rules().replicaLabels().stream().sorted().toList());
      out.writeStringProperty("dedup", lineage.rules().dedup().name());
      strings(out, "foldLabels", lineage.rules().foldLabels());
      out.writeNumberProperty("generation", lineage.generation());
      out.writeStringProperty("createdBy", lineage.createdBy());
      strings(out, "replaces", lineage.replaces().stream().map(Ulid::toString).toList());
      out.writeArrayPropertyStart("sources");
      for (BlockMeta.Source s : lineage.sources()) {
        out.writeStartObject();
        out.writeStringProperty("ulid", s.ulid().toString());
        out.writeNumberProperty("minTime", s.minTimeMillis());
        out.writeNumberProperty("maxTime", s.maxTimeMillis());
        out.writeNumberProperty("samples", s.samples());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeArrayPropertyStart("inputs");
      for (int i = 0; i < item.reads().size(); i++) {
        out.writeStartObject();
        out.writeStringProperty("ulid", item.reads().get(i).ulid().toString());
        out.writeStringProperty("state", lineage.inputs().get(i).state());
        labels(out, "rowLabels", item.reads().get(i).rowLabels());
        labels(out, "replica", item.reads().get(i).replica());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    return text.toString();
  }

  private static void labels(JsonGenerator out, String name, Labels labels) {
    out.writeObjectPropertyStart(name);
    labels.forEach(out::writeStringProperty);
    out.writeEndObject();
  }

  private static void strings(JsonGenerator out, String name, List<String> all) {
    out.writeArrayPropertyStart(name);
    all.forEach(out::writeString);
    out.writeEndArray();
  }

  /// @throws IOException where the text is not a work item of this version
  public static WorkItem read(String text) throws IOException {
    try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), text)) {
      WorkItem item = new Reader(p).item();
      if (p.nextToken() != null) {
        throw new IOException("text after the object");
      }
      return item;
    } catch (JacksonException | IllegalArgumentException | IOException e) {
      throw new IOException(
          "cannot read work item: " + e.getMessage() + "; use a line that --plan printed", e);
    }
  }

  /// Reads members in the order in which they are written.
  private record Reader(JsonParser p) {
    WorkItem item() throws IOException {
      next(JsonToken.START_OBJECT);
      long version = number("version");
      if (version != VERSION) {
        throw new IOException("version " + version + ", expected " + VERSION);
      }
      Ulid target = Ulid.parse(string("target"));
      long start = number("minTime");
      long end = number("maxTime");
      BlockMeta.Coverage coverage = BlockMeta.Coverage.raw(labels("labels"), start, end);
      SortKey sortKey = new SortKey(strings("sortKey"));
      long column = number("dataColumnMillis");
      Set<String> replicaLabels = Set.copyOf(strings("replicaLabels"));
      BlockMeta.Dedup dedup = BlockMeta.Dedup.valueOf(string("dedup"));
      BlockMeta.Rules rules = new BlockMeta.Rules(replicaLabels, dedup, strings("foldLabels"));
      int generation = Math.toIntExact(number("generation"));
      String createdBy = string("createdBy");
      List<Ulid> replaces = strings("replaces").stream().map(Ulid::parse).toList();
      List<BlockMeta.Source> sources = sources();
      List<WorkItem.Read> reads = new ArrayList<>();
      List<BlockMeta.Input> inputs = new ArrayList<>();
      name("inputs");
      next(JsonToken.START_ARRAY);
      while (p.nextToken() == JsonToken.START_OBJECT) {
        Ulid ulid = Ulid.parse(string("ulid"));
        inputs.add(BlockMeta.Input.unread(ulid, string("state")));
        reads.add(new WorkItem.Read(ulid, labels("rowLabels"), labels("replica")));
        next(JsonToken.END_OBJECT);
      }
      next(JsonToken.END_OBJECT);
      return new WorkItem(
          target,
          coverage,
          sortKey,
          column,
          reads,
          new BlockMeta.Lineage(sources, inputs, replaces, rules, generation, createdBy));
    }

    private List<BlockMeta.Source> sources() throws IOException {
      name("sources");
      next(JsonToken.START_ARRAY);
      List<BlockMeta.Source> out = new ArrayList<>();
      while (p.nextToken() == JsonToken.START_OBJECT) {
        out.add(
            new BlockMeta.Source(
                Ulid.parse(string("ulid")),
                number("minTime"),
                number("maxTime"),
                number("samples")));
        next(JsonToken.END_OBJECT);
      }
      return out;
    }

    private void next(JsonToken expected) throws IOException {
      JsonToken actual = p.nextToken();
      if (actual != expected) {
        throw new IOException("token " + actual + ", expected " + expected);
      }
    }

    private void name(String expected) throws IOException {
      next(JsonToken.PROPERTY_NAME);
      if (!expected.equals(p.currentName())) {
        throw new IOException("member \"" + p.currentName() + "\", expected \"" + expected + "\"");
      }
    }

    private long number(String name) throws IOException {
      name(name);
      next(JsonToken.VALUE_NUMBER_INT);
      return p.getLongValue();
    }

    private String string(String name) throws IOException {
      name(name);
      next(JsonToken.VALUE_STRING);
      return p.getString();
    }

    private List<String> strings(String name) throws IOException {
      name(name);
      next(JsonToken.START_ARRAY);
      List<String> out = new ArrayList<>();
      while (p.nextToken() == JsonToken.VALUE_STRING) {
        out.add(p.getString());
      }
      return out;
    }

    private Labels labels(String member) throws IOException {
      name(member);
      next(JsonToken.START_OBJECT);
      LabelsBuilder out = new LabelsBuilder();
      while (p.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = p.currentName();
        next(JsonToken.VALUE_STRING);
        out.add(name, p.getString());
      }
      return out.build();
    }
  }
}
