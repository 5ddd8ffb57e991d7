package dev.triptych.text;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the doors and the translation between them may import of ours, and of frameworks. */
class DoorsArchitectureTest {

    private static final String TEXT = "dev.triptych.text.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.triptych.text");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            api         | translation runtime generation telemetry inference document | doors do not know each other, nor what is behind the façade
            job         | translation runtime generation telemetry worker | doors do not know each other, nor what is behind the façade
            translation | runtime generation                       | it works through the façade alone
            """)
    void packagesImportOnlyTheseOfOurs(String name, String allowed, String reason) {
        List<String> packages = Stream.concat(
                        Stream.of(TEXT + name + "..", "dev.triptych.wire.."),
                        Arrays.stream(allowed.split(" "))
                                .map(other -> (List.of("inference", "document", "worker")
                                                        .contains(other)
                                                ? "dev.triptych."
                                                : TEXT)
                                        + other + ".."))
                .toList();
        noClasses()
                .that()
                .resideInAPackage(TEXT + name + "..")
                .should()
                .dependOnClassesThat(ours().and(DescribedPredicate.not(
                        JavaClass.Predicates.resideInAnyPackage(packages.toArray(String[]::new)))))
                .because(reason)
                .check(CLASSES);
    }

    @Test
    void translatingNeedsNoFramework() {
        noClasses()
                .that()
                .resideInAPackage(TEXT + "translation..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "org.apache.kafka..",
                        "tools.jackson..",
                        "com.fasterxml..",
                        "io.micrometer..",
                        "reactor..",
                        "io.cloudevents..")
                .because("both doors share it, and benchmarks run it as it is")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> ours() {
        return JavaClass.Predicates.resideInAPackage("dev.triptych..");
    }
}
