package io.lamella.gateway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Which packages of the gateway may depend on which.
class PackageRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lamella.gateway");

  private static void mayNotDependOn(String inPackage, String... others) {
    noClasses()
        .that()
        .resideInAPackage(inPackage)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void theGatewayDependsOnNoConverter() {
    mayNotDependOn(
        "io.lamella.gateway..",
        "io.lamella.converter..",
        "io.lamella.cli..",
        "io.lamella.storage.tsdb..");
  }

  @Test
  void httpDependsOnQueriesButNotOnWhereSeriesComeFrom() {
    mayNotDependOn(
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
  void grpcDependsOnQueriesButNotOnHttpOrWhereSeriesComeFrom() {
    mayNotDependOn(
        "..gateway.grpc..",
        "..gateway.http..",
        "..gateway.select..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "io.lamella.storage.object..",
        "io.lamella.storage.block.read..");
  }

  @Test
  void onlyGrpcUsesGrpc() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..gateway.grpc..", "..gateway.wire..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..")
        .check(CLASSES);
  }

  @Test
  void queriesDoNotDependOnWhereSeriesComeFrom() {
    mayNotDependOn(
        "..gateway.query..",
        "..gateway.http..",
        "..gateway.grpc..",
        "..gateway.select..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "io.lamella.storage.object..",
        "io.lamella.storage.block.read..");
  }

  @Test
  void planningDoesNoInputOrOutput() {
    mayNotDependOn(
        "..gateway.plan..",
        "..gateway.limits..",
        "..gateway.explain..",
        "..gateway.metrics..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "..gateway.select..",
        "..gateway.query..",
        "java.util.concurrent..");
  }

  @Test
  void tracesDependOnlyOnPlans() {
    mayNotDependOn(
        "..gateway.explain..",
        "..gateway.limits..",
        "..gateway.metrics..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.http..");
  }

  @Test
  void limitsDependOnNoBlocksAndNoReads() {
    mayNotDependOn(
        "..gateway.limits..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.http..",
        "io.lamella.storage..");
  }

  @Test
  void theProcessDependsOnNoQueriesAndNoBlocks() {
    mayNotDependOn(
        "..gateway.process..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.http..",
        "io.lamella.storage..");
  }

  @Test
  void cachesDependOnNoReads() {
    mayNotDependOn(
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
    mayNotDependOn(
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
  void federationDependsOnNoQueriesAndNoBlocks() {
    mayNotDependOn(
        "..gateway.federation..",
        "..gateway.query..",
        "..gateway.http..",
        "..gateway.select..",
        "..gateway.catalog..",
        "io.lamella.storage..");
  }

  @Test
  void fetchingDoesNotDependOnWhatTheBytesHold() {
    mayNotDependOn(
        "..gateway.fetch..",
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..",
        "io.lamella.storage.block..");
  }

  @Test
  void readingDependsOnPlansButNotOnSelections() {
    mayNotDependOn(
        "..gateway.read..",
        "..gateway.select..",
        "..gateway.query..",
        "..gateway.catalog..",
        "..gateway.http..");
  }

  @Test
  void onlyCachesUseCaffeineAndOnlyHttpUsesJavalinAndJackson() {
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
        .resideOutsideOfPackages("..gateway.http..", "..gateway.backtest.request..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("tools.jackson..")
        .check(CLASSES);
  }

  @Test
  void backtestsDependOnQueriesButNotOnWhereSeriesComeFrom() {
    mayNotDependOn(
        "..gateway.backtest..",
        "..gateway.http..",
        "..gateway.grpc..",
        "..gateway.select..",
        "..gateway.plan..",
        "..gateway.read..",
        "..gateway.cache..",
        "..gateway.fetch..",
        "..gateway.catalog..",
        "io.lamella.storage..");
    mayNotDependOn("..gateway.query..", "..gateway.backtest..");
  }

  @Test
  void onlyTracingUsesOpenTelemetry() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..gateway.trace..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.opentelemetry..")
        .check(CLASSES);
  }

  @Test
  void webAccessDependsOnNoRequestsAndNoBlocks() {
    noClasses()
        .that()
        .resideInAPackage("..gateway.web..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.lamella..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage(
                            "..gateway.web..",
                            "..gateway.process..",
                            "io.lamella.storage.object.config.."))))
        .check(CLASSES);
  }

  @Test
  void onlyWebAccessUsesBcrypt() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..gateway.web..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("at.favre..")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.lamella.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
