package dev.triptych.vision.model;

import java.time.Instant;

/**
 * A vision model of the repository, served or not.
 *
 * @param id the folder's name
 * @param task such as {@code image-classification}, {@code unknown} where the package cannot be read
 * @param created when the package was written
 * @param state what became of it
 */
public record ModelEntry(String id, String task, Instant created, State state) {

    /** What became of a model. */
    public sealed interface State {}

    /** Passed every check and answers. */
    public record Serving(LoadedModel model) implements State {}

    /** Failed a check and is not served. */
    public record Failed(ModelCheck check, String reason) implements State {}
}
