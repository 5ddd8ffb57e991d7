package dev.triptych.text.runtime;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.model.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Describes models before they are loaded. */
final class PackageDescription {

    private PackageDescription() {}

    static ModelDescription loading(ModelPackage modelPackage) {
        return new ModelDescription(
                modelPackage.name(),
                modelPackage.manifest().map(manifest -> manifest.task()).orElseGet(() -> task(modelPackage)),
                modelPackage.manifest().flatMap(manifest -> manifest.source()),
                modelPackage.manifest().flatMap(manifest -> manifest.target()),
                ModelDescription.Status.LOADING,
                Optional.empty(),
                created(modelPackage.directory()),
                List.of());
    }

    private static String task(ModelPackage modelPackage) {
        return ModelFamily.of(modelPackage).map(ModelFamily::task).orElse("unknown");
    }

    /** A folder that is no readable model package. */
    static ModelDescription unreadable(Path directory, String problem) {
        return new ModelDescription(
                String.valueOf(directory.getFileName()),
                "unknown",
                Optional.empty(),
                Optional.empty(),
                ModelDescription.Status.FAILED,
                Optional.empty(),
                created(directory),
                List.of(problem));
    }

    private static Instant created(Path directory) {
        try {
            return Files.getLastModifiedTime(directory.resolve("config.json")).toInstant();
        } catch (IOException e) {
            return Clock.systemUTC().instant();
        }
    }
}
