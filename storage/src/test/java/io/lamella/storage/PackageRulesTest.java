package io.lamella.storage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Which package may import which.
class PackageRulesTest {
  private static final String HERE = "io.lamella.storage.";
  private static final JavaClasses STORAGE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.storage");

  /// Besides these, every package may import itself, the JDK, JSpecify and SLF4J.
  private static void importsOnly(String importing, String... imported) {
    String[] all = Arrays.copyOf(imported, imported.length + 4);
    all[imported.length] = importing;
    all[imported.length + 1] = "java..";
    all[imported.length + 2] = "org.jspecify..";
    all[imported.length + 3] = "org.slf4j..";
    classes()
        .that()
        .resideInAPackage(importing)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(all)
        .check(STORAGE);
  }

  private static void onlyIn(String importing, String... libraries) {
    noClasses()
        .that()
        .resideOutsideOfPackage(importing)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .check(STORAGE);
  }

  @Test
  void bytesImportNothing() {
    importsOnly(HERE + "bytes");
  }

  @Test
  void chunksImportTheModelAndBytes() {
    importsOnly(HERE + "chunk", HERE + "bytes", "io.lamella.model");
  }

  @Test
  void tsdbImportsChunksBytesAndTheModel() {
    importsOnly(
        HERE + "tsdb", HERE + "chunk", HERE + "bytes", "io.lamella.model", "tools.jackson.core..");
  }

  @Test
  void theObjectStoreInterfaceImportsNothing() {
    importsOnly(HERE + "object");
  }

  @Test
  void localStoresImportTheObjectStoreInterfaceOnly() {
    importsOnly(HERE + "object.local", HERE + "object");
  }

  @Test
  void blocksImportNoTsdbAndNoObjectStoreImplementation() {
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

  /// It checks the output of other packages, so it must not depend on them. Of Parquet it needs the
  /// structures of the footer, which our readers do not expose.
  @Test
  void verifyImportsBlocksChunksAndTheObjectStoreInterfaceOnly() {
    importsOnly(
        HERE + "block.verify",
        HERE + "block",
        HERE + "block.read",
        HERE + "chunk",
        HERE + "object",
        "io.lamella.model",
        "org.apache.parquet.format..");
  }

  @Test
  void onlyTheS3StoreUsesTheS3Client() {
    onlyIn(HERE + "object.s3..", "software.amazon.awssdk..");
  }

  @Test
  void onlyTheConfigurationUsesYaml() {
    onlyIn(HERE + "object.config..", "org.yaml..");
  }

  @Test
  void onlyBlocksUseParquetAndZstd() {
    onlyIn(HERE + "block..", "org.apache.parquet..", "com.github.luben..");
  }

  @Test
  void nothingImportsTheQueryLanguage() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.lamella.promql..")
        .check(STORAGE);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.lamella.storage.(**)").should().beFreeOfCycles().check(STORAGE);
  }
}
