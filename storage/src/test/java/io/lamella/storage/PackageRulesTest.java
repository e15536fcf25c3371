package io.lamella.storage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which package may know which.
class PackageRulesTest {
  private static final String HERE = "io.lamella.storage.";
  private static final JavaClasses STORAGE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.storage");

  private static void knowsOnly(String room, String... known) {
    String[] all = java.util.Arrays.copyOf(known, known.length + 4);
    all[known.length] = room;
    all[known.length + 1] = "java..";
    all[known.length + 2] = "org.jspecify..";
    all[known.length + 3] = "org.slf4j..";
    classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(all)
        .check(STORAGE);
  }

  private static void onlyInside(String room, String... libraries) {
    noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .check(STORAGE);
  }

  @Test
  void chunksKnowTheModelOnly() {
    knowsOnly(HERE + "chunk", "io.lamella.model");
  }

  @Test
  void blocksOfPrometheusKnowChunksAndTheModel() {
    knowsOnly(HERE + "tsdb", HERE + "chunk", "io.lamella.model", "tools.jackson.core..");
  }

  @Test
  void thePortKnowsNothing() {
    knowsOnly(HERE + "object");
  }

  @Test
  void directoryAndMemoryKnowThePortOnly() {
    knowsOnly(HERE + "object.local", HERE + "object");
  }

  @Test
  void ourBlocksKnowThePortAndTheModel() {
    noClasses()
        .that()
        .resideInAPackage(HERE + "block..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            HERE + "tsdb..",
            HERE + "object.s3..",
            HERE + "object.local..",
            HERE + "object.config..")
        .check(STORAGE);
  }

  /// It judges what others wrote, so it must not lean on their rooms, nor on what blocks are made
  /// of; of Parquet it needs the footer's structures, which readers of ours pass over.
  @Test
  void verifyingKnowsBlocksChunksAndThePortOnly() {
    knowsOnly(
        HERE + "block.verify",
        HERE + "block",
        HERE + "block.read",
        HERE + "chunk",
        HERE + "object",
        "io.lamella.model",
        "org.apache.parquet.format..");
  }

  @Test
  void onlyTheS3StoreUsesItsClient() {
    onlyInside(HERE + "object.s3..", "software.amazon.awssdk..");
  }

  @Test
  void onlyTheConfigurationUsesYaml() {
    onlyInside(HERE + "object.config..", "org.yaml..");
  }

  @Test
  void onlyOurBlocksUseParquetAndZstd() {
    onlyInside(HERE + "block..", "org.apache.parquet..", "com.github.luben..");
  }

  @Test
  void storageKnowsNothingOfQueries() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.lamella.promql..")
        .check(STORAGE);
  }

  @Test
  void noRoomsKnowEachOtherInACircle() {
    slices().matching("io.lamella.storage.(**)").should().beFreeOfCycles().check(STORAGE);
  }
}
