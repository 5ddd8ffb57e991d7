package dev.triptych;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.triptych");

    @Test
    void onlyTheAdapterKnowsOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.triptych.engine.onnx")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .because("a second runtime, or a binding of our own, must be able to take the adapter's place")
                .check(CLASSES);
    }

    @Test
    void tensorsNeedTheJdkAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.triptych.tensor..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.triptych.tensor..", "java..", "org.jspecify..")
                .because("every module stands on tensors, so they stand on nothing")
                .check(CLASSES);
    }

    @Test
    void theEnginePortKnowsOnlyTensors() {
        noClasses()
                .that()
                .resideInAPackage("dev.triptych.engine")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.triptych.engine", "dev.triptych.tensor..", "java..", "org.jspecify..")
                .because("a port names no adapter")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.triptych.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
