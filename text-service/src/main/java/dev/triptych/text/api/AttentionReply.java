package dev.triptych.text.api;

import java.util.List;

/**
 * What a decoder looks at.
 *
 * @param sourceTokens the tokens that the encoder read, control tokens by their names
 * @param targetTokens the tokens that the decoder said
 * @param layers which of the decoder's layers are here
 * @param heads which heads of each layer are here
 * @param attention {@code [layers][heads][target tokens][source tokens]}; a target token's weights add up to 1
 */
@SuppressWarnings("ArrayRecordComponent") // Written as JSON, compared by nobody.
record AttentionReply(
        String model,
        List<String> sourceTokens,
        List<String> targetTokens,
        List<Integer> layers,
        List<Integer> heads,
        float[][][][] attention) {}
