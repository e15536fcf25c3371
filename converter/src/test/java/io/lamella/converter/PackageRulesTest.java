package io.lamella.converter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which package may import which.
class PackageRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.converter");

  private static void mayNotImport(String importing, String... others) {
    noClasses()
        .that()
        .resideInAPackage(importing)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void theConverterImportsNeitherGatewayNorQueryLanguage() {
    mayNotImport(
        "io.lamella.converter..",
        "io.lamella.gateway..",
        "io.lamella.promql..",
        "io.lamella.cli..");
  }

  @Test
  void planningImportsNoStoreAndNoOtherPackage() {
    mayNotImport(
        "..converter.schedule..",
        "io.lamella.storage.object..",
        "io.lamella.storage.tsdb..",
        "..converter.merge..",
        "..converter.parquet..",
        "..converter.publish..",
        "..converter.source..");
  }

  @Test
  void writingImportsNeitherSourcesNorStores() {
    mayNotImport(
        "..converter.parquet..",
        "io.lamella.storage.object..",
        "io.lamella.storage.tsdb..",
        "..converter.merge..",
        "..converter.schedule..",
        "..converter.publish..",
        "..converter.source..");
  }

  @Test
  void mergingImportsNoStore() {
    mayNotImport(
        "..converter.merge..",
        "io.lamella.storage.object..",
        "..converter.publish..",
        "..converter.source..");
  }

  @Test
  void onlyTheWriterImportsParquet() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..converter.parquet..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.parquet..", "com.github.luben..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.lamella.converter.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
