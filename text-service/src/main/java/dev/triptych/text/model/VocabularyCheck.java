package dev.triptych.text.model;

import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Holds tokenizer and generation settings against the width of the logits. */
final class VocabularyCheck {

    private VocabularyCheck() {}

    /** What does not fit, in words; empty when all does. */
    static List<String> problems(Tokenizer tokenizer, GenerationRules rules, int vocabSize) {
        List<String> problems = new ArrayList<>();
        int tokenizerSize = tokenizer.tokens().size();
        // Fewer tokens than logits are common: embeddings are padded to a round size.
        if (tokenizerSize > vocabSize) {
            problems.add("the tokenizer knows " + tokenizerSize + " ids, the model's vocabulary has " + vocabSize);
        }
        named(rules)
                .filter(id -> id < 0 || id >= vocabSize)
                .distinct()
                .forEach(id -> problems.add(
                        "the generation settings name the token " + id + ", the model's vocabulary has " + vocabSize));
        return problems;
    }

    private static IntStream named(GenerationRules rules) {
        IntStream lists = Stream.concat(
                        Stream.of(rules.eosTokenIds(), rules.suppressTokens(), rules.beginSuppressTokens()),
                        rules.badWordsIds().stream())
                .flatMap(List::stream)
                .mapToInt(Integer::intValue);
        IntStream single = Stream.of(
                        rules.decoderStart().stream(),
                        IntStream.of(rules.padTokenId()),
                        rules.forcedBosTokenId().stream(),
                        rules.forcedEosTokenId().stream())
                .flatMapToInt(ids -> ids);
        return IntStream.concat(lists, single);
    }
}
