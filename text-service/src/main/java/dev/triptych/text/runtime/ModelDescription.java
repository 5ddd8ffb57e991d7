package dev.triptych.text.runtime;

import dev.triptych.modelpackage.ModelCheck;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A model of the repository and how it fares.
 *
 * @param id the folder's name
 * @param task such as {@code translation}
 * @param source language of the input, for translation
 * @param target language of the output, for translation
 * @param status whether it can be asked
 * @param device where it runs; empty until loaded
 * @param created modification time of its settings
 * @param problems for {@link Status#FAILED} which checks failed and by how much
 * @param checks every check that ran when the model was loaded, with its figures
 * @param versions what there is of it: the version that is asked, one that is tried, those that are being finished
 */
public record ModelDescription(
        String id,
        String task,
        Optional<String> source,
        Optional<String> target,
        Status status,
        Optional<String> device,
        Instant created,
        List<String> problems,
        List<Check> checks,
        List<Version> versions) {

    public ModelDescription {
        problems = List.copyOf(problems);
        checks = List.copyOf(checks);
        versions = List.copyOf(versions);
    }

    /** A model that was not checked. */
    public ModelDescription(
            String id,
            String task,
            Optional<String> source,
            Optional<String> target,
            Status status,
            Optional<String> device,
            Instant created,
            List<String> problems) {
        this(id, task, source, target, status, device, created, problems, List.of(), List.of());
    }

    /**
     * A property that the model was tried for.
     *
     * @param name such as {@code causality}
     * @param passed whether it has it
     * @param measured the largest difference seen, where the property is one of numbers
     * @param bound what was allowed
     * @param detail what was compared, or what does not fit
     */
    public record Check(String name, boolean passed, OptionalDouble measured, OptionalDouble bound, String detail) {}

    /**
     * A version of the model, told apart by its files.
     *
     * @param version twelve hexadecimal digits over its files' names and contents
     * @param status how it fares
     * @param since when it came to be that, or, of one that is being finished, when it could first be asked
     * @param problems for {@link VersionStatus#FAILED} why it is not served
     */
    public record Version(String version, VersionStatus status, Instant since, List<String> problems) {

        public Version {
            problems = List.copyOf(problems);
        }

        static Version of(String version, VersionStatus status, Instant since) {
            return new Version(version, status, since, List.of());
        }
    }

    /** Life of a version. */
    public enum VersionStatus {
        LOADING,
        READY,
        /** Nobody new can ask it; it finishes what it has. */
        DRAINING,
        FAILED
    }

    /** The same model with those versions. */
    public ModelDescription withVersions(List<Version> those) {
        return new ModelDescription(id, task, source, target, status, device, created, problems, checks, those);
    }

    /** The same model, taken out of service. */
    public ModelDescription unloaded() {
        return new ModelDescription(
                id, task, source, target, Status.UNLOADED, Optional.empty(), created, List.of(), List.of(), versions);
    }

    /** The same model with what was found when it was loaded. */
    public ModelDescription checked(List<ModelCheck> found) {
        List<Check> results = found.stream()
                .map(check -> new Check(check.name(), check.passed(), check.measured(), check.bound(), check.detail()))
                .toList();
        return new ModelDescription(id, task, source, target, status, device, created, problems, results, versions);
    }

    /** The same model, failed for those reasons. */
    public ModelDescription failed(List<String> reasons) {
        return new ModelDescription(
                id, task, source, target, Status.FAILED, device, created, reasons, checks, versions);
    }

    /** The same model where {@code ailment} is empty; failed for it where it is not. */
    ModelDescription ailing(String ailment) {
        return ailment.isEmpty() ? this : failed(List.of(ailment));
    }

    /** The same model, ready on that device. */
    public ModelDescription readyOn(String placement) {
        return new ModelDescription(
                id, task, source, target, Status.READY, Optional.of(placement), created, List.of(), checks, versions);
    }

    /** Life of a model. */
    public enum Status {
        LOADING,
        READY,
        FAILED,
        /** Taken out of service until somebody loads it. */
        UNLOADED
    }
}
