package dev.triptych.text.api;

import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.ModelLookup;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** OpenAI's {@code GET /v1/models} and {@code GET /v1/models/{id}}, with what we know besides. */
@RestController
class ModelsController {

    private final TextModels models;

    ModelsController(TextModels models) {
        this.models = models;
    }

    record ModelList(String object, List<Model> data) {}

    /** OpenAI's fields, then ours. */
    record Model(
            String id,
            String object,
            long created,
            String ownedBy,
            String task,
            @Nullable String source,
            @Nullable String target,
            String status,
            @Nullable String device,
            List<String> problems,
            List<Check> checks,
            List<Version> versions) {

        static Model of(ModelDescription description) {
            return new Model(
                    description.id(),
                    "model",
                    description.created().getEpochSecond(),
                    "triptych",
                    description.task(),
                    description.source().orElse(null),
                    description.target().orElse(null),
                    description.status().name().toLowerCase(Locale.ROOT),
                    description.device().orElse(null),
                    description.problems(),
                    description.checks().stream().map(Check::of).toList(),
                    description.versions().stream().map(Version::of).toList());
        }

        /** The same once nothing of it is held any more. */
        Model withoutVersions() {
            return new Model(
                    id, object, created, ownedBy, task, source, target, status, device, problems, checks, List.of());
        }
    }

    /** What was measured when the model was loaded; differences are in standard deviations of the reference. */
    record Check(
            String name,
            String status,
            @Nullable Double measured,
            @Nullable Double bound,
            String detail) {

        static Check of(ModelDescription.Check check) {
            return new Check(
                    check.name(),
                    check.passed() ? "passed" : "failed",
                    number(check.measured()),
                    number(check.bound()),
                    check.detail());
        }

        /** JSON has no NaN. */
        private static @Nullable Double number(OptionalDouble figure) {
            return figure.isPresent() && Double.isFinite(figure.getAsDouble()) ? figure.getAsDouble() : null;
        }
    }

    /**
     * What there is of a model: the version that is asked, one that is tried, those that finish what they have.
     *
     * @param since seconds since 1970
     * @param problems why a version is not served
     */
    record Version(String version, String status, long since, List<String> problems) {

        static Version of(ModelDescription.Version version) {
            return new Version(
                    version.version(),
                    version.status().name().toLowerCase(Locale.ROOT),
                    version.since().getEpochSecond(),
                    version.problems());
        }
    }

    @GetMapping("/v1/models")
    ModelList list() {
        return new ModelList("list", models.list().stream().map(Model::of).toList());
    }

    @GetMapping("/v1/models/{id}")
    Model get(@PathVariable String id) {
        return Model.of(ModelLookup.describe(models, id));
    }
}
