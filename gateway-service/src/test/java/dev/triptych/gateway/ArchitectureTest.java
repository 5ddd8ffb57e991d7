package dev.triptych.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {

    private static final String ROOT = "dev.triptych.gateway";

    /** Each package and the packages of this module that it may read; {@code config} wires and may read all. */
    private static final Map<String, Set<String>> MAY_READ = Map.ofEntries(
            Map.entry("telemetry", Set.of()),
            Map.entry("upstream", Set.of("telemetry")),
            Map.entry("errors", Set.of("telemetry")),
            Map.entry("limits", Set.of("access", "store")),
            Map.entry("models", Set.of("telemetry", "errors", "upstream")),
            Map.entry("playground", Set.of()),
            Map.entry("store", Set.of()),
            Map.entry("access", Set.of("telemetry", "store")),
            Map.entry("jobs.store", Set.of("access", "store")),
            Map.entry("jobs.files", Set.of("access", "jobs.store")),
            Map.entry(
                    "jobs.batches",
                    Set.of(
                            "telemetry",
                            "limits",
                            "access",
                            "errors",
                            "upstream",
                            "models",
                            "jobs.store",
                            "jobs.files")),
            Map.entry("docs", Set.of("telemetry", "upstream")),
            Map.entry("inference", Set.of("inference.proto")),
            Map.entry("inference.proto", Set.of()),
            Map.entry("routing", Set.of("access", "telemetry", "errors", "upstream", "limits", "models")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void ofTheSuiteOnlyTheMessageContractsAreRead() {
        classes()
                .that()
                .resideInAPackage(ROOT + "..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.triptych.."))
                        .or(resideInAnyPackage(
                                ROOT + "..",
                                "dev.triptych.wire",
                                "dev.triptych.wire.inference",
                                "dev.triptych.worker.drain",
                                "dev.triptych.worker.kafka")))
                .because("the gateway computes nothing: tensors and models belong to the services behind it")
                .check(CLASSES);
    }

    @Test
    void noNativeRuntimeIsRead() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "ai.djl..")
                .because("a crash in native code must never take the public door down")
                .check(CLASSES);
    }

    @Test
    void nothingReadsTheWiring() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".config")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".config")
                .because("config names the others; the way back would be a cycle")
                .check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageReadsOnlyWhatTheTableAllows(String name, Set<String> allowed) {
        String[] readable = Stream.concat(Stream.of(name), allowed.stream())
                .map(each -> ROOT + "." + each)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + "..")).or(resideInAnyPackage(readable)))
                .because("packages go from the door inwards; see the table in this test")
                .check(CLASSES);
    }

    @Test
    void everyPackageIsInTheTable() {
        Set<String> known = Stream.concat(MAY_READ.keySet().stream(), Stream.of("config"))
                .map(name -> ROOT + "." + name)
                .collect(Collectors.toSet());
        assertThat(CLASSES.stream().map(each -> each.getPackageName()).filter(name -> !name.equals(ROOT)))
                .isSubsetOf(known);
    }

    @Test
    void packagesHaveNoCycle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    private static Stream<Object[]> packages() {
        return MAY_READ.entrySet().stream().map(entry -> new Object[] {entry.getKey(), entry.getValue()});
    }
}
