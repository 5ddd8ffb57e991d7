package dev.triptych.text.decoding.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.decoding.Sequence;
import dev.triptych.text.decoding.StopRule;
import dev.triptych.text.decoding.logits.LogitsProcessors;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.GenerationParameters;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.ParallelDecoders;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.generation.Strategy.EarlyStopping;
import dev.triptych.text.generation.TokenRules;
import dev.triptych.text.generation.TokenScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SearchTest {

    private static final TableModel MODEL = TableModel.read("golden-one-eos.json");
    private static final Searches SEARCHES = new Searches(MODEL.rules(), ParallelDecoders.NONE, SearchTest::text);

    private static String text(List<Integer> ids) {
        StringBuilder text = new StringBuilder();
        ids.stream().filter(id -> id != 0).forEach(id -> text.append((char) ('a' + id)));
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10})
    void oneBeamThatStopsAtItsFirstEndIsGreedy(int token) {
        List<Integer> prompt = List.of(2, token);
        List<Integer> greedy = run(new Strategy.Greedy(), 16, prompt).getFirst().tokenIds();
        assertThat(run(Strategy.Beam.of(1), 16, prompt).getFirst().tokenIds()).isEqualTo(greedy);
        BeamSearch single = new BeamSearch(
                new Strategy.Beam(1, 1, OptionalDouble.of(1), Optional.of(EarlyStopping.TRUE), 1, 0),
                new BeamSearch.Setting(
                        LogitsProcessors.of(MODEL.rules()),
                        new StopRule(MODEL.rules().eosTokenIds()),
                        16,
                        1,
                        -1,
                        GenerationRules.Defaults.NONE),
                new Sequence(prompt));
        assertThat(MODEL.run(single, prompt, () -> {})
                        .results(FinishReason.ERROR)
                        .getFirst()
                        .tokenIds())
                .isEqualTo(greedy);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void theSameSeedGivesTheSameTokensAndTheBestOfManyAreReturned(int seed) {
        List<Integer> prompt = List.of(2);
        List<GeneratedSequence> all = run(new Strategy.Sample(1.2, 0, 1, 0, 1, seed, 6, 6), 12, prompt);
        assertThat(run(new Strategy.Sample(1.2, 0, 1, 0, 1, seed, 6, 6), 12, prompt))
                .isEqualTo(all);
        assertThat(run(new Strategy.Sample(1.2, 0, 1, 0, 1, seed, 1, 1), 12, prompt))
                .containsExactly(all.getFirst());
        List<GeneratedSequence> best = all.stream()
                .sorted(Comparator.comparingDouble(
                        one -> -one.score() / one.tokenIds().size()))
                .limit(2)
                .toList();
        assertThat(run(new Strategy.Sample(1.2, 0, 1, 0, 1, seed, 2, 6), 12, prompt))
                .isEqualTo(best);
        assertThat(all.stream().map(GeneratedSequence::tokenIds).distinct().count())
                .isGreaterThan(1);
    }

    @Test
    void samplesSettleTokenByTokenUnlessTheBestAreChosen() {
        List<Integer> prompt = List.of(2);
        Search all =
                SEARCHES.start(new GenerationParameters(new Strategy.Sample(1, 0, 1, 0, 1, 3, 3, 3), 12), prompt, 0);
        List<List<Integer>> heard = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        MODEL.run(all, prompt, () -> {
            for (int output = 0; output < 3; output++) {
                while (heard.get(output).size() < all.settled(output)) {
                    heard.get(output)
                            .add(all.token(output, heard.get(output).size()).tokenId());
                }
            }
        });
        assertThat(all.results(FinishReason.ERROR).stream().map(GeneratedSequence::tokenIds))
                .isEqualTo(heard);
        Search some =
                SEARCHES.start(new GenerationParameters(new Strategy.Sample(1, 0, 1, 0, 1, 3, 1, 3), 12), prompt, 0);
        MODEL.run(some, prompt, () -> assertThat(some.settled(0)).isEqualTo(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"greedy", "beam", "sample"})
    void logProbsAreTheModelsOwnAndTheLikeliestComeFirst(String name) {
        Strategy strategy = switch (name) {
            case "greedy" -> new Strategy.Greedy();
            case "beam" -> Strategy.Beam.of(3, 2);
            default -> new Strategy.Sample(1.5, 0, 1, 0, 1, 9, 2, 2);
        };
        List<Integer> prompt = List.of(2, 7);
        GenerationParameters parameters =
                new GenerationParameters(strategy, 10, TokenRules.NONE, List.of(), OptionalInt.of(3));
        List<GeneratedSequence> results = MODEL.run(SEARCHES.start(parameters, prompt, 0), prompt, () -> {})
                .results(FinishReason.ERROR);
        for (GeneratedSequence result : results) {
            List<Integer> ids = new ArrayList<>(prompt);
            for (int i = 0; i < result.tokenIds().size(); i++) {
                double[] expected = logProbs(ids);
                int token = result.tokenIds().get(i);
                assertThat(result.logProbs().get(i)).isCloseTo(expected[token], Offset.offset(1e-4));
                List<TokenScore> top = result.topLogProbs().get(i);
                assertThat(top).hasSize(3).isSortedAccordingTo(Comparator.comparingDouble(score -> -score.logProb()));
                assertThat(top.getFirst().logProb())
                        .isCloseTo(Arrays.stream(expected).max().orElseThrow(), Offset.offset(1e-4));
                top.forEach(
                        score -> assertThat(score.logProb()).isCloseTo(expected[score.tokenId()], Offset.offset(1e-4)));
                ids.add(token);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"greedy", "beam", "groups", "sample"})
    void aStopTextEndsEverySequenceThatHasIt(String name) {
        Strategy strategy = switch (name) {
            case "greedy" -> new Strategy.Greedy();
            case "beam" -> Strategy.Beam.of(4, 4);
            case "groups" -> new Strategy.Beam(4, 4, OptionalDouble.empty(), Optional.empty(), 2, 0.5);
            default -> new Strategy.Sample(1.5, 0, 1, 0, 1, 9, 4, 4);
        };
        List<Integer> prompt = List.of(2, 7);
        String whole = text(
                endingWith(new Strategy.Greedy(), prompt, List.of()).getFirst().tokenIds());
        String stop = whole.substring(1, 3);
        List<GeneratedSequence> results = endingWith(strategy, prompt, List.of(stop));
        for (GeneratedSequence result : results) {
            String text = text(result.tokenIds());
            if (text.contains(stop)) {
                assertThat(text).endsWith(stop);
                assertThat(text.indexOf(stop)).isEqualTo(text.length() - stop.length());
                assertThat(result.reason()).isEqualTo(FinishReason.STOP);
            }
        }
        assertThat(!name.equals("greedy") || text(results.getFirst().tokenIds()).contains(stop))
                .isTrue();
    }

    @Test
    void decidingChangesNothing() {
        List<Integer> prompt = List.of(2);
        for (Strategy strategy :
                List.of(new Strategy.Greedy(), Strategy.Beam.of(3), new Strategy.Sample(1, 0, 1, 0, 1, 3, 2, 2))) {
            Search search = SEARCHES.start(new GenerationParameters(strategy, 8), prompt, 0);
            Search twin = SEARCHES.start(new GenerationParameters(strategy, 8), prompt, 0);
            RowScores scores = new RowScores(MODEL.vocabSize());
            for (int i = 0; i < 3; i++) {
                search.step(scores.at(MODEL.tensor(List.of(prompt), 0), new int[] {0}));
                assertThat(search.liveRows()).isEqualTo(1);
                assertThat(search.settled(0)).isEqualTo(0);
            }
            assertThat(MODEL.run(search, prompt, () -> {}).results(FinishReason.ERROR))
                    .isEqualTo(MODEL.run(twin, prompt, () -> {}).results(FinishReason.ERROR));
        }
    }

    @Test
    void aSearchThatIsCutShortAnswersWhatItHas() {
        for (Strategy strategy : List.of(
                new Strategy.Greedy(),
                Strategy.Beam.of(3),
                new Strategy.Beam(4, 2, OptionalDouble.empty(), Optional.empty(), 2, 1),
                new Strategy.Sample(1, 0, 1, 0, 1, 3, 2, 2))) {
            Search search = SEARCHES.start(new GenerationParameters(strategy, 8), List.of(2), 0);
            assertThat(search.results(FinishReason.CANCELLED)).allSatisfy(result -> {
                assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(result.tokenIds()).isEmpty();
            });
            search.commit(search.step(
                    new RowScores(MODEL.vocabSize()).at(MODEL.tensor(List.of(List.of(2)), 0), new int[] {0})));
            assertThat(search.results(FinishReason.CANCELLED))
                    .isNotEmpty()
                    .allSatisfy(result -> assertThat(result.tokenIds()).hasSize(1));
        }
    }

    private static List<GeneratedSequence> run(Strategy strategy, int maxNewTokens, List<Integer> prompt) {
        Search search = SEARCHES.start(new GenerationParameters(strategy, maxNewTokens), prompt, 0);
        return MODEL.run(search, prompt, () -> {}).results(FinishReason.ERROR);
    }

    /** At least eight tokens, as far as the end-of-sequence token is concerned. */
    private static List<GeneratedSequence> endingWith(Strategy strategy, List<Integer> prompt, List<String> stop) {
        TokenRules rules = SearchCases.rules(JsonMapper.builder().build().readTree("{\"min_new_tokens\": 8}"));
        GenerationParameters parameters = new GenerationParameters(strategy, 16, rules, stop, OptionalInt.empty());
        return MODEL.run(SEARCHES.start(parameters, prompt, 0), prompt, () -> {})
                .results(FinishReason.ERROR);
    }

    private static double[] logProbs(List<Integer> ids) {
        float[] logits = MODEL.logits(ids);
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double[] logProbs = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            logProbs[token] = logits[token] - Math.log(sum);
        }
        return logProbs;
    }
}
