package dev.triptych.text.model;

import dev.triptych.tensor.DType;
import dev.triptych.tensor.Shape;
import dev.triptych.tensor.Tensor;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.TokenTable;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Collection;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Ordinary tokens to try a model with, the same in every run. */
final class ProbeTokens {

    private final int[] ordinary;
    private final Random random = new Random(7);

    /** Any token but those that end a sequence, fill it up or are special to the tokenizer. */
    ProbeTokens(TokenTable tokens, int vocabSize, GenerationRules rules) {
        this(
                tokens,
                vocabSize,
                Stream.concat(rules.eosTokenIds().stream(), Stream.of(rules.padTokenId()))
                        .toList());
    }

    /** @param special ids that mean something of their own, besides the tokenizer's special tokens */
    ProbeTokens(TokenTable tokens, int vocabSize, Collection<Integer> special) {
        int[] usable = IntStream.range(0, Math.min(tokens.size(), vocabSize))
                .filter(id -> !tokens.isSpecial(id) && !special.contains(id))
                .toArray();
        this.ordinary =
                usable.length > 1 ? usable : IntStream.range(0, vocabSize).toArray();
    }

    /** A row of different tokens where the vocabulary allows it. */
    int[] row(int length) {
        return random.ints(0, ordinary.length)
                .distinct()
                .limit(Math.min(length, ordinary.length))
                .map(i -> ordinary[i])
                .toArray();
    }

    /** The row with other tokens from a position on. */
    int[] changed(int[] row, int from) {
        int[] changed = row.clone();
        for (int i = from; i < row.length; i++) {
            int was = row[i];
            changed[i] =
                    Arrays.stream(row(3)).filter(id -> id != was).findFirst().orElse(was);
        }
        return changed;
    }

    static int[] reversed(int[] row) {
        return IntStream.range(0, row.length).map(i -> row[row.length - 1 - i]).toArray();
    }

    static int[] concat(int[] one, int[] other) {
        return IntStream.concat(Arrays.stream(one), Arrays.stream(other)).toArray();
    }

    /** Rows of one length, int64 {@code [rows, length]}. */
    static Tensor tensor(int[]... rows) {
        int width = rows[0].length;
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), DType.INT64, Shape.of(rows.length, width));
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < width; i++) {
                tensor.setLong((long) row * width + i, rows[row][i]);
            }
        }
        return tensor;
    }

    /** Ones with zeros for the first and the last positions. */
    static int[] mask(int before, int tokens, int after) {
        int[] mask = new int[before + tokens + after];
        Arrays.fill(mask, before, before + tokens, 1);
        return mask;
    }
}
