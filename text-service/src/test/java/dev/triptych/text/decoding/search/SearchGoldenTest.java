package dev.triptych.text.decoding.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GeneratedSequence;
import dev.triptych.text.generation.ParallelDecoders;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Searches over a table model against Hugging Face's {@code generate()}, and against an oracle for groups of beams. */
class SearchGoldenTest {

    @ParameterizedTest
    @ValueSource(strings = {"golden-one-eos.json", "golden-three-eos.json", "golden-diverse.json"})
    void idsAndScoresAreTheExpectedOnes(String file) {
        TableModel model = TableModel.read(file);
        Searches searches = new Searches(model.rules(), ParallelDecoders.NONE, ids -> "");
        assertThat(model.cases()).hasSizeGreaterThan(50);
        for (JsonNode golden : model.cases()) {
            List<Integer> prompt = SearchCases.ints(golden.get("prompt"));
            Search search = searches.start(SearchCases.parameters(golden), prompt, 0);
            List<GeneratedSequence> results =
                    model.run(search, prompt, () -> {}).results(FinishReason.ERROR);
            assertThat(results.stream().map(GeneratedSequence::tokenIds))
                    .as("ids of %s", golden)
                    .isEqualTo(SearchCases.lists(golden.get("output_ids")));
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).score())
                        .as("score %d of %s", i, golden)
                        .isCloseTo(golden.get("scores").get(i).doubleValue(), Offset.offset(2e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"golden-one-eos.json", "golden-three-eos.json", "golden-diverse.json"})
    void whatSettlesNeverChangesAndJoinsToTheResult(String file) {
        TableModel model = TableModel.read(file);
        Searches searches = new Searches(model.rules(), ParallelDecoders.NONE, ids -> "");
        for (JsonNode golden : model.cases()) {
            List<Integer> prompt = SearchCases.ints(golden.get("prompt"));
            Search search = searches.start(SearchCases.parameters(golden), prompt, 0);
            List<Integer> heard = new ArrayList<>();
            model.run(search, prompt, () -> {
                while (heard.size() < search.settled(0)) {
                    heard.add(search.token(0, heard.size()).tokenId());
                }
            });
            assertThat(heard)
                    .as("%s", golden)
                    .isEqualTo(search.results(FinishReason.ERROR).getFirst().tokenIds());
        }
    }
}
