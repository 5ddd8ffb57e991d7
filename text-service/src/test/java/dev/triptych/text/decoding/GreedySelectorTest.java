package dev.triptych.text.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.tensor.math.Logits;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.decoding.search.GreedySelector;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationRules;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class GreedySelectorTest {

    private static final float[] SCORES = {1, 4, 3, 4, 2};

    @Test
    void theMostProbableTokenIsChosenTheLowestAmongEquals() {
        assertThat(select(rules(List.of()), 5).tokenId()).isEqualTo(1);
    }

    @Test
    void theLogProbIsTheModels() {
        assertThat(select(rules(List.of()), 5).logProb())
                .isCloseTo(4 - Logits.logSumExp(SCORES, 0, 5), Offset.offset(1e-5));
    }

    @Test
    void aForcedFirstTokenWinsAndKeepsTheModelsLogProb() {
        GenerationRules rules = new GenerationRules(
                OptionalInt.of(0),
                List.of(0),
                0,
                OptionalInt.of(4),
                OptionalInt.empty(),
                List.of(),
                List.of(),
                List.of());
        Selection.Chosen first = select(rules, 5);
        assertThat(first.tokenId()).isEqualTo(4);
        assertThat(first.logProb()).isCloseTo(2 - Logits.logSumExp(SCORES, 0, 5), Offset.offset(1e-5));
        assertThat(select(rules, 5, 4).tokenId()).isEqualTo(1);
    }

    @Test
    void aForcedLastTokenWinsWhereTheLengthEnds() {
        GenerationRules rules = new GenerationRules(
                OptionalInt.of(0),
                List.of(0),
                0,
                OptionalInt.empty(),
                OptionalInt.of(0),
                List.of(),
                List.of(),
                List.of());
        assertThat(select(rules, 3, 2).tokenId()).isEqualTo(1);
        assertThat(select(rules, 3, 2, 2).tokenId()).isEqualTo(0);
    }

    @Test
    void aBadWordOfOneTokenIsNeverChosen() {
        assertThat(select(rules(List.of(List.of(1))), 5).tokenId()).isEqualTo(3);
    }

    @Test
    void aLongerBadWordIsBrokenAtItsLastToken() {
        GenerationRules rules = rules(List.of(List.of(2, 4, 1)));
        assertThat(select(rules, 9, 2, 4).tokenId()).isEqualTo(3);
        assertThat(select(rules, 9, 2, 2).tokenId()).isEqualTo(1);
        assertThat(select(rules, 9, 4).tokenId()).isEqualTo(1);
    }

    @Test
    void aBadWordMayBeginWithTheStartToken() {
        assertThat(select(rules(List.of(List.of(0, 1))), 5).tokenId()).isEqualTo(3);
    }

    @Test
    void suppressedTokensAreNeverChosenOrNotFirst() {
        GenerationRules rules = new GenerationRules(
                OptionalInt.of(0),
                List.of(0),
                0,
                OptionalInt.empty(),
                OptionalInt.empty(),
                List.of(),
                List.of(3),
                List.of(1));
        assertThat(select(rules, 5).tokenId()).isEqualTo(2);
        assertThat(select(rules, 5, 2).tokenId()).isEqualTo(1);
    }

    @Test
    void scoresThatAreNoNumbersAreReported() {
        Selection selection = selector(rules(List.of())).select(context(new float[] {1, Float.NaN, 0, 0, 0}, 5));
        assertThat(selection).isInstanceOf(Selection.Broken.class);
        assertThat(selector(rules(List.of())).select(context(new float[] {1, Float.POSITIVE_INFINITY, 0, 0, 0}, 5)))
                .isInstanceOf(Selection.Broken.class);
    }

    @Test
    void aSequenceStopsAtItsEndTokenOrItsLength() {
        StopRule stop = new StopRule(List.of(3, 7));
        assertThat(stop.after(7, 1, 5)).isEqualTo(FinishReason.STOP);
        assertThat(stop.after(3, 5, 5)).isEqualTo(FinishReason.STOP);
        assertThat(stop.after(4, 5, 5)).isEqualTo(FinishReason.LENGTH);
        assertThat(stop.after(4, 4, 5)).isNull();
    }

    private static GenerationRules rules(List<List<Integer>> badWords) {
        return new GenerationRules(
                OptionalInt.of(0),
                List.of(0),
                0,
                OptionalInt.empty(),
                OptionalInt.empty(),
                badWords,
                List.of(),
                List.of());
    }

    private static TokenSelector selector(GenerationRules rules) {
        return new GreedySelector(LogitsProcessors.of(rules));
    }

    private static Selection.Chosen select(GenerationRules rules, int maxNewTokens, int... history) {
        return (Selection.Chosen) selector(rules).select(context(SCORES, maxNewTokens, history));
    }

    private static SearchContext context(float[] scores, int maxNewTokens, int... history) {
        Tensor logits = Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, Shape.of(2, 5));
        logits.putFloats(5, scores, 0, 5);
        Sequence sequence = new Sequence(0);
        for (int id : history) {
            sequence.append(id, 0);
        }
        return new SearchContext(new LogitsRow(5).load(logits, 1), sequence, maxNewTokens);
    }
}
