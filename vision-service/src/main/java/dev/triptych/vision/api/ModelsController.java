package dev.triptych.vision.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.triptych.vision.model.ModelEntry;
import dev.triptych.vision.model.VisionModels;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The models of this service in OpenAI's shape; the gateway merges the lists of all services. */
@RestController
public final class ModelsController {

    private final VisionModels models;

    public ModelsController(VisionModels models) {
        this.models = models;
    }

    /** OpenAI's list object. */
    public record ModelList(String object, List<ModelObject> data) {}

    /**
     * OpenAI's model object and what Triptych adds.
     *
     * @param created seconds since 1970
     * @param status {@code ready} or {@code failed}
     * @param device where a served model runs
     * @param failedCheck the check that a failed model did not pass
     * @param reason by what it did not pass
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ModelObject(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy,
            String task,
            String status,
            @Nullable String device,
            @JsonProperty("failed_check") @Nullable String failedCheck,
            @Nullable String reason) {

        static ModelObject of(ModelEntry entry) {
            long created = entry.created().getEpochSecond();
            return switch (entry.state()) {
                case ModelEntry.Serving(var model) ->
                    new ModelObject(
                            entry.id(),
                            "model",
                            created,
                            "triptych",
                            entry.task(),
                            "ready",
                            model.device(),
                            null,
                            null);
                case ModelEntry.Failed(var check, var reason) ->
                    new ModelObject(
                            entry.id(), "model", created, "triptych", entry.task(), "failed", null, check.id(), reason);
            };
        }
    }

    @GetMapping("/v1/models")
    public ModelList list() {
        return new ModelList("list", models.all().stream().map(ModelObject::of).toList());
    }

    @GetMapping("/v1/models/{id}")
    public ModelObject get(@PathVariable String id) {
        return ModelObject.of(models.find(id));
    }
}
