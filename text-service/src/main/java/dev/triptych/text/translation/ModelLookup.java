package dev.triptych.text.translation;

import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.TextEmbedder;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.Optional;

/** Finds a model by its id, or says why it cannot be asked. */
public final class ModelLookup {

    private static final Duration LOADING_WAIT = Duration.ofSeconds(5);

    private ModelLookup() {}

    /**
     * The description of a model.
     *
     * @throws TriptychException.Rejected if the repository has none of that id
     */
    public static ModelDescription describe(TextModels models, String id) {
        return models.list().stream()
                .filter(description -> description.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new TriptychException.Rejected(
                        ErrorCode.MODEL_NOT_FOUND, "model", "there is no model \"" + id + "\""));
    }

    /**
     * A model that is ready.
     *
     * @throws TriptychException if there is none, it is loading or it failed its checks
     */
    public static TextGenerator ready(TextModels models, String id) {
        Optional<TextGenerator> generator = models.ready(id);
        if (generator.isPresent()) {
            return generator.get();
        }
        throw unready(models, id, "generates no text");
    }

    /**
     * An encoder that is ready.
     *
     * @throws TriptychException if there is none, it is loading or it failed its checks
     */
    public static TextEmbedder embedder(TextModels models, String id) {
        return models.embedder(id).orElseThrow(() -> unready(models, id, "makes no embeddings"));
    }

    /** @param lacks what a ready model of another kind does not do */
    private static TriptychException unready(TextModels models, String id, String lacks) {
        ModelDescription description = describe(models, id);
        if (description.status() == ModelDescription.Status.READY) {
            return new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "model",
                    "model \"" + id + "\" does " + description.task() + " and " + lacks);
        }
        if (description.status() == ModelDescription.Status.FAILED) {
            return new TriptychException.Rejected(
                    ErrorCode.MODEL_NOT_FOUND,
                    "model",
                    "model \"" + id + "\" is not served: "
                            + (description.problems().isEmpty()
                                    ? "it failed"
                                    : description.problems().getFirst()));
        }
        if (description.status() == ModelDescription.Status.UNLOADED) {
            return new TriptychException.Rejected(
                    ErrorCode.MODEL_NOT_FOUND, "model", "model \"" + id + "\" is unloaded and not served");
        }
        return new TriptychException.Overloaded(
                ErrorCode.UNAVAILABLE, LOADING_WAIT, "model \"" + id + "\" is still loading");
    }
}
