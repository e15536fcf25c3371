package io.lamella.converter;

import io.lamella.storage.block.Ulid;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The result of a conversion.
///
/// @param published number of blocks that this run published
/// @param present number of stream days that were published before
/// @param empty number of the published blocks without samples
/// @param outside source blocks with samples outside of what their metas state, which were
///   converted as well
/// @param problems blocks and days that a person should look at
public record ConversionSummary(
    int published,
    int present,
    int empty,
    int skipped,
    Volume volume,
    List<Ulid> outside,
    List<Problem> problems) {
  private static final JsonFactory JSON = new JsonFactory();

  /// How much was converted.
  ///
  /// @param sourceBytes what was read of the TSDB blocks
  /// @param writtenBytes size of the published blocks
  public record Volume(
      long series, long samples, long sourceBytes, long writtenBytes, Duration took) {}

  /// Something that was left out and should not have been.
  ///
  /// @param what kind: a source block, a published block, or a day
  public record Problem(What what, String name, String why) {}

  /// What a problem is about.
  public enum What {
    SOURCE_BLOCK,
    PUBLISHED_BLOCK,
    DAY
  }

  public ConversionSummary {
    outside = List.copyOf(outside);
    problems = List.copyOf(problems);
  }

  public long series() {
    return volume.series;
  }

  public long samples() {
    return volume.samples;
  }

  public long writtenBytes() {
    return volume.writtenBytes;
  }

  public long sourceBytes() {
    return volume.sourceBytes;
  }

  /// Whether everything that should be converted is.
  public boolean isComplete() {
    return problems.isEmpty();
  }

  /// The summary as one line of text.
  public String text() {
    double seconds = Math.max(1e-3, volume.took.toMillis() / 1000.0);
    return String.format(
        "published %d blocks (%d already there, %d empty days, %d source blocks left out, %d problems): %,d series, %,d samples, %,d bytes in, %,d bytes out, %.1f s, %,.0f samples/s",
        published,
        present,
        empty,
        skipped,
        problems.size(),
        volume.series,
        volume.samples,
        volume.sourceBytes,
        volume.writtenBytes,
        seconds,
        volume.samples / seconds);
  }

  /// The summary as one line of JSON.
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeNumberProperty("published", published);
      out.writeNumberProperty("alreadyPublished", present);
      out.writeNumberProperty("emptyDays", empty);
      out.writeNumberProperty("skippedSourceBlocks", skipped);
      out.writeNumberProperty("series", volume.series);
      out.writeNumberProperty("samples", volume.samples);
      out.writeNumberProperty("sourceBytes", volume.sourceBytes);
      out.writeNumberProperty("writtenBytes", volume.writtenBytes);
      out.writeNumberProperty("seconds", volume.took.toMillis() / 1000.0);
      out.writeBooleanProperty("complete", isComplete());
      out.writeArrayPropertyStart("sourceBlocksWithSamplesOutsideTheirTimes");
      outside.forEach(u -> out.writeString(u.toString()));
      out.writeEndArray();
      out.writeArrayPropertyStart("problems");
      for (Problem p : problems) {
        out.writeStartObject();
        out.writeStringProperty("what", p.what.name().toLowerCase(Locale.ROOT));
        out.writeStringProperty("name", p.name);
        out.writeStringProperty("why", p.why);
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    return text.toString();
  }
}
