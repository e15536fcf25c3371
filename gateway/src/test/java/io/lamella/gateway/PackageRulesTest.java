package io.lamella.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The import rules between the gateway's packages.
class PackageRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.gateway");

  private static void mustNotDependOn(String pkg, String... others) {
    noClasses()
        .that()
        .resideInAPackage(pkg)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void theGatewayDoesNotDependOnTheConverter() {
    mustNotDependOn(
        "io.lamella.gateway..",
        "io.lamella.converter..",
        "io.lamella.cli..",
        "io.lamella.storage.tsdb..");
  }

  @Test
  void httpDependsOnQueriesOnly() {
    mustNotDependOn(
        "..gateway.http..",
        "..gateway.select..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "io.lamella.storage..");
  }

  @Test
  void queriesDoNotDependOnTheirSource() {
    mustNotDependOn(
        "..gateway.query..",
        "..gateway.http..",
        "..gateway.select..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "io.lamella.storage..");
  }

  @Test
  void planningDoesNoInputOrOutput() {
    mustNotDependOn(
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "..gateway.select..",
        "..gateway.query..");
  }

  @Test
  void cachesDoNotDependOnReads() {
    mustNotDependOn(
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..");
  }

  @Test
  void theResultsCacheDoesNotDependOnHowQueriesRun() {
    mustNotDependOn(
        "..gateway.results..",
        "..gateway.query..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.catalog..",
        "..gateway.http..",
        "io.lamella.storage..");
  }

  @Test
  void fetchDoesNotDependOnTheBlockFormat() {
    mustNotDependOn(
        "..gateway.fetch..",
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..",
        "io.lamella.storage.block..");
  }

  @Test
  void readDoesNotDependOnSelectAndAbove() {
    mustNotDependOn(
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..");
  }

  @Test
  void onlyCachesImportCaffeineAndOnlyHttpImportsJavalinAndJackson() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..gateway.cache..", "..gateway.results..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.github.benmanes..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("..gateway.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.javalin..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("..gateway.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("tools.jackson..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycle() {
    slices().matching("io.lamella.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
