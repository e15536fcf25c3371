package io.lamella.converter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The doors between the converter's rooms.
class PackageRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.converter");

  private static void mayNotKnow(String room, String... others) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void theConverterKnowsNeitherGatewayNorLanguage() {
    mayNotKnow(
        "io.lamella.converter..",
        "io.lamella.gateway..",
        "io.lamella.promql..",
        "io.lamella.cli..");
  }

  @Test
  void planningKnowsNoStoreAndNoOtherRoom() {
    mayNotKnow(
        "..converter.schedule..",
        "io.lamella.storage.object..",
        "io.lamella.storage.tsdb..",
        "..converter.merge..",
        "..converter.parquet..",
        "..converter.publish..",
        "..converter.source..");
  }

  @Test
  void writingKnowsNeitherSourcesNorStores() {
    mayNotKnow(
        "..converter.parquet..",
        "io.lamella.storage.object..",
        "io.lamella.storage.tsdb..",
        "..converter.merge..",
        "..converter.schedule..",
        "..converter.publish..",
        "..converter.source..");
  }

  @Test
  void mergingKnowsNoStore() {
    mayNotKnow(
        "..converter.merge..",
        "io.lamella.storage.object..",
        "..converter.publish..",
        "..converter.source..");
  }

  @Test
  void onlyTheWriterKnowsParquet() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..converter.parquet..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.parquet..", "com.github.luben..")
        .check(CLASSES);
  }

  @Test
  void roomsFormNoCircle() {
    slices().matching("io.lamella.converter.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
