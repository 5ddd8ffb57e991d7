package dev.triptych.text.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.StrategyCurves.Curve;
import dev.triptych.text.generation.StrategyCurves.Situation;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategyCurvesTest {

    private static final List<String> ALL = List.of("greedy", "beam", "sample", "ctc", "mask-predict", "speculative");

    private static final StrategyCurves MEASURED = new StrategyCurves(List.of(
            curve(new Strategy.Greedy(), 30, 10, 50, 100),
            curve(new Strategy.Speculative(), 30, 20, 40, 99),
            curve(Strategy.Beam.of(4), 31, 4, 12, 14),
            curve(Strategy.Ctc.bestPath(), 28, 60, 70, 80),
            curve(new Strategy.MaskPredict(OptionalInt.of(4), OptionalInt.empty(), 1), 25, 65, 90, 110)));

    @ParameterizedTest
    @CsvSource({
        // sentences under way | points that may be lost | picked
        "1, 0, speculative",
        "8, 0, greedy",
        "64, 0, greedy",
        "500, 0, greedy",
        "0, 0, speculative",
        "1, 1.9, speculative",
        "1, 2, ctc",
        "8, 2, ctc",
        "64, 2, greedy", // the graph that is best alone is not so in company
        "1, 5, mask-predict",
        "64, 5, mask-predict",
        "2, 0, speculative", // 26.7 against 23.3 a second
        "5, 0, greedy",
    })
    void theFastestThatIsGoodEnoughIsPicked(int sentences, double loss, String picked) {
        assertThat(MEASURED.pick(new Situation(sentences, loss, ALL)).name()).isEqualTo(picked);
    }

    @Test
    void whatTheModelLacksIsNotPicked() {
        List<String> served = List.of("greedy", "beam", "sample");
        assertThat(MEASURED.pick(new Situation(1, 0, served)).name()).isEqualTo("greedy");
        assertThat(MEASURED.pick(new Situation(1, 100, served)).name()).isEqualTo("greedy");
    }

    @ParameterizedTest
    @CsvSource({"1, 0, speculative", "3, 50, speculative", "4, 0, greedy", "64, 50, greedy"})
    void withoutFiguresIdsAreGreedysAndDraftsAreForFewSentences(int sentences, double loss, String picked) {
        assertThat(StrategyCurves.NONE.pick(new Situation(sentences, loss, ALL)).name())
                .isEqualTo(picked);
        assertThat(StrategyCurves.NONE
                        .pick(new Situation(sentences, loss, List.of("greedy")))
                        .name())
                .isEqualTo("greedy");
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "8, 50", "64, 100", "1000, 100", "2, 23.3333", "4, 36.6667", "16, 66.6667"})
    void ratesBetweenPointsFollowTheRatioOfClients(int clients, double rate) {
        assertThat(MEASURED.curves().getFirst().rate(clients)).isCloseTo(rate, Offset.offset(1e-3));
    }

    private static Curve curve(Strategy strategy, double bleu, double one, double eight, double sixtyFour) {
        return new Curve(strategy, bleu, new TreeMap<>(Map.of(1, one, 8, eight, 64, sixtyFour)));
    }
}
