package io.lamella.promql;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.lamella.model.Regex;

/// Which packages of this module may import which.
@AnalyzeClasses(packages = "io.lamella", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTest {
  private static final String MODEL = "io.lamella.model";
  private static final String API = "io.lamella.promql";
  private static final String AST = "io.lamella.promql.ast";
  private static final String PARSE = "io.lamella.promql.parse";
  private static final String PLAN = "io.lamella.promql.plan";
  private static final String SOURCE = "io.lamella.promql.source";
  private static final String EXEC = "io.lamella.promql.exec";
  private static final String SELECTOR = "io.lamella.promql.exec.selector";
  private static final String FUNCTION = "io.lamella.promql.exec.function";
  private static final String AGGREGATE = "io.lamella.promql.exec.aggregate";
  private static final String BINARY = "io.lamella.promql.exec.binary";
  private static final String COMPILE = "io.lamella.promql.compile";
  private static final String SCRIPT = "io.lamella.promql.script";

  private static final String[] OUTSIDE = {"java..", "org.jspecify..", "com.google.re2j.."};

  @ArchTest
  static final ArchRule no_package_cycles =
      slices().matching("io.lamella.(**)").should().beFreeOfCycles();

  @ArchTest static final ArchRule model_imports_nothing_of_ours = mayImport(MODEL);

  @ArchTest static final ArchRule ast_imports_the_model = mayImport(AST, MODEL);

  @ArchTest static final ArchRule parse_imports_the_ast = mayImport(PARSE, AST, MODEL);

  @ArchTest static final ArchRule plan_imports_the_ast = mayImport(PLAN, AST, MODEL);

  @ArchTest static final ArchRule source_imports_the_model = mayImport(SOURCE, MODEL);

  @ArchTest
  static final ArchRule the_operator_contract_imports_the_ast_and_the_source =
      mayImport(EXEC, AST, SOURCE, MODEL);

  @ArchTest
  static final ArchRule selectors_import_the_contract =
      mayImport(SELECTOR, EXEC, AST, SOURCE, MODEL);

  @ArchTest
  static final ArchRule functions_import_selectors =
      mayImport(FUNCTION, SELECTOR, EXEC, AST, MODEL);

  @ArchTest
  static final ArchRule aggregations_import_functions =
      mayImport(AGGREGATE, FUNCTION, EXEC, AST, MODEL);

  @ArchTest
  static final ArchRule binary_operators_import_functions =
      mayImport(BINARY, FUNCTION, EXEC, AST, MODEL);

  @ArchTest
  static final ArchRule compilers_import_plan_and_operators =
      mayImport(COMPILE, SELECTOR, FUNCTION, AGGREGATE, BINARY, EXEC, PLAN, AST, SOURCE, MODEL);

  @ArchTest
  static final ArchRule only_scripts_import_the_script_package =
      noClasses()
          .that(resideInAnyPackage("io.lamella..").and(resideInAnyPackage(SCRIPT).negate()))
          .should()
          .dependOnClassesThat(resideInAnyPackage(SCRIPT));

  @ArchTest
  static final ArchRule only_the_model_s_regex_imports_re2j =
      noClasses()
          .that(not(belongToAnyOf(Regex.class)))
          .should()
          .dependOnClassesThat(resideInAnyPackage("com.google.re2j.."));

  @ArchTest
  static final ArchRule the_module_imports_no_other_module =
      classes()
          .that(resideInAnyPackage("io.lamella.."))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(MODEL, API + "..").or(resideInAnyPackage(OUTSIDE)));

  /// The package may import itself, the packages given, and what is outside of the project.
  private static ArchRule mayImport(String importer, String... imported) {
    return classes()
        .that(resideInAnyPackage(importer))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(importer)
                .or(resideInAnyPackage(imported))
                .or(resideInAnyPackage(OUTSIDE)));
  }
}
