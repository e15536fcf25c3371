package io.lamella.promql;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Which rooms of this module may know which.
@AnalyzeClasses(packages = "io.lamella", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTest {
  private static final String[] OUTSIDE = {"java..", "org.jspecify..", "com.google.re2j.."};

  @ArchTest
  static final ArchRule the_model_knows_the_jdk_alone =
      classes()
          .that(resideInAPackage("io.lamella.model"))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("io.lamella.model").or(resideInAnyPackage(OUTSIDE)));

  @ArchTest
  static final ArchRule the_tree_knows_the_model_alone =
      classes()
          .that(resideInAPackage("io.lamella.promql.ast"))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("io.lamella.promql.ast", "io.lamella.model")
                  .or(resideInAnyPackage(OUTSIDE)));

  @ArchTest
  static final ArchRule the_parser_knows_the_tree_alone =
      classes()
          .that(resideInAPackage("io.lamella.promql.parse"))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "io.lamella.promql.parse", "io.lamella.promql.ast", "io.lamella.model")
                  .or(resideInAnyPackage(OUTSIDE)));

  @ArchTest
  static final ArchRule the_plan_knows_the_tree_alone =
      classes()
          .that(resideInAPackage("io.lamella.promql.plan"))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "io.lamella.promql.plan",
                      "io.lamella.promql.ast",
                      "io.lamella.promql",
                      "io.lamella.model")
                  .or(resideInAnyPackage(OUTSIDE)));

  @ArchTest
  static final ArchRule execution_does_not_parse =
      noClasses()
          .that(resideInAPackage("io.lamella.promql.exec.."))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.lamella.promql.parse", "io.lamella.promql.script"));

  @ArchTest
  static final ArchRule nothing_but_the_script_room_knows_scripts =
      noClasses()
          .that(resideInAnyPackage("io.lamella.promql", "io.lamella.promql.source"))
          .should()
          .dependOnClassesThat(resideInAPackage("io.lamella.promql.script"));

  @ArchTest
  static final ArchRule the_module_stands_alone =
      classes()
          .that(resideInAnyPackage("io.lamella.."))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("io.lamella.model", "io.lamella.promql..")
                  .or(resideInAnyPackage(OUTSIDE)));
}
