package dev.triptych.text.translation;

import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the model that serves a language pair. Safe from any thread. */
public final class TranslationModels {

    private static final String TASK = "translation";
    private static final Duration LOADING_WAIT = Duration.ofSeconds(5);

    private final TextModels models;

    public TranslationModels(TextModels models) {
        this.models = models;
    }

    /** The directions that can be asked for now, sorted by source, then target. */
    public List<LanguagePair> pairs() {
        return translators(ModelDescription.Status.READY).stream()
                .map(TranslationModels::pair)
                .distinct()
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    /**
     * The languages that can be translated into another, sorted.
     *
     * @throws TriptychException.Rejected if there are none
     */
    public List<String> sourcesFor(String target) {
        List<String> sources = pairs().stream()
                .filter(pair -> pair.target().equals(target))
                .map(LanguagePair::source)
                .toList();
        if (sources.isEmpty()) {
            throw unsupported("target", "no model translates into \"" + target + "\"");
        }
        return sources;
    }

    /**
     * The model for a pair.
     *
     * @param model its id where the client named one
     * @throws TriptychException if there is none that is ready
     */
    public TextGenerator find(Optional<String> model, LanguagePair pair) {
        return model.isPresent() ? named(model.get(), pair) : serving(pair);
    }

    private TextGenerator named(String id, LanguagePair pair) {
        TextGenerator generator = ModelLookup.ready(models, id);
        ModelDescription description = generator.description();
        if (!description.task().equals(TASK)) {
            throw new TriptychException.Rejected(
                    ErrorCode.INVALID_FIELD,
                    "model",
                    "model must be a translation model; \"" + id + "\" does " + description.task());
        }
        if (!declaresLanguages(description) || !pair(description).equals(pair)) {
            String does = declaresLanguages(description) ? pair(description).toString() : "no declared languages";
            throw unsupported("model", "model \"" + id + "\" translates " + does + ", not " + pair);
        }
        return generator;
    }

    private TextGenerator serving(LanguagePair pair) {
        for (ModelDescription description : translators(ModelDescription.Status.READY)) {
            Optional<TextGenerator> generator =
                    pair(description).equals(pair) ? models.ready(description.id()) : Optional.empty();
            if (generator.isPresent()) {
                return generator.get();
            }
        }
        boolean loading = translators(ModelDescription.Status.LOADING).stream()
                .anyMatch(description -> pair(description).equals(pair));
        if (loading || !models.settled()) {
            throw new TriptychException.Overloaded(
                    ErrorCode.UNAVAILABLE, LOADING_WAIT, "models are still loading; none serves " + pair + " yet");
        }
        boolean known = pairs().stream().anyMatch(other -> other.source().equals(pair.source()));
        throw unsupported(known ? "target" : "source", "no model translates " + pair);
    }

    private TriptychException.Rejected unsupported(String field, String message) {
        String pairs = pairs().stream().map(LanguagePair::toString).collect(Collectors.joining(", "));
        return new TriptychException.Rejected(
                ErrorCode.UNSUPPORTED_LANGUAGE,
                field,
                message + "; there is " + (pairs.isEmpty() ? "no language pair" : pairs));
    }

    private List<ModelDescription> translators(ModelDescription.Status status) {
        return models.list().stream()
                .filter(description -> description.task().equals(TASK))
                .filter(description -> description.status() == status)
                .filter(TranslationModels::declaresLanguages)
                .toList();
    }

    private static boolean declaresLanguages(ModelDescription description) {
        return description.source().isPresent() && description.target().isPresent();
    }

    private static LanguagePair pair(ModelDescription description) {
        return new LanguagePair(
                description.source().orElseThrow(), description.target().orElseThrow());
    }
}
