package io.lamella.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which packages the command line may depend on, and which may depend on it.
class PackageRulesTest {
  private static final String CLI = "io.lamella.cli..";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella");

  @Test
  void theCommandLineDependsOnOurModulesFlagsLogsAndTheJsonParser() {
    classes()
        .that()
        .resideInAPackage(CLI)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            CLI,
            "io.lamella.model..",
            "io.lamella.promql..",
            "io.lamella.storage..",
            "io.lamella.converter..",
            "io.lamella.gateway..",
            "java..",
            "com.sun.net.httpserver..",
            "org.jspecify..",
            "org.slf4j..",
            "ch.qos.logback..",
            "picocli..",
            "tools.jackson.core..")
        .check(CLASSES);
  }

  @Test
  void theCommandLineDoesNotDependOnTheBenchmark() {
    noClasses()
        .that()
        .resideInAPackage(CLI)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.lamella.bench..")
        .check(CLASSES);
  }

  @Test
  void noModuleDependsOnTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CLI, "io.lamella.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CLI)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineParsesFlags() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CLI, "io.lamella.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }
}
