package dev.triptych.text.generation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a request asks of the logits before a token is chosen, with the meaning of Hugging Face's {@code generate()}.
 * What is empty is left to the model's own {@link GenerationRules}.
 *
 * @param repetitionPenalty above 0; the logit of every token in the decoder's input is divided by it, or multiplied
 *     where negative; 1 is neutral (Keskar et al. 2019, arXiv:1909.05858)
 * @param presencePenalty taken from the logit of every generated token; 0 is neutral
 * @param frequencyPenalty taken from the logit of a generated token as often as it was generated; 0 is neutral
 * @param noRepeatNgramSize no n-gram of this size occurs twice in the decoder's input; 0 is neutral
 * @param minLength no end of sequence before the decoder's input has so many tokens, start token or prompt included
 * @param minNewTokens no end of sequence before so many tokens were generated; goes before {@code minLength}
 * @param badWordsIds token sequences that must not be generated
 * @param forcedBosTokenId the only token allowed behind a decoder input of one token
 * @param forcedEosTokenId the only token allowed last
 * @param logitBias added to the tokens' logits, each from -100 to 100
 * @param suppressTokens tokens that are never generated
 * @param beginSuppressTokens tokens that are not generated first
 */
public record TokenRules(
        OptionalDouble repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        OptionalInt noRepeatNgramSize,
        OptionalInt minLength,
        OptionalInt minNewTokens,
        Optional<List<List<Integer>>> badWordsIds,
        OptionalInt forcedBosTokenId,
        OptionalInt forcedEosTokenId,
        Map<Integer, Double> logitBias,
        Optional<List<Integer>> suppressTokens,
        Optional<List<Integer>> beginSuppressTokens) {

    /** Everything as the model has it. */
    public static final TokenRules NONE = new TokenRules(
            OptionalDouble.empty(),
            0,
            0,
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty());

    public TokenRules {
        repetitionPenalty.ifPresent(penalty -> Bounds.finite("repetition_penalty", penalty, 0.01, 100));
        Bounds.finite("presence_penalty", presencePenalty, -2, 2);
        Bounds.finite("frequency_penalty", frequencyPenalty, -2, 2);
        noRepeatNgramSize.ifPresent(size -> Bounds.within("no_repeat_ngram_size", size, 0, Integer.MAX_VALUE));
        minLength.ifPresent(length -> Bounds.within("min_length", length, 0, Integer.MAX_VALUE));
        minNewTokens.ifPresent(length -> Bounds.within("min_new_tokens", length, 0, Integer.MAX_VALUE));
        badWordsIds = badWordsIds.map(words -> words.stream().map(List::copyOf).toList());
        badWordsIds.ifPresent(words -> words.forEach(TokenRules::checkWord));
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((token, bias) -> Bounds.finite("logit_bias[" + token + "]", bias, -100, 100));
        suppressTokens = suppressTokens.map(List::copyOf);
        beginSuppressTokens = beginSuppressTokens.map(List::copyOf);
    }

    /** The same where no n-gram of this size occurs twice. */
    public TokenRules withNoRepeatNgramSize(int size) {
        return new TokenRules(
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                OptionalInt.of(size),
                minLength,
                minNewTokens,
                badWordsIds,
                forcedBosTokenId,
                forcedEosTokenId,
                logitBias,
                suppressTokens,
                beginSuppressTokens);
    }

    private static void checkWord(List<Integer> word) {
        if (word.isEmpty()) {
            throw new ParameterException("bad_words_ids", "bad_words_ids must not have an empty sequence of tokens");
        }
    }
}
