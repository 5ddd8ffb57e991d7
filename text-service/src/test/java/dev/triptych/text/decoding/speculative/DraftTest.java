package dev.triptych.text.decoding.speculative;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DraftTest {

    private static final int EOS = 2;
    private static final int BLANK = 0;

    @Test
    void aDraftThatIsTheOutputNeedsAPassForEachWindow() {
        List<Integer> output = sentence(1, 20);
        // Each pass accepts 6 and adds one of the model's own: 3 passes for 21 tokens.
        assertThat(passes(draft(output, 0.999), output, 6, 1)).isEqualTo(3);
    }

    @Test
    void aSourceWithoutFramesDraftsItsEndAtMost() {
        Draft draft = new Draft(new Lattice(new int[0][], new float[0][], BLANK), EOS);
        assertThat(draft.ahead(8, 1)).containsExactly(EOS);
        draft.follow(List.of(7), 1);
        assertThat(draft.ahead(8, 1)).isEmpty();
        assertThat(draft.offered()).isEqualTo(1);
        assertThat(draft.accepted()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // said by the frames | output so far | offered next
        "11 12 13 14 15, 11 12 99, 14 15 2", // another token in place of one
        "11 12 13 14 15, 11 12 14, 15 2", // one dropped
        "11 12 13 14 15, 11 12 13 14, 15 2",
        "11 12 13 14 15, 11 12 15, 2",
        "11 12 13 14 15, '', 11 12 13 14 15 2",
        "11 12 13 11 12 14, 11 12, 13 11 12 14 2", // what repeats is told apart by its place
        "11 12 13 11 12 14, 11 12 13 11 12, 14 2",
    })
    void theDraftGoesOnBehindTheOutput(String said, String output, String offered) {
        Draft draft = draft(ids(said), 0.95);
        draft.follow(ids(output), 0);
        assertThat(draft.ahead(8, 1)).isEqualTo(ids(offered));
    }

    @Test
    void aTokenMoreThanWasDraftedCostsOneMistakeAtMost() {
        Draft draft = draft(List.of(11, 12, 13, 14, 15), 0.95);
        draft.follow(List.of(11, 12, 99, 13), 0);
        assertThat(draft.ahead(8, 1)).containsExactly(14, 15, EOS);
    }

    @Test
    void equalNeighborsNeedABlankBetweenThem() {
        Draft draft = draft(List.of(11, 11, 12), 0.95);
        assertThat(draft.ahead(8, 1)).containsExactly(11, 11, 12, EOS);
    }

    @Test
    void uncertainFramesAreNotWorthAPass() {
        int[][] ids = new int[8][];
        float[][] chances = new float[8][];
        for (int frame = 0; frame < 8; frame++) {
            ids[frame] = new int[] {20 + 3 * frame, 21 + 3 * frame, 22 + 3 * frame, BLANK};
            chances[frame] = new float[] {0.26f, 0.25f, 0.25f, 0.24f};
        }
        assertThat(new Draft(new Lattice(ids, chances, BLANK), EOS).ahead(8, 16))
                .isEmpty();
    }

    /** Whatever the frames say, following an output never fails, never offers more than asked, and counts right. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyDraftIsFollowedToTheEnd(long seed) {
        Random random = new Random(seed);
        for (int trial = 0; trial < 100; trial++) {
            List<Integer> output = sentence(random.nextLong(), 1 + random.nextInt(30));
            List<Integer> drafted = damaged(output, random);
            int window = 1 + random.nextInt(12);
            int passes =
                    passes(draft(drafted, 0.5 + 0.49 * random.nextDouble()), output, window, 1 + random.nextInt(4));
            assertThat(passes).as("seed %d, trial %d", seed, trial).isBetween(1, output.size());
        }
    }

    /** Frames that are wrong about every fifth token cost far fewer passes than tokens. */
    @Test
    void aGoodDraftPays() {
        Random random = new Random(5);
        int tokens = 0;
        int passes = 0;
        for (int trial = 0; trial < 200; trial++) {
            List<Integer> output = sentence(trial, 24, 4000);
            List<Integer> drafted = new ArrayList<>(output.subList(0, output.size() - 1));
            for (int at = random.nextInt(5); at < drafted.size(); at += 5) {
                drafted.set(at, 5000 + random.nextInt(90));
            }
            tokens += output.size();
            passes += passes(draft(drafted, 0.95), output, 8, 1);
        }
        assertThat((double) tokens / passes).isGreaterThan(4);
    }

    /** Passes that a model which would write {@code output} needs, checked on the way. */
    private static int passes(Draft draft, List<Integer> output, int window, int rows) {
        int written = 0;
        int passes = 0;
        int offered = 0;
        int accepted = 0;
        while (written < output.size()) {
            List<Integer> ahead = draft.ahead(window, rows);
            assertThat(ahead).hasSizeLessThanOrEqualTo(window);
            int agreed = 0;
            int left = output.size() - written;
            while (agreed < ahead.size() && agreed < left && ahead.get(agreed).equals(output.get(written + agreed))) {
                agreed++;
            }
            int kept = Math.min(agreed + 1, left);
            draft.follow(output.subList(written, written + kept), ahead.size());
            written += kept;
            passes++;
            offered += ahead.size();
            accepted += agreed;
            assertThat(draft.offered()).isEqualTo(offered);
            assertThat(draft.accepted()).isEqualTo(accepted);
        }
        return passes;
    }

    /** Two frames for each token, which say it and then blank, as surely as told. */
    private static Draft draft(List<Integer> said, double sure) {
        List<Integer> tokens = said.stream().filter(id -> id != EOS).toList();
        int[][] ids = new int[2 * tokens.size()][];
        float[][] chances = new float[ids.length][];
        for (int i = 0; i < tokens.size(); i++) {
            ids[2 * i] = new int[] {tokens.get(i), BLANK};
            ids[2 * i + 1] = new int[] {BLANK, tokens.get(i)};
            chances[2 * i] = new float[] {(float) sure, (float) (1 - sure)};
            chances[2 * i + 1] = chances[2 * i];
        }
        return new Draft(new Lattice(ids, chances, BLANK), EOS);
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
