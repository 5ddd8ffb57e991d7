package dev.triptych.text.decoding.speculative;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DraftTest {

    private static final int EOS = 2;

    @Test
    void aDraftThatIsTheOutputNeedsAPassForEachWindow() {
        List<Integer> output = sentence(1, 20);
        // Each pass accepts 6 and adds one of the model's own: 3 passes for 21 tokens.
        assertThat(passes(new Draft(output), output, 6)).isEqualTo(3);
    }

    @Test
    void anEmptyDraftOffersNothing() {
        Draft draft = new Draft(List.of());
        assertThat(draft.ahead(8)).isEmpty();
        draft.follow(List.of(7), 0, 1);
        draft.follow(List.of(7, 8), 0, 1);
        assertThat(draft.ahead(8)).isEmpty();
        assertThat(draft.offered()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // draft | output so far, the last token corrects or adds | tokens kept | offered next
        "11 12 13 14 15, 11 12 99, 3, 14 15", // another token in place of one
        "11 12 13 14 15, 11 12 14, 3, 15", // one dropped
        "11 12 13 14 15, 11 12 99 13, 1, 14 15", // one put in: known once the next token is out
        "11 12 13 14 15, 11 12 13 14, 4, 15", // all of the window, and the token behind it
        "11 12 13 14 15, 11 12 15, 3, ''",
    })
    void whatIsLeftIsRealigned(String drafted, String output, int kept, String offered) {
        Draft draft = new Draft(ids(drafted));
        List<Integer> all = ids(output);
        int before = all.size() - kept;
        if (before > 0) {
            draft.follow(all.subList(0, before), draft.ahead(3).size(), before);
        }
        draft.follow(all, draft.ahead(3).size(), kept);
        assertThat(draft.ahead(8)).isEqualTo(ids(offered));
    }

    @Test
    void aDraftThatFailsThreeTimesInARowIsGivenUp() {
        Draft draft = new Draft(IntStream.range(100, 150).boxed().toList());
        List<Integer> output = new ArrayList<>();
        for (int token = 3; token < 6; token++) {
            assertThat(draft.ahead(8)).isNotEmpty();
            output.add(token);
            draft.follow(output, draft.ahead(8).size(), 1);
        }
        assertThat(draft.ahead(8)).isEmpty();
        assertThat(draft.accepted()).isZero();
        assertThat(draft.offered()).isEqualTo(24);
    }

    @Test
    void anAcceptedTokenGivesADraftCredit() {
        Draft draft = new Draft(List.of(50, 51, 10, 11, 52, 53, 54, 55, EOS));
        List<Integer> output = new ArrayList<>(List.of(9));
        draft.follow(output, 2, 1);
        output.add(10);
        draft.follow(output, 2, 1);
        assertThat(draft.ahead(1)).containsExactly(11);
        output.addAll(List.of(11, 8));
        draft.follow(output, 1, 2);
        assertThat(draft.accepted()).isEqualTo(1);
        output.add(7);
        draft.follow(output, draft.ahead(2).size(), 1);
        output.add(6);
        draft.follow(output, draft.ahead(2).size(), 1);
        assertThat(draft.ahead(2)).isNotEmpty();
    }

    /** Whatever is drafted, following an output never fails, never offers more than asked, and counts what it is told. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyDraftIsFollowedToTheEnd(long seed) {
        Random random = new Random(seed);
        for (int trial = 0; trial < 300; trial++) {
            List<Integer> output = sentence(random.nextLong(), 1 + random.nextInt(30));
            List<Integer> drafted = damaged(output, random);
            int window = 1 + random.nextInt(12);
            int passes = passes(new Draft(drafted), output, window);
            assertThat(passes).isBetween(1, output.size());
        }
    }

    /** A draft with every fifth token wrong costs far fewer passes than tokens. */
    @Test
    void aGoodDraftPays() {
        Random random = new Random(5);
        int tokens = 0;
        int passes = 0;
        for (int trial = 0; trial < 200; trial++) {
            List<Integer> output = sentence(trial, 24, 4000);
            List<Integer> drafted = new ArrayList<>(output);
            for (int at = random.nextInt(5); at < drafted.size(); at += 5) {
                drafted.set(at, 5000 + random.nextInt(90));
            }
            tokens += output.size();
            passes += passes(new Draft(drafted), output, 8);
        }
        assertThat((double) tokens / passes).isGreaterThan(4);
    }

    /** Passes that a model which would write {@code output} needs, checked on the way. */
    private static int passes(Draft draft, List<Integer> output, int window) {
        List<Integer> written = new ArrayList<>();
        int passes = 0;
        int offered = 0;
        int accepted = 0;
        while (written.size() < output.size()) {
            List<Integer> ahead = draft.ahead(window);
            assertThat(ahead).hasSizeLessThanOrEqualTo(window);
            int agreed = 0;
            int left = output.size() - written.size();
            while (agreed < ahead.size()
                    && agreed < left
                    && ahead.get(agreed).equals(output.get(written.size() + agreed))) {
                agreed++;
            }
            int kept = Math.min(agreed + 1, left);
            written.addAll(output.subList(written.size(), written.size() + kept));
            draft.follow(written, ahead.size(), kept);
            passes++;
            offered += ahead.size();
            accepted += agreed;
            assertThat(draft.offered()).isEqualTo(offered);
            assertThat(draft.accepted()).isEqualTo(accepted);
        }
        return passes;
    }

    private static List<Integer> damaged(List<Integer> output, Random random) {
        List<Integer> drafted = new ArrayList<>();
        double rate = random.nextDouble();
        for (int token : output) {
            if (random.nextDouble() >= rate) {
                drafted.add(token);
            } else {
                switch (random.nextInt(3)) {
                    case 0 -> drafted.add(3 + random.nextInt(40));
                    case 1 -> drafted.addAll(List.of(token, 3 + random.nextInt(40), 3 + random.nextInt(40)));
                    default -> {}
                }
            }
        }
        return drafted;
    }

    private static List<Integer> sentence(long seed, int length) {
        return sentence(seed, length, 40);
    }

    private static List<Integer> sentence(long seed, int length, int vocabulary) {
        Random random = new Random(seed);
        List<Integer> ids =
                new ArrayList<>(random.ints(length, 3, vocabulary).boxed().toList());
        ids.add(EOS);
        return ids;
    }

    private static List<Integer> ids(String text) {
        return text.isBlank()
                ? List.of()
                : List.of(text.trim().split(" ")).stream().map(Integer::valueOf).toList();
    }
}
