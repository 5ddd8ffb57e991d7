package dev.triptych.text.decoding.search;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.testkit.Fixtures;
import dev.triptych.text.generation.GenerationRules;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model that is a table, as the foundry's {@code search_fixtures.py} has it: the logits depend on the last two tokens
 * and the position. Runs a search the way the engine loop does.
 */
final class TableModel {

    private final float[][] last;
    private final float[][] before;
    private final float[][] position;
    private final int start;
    private final GenerationRules rules;
    private final JsonNode cases;

    private TableModel(JsonNode json) {
        last = table(json.get("last"));
        before = table(json.get("before"));
        position = table(json.get("position"));
        start = json.get("start").intValue();
        rules = new GenerationRules(
                OptionalInt.of(start),
                SearchCases.ints(json.get("eos")),
                json.get("pad").intValue(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                List.of(),
                List.of(),
                List.of());
        cases = json.get("cases");
    }

    static TableModel read(String file) {
        return new TableModel(JsonMapper.builder()
                .build()
                .readTree(Fixtures.path("search/" + file).toFile()));
    }

    JsonNode cases() {
        return cases;
    }

    GenerationRules rules() {
        return rules;
    }

    int vocabSize() {
        return last.length;
    }

    float[] logits(List<Integer> ids) {
        float[] logits = new float[vocabSize()];
        int previous = ids.size() > 1 ? ids.get(ids.size() - 2) : start;
        for (int token = 0; token < logits.length; token++) {
            logits[token] = last[ids.getLast()][token]
                    + before[previous][token]
                    + position[ids.size() % position.length][token];
        }
        return logits;
    }

    /** Steps a search to its end, among rows of other requests that are none of its business. */
    Search run(Search search, List<Integer> prompt, Runnable afterEachStep) {
        RowScores scores = new RowScores(vocabSize());
        List<List<Integer>> live = List.of(prompt);
        int strangers = prompt.size() % 3;
        while (search.liveRows() > 0) {
            SearchStep step = search.step(scores.at(
                    tensor(live, strangers),
                    IntStream.range(strangers, strangers + live.size()).toArray()));
            if (!(step instanceof SearchStep.Advance advance)) {
                throw new AssertionError(step);
            }
            search.commit(step);
            List<List<Integer>> next = new ArrayList<>();
            for (int row = 0; row < search.liveRows(); row++) {
                List<Integer> ids = new ArrayList<>(live.get(advance.parent(row)));
                ids.add(search.lastToken(row));
                next.add(ids);
            }
            live = next;
            afterEachStep.run();
        }
        return search;
    }

    Tensor tensor(List<List<Integer>> rows, int strangers) {
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(rows.size() + strangers, vocabSize()));
        for (int row = 0; row < rows.size(); row++) {
            float[] logits = logits(rows.get(row));
            for (int token = 0; token < logits.length; token++) {
                tensor.setFloat((long) (strangers + row) * logits.length + token, logits[token]);
            }
        }
        return tensor;
    }

    private static float[][] table(JsonNode rows) {
        float[][] table = new float[rows.size()][];
        for (int i = 0; i < table.length; i++) {
            table[i] = SearchCases.floats(rows.get(i));
        }
        return table;
    }
}
