package dev.triptych.text.fake;

import dev.triptych.text.generation.GenerationLimits;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.TextEmbedder;
import dev.triptych.text.runtime.TextGenerator;
import dev.triptych.text.runtime.TextModels;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A repository of scripted models. */
public final class ScriptedModels implements TextModels {

    /** 260 tokens; prompts of up to 200 and outputs of up to 300. */
    public static final GenerationLimits LIMITS = new GenerationLimits(260, 200, 300);

    private final Map<String, ModelDescription> descriptions = new ConcurrentHashMap<>();
    private final Map<String, TextGenerator> generators = new ConcurrentHashMap<>();
    private final Map<String, TextEmbedder> embedders = new ConcurrentHashMap<>();
    private volatile boolean settled = true;

    /** A ready model. */
    public ScriptedGenerator add(ModelDescription description, GenerationLimits limits) {
        ScriptedGenerator generator = new ScriptedGenerator(description, limits);
        descriptions.put(description.id(), description);
        generators.put(description.id(), generator);
        return generator;
    }

    /** A ready translation model. */
    public ScriptedGenerator add(String id, String source, String target) {
        return add(translator(id, source, target, ModelDescription.Status.READY), LIMITS);
    }

    /** Another façade for a ready model. */
    public void replace(TextGenerator generator) {
        generators.put(generator.description().id(), generator);
    }

    /** A ready encoder. */
    public void add(TextEmbedder embedder) {
        descriptions.put(embedder.description().id(), embedder.description());
        embedders.put(embedder.description().id(), embedder);
    }

    /** A model that was added. */
    public ScriptedGenerator generator(String id) {
        return (ScriptedGenerator) Objects.requireNonNull(generators.get(id), id);
    }

    /** A model that cannot be asked. */
    public void addUnready(ModelDescription description) {
        descriptions.put(description.id(), description);
    }

    public void remove(String id) {
        descriptions.remove(id);
        generators.remove(id);
    }

    public void settled(boolean isSettled) {
        settled = isSettled;
    }

    public static ModelDescription translator(String id, String source, String target, ModelDescription.Status status) {
        return new ModelDescription(
                id,
                "translation",
                Optional.of(source),
                Optional.of(target),
                status,
                Optional.of("cpu"),
                Instant.parse("2026-01-01T00:00:00Z"),
                status == ModelDescription.Status.FAILED ? List.of("causality: logits differ by 0.3") : List.of());
    }

    public static ModelDescription completer(String id) {
        return new ModelDescription(
                id,
                "text-generation",
                Optional.empty(),
                Optional.empty(),
                ModelDescription.Status.READY,
                Optional.of("cpu"),
                Instant.parse("2026-01-01T00:00:00Z"),
                List.of());
    }

    @Override
    public List<ModelDescription> list() {
        return descriptions.values().stream()
                .sorted(Comparator.comparing(ModelDescription::id))
                .toList();
    }

    @Override
    public Optional<TextGenerator> ready(String id) {
        return Optional.ofNullable(generators.get(id));
    }

    @Override
    public Optional<TextEmbedder> embedder(String id) {
        return Optional.ofNullable(embedders.get(id));
    }

    @Override
    public boolean settled() {
        return settled;
    }
}
