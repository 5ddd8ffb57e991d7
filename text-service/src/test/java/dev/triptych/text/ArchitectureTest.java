package dev.triptych.text;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may import whom; the table of CONTRIBUTING, executed. */
class ArchitectureTest {

    private static final String TEXT = "dev.triptych.text.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.triptych.text");

    /** The packages that each package may import besides itself, the JDK, JSpecify and a logging façade. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            generation | none                                                      | values know neither models nor threads
            tokenizer  | ai.djl                                                    | a tokenizer is a port over one library
            kvcache    | tensor                                                    | caches take plain counts, never a request
            step       | kvcache generation tensor                                 | a plan is a value
            scheduler  | step kvcache generation                                   | deciding needs no model
            executor   | step kvcache engine generation tensor                     | it runs plans and decides nothing
            decoding   | generation tensor                                         | strategies look at logits and history only
            template   | none                                                      | a template sees the values given and nothing else
            model      | engine tokenizer template modelpackage generation tensor  | a model is loaded before any loop exists
            runtime    | scheduler step kvcache decoding tokenizer model generation modelpackage inference jdk.jfr | the loop names no runtime library
            telemetry  | runtime generation step io.micrometer                     | it listens and is not called upon
            """)
    void packagesImportOnlyWhatTheTableAllows(String name, String allowed, String reason) {
        List<String> packages = new ArrayList<>(List.of(TEXT + name + "..", "java..", "org.jspecify..", "org.slf4j.."));
        for (String other : allowed.split(" ")) {
            packages.add(
                    switch (other) {
                        case "tensor", "engine", "inference", "modelpackage" -> "dev.triptych." + other + "..";
                        case "ai.djl", "io.micrometer", "jdk.jfr" -> other + "..";
                        default -> TEXT + other + "..";
                    });
        }
        noClasses()
                .that()
                .resideInAPackage(TEXT + name + "..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(packages.toArray(String[]::new))
                .because(reason)
                .check(CLASSES);
    }

    @Test
    void theAdapterOfTheRuntimeLibraryIsChosenInConfigAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage(TEXT + "config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.triptych.engine.onnx..",
                        "dev.triptych.engine.capi..",
                        "ai.onnxruntime..",
                        TEXT + "executor..")
                .because("another runtime, or the GPU's step loop, must be able to take its place")
                .check(CLASSES.that(
                        DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(TEXT + "executor.."))));
    }

    @Test
    void nothingImportsConfig() {
        noClasses()
                .that()
                .resideOutsideOfPackage(TEXT + "config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(TEXT + "config..")
                .because("wiring knows the parts; parts that know their wiring cannot be tested without it")
                .check(CLASSES.that(DescribedPredicate.not(JavaClass.Predicates.simpleName("TextServiceApplication"))));
    }

    @Test
    void theCoreNeedsNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        TEXT + "runtime..",
                        TEXT + "scheduler..",
                        TEXT + "step..",
                        TEXT + "kvcache..",
                        TEXT + "decoding..",
                        TEXT + "executor..",
                        TEXT + "tokenizer..",
                        TEXT + "template..",
                        TEXT + "model..",
                        TEXT + "generation..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "org.apache.kafka..",
                        "tools.jackson..",
                        "com.fasterxml..",
                        "io.micrometer..",
                        "reactor..")
                .because("the engine is plain Java: benchmarks and tests run it as it is")
                .check(CLASSES);
    }

    @Test
    void threadsAreMadeInTheLoopAndInConfigAlone() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        TEXT + "scheduler..",
                        TEXT + "step..",
                        TEXT + "kvcache..",
                        TEXT + "decoding..",
                        TEXT + "executor..",
                        TEXT + "tokenizer..",
                        TEXT + "model..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.concurrent.Executor.class)
                .because("state has one owner; a thread made elsewhere would be a second one")
                .check(CLASSES);
    }

    @Test
    void packagesOfTheEngineHaveNoCycles() {
        slices().matching(TEXT + "(*)..")
                .should()
                .beFreeOfCycles()
                .because("a package that can be read alone depends on nothing that depends on it")
                .check(CLASSES);
    }

    @Test
    void everyPackageSaysThatItIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith("org.jspecify.annotations.NullMarked")
                .because("NullAway checks marked packages only")
                .check(CLASSES);
    }
}
