package dev.triptych.text.runtime;

import dev.triptych.text.decoding.LogitsRow;
import dev.triptych.text.decoding.SearchContext;
import dev.triptych.text.decoding.Selection;
import dev.triptych.text.decoding.StopRule;
import dev.triptych.text.decoding.TokenSelector;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.decoding.search.GreedySelector;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.step.StepResult;
import dev.triptych.text.step.StepResult.BestTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns a step's logits into each row's next token, by the row's own strategy. Changes no request. */
final class TokenStaging {

    private final TokenSelector greedy;
    private final StopRule stop;
    private final LogitsRow row;

    TokenStaging(GenerationRules rules, int vocabSize) {
        this.greedy = new GreedySelector(LogitsProcessors.of(rules));
        this.stop = new StopRule(rules.eosTokenIds());
        this.row = new LogitsRow(vocabSize);
    }

    /**
     * Chooses.
     *
     * @param requests in the order of the result's rows
     */
    StagedStep stage(List<ActiveRequest> requests, StepResult result) {
        List<StagedStep.Row> rows = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            rows.add(stage(requests.get(i), result, i));
        }
        return new StagedStep(rows, result);
    }

    private StagedStep.Row stage(ActiveRequest request, StepResult result, int index) {
        SearchContext context = new SearchContext(load(result, index), request.sequence(), request.maxNewTokens());
        Strategy strategy = request.request().parameters().strategy();
        Selection selection = switch (strategy) {
            case Strategy.Greedy ignored -> greedy.select(context);
            case Strategy.Beam beam -> new Selection.Broken("the loop has no " + beam.name());
            case Strategy.Sample sample -> new Selection.Broken("the loop has no " + sample.name());
        };
        return switch (selection) {
            case Selection.Chosen chosen ->
                new StagedStep.Row(
                        request,
                        chosen.tokenId(),
                        chosen.logProb(),
                        stop.after(chosen.tokenId(), request.sequence().generatedCount() + 1, request.maxNewTokens()),
                        "");
            case Selection.Broken broken -> new StagedStep.Row(request, -1, 0, FinishReason.ERROR, broken.reason());
        };
    }

    private LogitsRow load(StepResult result, int index) {
        Optional<BestTokens> best = result.best();
        return best.isEmpty()
                ? row.load(result.logits(), index)
                : row.load(
                        result.logits(), index, best.get().id(index), best.get().logProb(index));
    }
}
