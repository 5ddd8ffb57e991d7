package dev.triptych.text.step;

/**
 * What a decoder trained with connectionist temporal classification finds likely in each frame of one source.
 *
 * @param ids likely tokens of each frame, blank among them, likeliest first, {@code [frames][tokens]}
 * @param chances their probabilities, {@code [frames][tokens]}
 */
@SuppressWarnings("ArrayRecordComponent") // Read in order, compared by nobody.
public record DraftFrames(int[][] ids, float[][] chances) {}
