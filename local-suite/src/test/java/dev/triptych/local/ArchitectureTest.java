package dev.triptych.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.triptych.local");

    @Test
    void onlyTheMessageContractsOfTriptychAreUsed() {
        classes()
                .that()
                .resideInAPackage("dev.triptych.local..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages(
                        "dev.triptych.tensor..",
                        "dev.triptych.engine..",
                        "dev.triptych.modelpackage..",
                        "dev.triptych.text..",
                        "dev.triptych.vision..",
                        "dev.triptych.gateway..",
                        "ai.onnxruntime..",
                        "org.springframework..")
                .because("local-suite starts services as processes and speaks to them by messages alone")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.triptych.local.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theClientKnowsNothingOfProcesses() {
        noClasses()
                .that()
                .resideInAPackage("..local.client..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..local.supervisor..", "..local.broker..")
                .because("a client works against any broker, whoever runs it")
                .check(CLASSES);
    }

    @Test
    void theServersClassesStayInTheBroker() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..local.broker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("kafka..", "org.apache.kafka.metadata..", "org.apache.kafka.server..")
                .because("everything else is a client of the broker's process")
                .check(CLASSES);
    }
}
