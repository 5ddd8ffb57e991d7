package dev.triptych.text.fake;

import dev.triptych.text.runtime.LifeOutcome;
import dev.triptych.text.runtime.ModelDescription;
import dev.triptych.text.runtime.ModelLife;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers loading and unloading as told, by the model's id; what it was not told of it does not know. */
public final class ScriptedLife implements ModelLife {

    private final ScriptedModels models;
    private final Map<String, LifeOutcome> outcomes = new ConcurrentHashMap<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    ScriptedLife(ScriptedModels models) {
        this.models = models;
    }

    /** What becomes of that model from now on. */
    public void outcome(String id, LifeOutcome outcome) {
        outcomes.put(id, outcome);
    }

    public ModelDescription model(String id) {
        return models.list().stream()
                .filter(model -> model.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** What was asked since this was last asked, such as {@code load en-de}. */
    public List<String> takeHeard() {
        List<String> taken = new ArrayList<>(heard);
        heard.clear();
        return taken;
    }

    @Override
    public CompletableFuture<LifeOutcome> load(String id) {
        heard.add("load " + id);
        return CompletableFuture.completedFuture(outcomes.getOrDefault(id, new LifeOutcome.Unknown()));
    }

    @Override
    public CompletableFuture<LifeOutcome> unload(String id) {
        heard.add("unload " + id);
        return CompletableFuture.completedFuture(outcomes.getOrDefault(id, new LifeOutcome.Unknown()));
    }
}
