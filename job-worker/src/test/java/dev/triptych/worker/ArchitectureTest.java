package dev.triptych.worker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.triptych.worker");

    @Test
    void ofTheSuiteOnlyTheMessageContractsAreRead() {
        classes()
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.triptych.."))
                        .or(resideInAnyPackage("dev.triptych.worker..", "dev.triptych.wire")))
                .because("what an item asks for is the services' to know")
                .check(CLASSES);
    }

    @Test
    void settingsOfClientsNeedNoFramework() {
        classes()
                .that()
                .resideInAPackage("dev.triptych.worker.kafka")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.triptych.worker.kafka", "org.apache.kafka..", "java..", "org.jspecify.annotations")
                .because("the gateway, which has no worker, uses them too")
                .check(CLASSES);
    }
}
