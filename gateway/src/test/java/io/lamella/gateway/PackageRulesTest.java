package io.lamella.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The doors between the gateway's rooms.
class PackageRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.gateway");

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
  void theGatewayKnowsNoConverter() {
    mayNotKnow(
        "io.lamella.gateway..",
        "io.lamella.converter..",
        "io.lamella.cli..",
        "io.lamella.storage.tsdb..");
  }

  @Test
  void httpSeesQueriesButNotWhereSeriesComeFrom() {
    mayNotKnow(
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
  void queriesDoNotSeeWhereSeriesComeFrom() {
    mayNotKnow(
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
    mayNotKnow(
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "..gateway.select..",
        "..gateway.query..");
  }

  @Test
  void cachesKnowNoReads() {
    mayNotKnow(
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
    mayNotKnow(
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
  void fetchingKnowsNothingOfWhatIsInTheBytes() {
    mayNotKnow(
        "..gateway.fetch..",
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..",
        "io.lamella.storage.block..");
  }

  @Test
  void readingKnowsPlansAloneOfTheRooms() {
    mayNotKnow(
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..");
  }

  @Test
  void onlyCachesImportCaffeineAndOnlyHttpImportsJavalin() {
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
  }

  @Test
  void roomsFormNoCircle() {
    slices().matching("io.lamella.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
