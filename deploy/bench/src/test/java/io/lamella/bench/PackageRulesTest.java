package io.lamella.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which packages of the benchmark may depend on which.
class PackageRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.bench");

  private static void mustNotDependOn(String packages, String... others) {
    noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void theReferenceDoesNotDependOnParquet() {
    mustNotDependOn(
        "..bench.reference..",
        "io.lamella.storage.block..",
        "io.lamella.storage.object..",
        "io.lamella.gateway.select..",
        "io.lamella.gateway.read..",
        "io.lamella.converter..");
  }

  @Test
  void dataAndStoreDoNotDependOnQueries() {
    String[] above = {"..bench.query..", "..bench.process..", "..bench.run..", "..bench.report.."};
    mustNotDependOn("..bench.data..", above);
    mustNotDependOn("..bench.store..", above);
  }

  @Test
  void onlyTheStoreUsesTheHttpServerOfTheJdk() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..bench.store..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.net.httpserver..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.lamella.bench.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
