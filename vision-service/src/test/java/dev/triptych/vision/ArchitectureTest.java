package dev.triptych.vision;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {

    private static final String ROOT = "dev.triptych.vision.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.triptych.vision");

    /** Package | which packages of this module it may use | which of shared-tensor. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "image     | -                         | tensor wire",
                "batching  | image                     | engine tensor wire inference",
                "model     | image batching            | engine tensor modelpackage wire inference",
                "render    | image                     | wire",
                "vit       | image batching model render | tensor.math wire",
                "telemetry | batching model vit        | -",
                "api       | image model vit           | wire wire.inference inference",
                "job       | image vit                 | tensor wire worker"
            })
    void packagesPointInwards(String name, String own, String shared) {
        String[] allowed = Stream.of(
                        Stream.of(ROOT + name),
                        split(own).map(ROOT::concat),
                        split(shared).map("dev.triptych."::concat))
                .flatMap(packages -> packages)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.triptych..").and(not(resideInAnyPackage(allowed))))
                .because("doors come first, then vit, model and render, batching, image; nothing points back: "
                        + Arrays.toString(allowed))
                .check(CLASSES);
    }

    @Test
    void theCoreKnowsNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "image", ROOT + "batching", ROOT + "model", ROOT + "render", ROOT + "vit")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "org.apache.kafka..",
                        "tools.jackson..",
                        "com.fasterxml..",
                        "io.micrometer..",
                        "reactor..")
                .because("the core is tested and read without the doors' frameworks")
                .check(CLASSES);
    }

    @Test
    void onlyConfigNamesTheRuntimesAdapter() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "config")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.triptych.engine.onnx", "dev.triptych.engine.capi", "ai.onnxruntime..")
                .because("everything else works against the engine port")
                .check(CLASSES);
    }

    @Test
    void threadsAreMadeInTheBatcherAndInConfigOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "config", ROOT + "batching")
                .should()
                .callMethod(Thread.class, "ofPlatform")
                .orShould()
                .callMethod(Thread.class, "ofVirtual")
                .orShould()
                .callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.Executors")
                .because("every thread has one known owner")
                .check(CLASSES);
    }

    @Test
    void onlyTheImagePackageDecodesAndOnlyRenderDraws() {
        classes()
                .that()
                .resideOutsideOfPackages(ROOT + "image", ROOT + "render")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("javax.imageio..", "java.awt..", "com.drew..")
                .because("pictures leave those packages as RgbImage or as files")
                .check(CLASSES);
    }

    private static Stream<String> split(String names) {
        return names == null ? Stream.empty() : Stream.of(names.split(" "));
    }
}
