package dev.triptych.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void onlyTheMessageContractsAndKafkasClientsAreUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.triptych.client",
                        "dev.triptych.wire",
                        "org.apache.kafka..",
                        "io.cloudevents..",
                        "org.slf4j",
                        "org.jspecify.annotations",
                        "java..")
                .because("the client goes into other people's programs")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.triptych.client"));
    }
}
